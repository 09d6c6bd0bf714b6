"""What a command loads before it begins: nothing that it does not use."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import typer

from zoning.base.errors import SourceError
from zoning.cli import READ_FIRST, application, require_named
from zoning.show import SUFFIXES, files

EXAMPLES = Path(__file__).parents[2] / "examples" / "projects.geojson"
PLOTS = Path(__file__).parents[1] / "fixtures" / "sources" / "plots.gpkg"


def test_a_review_without_a_map_loads_nothing_that_draws():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "zoning", "check", str(EXAMPLES), "-q"],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 1
    loaded = {line.split("|")[-1].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "shapely" in loaded
    assert not loaded & {"folium", "matplotlib", "docxtpl", "xlsxwriter", "numba", "dask"}


def test_a_second_review_loads_no_pandas(tmp_path, monkeypatch):
    monkeypatch.setenv("ZONING_CACHE", str(tmp_path))
    files = str(EXAMPLES), str(PLOTS)
    first = _loaded("check", *files, "--lang", "en")[1].stdout.splitlines()
    loaded, done = _loaded("check", *files, "--lang", "en")
    assert done.stdout.splitlines()[:-1] == first[:-1]
    assert not loaded & {"pandas", "geopandas", "pyogrio", "pyarrow"}


def _loaded(*words):
    """Return the modules that a call loads, and how it ends."""
    code = (
        "import atexit, sys; from zoning.cli import run\n"
        "atexit.register(lambda: print(*sys.modules))\n"
        f"sys.argv = ['zoning', *{words!r}]; run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False
    )
    return set(done.stdout.splitlines()[-1].split()), done


def test_a_file_that_is_not_there_is_told_before_anything_is_loaded(tmp_path):
    loaded, done = _loaded("check", str(tmp_path / "nothing.geojson"), "--lang", "en")
    assert done.returncode == 2
    assert "There is no such file" in done.stderr
    assert not loaded & {"numpy", "pandas", "geopandas", "shapely", "pyproj"}
    assert not loaded & {"typer", "rich", "pydantic"}


def test_an_output_that_cannot_be_is_told_before_anything_is_loaded(tmp_path):
    loaded, done = _loaded("check", str(EXAMPLES), "-o", str(tmp_path / "out.doc"), "--lang", "en")
    assert done.returncode == 2
    assert "cannot have the suffix .doc" in done.stderr
    assert not loaded & {"numpy", "pandas", "shapely", "pyproj", "zoning.model"}
    there = tmp_path / "mine.csv"
    there.write_text("a,b", encoding="utf-8")
    loaded, done = _loaded("check", str(EXAMPLES), "-o", str(there))
    assert done.returncode == 2
    assert not loaded & {"numpy", "pandas", "shapely", "pyproj", "zoning.model"}


def test_suffixes_known_beforehand_are_those_that_are_written():
    assert tuple(files._WRITERS) == SUFFIXES


def test_help_loads_neither_data_nor_validation():
    loaded, done = _loaded("--help")
    assert done.returncode == 0
    assert not loaded & {
        "numpy",
        "pandas",
        "geopandas",
        "shapely",
        "pydantic",
        "rich",
        "zoning.cli.check",
    }


@pytest.mark.parametrize("verb", READ_FIRST)
def test_words_taken_for_files_before_parsing_are_files(verb):
    command = typer.main.get_command(application(verb)).commands[verb]
    first = next(p for p in command.params if p.param_type_name == "argument")
    assert first.name in ("file", "files", "source")
    assert (first.nargs == -1) == (READ_FIRST[verb] is None)


@pytest.mark.parametrize("words", [["verify", "no.zip"], ["check", "no.json", "--help"], ["-v"]])
def test_other_words_are_left_to_the_parser(words):
    require_named(words)


def test_every_file_that_is_not_there_is_told_and_no_target(tmp_path):
    there, target = tmp_path / "a.geojson", tmp_path / "out.gpkg"
    there.write_text("{}", encoding="utf-8")
    require_named(["convert", str(there), str(target)])
    with pytest.raises(SourceError) as caught:
        require_named(["check", "no.geojson", str(there), "nor.geojson", "--lang", "en"])
    assert len(caught.value.problems) == 2


def test_only_the_verb_that_was_called_is_loaded():
    loaded, done = _loaded("verify", "--help")
    assert done.returncode == 0
    assert "zoning.cli.check" in loaded
    assert not loaded & {"zoning.cli.stats", "zoning.cli.layers", "numpy"}


def test_every_verb_is_where_the_list_of_commands_says():
    whole = typer.main.get_command(application())
    listed = typer.main.get_command(application(""))
    assert list(whole.commands) == list(listed.commands)
    for name, command in whole.commands.items():
        assert command.help == listed.commands[name].help
        assert getattr(command, "commands", None) or command.params, name
    called = typer.main.get_command(application("check")).commands
    assert {p.name for p in called["check"].params} == {
        p.name for p in whole.commands["check"].params
    }
    assert not called["stats"].params


@pytest.mark.parametrize("package", ["read", "review", "show"])
def test_names_that_are_loaded_when_asked_for_are_there_and_name_no_module(package):
    found = importlib.import_module(f"zoning.{package}")
    for name in found.__all__:
        assert not isinstance(getattr(found, name), ModuleType), name
        assert importlib.util.find_spec(f"zoning.{package}.{name}") is None
    with pytest.raises(AttributeError, match="nothing"):
        found.nothing  # noqa: B018
