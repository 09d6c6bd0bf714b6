"""The house rules that a tool can hold: types, style, the import contract, sizes."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.each import each

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "zoning").rglob("*.py"))


WRONG = """
import zoning
from pathlib import Path

zoning.check(123)
zoning.check("a.geojson", nonsense=True)
zoning.check("a.geojson", as_of="2026-11-21")
zoning.convert("a.shp")
zoning.load_layer(Path("x"))
zoning.no_such_name
report = zoning.check("a.geojson")
report.status_of("P01")
report.save()
zoning.ReadOptions(datum="wgs84")
"""
RIGHT = """
import zoning
from pathlib import Path

report: zoning.Report = zoning.check(["a.geojson", Path("b.shp")], themes=["karst"])
report.save("x.gpkg", "zh")
frame = report.to_frame()
options = zoning.ReadOptions(crs="EPSG:4526", datum="gcj02")
figures = zoning.county_statistics("forest-cover", by="city")
zoning.explain(report, "P01").lines("en")
"""


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """What mypy says of the package and, in the same run, of two scripts that use it."""
    folder = tmp_path_factory.mktemp("scripts")
    for name, text in (("right", RIGHT), ("wrong", WRONG)):
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    scripts = [str(path) for path in sorted(folder.iterdir())]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", "zoning", *scripts],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not done.stderr
    return done.stdout.splitlines()


def test_types(complaints):
    assert [line for line in complaints if "wrong.py:" not in line] == []


def test_a_type_checker_sees_wrong_calls(complaints):
    lines = [n for n, line in enumerate(WRONG.splitlines(), 1) if line and "import" not in line]
    lines.remove(WRONG.splitlines().index('report = zoning.check("a.geojson")') + 1)
    told = {
        int(line.split("wrong.py:")[1].split(":")[0]) for line in complaints if "wrong.py:" in line
    }
    assert sorted(told) == lines


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "ruff", "check", "."],
        ["-m", "ruff", "format", "--check", "."],
        ["-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
    ],
    ids=["ruff-check", "ruff-format", "import-contract"],
)
def test_tool(command):
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_guards_see_the_modules():
    assert len(MODULES) > 30


def test_modules_stay_readable():
    each(MODULES, is_readable, lambda path: str(path.relative_to(ROOT)))


def is_readable(path):
    text = path.read_text("utf-8")
    assert text.count("\n") <= 400, "split the module"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            size = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert size <= 60, f"{node.name} has {size} lines"


def _code(path):
    """Return the lines of a module that say something: no import, docstring, comment or blank."""
    text, passed_over = path.read_text("utf-8"), set()
    for node in ast.walk(ast.parse(text)):
        told = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if told or isinstance(node, ast.Import | ast.ImportFrom):
            passed_over |= set(range(node.lineno, node.end_lineno + 1))
    for at, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if at not in passed_over and re.search(r"\w", bare) and not bare.startswith("#"):
            yield at, bare


def _copies(paths, run):
    """Return where the same ``run`` lines of code stand in several places."""
    places = defaultdict(list)
    for path in paths:
        lines = list(_code(path))
        for first in range(len(lines) - run + 1):
            window = lines[first : first + run]
            places["\n".join(line for _, line in window)].append(f"{path.name}:{window[0][0]}")
    return [found for found in places.values() if len(found) > 1]


def test_nothing_is_written_twice():
    assert _copies(MODULES, 8) == []


def test_the_guard_against_copies_sees_one(tmp_path):
    body = "def f():\n" + "".join(f"    x{i} = {i}\n" for i in range(9))
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(f'"""{name}."""\n\n{body}', "utf-8")
    assert _copies(sorted(tmp_path.iterdir()), 8)


def test_check_tells_the_whole_story_briefly():
    source = (ROOT / "zoning" / "api" / "check.py").read_text("utf-8")
    walk = (
        "load_catalogue",
        "read_sites",
        "Layers(",
        "citable",
        "measure_sites",
        "decide",
        "Report(",
    )
    places = [source.rindex(stage) for stage in walk]
    assert places == sorted(places), "the steps stand in the order of the data"
    for verb in (ROOT / "zoning" / "api").glob("*.py"):
        assert verb.read_text("utf-8").count("\n") <= 280, verb.name


def test_help_imports_nothing_heavy():
    # What makes --help slow is importing the geospatial stack; a clock would be noisy.
    code = (
        "import sys; sys.argv = ['zoning', '--help']\n"
        "from zoning import cli\n"
        "heavy = {'geopandas', 'pandas', 'numpy', 'shapely', 'pyproj', 'rasterio', 'folium',"
        " 'pydantic', 'numba'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
