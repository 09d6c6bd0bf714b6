"""The lowest declared versions of the dependencies can be installed together.

The resolver asks the package index, so this runs only where ``ZONING_RESOLVE=1`` says so, as CI
does. That the tests pass with these versions is the business of a job of its own in CI.
"""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTRAS = ("stats", "plot", "report", "formats", "postgis", "docs")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
REQUIREMENT = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?>=([0-9.]+)")

needs_index = pytest.mark.skipif(
    os.environ.get("ZONING_RESOLVE") != "1", reason="asks the package index: ZONING_RESOLVE=1"
)


def declared() -> dict[str, str]:
    """Lowest version by name, of the dependencies and of the extras for users."""
    lines = list(PROJECT["dependencies"])
    for extra in EXTRAS:
        lines += PROJECT["optional-dependencies"][extra]
    return {found[1].lower(): found[2] for found in map(REQUIREMENT.fullmatch, lines) if found}


def release(version: str) -> tuple[int, ...]:
    """Numbers of a version without closing zeros: 1.10 and 1.10.0 are one release."""
    numbers = [int(number) for number in re.match(r"[0-9.]+", version)[0].strip(".").split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def test_every_dependency_states_a_lowest_version():
    lines = list(PROJECT["dependencies"])
    for name, extra in PROJECT["optional-dependencies"].items():
        lines += [line for line in extra if not line.startswith("zoning[") or name != "test"]
    assert [line for line in lines if not REQUIREMENT.fullmatch(line)] == []


@needs_index
def test_the_lowest_versions_resolve_together():
    done = subprocess.run(
        [
            sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate",
            "--resolution", "lowest-direct", "--only-binary", ":all:",
            "--python-version", PROJECT["requires-python"].removeprefix(">="),
            *(word for extra in EXTRAS for word in ("--extra", extra)), "pyproject.toml",
        ],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = dict(re.findall(r"(?m)^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(\S+)", done.stdout))
    for name, lowest in declared().items():
        # A bound that another dependency forbids is no true bound.
        assert release(found[name]) == release(lowest), f"{name}: {found[name]} is the lowest"
