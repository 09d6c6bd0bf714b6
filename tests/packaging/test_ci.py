"""The workflow, the hooks and the project file say the same."""

import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEST_COMMAND = 'python -m pip install -e ".[test]" && pytest'
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def yaml():
    return pytest.importorskip("yaml", reason="comes with mkdocs: pip install -e '.[docs]'")


def test_the_workflow_tests_each_python_that_is_declared(yaml):
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))["jobs"]
    prefix = "Programming Language :: Python :: "
    declared = [c.removeprefix(prefix) for c in PROJECT["classifiers"] if c.startswith(prefix)]
    assert jobs["test"]["strategy"]["matrix"]["python"] == declared
    assert PROJECT["requires-python"] == f">={declared[0]}"
    assert [step.get("run") for step in jobs["test"]["steps"]][-1] == TEST_COMMAND
    assert "lowest-direct" in str(jobs["lowest"])
    assert "mkdocs build --strict" in str(jobs["docs"])


def test_the_hooks_are_the_checks_of_the_tests(yaml):
    (repo,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    assert repo["repo"] == "local"
    hooks = {hook["id"]: hook for hook in repo["hooks"]}
    assert set(hooks) == {"ruff-check", "ruff-format", "mypy", "lint-imports"}
    assert {hook["language"] for hook in hooks.values()} == {"system"}


def test_the_version_stands_in_one_place():
    version = "__version__ = "
    lines = [
        (path.relative_to(ROOT).as_posix(), line)
        for path in [ROOT / "pyproject.toml", *(ROOT / "zoning").rglob("*.py")]
        for line in path.read_text("utf-8").splitlines()
        if line.startswith((version, "version = ", "VERSION = "))
    ]
    assert [name for name, _ in lines] == ["zoning/_version.py"]
    assert PROJECT["dynamic"] == ["version"]
