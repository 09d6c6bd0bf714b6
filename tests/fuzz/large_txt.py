"""Time and memory of large boundary-point TXT: ``python tests/fuzz/large_txt.py``.

Not part of the test run. Each shape has 5 million lines (``--lines`` for less) and is read and
brought to EPSG:4490 in a process of its own, within 60 s and 2 GB or the run ends with 1.
"""

from __future__ import annotations

import argparse
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
X, Y = 4_000_000.0, 38_400_000.0


def circle(points: int, x: float, y: float, radius: float, ring: int = 1) -> Iterator[str]:
    """Yield the point lines of a closed regular polygon."""
    for i in [*range(points - 1), 0]:
        a = 2 * math.pi * i / (points - 1)
        north, east = x + radius * math.sin(a), y + radius * math.cos(a)
        yield f"J{i + 1},{ring},{north:.4f},{east:.4f}"


def shape(kind: str, lines: int) -> Iterator[str]:
    """Yield the lines below ``[地块坐标]``."""
    if kind == "one ring":
        yield f"{lines},,1,甲,面,,,,@"
        yield from circle(lines, X, Y, 20_000.0)
    elif kind in ("plots of 1000", "plots of 5"):
        size = int(kind.rsplit(maxsplit=1)[-1])
        for i in range(lines // (size + 1)):
            yield f"{size},,{i},地块{i},面,,,,@"
            yield from circle(size, X + i % 1000 * 100, Y + i // 1000 * 100, 40.0)
    elif kind == "rings of 5":  # all in one plot, side by side
        yield ",,1,甲,面,,,,@"
        for i in range(lines // 5):
            yield from circle(5, X + i % 1000 * 100, Y + i // 1000 * 100, 40.0, i)
    elif kind == "nested 50":  # as deep as is allowed, many times over
        yield ",,1,甲,面,,,,@"
        for i in range(lines // 5):
            place, level = divmod(i, 51)
            x, y = X + place % 200 * 1000, Y + place // 200 * 1000
            yield from circle(5, x, y, 450.0 - 5 * level, i)
    else:  # every line needs the slow path: full-width signs
        yield ",,1,甲,面,,,,@"
        yield from (line.replace(",", "，") for line in circle(lines, X, Y, 20_000.0))


KINDS = ["one ring", "plots of 1000", "plots of 5", "rings of 5", "nested 50", "full-width"]


def read(path: str) -> None:
    """Read one file and print seconds, megabytes and plots."""
    sys.path.insert(0, str(ROOT))
    from zoning.read.boundary_txt.parse import read_boundary_txt, to_frame

    start = time.monotonic()
    frame = to_frame(read_boundary_txt(path))
    seconds, own = time.monotonic() - start, time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(seconds, own, peak, len(frame))


def main() -> int:
    """Measure all shapes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--read", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read:
        read(arguments.read)
        return 0
    good = True
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "large.txt"
            with path.open("w", encoding="gb18030") as out:
                out.write("[属性描述]\n坐标系=2000国家大地坐标系\n带号=38\n[地块坐标]\n")
                out.writelines(line + "\n" for line in shape(kind, arguments.lines))
            command = [sys.executable, "-W", "error", __file__, "--read", str(path)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{kind:14s} {done.stderr[-300:]}")
            good = False
            continue
        seconds, own, megabytes, plots = map(float, done.stdout.split())
        fits = seconds <= 60 and megabytes <= 2000
        good &= fits
        print(
            f"{kind:14s} {seconds:6.1f} s ({own:5.1f} s CPU) {megabytes:6.0f} MB "
            f"{plots:9.0f} plots"
            f"{'' if fits else '  TOO MUCH'}"
        )
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
