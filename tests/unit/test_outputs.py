"""What an output may take the place of: each command, and each way to name what was read."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import geopandas
import pytest
import typer
from shapely.geometry import box

from zoning import cli
from zoning.api import outputs
from zoning.api.map import SUFFIXES
from zoning.base import seals
from zoning.base.errors import UsageError
from zoning.base.seals import CSV_COLUMN, MARK, seal, sealed
from zoning.base.settings import layers_dir
from zoning.base.targets import Target
from zoning.base.writing import whole


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with a shapefile of one site, an official layer and the workspace of it."""
    frame = geopandas.GeoDataFrame({"id": ["a"]}, geometry=[box(112, 37, 112.01, 37.01)], crs=4490)
    frame.to_file(tmp_path / "sites.shp")
    frame.to_file(tmp_path / "official.gpkg", layer="official")
    (tmp_path / "zoning.toml").write_text(
        '[layers.ecological_redline]\nsource = "official.gpkg"\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


#: Made once: Typer takes long to build the tree of commands.
_COMMANDS = typer.main.get_command(cli.application())


def run(*words):
    """Return the codes of the problems that a command ends with, else its exit code."""
    try:
        return [_COMMANDS.main([str(word) for word in words], standalone_mode=False) or 0]
    except UsageError as error:
        return [problem.code for problem in error.problems]


def snapshot(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


#: Each command that writes, with ``{}`` for the file; what it reads is in the folder.
COMMANDS = [
    ("check", "sites.shp", "-q", "-o"),
    ("check", "sites.shp", "-q", "--map"),
    ("check", "sites.shp", "-q", "--bundle"),
    ("convert", "sites.shp"),
    ("stats", "layer", "sites.shp", "-q", "-o"),
    ("monitor", "sites.shp", "sites.shp", "-q", "-o"),
    ("layers", "export", "cities", "-f", "gpkg", "-o"),
    ("layers", "coverage", "--csv"),
    ("map", "--layer", "cities", "-o"),
    ("stats", "soil-loss", "-q", "--loss-raster"),
    ("ask", "sites.shp", "--fill"),
    ("report", "sites.shp", "-q", "-o"),
    ("report", "--template"),
]
READ = ["sites.shp", "sites.dbf", "SITES.DBF", "sites.cpg", "official.gpkg", "official.gpkg-wal",
        "zoning.toml", "link.shp", "hard.dbf"]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: "-".join(c[:2] + c[-1:]))
def test_no_command_writes_over_what_it_reads(folder, command):
    (folder / "link.shp").symlink_to(folder / "sites.shp")
    os.link(folder / "sites.dbf", folder / "hard.dbf")
    before = snapshot(folder)
    for name in READ:
        codes = run(*command, name, "--overwrite")
        assert set(codes) <= {"target-is-input", "output-suffix", "paper-suffix"}, (name, codes)
    assert snapshot(folder) == before


def suffix_of(command):
    """Return a suffix that the output of a command may have."""
    by_option = {"--map": ".html", "--bundle": ".zip", "--csv": ".csv", "--loss-raster": ".tif",
                 "--fill": ".xlsx", "--template": ".docx"}  # fmt: skip
    by_verb = {"map": ".html", "report": ".docx"}
    return by_option.get(command[-1], by_verb.get(command[0], ".gpkg"))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: "-".join(c[:2] + c[-1:]))
def test_no_command_replaces_a_file_of_somebody_else_unasked(folder, command):
    suffix = suffix_of(command)
    place = folder / f"theirs{suffix}"
    place.write_text("years of work")
    assert run(*command, place) == ["output-exists"]
    assert run(*command, folder / "theirs.xyz")[0] in ("output-suffix", "paper-suffix")
    assert run(*command, layers_dir() / f"x{suffix}") == ["target-is-catalogue"]
    assert place.read_text() == "years of work" and not (layers_dir() / f"x{suffix}").exists()


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".xlsx", ".csv"])
def test_its_own_file_is_replaced_until_somebody_changes_it(folder, suffix):
    place = folder / f"areas{suffix}"
    words = ("stats", "layer", "sites.shp", "--by", "province", "-q", "-o", place)
    assert run(*words) == [0]
    assert run(*words) == [0]
    if suffix == ".csv":  # A table without a place for a seal is known by its last column.
        return
    data = bytearray(place.read_bytes())
    data[-1] ^= 1
    place.write_bytes(bytes(data))
    assert run(*words) == ["output-exists"]
    assert run(*words, "--overwrite") == [0]


def test_a_map_has_the_suffix_of_a_map(folder):
    for name in ("k.bmp", "k", "k.html.txt"):
        with pytest.raises(UsageError) as error:
            outputs.one(name, SUFFIXES)
        assert ".html" in str(error.value)
    assert run("map", "--layer", "cities", "-o", "k.bmp") == ["output-suffix"]


def test_a_file_in_a_geodatabase_is_part_of_it(tmp_path):
    base = tmp_path / "data.gdb"
    base.mkdir()
    table = base / "a00000001.gdbtable"
    table.write_bytes(b"x")
    os.link(table, tmp_path / "same.gpkg")
    for place in (base / "new.gpkg", base / "a00000001.gdbtable", tmp_path / "same.gpkg"):
        assert [p.code for p in Target(place, frozenset({base})).problems()] == ["target-is-input"]
    assert Target(tmp_path / "other.gpkg", frozenset({base})).problems() == []


def test_no_output_lies_within_a_geodatabase_of_somebody_else(tmp_path):
    (tmp_path / "a.gdb").mkdir()
    (tmp_path / "a.gdb" / "a00000001.gdbtable").touch()
    (problem,) = Target(tmp_path / "a.gdb" / "new" / "a.docx", overwrite=True).problems()
    assert problem.code == "target-in-database"


@pytest.mark.parametrize(
    "name", ["https://x.cn/a.gpkg", "postgresql://x/a.gpkg", "s3://b/a.csv", "/vsizip/x.zip/a.shp"]
)
def test_an_output_is_no_address(name):
    (problem,) = Target(Path(name)).problems()
    assert problem.code == "target-is-address"


def test_a_name_that_no_file_can_have_is_said(tmp_path):
    (problem,) = Target(tmp_path / ("x" * 300 + ".gpkg")).problems()
    assert problem.code == "output-unwritable"


def test_every_part_of_a_shapefile_that_is_made_counts(tmp_path):
    (tmp_path / "roads.dbf").write_text("a table")
    codes = [p.code for p in Target(tmp_path / "roads.shp").problems()]
    assert codes == ["output-exists"]
    read = frozenset({tmp_path / "roads.dbf"})
    codes = [p.code for p in Target(tmp_path / "roads.shp", read, overwrite=True).problems()]
    assert codes == ["target-is-input"]


def test_a_database_that_is_open_is_left_alone(tmp_path):
    (tmp_path / "a.gpkg-wal").write_bytes(b"")
    assert [p.code for p in Target(tmp_path / "a.gpkg", overwrite=True).problems()] == [
        "output-open"
    ]


def test_two_outputs_are_two_files(tmp_path):
    asked = {"--output": (tmp_path / "x.shp", (".shp",)), "--map": (tmp_path / "X.DBF", (".dbf",))}
    with pytest.raises(UsageError) as error:
        outputs.targets(asked)
    assert [p.code for p in error.value.problems] == ["targets-collide"]


def test_a_faulty_workspace_does_not_stop_other_work(folder):
    (folder / "zoning.toml").write_text("nonsense", encoding="utf-8")
    assert folder / "zoning.toml" in {p.resolve() for p in outputs.files_read()}


def test_new_rules_stay_in_the_catalogue(folder):
    (folder / "rule.toml").write_text("[[rules]]\n", encoding="utf-8")
    assert run("rules", "new", "rule.toml", "--into", "../../outside") == ["bad-option"]


def test_a_workspace_is_never_written_over(folder):
    before = snapshot(folder)
    assert run("workspace", "init", folder) == ["workspace-exists"]
    assert snapshot(folder) == before


def _made(path: Path, content: str) -> Path:
    with whole(path) as part:
        part.write_text(content)
    return path


def test_a_seal_holds_for_a_copy_and_breaks_with_any_change(tmp_path):
    path = _made(tmp_path / "a.json", json.dumps({"seal": MARK, "x": 1}))
    assert sealed(path) and MARK not in path.read_text()
    assert sealed(Path(shutil.copy(path, tmp_path / "b.json")))
    path.write_text(path.read_text().replace('"x": 1', '"x": 2'))
    assert not sealed(path)
    assert not sealed(_made(tmp_path / "plain.json", "{}"))
    assert not sealed(tmp_path / "absent.json")


@pytest.mark.skipif(os.name != "posix", reason="other systems do not tell of every change")
def test_a_file_is_hashed_once_while_nobody_changes_it(tmp_path, monkeypatch):
    path = _made(tmp_path / "a.json", f'{{"made": "{MARK}"}}')
    hashed = []
    real = seals._digest
    monkeypatch.setattr(seals, "_digest", lambda *x: hashed.append(x) or real(*x))
    # Right after it was written it may change again without showing it.
    assert sealed(path) and sealed(path)
    assert len(hashed) == 2
    monkeypatch.setattr(seals, "_SOON_NS", -1)
    assert sealed(path) and sealed(path) and sealed(path)
    assert len(hashed) == 3
    told = path.stat()
    path.write_text(path.read_text().replace("made", "mode"))
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert path.stat().st_size == told.st_size
    assert not sealed(path)


def test_a_shapefile_is_sealed_with_all_its_parts(tmp_path):
    from zoning.show.vectors import write_vector

    frame = geopandas.GeoDataFrame({"a": [1]}, geometry=[box(112, 37, 113, 38)], crs=4490)
    target = Target(tmp_path / "a.shp")
    write_vector(frame, target, "a")
    assert sealed(target.path, target.files)
    write_vector(frame, target, "a")
    with (tmp_path / "a.dbf").open("ab") as stream:
        stream.write(b" ")
    assert not sealed(target.path, target.files)


def test_a_workbook_saved_by_another_program_is_no_longer_ours(tmp_path):
    import openpyxl
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with whole(path) as part:
        xlsxwriter.Workbook(part).close()
    assert sealed(path)
    openpyxl.load_workbook(path).save(path)
    assert not sealed(path)


def test_a_table_is_known_by_its_last_column(tmp_path):
    ours, theirs = tmp_path / "a.csv", tmp_path / "b.csv"
    ours.write_text(f"\ufeffa,{CSV_COLUMN}\r\n1,0.1\r\n", encoding="utf-8")
    theirs.write_text("a,b\n1,2\n", encoding="utf-8")
    assert sealed(ours) and not sealed(theirs)


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.html"])
def test_a_text_of_a_user_that_is_a_seal_is_not_written_over(tmp_path, name):
    text = f"name,x\n{MARK[:-1]}7,1\n" + (MARK if name == "a.json" else "")
    (tmp_path / name).write_text(text)
    seal(tmp_path / name)
    assert (tmp_path / name).read_text().startswith(text[:80])


@pytest.mark.parametrize("name", ["a.parquet", "a.gpkg", "a.tif", "a.docx"])
def test_bytes_that_look_like_the_end_of_a_zip_make_no_file_a_zip(tmp_path, name):
    # Of a million sites, one file of 2,000 was spoilt: its compressed bytes held these four.
    content = b"PAR1" + b"\x07" * 500 + b"PK\x05\x06" + b"\x09" * 300 + b"PAR1"
    (tmp_path / name).write_bytes(content)
    seal(tmp_path / name)
    assert (tmp_path / name).read_bytes() == content


def test_sealing_an_empty_file_leaves_it(tmp_path):
    (tmp_path / "a.txt").touch()
    seal(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_bytes() == b""


@pytest.mark.parametrize("suffix", [".html", ".svg", ".pdf", ".png"])
def test_what_readers_pass_over_holds_the_seal_of_other_formats(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    with whole(path) as part:
        part.write_bytes(b"content")
    assert sealed(path) and path.read_bytes().startswith(b"content")
    path.write_bytes(path.read_bytes().replace(b"content", b"CONTENT"))
    assert not sealed(path)
