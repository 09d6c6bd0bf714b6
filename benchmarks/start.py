"""How long one call takes before and beside its work: starting, reading the catalogue, one site.

    python benchmarks/start.py [--rounds 5] [--against FOLDER] [--only one]

Told are medians of the time on the clock and of the processors, the latter being what a busy
machine changes least. ``--against`` names another checkout, whose runs alternate with those of this
one. Each has a cache folder of its own; the first round only fills it and is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
EXAMPLES = HERE / "examples" / "projects.geojson"


def calls(folder: Path) -> dict[str, list[str]]:
    """Return what is timed, by name, as the words after ``python``."""
    one, zoning = folder / "one.geojson", ["-m", "zoning"]
    sites = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    one.write_text(json.dumps({**sites, "features": sites["features"][:1]}), encoding="utf-8")
    return {
        "nothing": ["-c", "pass"],
        "import": ["-c", "import zoning"],
        "help": [*zoning, "--help"],
        "check-help": [*zoning, "check", "--help"],
        "missing": [*zoning, "check", str(folder / "nothing.geojson")],
        "one": [*zoning, "check", str(one)],
        "ten": [*zoning, "check", str(EXAMPLES)],
        "layers": [*zoning, "layers", "list"],
        "rules": [*zoning, "rules", "list"],
        "explain": [*zoning, "explain", str(one)],
        "ask": [*zoning, "ask", str(one)],
        "convert": [*zoning, "convert", str(one), str(folder / "out.gpkg"), "--overwrite"],
        "inspect": [*zoning, "inspect", str(one)],
        "report": [*zoning, "report", str(one), "-o", str(folder / "out.html"), "--overwrite"],
        "stats": [*zoning, "stats", "forest-cover", "--help"],
    }


def timed(words: Sequence[str], source: Path, folder: Path) -> tuple[float, float]:
    """Run Python with these words; return seconds on the clock and of the processors."""
    env = {**os.environ, "PYTHONPATH": str(source), "ZONING_CACHE": str(folder)}
    begun = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, *words], cwd=folder, env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1, 2, 3):
        raise SystemExit(f"{words} ended with {child.returncode}")
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime


def compare(name: str, words: Sequence[str], rounds: int, sources: Mapping[str, Path]) -> str:
    """Return a row of the table: the medians of one call, of each checkout."""
    found: dict[str, list[tuple[float, float]]] = {side: [] for side in sources}
    with tempfile.TemporaryDirectory() as elsewhere:
        for number in range(rounds + 1):
            for side, source in sources.items():
                folder = Path(elsewhere, side)
                folder.mkdir(exist_ok=True)
                took = timed(words, source, folder)
                if number:
                    found[side].append(took)
    cells = [
        f"{statistics.median(values):.2f}"
        for runs in found.values()
        for values in zip(*runs, strict=True)
    ]
    return " | ".join(("", name, *cells, "")).strip()


def main() -> None:
    """Time every call, or those asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--only", nargs="+", help="names of calls")
    given = parser.parse_args()
    sources = {"before": given.against.resolve()} if given.against else {}
    sources["now"] = HERE
    heads = [f"{side}, {what}" for side in sources for what in ("clock s", "processors s")]
    print(f"| call | {' | '.join(heads)} |\n|---{'|---' * len(heads)}|")
    with tempfile.TemporaryDirectory() as name:
        for call, words in calls(Path(name)).items():
            if given.only is None or call in given.only:
                print(compare(call, words, given.rounds, sources), flush=True)


if __name__ == "__main__":
    main()
