"""Damage files of the corpus at random, by seed, and ask whether anything went missing unsaid.

    python benchmarks/corpus.py --seconds 600 --seed 1
    python benchmarks/corpus.py --kills 20 --seed 1
    python benchmarks/corpus.py --places

The first changes bytes of a file of three plots: counts, lengths, offsets, tags, whole stretches. A
reading may refuse the file, name a feature, or say that it is incomplete; if it does none of these,
all three plots must be there. Lines of text are not cut off at the end, for nothing tells that
there were more. Anything else ends the run with 1 and keeps the file. The second ends
`zoning check` at random moments, half of them with SIGKILL, and looks at what is left. The third
reviews every file of `tests/corpus/places.py` and `odd_places.py`, each of which hides a plot, once
as the sites and once as the official redline: none may end with 0.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import shapely

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.corpus.made import HIDDEN, MAKERS, PLOTS, make  # noqa: E402
from tests.corpus.odd_places import ODD  # noqa: E402
from tests.corpus.places import PLACES, one_rule, words  # noqa: E402
from zoning.base.errors import ZoningError  # noqa: E402
from zoning.read import ReadOptions, read_vector  # noqa: E402

THREE = (*PLOTS, HIDDEN)


def damage(data: bytes, rng: random.Random, *, lines: bool) -> bytes:
    """Return data with one to three changes of the kinds that hide records."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        if not out:
            break
        at = rng.randrange(len(out))
        match rng.randrange(4 if lines else 5):
            case 0:  # a small number becomes another small number
                small = [i for i, b in enumerate(out) if 0 < b < 8]
                if small:
                    out[rng.choice(small)] = rng.randrange(8)
            case 1:
                out[at] = rng.randrange(256)
            case 2:
                del out[at : at + rng.randint(1, 64)]
            case 3:
                end = min(len(out), at + rng.randint(1, 64))
                out[at:end] = bytes(end - at)
            case _:
                out = out[: max(at, 1)]
    return bytes(out)


def silent(path: Path) -> bool:
    """Whether a plot is gone and the reading says nothing."""
    tabular = path.suffix in (".csv", ".xlsx")
    options = ReadOptions(crs="EPSG:4490" if tabular else None)
    try:
        reading = read_vector(path, options)
    except ZoningError:
        return False
    said = reading.record.incomplete or reading.failed or reading.doubts
    return len(reading.frame) < len(THREE) and not said


def damages(seconds: float, seed: int) -> int:
    """Damage and read until the time is up; return the number of silent losses."""
    rng = random.Random(seed)
    kinds = [kind for kind in MAKERS if kind != "gdb"]
    end, tried, lost = time.monotonic() + seconds, 0, 0
    with tempfile.TemporaryDirectory() as name:
        sound = {kind: make(kind, _new(Path(name) / "sound" / kind), THREE) for kind in kinds}
        while time.monotonic() < end:
            kind = rng.choice(kinds)
            folder = _new(Path(name) / "case")
            for part in sound[kind].parent.iterdir():
                shutil.copy(part, folder)
            case = folder / sound[kind].name
            part = rng.choice(sorted(folder.iterdir()))
            part.write_bytes(damage(part.read_bytes(), rng, lines=kind in ("txt", "csv")))
            tried += 1
            if silent(case):
                lost += 1
                kept = Path(tempfile.mkdtemp(prefix="corpus-")) / "case"
                shutil.copytree(folder, kept)
                print(f"silent: {kind}, {part.name} damaged, kept in {kept}")
    print(f"{tried} files, {lost} silent losses")
    return lost


def kills(times: int, seed: int) -> int:
    """End a review at random moments; return how often an output was not whole."""
    rng, wrong = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site, target = make("geojson", folder), folder / "out.gpkg"
        words = [sys.executable, "-m", "zoning", "check", str(site), "-q", "-o", str(target)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        started = time.monotonic()
        subprocess.run(words, cwd=folder, env=environment, check=False)
        whole, usual = target.read_bytes(), time.monotonic() - started
        for _ in range(times):
            with subprocess.Popen(words, cwd=folder, env=environment) as run:
                time.sleep(rng.uniform(0.3, 1.0) * usual)
                run.send_signal(rng.choice((signal.SIGTERM, signal.SIGKILL)))
            wrong += target.read_bytes() != whole
        subprocess.run(words, cwd=folder, env=environment, check=False)
        left = sorted(p.name for p in folder.iterdir() if ".part" in p.name)
        wrong += len(left)
        print(f"{times} runs ended, {wrong} outputs not whole or leftovers {left}")
    return wrong


def places() -> int:
    """Review every file that hides a plot; return how many reviews conform."""
    import zoning.api.check
    from zoning import cli

    zoning.api.check.load_catalogue = one_rule
    away = tuple(shapely.box(x, 36.5, x + 0.01, 36.51) for x in (111.50, 111.54))
    conform, hidden = [], {**PLACES, **ODD}
    with tempfile.TemporaryDirectory() as name:
        plain = make("geojson", _new(Path(name) / "plain"), away)
        for title, mutate in hidden.items():
            path = mutate(_new(Path(name) / "hidden"))
            for hidden_in, given in (("sites", (path, plain)), ("zones", (plain, path))):
                sys.argv = ["zoning", *words(*given)]
                try:
                    cli.run()
                except SystemExit as stop:
                    conform += [f"{title} ({hidden_in})"] if not stop.code else []
    print(f"{2 * len(hidden)} reviews, {len(conform)} conform: {', '.join(conform)}")
    return len(conform)


def _new(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--places", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    lost = damages(asked.seconds, asked.seed) if asked.seconds else 0
    lost += kills(asked.kills, asked.seed) if asked.kills else 0
    lost += places() if asked.places else 0
    return 1 if lost else 0


if __name__ == "__main__":
    raise SystemExit(main())
