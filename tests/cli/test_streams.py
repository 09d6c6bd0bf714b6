"""Consoles, pipes and disks as they come: no traceback, and never exit 1 for a fault of ours."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.warm import python

EXAMPLES = Path(__file__).parents[2] / "examples" / "projects.geojson"
NARROW = ("--rules", "R002-001")


def run(*words, **env):
    return subprocess.run(
        [*python(), "-m", "zoning", *map(str, words)],
        env={**os.environ, **env},
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("inspect", EXAMPLES),
        ("rules", "show", "R002-001"),
        ("layers", "show", "karst_springs"),
        ("check", EXAMPLES, *NARROW, "--lang", "zh"),
    ],
)
@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_a_console_without_unicode_shows_escapes(words, encoding):
    done = run(*words, PYTHONIOENCODING=encoding)
    assert b"Traceback" not in done.stderr
    assert done.stdout and done.returncode == (1 if words[0] == "check" else 0)


def test_json_is_utf8_whatever_the_console_is():
    done = run("check", EXAMPLES, *NARROW, "--format", "json", PYTHONIOENCODING="gbk")
    assert json.loads(done.stdout.decode("utf-8"))["projects"][0]["name"] == "洪洞焦化二期"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "words", [("layers", "list"), ("check", str(EXAMPLES), *NARROW), ("data", "verify")]
)
def test_output_that_cannot_be_written_is_not_a_finding(words):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*python(), "-m", "zoning", *words],
            stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    assert done.returncode == 2 and b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("rules", "list"),
        ("rules", "table"),
        ("check", str(EXAMPLES), *NARROW),
        ("check", str(EXAMPLES), *NARROW, "--format", "json"),
    ],
)
def test_a_reader_that_has_gone_is_not_a_finding(words):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [*python(), "-m", "zoning", *words],
            stdout=writer, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip
    finally:
        os.close(writer)
    assert done.returncode == 141 and b"Traceback" not in done.stderr


def test_every_unreadable_file_is_named_at_once(zoning, tmp_path):
    (tmp_path / "empty.geojson").write_bytes(b"")
    done = zoning("check", tmp_path / "empty.geojson", tmp_path / "none.geojson", EXAMPLES)
    assert done.code == 2 and "empty.geojson" in done.err and "none.geojson" in done.err
