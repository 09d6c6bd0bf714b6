"""Each verb of the command line is one public function, and the reference lists its module."""

import ast
from pathlib import Path

import pytest

from zoning import cli

ROOT = Path(__file__).parents[2]
#: Functions whose name says more than the verb does.
LONGER = {"map": "save_briefing_map", "stats": "statistics"}


def verbs() -> dict[str, str]:
    """Each command that stands alone, and the module it is declared in."""
    return {c.name: c.callback.__code__.co_filename for c in cli.application().registered_commands}


def public() -> dict[str, set[str]]:
    """Public functions by name, with the modules of the interface that define them."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "zoning" / "api").glob("[!_]*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found.setdefault(node.name, set()).add(path.stem)
    return found


def test_the_guard_sees_the_verbs():
    assert {"check", "report", "letters", "map"} <= set(verbs())


@pytest.mark.parametrize("verb", sorted(verbs()))
def test_a_verb_is_one_public_function_that_the_reference_lists(verb):
    modules = public()[LONGER.get(verb, verb)]
    assert len(modules) == 1
    (module,) = modules
    page = ROOT / "docs" / "reference" / f"{module}.md"
    assert f"::: zoning.api.{module}" in page.read_text("utf-8")
