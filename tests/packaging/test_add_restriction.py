"""README's "Add a restriction", done literally in a copy: everything that must follow, follows."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.warm import copy_repository, python

ROOT = Path(__file__).parents[2]
NEEDED = ("zoning", "layers", "data", "docs", "tests", "examples", "README.md", "README.zh-CN.md",
          "pyproject.toml")  # fmt: skip
#: The tests that a new rule concerns: tables, pages, catalogue. Snapshots are compared here.
CONCERNED = (
    "tests/golden",
    "tests/law/test_clauses.py",
    "tests/law/test_mutations.py",
    "tests/unit/test_rules_catalogue.py",
    "tests/catalogue/test_layers_expected.py",
    "tests/cli/test_rules_commands.py",
)


@pytest.fixture
def copy(tmp_path):
    place = tmp_path / "zoning-copy"
    place.mkdir()
    copy_repository(place, NEEDED, "fuzz", "browser", ".git")
    return place


def run(place, *command):
    env = {**os.environ, "PYTHONPATH": str(place), "ZONING_LANG": "en"}
    return subprocess.run(
        [*python(), *command], cwd=place, env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_readme_is_followed_literally(copy):
    readme = (ROOT / "README.md").read_text("utf-8")
    section = readme.split("## Add a restriction")[1].split("\n## ")[0]
    entry = re.search(r"```toml\n(.*?)```", section, re.S).group(1)
    (copy / "entry.toml").write_text(entry, encoding="utf-8")
    command = re.search(r"```\nzoning (.*?)\n```", section).group(1).split()
    done = run(copy, "-m", "zoning", *command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "OWN-1" in (copy / "docs" / "rules.md").read_text("utf-8")
    table = (copy / "tests" / "golden" / "decisions" / "own_rules.csv").read_text("utf-8")
    assert "OWN-1," in table and ",compliant," in table and ",conditional," in table
    for name in ("README.md", "README.zh-CN.md"):
        # The command has printed them anew: what they show is what is printed, as it was before.
        assert (copy / name).read_bytes() == (ROOT / name).read_bytes(), "the snapshot changed"
    tested = run(copy, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *CONCERNED)
    assert tested.returncode == 0, tested.stdout[-3000:]
    again = run(copy, "-m", "zoning", *command)
    assert again.returncode == 2 and "OWN-1" in again.stderr + again.stdout


def test_a_faulty_entry_leaves_nothing_behind(tmp_path):
    from zoning.api.new_rule import new_rule
    from zoning.base.errors import CatalogueError, UsageError

    place = tmp_path / "r"
    shutil.copytree(ROOT / "layers", place / "layers")
    (place / "tests" / "golden" / "decisions").mkdir(parents=True)
    entry = tmp_path / "e.toml"
    for text in ("[[rules]]\nid = 'X-1'\n", "not toml", "[[layers]]\n", ""):
        entry.write_text(text, encoding="utf-8")
        with pytest.raises(CatalogueError):
            new_rule(entry, repository=place)
    good = (ROOT / "README.md").read_text("utf-8").split("```toml\n")[-1].split("```")[0]
    entry.write_text(good.replace("fen_and_yellow_tributaries", "no_such_layer"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="no_such_layer"):
        new_rule(entry, repository=place)
    assert not (place / "layers" / "own_rules.toml").exists()
    with pytest.raises(UsageError):
        new_rule(entry, repository=tmp_path)
    (place / "docs").mkdir()
    (place / "docs" / "refresh.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    entry.write_text(good, encoding="utf-8")
    with pytest.raises(UsageError, match="exit code 3"):
        new_rule(entry, repository=place)
