"""environment.yml, pyproject.toml and the README say the same."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: What a package is called on conda-forge, where that differs from PyPI.
CONDA = {"build": "python-build", "exactextract": "python-exactextract"}
TEST_COMMAND = 'python -m pip install -e ".[test]" && pytest'
FIRST_COMMAND = (
    "python -m pip install -e . && zoning check examples/projects.geojson --map out/review.html"
)


def requirement(line: str) -> tuple[str, str]:
    name, bound = re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?\s*(>=\s*[\d.]+)?", line).groups()
    return name.lower(), (bound or "").replace(" ", "")


def wanted() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = list(project["dependencies"])
    todo, seen = ["test"], set()
    while todo:
        extra = todo.pop()
        if extra in seen:
            continue
        seen.add(extra)
        for line in extras[extra]:
            own = re.fullmatch(r"zoning\[([^\]]+)\]", line)
            if own:
                todo += [name.strip() for name in own.group(1).split(",")]
            else:
                lines.append(line)
    pairs = dict(requirement(line) for line in lines)
    return {CONDA.get(name, name): bound for name, bound in pairs.items()}


def listed() -> dict[str, str]:
    lines = (ROOT / "environment.yml").read_text("utf-8").splitlines()
    body = lines[lines.index("dependencies:") + 1 :]
    items = [line.strip()[2:] for line in body if line.strip().startswith("- ")]
    return dict(requirement(item) for item in items if item not in ("pip", "pip:"))


def test_conda_users_get_the_same():
    conda = listed()
    python = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "requires-python"
    ]
    assert conda.pop("python") == python
    assert conda == wanted()


def test_both_commands_stand_in_both_readmes_and_ci_runs_the_second():
    for name in ("README.md", "README.zh-CN.md"):
        lines = (ROOT / name).read_text("utf-8").splitlines()
        assert FIRST_COMMAND in lines, name
        assert TEST_COMMAND in lines, name
    assert "README.md" in (ROOT / ".ci" / "run").read_text("utf-8")
