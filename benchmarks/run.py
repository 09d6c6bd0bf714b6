"""Run the benchmarks one after another; each fails where a figure is wrong, never for its time.

python benchmarks/run.py --quick                  # small inputs, within 3 minutes
python benchmarks/run.py --quick --only monitor   # one of them
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
#: What each does with small inputs; ``{place}`` is a folder of its own.
QUICK: dict[str, tuple[tuple[str, ...], ...]] = {
    "monitor": (
        ("monitor.py", "polygons", "--count", "300", "--runs", "1"),
        ("monitor.py", "raster", "--mpx", "2"),
    ),
    "scale": (
        ("scale.py", "sites", "{place}/sites.parquet", "--count", "12"),
        ("scale.py", "check", "{place}/sites.parquet", "--batch-size", "5", "--compare"),
    ),
    "overlay": (("overlay.py", "--quick"),),
    "soil_loss": (("soil_loss.py", "--size", "256", "--repeat", "1", "--folder", "{place}"),),
}


def main() -> int:
    """Run what was asked for; the exit code is the number of scripts that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", required=True)
    parser.add_argument("--only", choices=tuple(QUICK), action="append")
    asked = parser.parse_args()
    failed = 0
    for name in asked.only or QUICK:
        with tempfile.TemporaryDirectory() as place:
            for script, *words in QUICK[name]:
                begun = time.perf_counter()
                command = [str(HERE / script), *(word.format(place=place) for word in words)]
                code = subprocess.run([sys.executable, *command], check=False).returncode
                failed += code != 0
                told = "as expected" if code == 0 else f"ended with {code}"
                print(f"== {script} {told} ({time.perf_counter() - begun:.0f} s)", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
