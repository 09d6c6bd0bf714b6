"""Mutational fuzzing of the boundary-point TXT reader: ``python tests/fuzz/txt.py --minutes 10``.

Not part of the test run (no ``test_`` in its name). Whatever the bytes, the reader must return or
raise a ZoningError, within a time and memory that grow with the input only. The first input that
does otherwise is written to ``out/fuzz/`` and the run ends with exit code 1.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import time
import traceback
import tracemalloc
import warnings
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from zoning.base.errors import ZoningError  # noqa: E402
from zoning.read.boundary_txt.parse import Helmert, read_boundary_txt, to_frame  # noqa: E402

WORDS = [
    *[
        "J1",
        "1",
        "2",
        "面",
        "线",
        "点",
        "@",
        ",",
        "，,,",
        "=",
        "[",
        "]",
        "【",
        "】",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "-",
        ".",
        "e",
        "0",
        "9",
        "38",
        "37",
        "19",
        "20",
        "99",
    ],
    *[
        "坐标系=",
        "带号=",
        "几度分带=6",
        "[地块坐标]",
        "[属性描述]",
        "1980西安",
        "1954北京",
        "WGS84",
        "UTM",
        "亩",
        "公顷",
    ],
    *[
        "4190000",
        "38500000",
        "500000",
        "112.5",
        "37.8",
        "1e308",
        "-1e308",
        "nan",
        "inf",
        "1_0",
        "0x10",
        "１２",
        "99999999999",
    ],
    "\x00",
    "\ufeff",
    "\u2028",
    "\U0001f600",
    "9" * 500,
    "1," * 3000,
    "\n" * 500,
]
OPTIONS = [
    {},
    {},
    {},
    {"crs": "EPSG:4526"},
    {"crs": 4490},
    {"crs": 3857},
    {"encoding": "gb18030"},
    {"encoding": "utf-16"},
    {"encoding": "latin-1"},
    {"transform": Helmert(-10, 20, 30, 1, 2, 3, 4)},
]
#: Seconds and traced bytes an input may take, beside a share for each of its bytes.
SECONDS, BYTES, BYTES_PER_BYTE = 10, 60_000_000, 4000


class HangError(BaseException):
    """Raised by the alarm; no handler for Exception can swallow it."""


def seeds() -> list[bytes]:
    """Return whole files to start from: the fixtures, and a few shapes of our own."""
    found = [p.read_bytes() for p in sorted((ROOT / "tests" / "fixtures" / "txt").glob("*.txt"))]
    head = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n带号=38\n[地块坐标]\n"
    square = ["J1,1,4190000,38500000", "J2,1,4190100,38500000", "J3,1,4190100,38500100"]
    nested = [
        f"{k},{i},{4190000 + i + (k in (2, 3)) * (900 - 2 * i)},"
        f"{38500000 + i + (k in (3, 4)) * (900 - 2 * i)}"
        for i in range(1, 120)
        for k in (1, 2, 3, 4, 1)
    ]
    found.append((head + "3,1,1,甲,面,,,,@\n" + "\n".join(square)).encode())
    found.append((head + ",,1,,面,,,,@\n" + "\n".join(nested)).encode("gbk"))
    found.append((head + "3,1,1,甲,线,,,,@\n" + "\n".join(square)).encode("utf-16"))
    return found


def mutate(data: bytes, pool: list[bytes], rng: random.Random) -> bytes:
    """Return the input after a few random edits of bytes, lines and words."""
    for _ in range(rng.choice([1, 1, 2, 3, 5, 10, 40])):
        at = rng.randrange(len(data) + 1)
        end = min(len(data), at + rng.choice([1, 1, 2, 4, 16, 64, 300]))
        lines = data.split(b"\n")
        row, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        match rng.randrange(10):
            case 0:
                data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at] + data[end:]
            case 2:
                data = data[:at] + data[at:end] * rng.choice([2, 3, 20]) + data[end:]
            case 3 | 4:
                word = rng.choice(WORDS).encode(rng.choice(["utf-8", "gb18030"]))
                data = data[:at] + word + data[rng.choice([at, end]) :]
            case 5:
                lines[row], lines[other] = lines[other], lines[row]
                data = b"\n".join(lines)
            case 6:
                lines[row:row] = [lines[other]] * rng.choice([1, 2, 50, 400])
                data = b"\n".join(lines)
            case 7:
                mate = rng.choice(pool)
                data = data[:at] + mate[rng.randrange(len(mate) + 1) :]
            case 8:
                fields = lines[row].split(b",")
                fields[rng.randrange(len(fields))] = rng.choice(WORDS).encode()
                lines[row] = b",".join(fields)
                data = b"\n".join(lines)
            case _:
                rng.shuffle(lines)
                data = b"\n".join(lines)
    return data[:400_000]


def attempt(data: bytes, options: dict[str, object]) -> str:
    """Read one input; return the code of what came of it."""
    try:
        found = read_boundary_txt(data, **options)  # type: ignore[arg-type]
        frame = to_frame(found)
    except ZoningError as error:
        for problem in error.problems:
            problem.line("zh"), problem.line("en")
        return error.problems[0].code
    if len(frame) != len(found.plots):
        raise AssertionError("frame and plots differ")
    return "read with problems" if found.problems else "read"


def main() -> int:
    """Fuzz until the time is up; return 0, or 1 after the first failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    warnings.simplefilter("error")
    signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(HangError))
    pool, outcomes, slowest, largest = seeds(), Counter[str](), 0.0, 0
    end = time.monotonic() + arguments.minutes * 60
    while time.monotonic() < end:
        data, options = mutate(rng.choice(pool), pool, rng), rng.choice(OPTIONS)
        traced = rng.random() < 0.1  # tracing slows down three times
        if traced:
            tracemalloc.start()
        signal.alarm(SECONDS)
        start = time.monotonic()
        try:
            code = attempt(data, options)
            if traced:
                peak = tracemalloc.get_traced_memory()[1]
                largest = max(largest, peak)
                if peak > BYTES + BYTES_PER_BYTE * len(data):
                    raise MemoryError(f"{peak} bytes for an input of {len(data)}")
        except (Exception, HangError):  # noqa: BLE001 - finding these is the purpose
            folder = ROOT / "out" / "fuzz"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "txt-failure.bin").write_bytes(data)
            traceback.print_exc()
            print(f"input kept in out/fuzz/txt-failure.bin, options {options}")
            return 1
        finally:
            signal.alarm(0)
            tracemalloc.stop()
        slowest = max(slowest, time.monotonic() - start)
        if code not in outcomes and len(pool) < 400:
            pool.append(data)  # a new outcome is worth mutating further
        elif code.startswith("read") and len(pool) < 400 and rng.random() < 0.02:
            pool.append(data)
        outcomes[code] += 1
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{sum(outcomes.values())} inputs, slowest {slowest:.2f} s, process peak {peak_mb:.0f} MB"
    )
    print(f"largest traced peak {largest / 1e6:.1f} MB")
    for code, times in outcomes.most_common():
        print(f"  {times:8d}  {code}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
