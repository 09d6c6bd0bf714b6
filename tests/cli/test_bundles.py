"""``check --bundle``, ``replay`` and ``verify`` as a user runs them, and ``-v``."""

import json
import subprocess
from pathlib import Path

from tests.warm import python

EXAMPLES = Path(__file__).parents[2] / "examples" / "projects.geojson"


def zoning(*words, cwd):
    return subprocess.run(
        [*python(), "-m", "zoning", *map(str, words)],
        cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_a_bundle_is_written_replayed_and_verified(tmp_path):
    first = zoning("check", EXAMPLES, "--as-of", "2026-11-21", "--bundle", "b.zip", "--format",
                   "json", "--lang", "en", cwd=tmp_path)  # fmt: skip
    assert first.returncode == 1, first.stderr
    (tmp_path / "elsewhere").mkdir()
    again = zoning("replay", "../b.zip", "--format", "json", cwd=tmp_path / "elsewhere")
    assert again.returncode == 1
    assert again.stdout == first.stdout
    verified = zoning("verify", "../b.zip", "--lang", "en", cwd=tmp_path / "elsewhere")
    assert verified.returncode == 0
    assert "still follow" in verified.stdout
    assert json.loads(first.stdout)["status"] == "violation"


def test_a_bundle_is_no_place_to_write_to_twice(tmp_path):
    done = zoning("check", EXAMPLES, "--bundle", "x.zip", "--output", "x.zip", cwd=tmp_path)
    assert done.returncode == 2 and "suffix .zip" in done.stderr
    done = zoning("replay", EXAMPLES, "--lang", "zh", cwd=tmp_path)
    assert done.returncode == 2 and "结果包" in done.stderr


def test_verbose_says_what_stages_do_and_is_silent_otherwise(tmp_path):
    words = ("check", EXAMPLES, "--as-of", "2026-11-21", "--rules", "R002-001", "-q")
    loud = zoning("-v", *words, cwd=tmp_path)
    assert "zoning.api.check" in loud.stderr and " s" in loud.stderr
    assert "zoning.read" in loud.stderr
    assert zoning(*words, cwd=tmp_path).stderr == ""


def test_a_replay_knows_from_when_the_law_is_held(tmp_path):
    words = ("--as-of", "2019-12-31", "--bundle", "b.zip", "--format", "json")
    first = zoning("check", EXAMPLES, *words, cwd=tmp_path)
    assert "law-not-held" in first.stdout
    assert zoning("replay", "b.zip", "--format", "json", cwd=tmp_path).stdout == first.stdout
