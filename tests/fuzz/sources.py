"""Damage every fixture at random and read it, until the time is up; any surprise ends the run.

    python tests/fuzz/sources.py --seconds 600 --seed 1

A surprise is an exception other than ZoningError, a reading that takes more than 20 s, or one that
needs more than 6 GB of address space. A crash of GDAL or GEOS ends the child process, and the
parent names the folder in which the input is kept.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

FIXTURES = Path(__file__).parent.parent / "fixtures"
TOKENS = (
    b"1e308", b"NaN", b"-", b"[", b"]]]]", b"{", b'"', b",", b"\x00", b"\xff", b"\n", b"<", b"&",
    b"POLYGON", b"EMPTY", b"(((", b"GEOMETRYCOLLECTION(", b"J", b"@", b"[\xb5\xd8\xbf\xe9", b"=",
    "界址点".encode(), "界址点".encode("gbk"), b"999999999999", b"\xe2\x80\xae", b"PK\x03\x04",
)  # fmt: skip
LIMIT_S = 20.0
LIMIT_BYTES = 6 * 1024**3


def damage(data: bytes, rng: random.Random) -> bytes:
    """Return the data with a few cuts, repeats, flips and foreign tokens."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(out) + 1)
        kind = rng.randrange(6)
        if kind == 0 and out:
            out[at % len(out)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del out[at : at + rng.randint(1, 64)]
        elif kind == 2:
            out[at:at] = rng.choice(TOKENS)
        elif kind == 3:
            out[at:at] = out[at : at + rng.randint(1, 256)] * rng.randint(1, 50)
        elif kind == 4:
            out[at:] = b""
        else:
            out[at : at + 4] = rng.randbytes(4)
        out = out or bytearray(b"\x00")
    return bytes(out)


def child(seed: int, seconds: float, folder: Path) -> int:
    """Read damaged files; the file in hand lies in ``folder`` under the name ``case``."""
    from zoning.base.errors import ZoningError
    from zoning.read import ReadOptions, inspect, read_vector

    # The address space, not the resident set: numpy and GDAL reserve more than they use.
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
    warnings.simplefilter("error")
    rng = random.Random(seed)
    files = sorted(p for p in FIXTURES.rglob("*") if p.is_file() and p.suffix != ".py")
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        source = rng.choice(files)
        case = folder / f"case{''.join(source.suffixes[-2:])}"
        case.write_bytes(damage(source.read_bytes(), rng))
        options = ReadOptions(
            crs=rng.choice([None, "EPSG:4490", "EPSG:4526"]), repair=rng.random() < 0.5
        )
        started = time.monotonic()
        try:
            reading = (read_vector if rng.random() < 0.8 else inspect)(case, options)
            assert reading is not None
        except ZoningError as error:
            assert error.lines("zh")
        if time.monotonic() - started > LIMIT_S:
            raise TimeoutError(case)
        case.unlink()
        count += 1
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"seed {seed}: {count} files in {seconds:.0f} s, {most:.0f} MB at most")
    return 0


def main() -> int:
    """Run one child; keep its input if it ends badly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", type=Path)
    given = parser.parse_args()
    if given.child is not None:
        return child(given.seed, given.seconds, given.child)
    folder = Path(tempfile.mkdtemp(prefix="zoning-fuzz-"))
    command = [sys.executable, __file__, "--seconds", str(given.seconds)]
    command += ["--seed", str(given.seed), "--child", str(folder)]
    try:
        code = subprocess.run(command, check=False, timeout=given.seconds + 120).returncode
    except subprocess.TimeoutExpired:
        code = -1
    if code:
        print(f"seed {given.seed} ended with {code}; the input is kept in {folder}")
        return 1
    folder.rmdir()
    return 0


if __name__ == "__main__":
    sys.exit(main())
