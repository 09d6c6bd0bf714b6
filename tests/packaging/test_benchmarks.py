"""The benchmarks run with small inputs and come to the figures they are held against.

Their times are not looked at here, so each is run by a Python that has everything loaded.
"""

import os
import subprocess
from pathlib import Path

from tests.warm import program, python

ROOT = Path(__file__).parents[2]


#: Runs a script that starts others by the interpreter named first.
RUN = """
import runpy, sys
_, sys.executable, *sys.argv = sys.argv
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_the_quick_benchmarks_end_well(tmp_path):
    run = str(ROOT / "benchmarks" / "run.py")
    done = subprocess.run(
        [*python(), "-c", RUN, program(tmp_path / "python"), run, "--quick"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("as expected") == 6
