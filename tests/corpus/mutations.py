"""Ways to hide a plot in a file of each kind: drop a part, leave a count stale, put it elsewhere.

Each takes the folder and returns the file to read. Nothing here uses the package under test.
"""

from __future__ import annotations

import bz2
import contextlib
import io
import json
import re
import sqlite3
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas
import pyogrio
import shapely
from openpyxl.comments import Comment

from tests.corpus.made import (
    HIDDEN,
    NAMES,
    PLOTS,
    collection,
    feature,
    fgb,
    gdb,
    geojson,
    gpkg,
    kml_text,
    make,
    placemark,
    rows,
    shp,
    txt_lines,
    txt_plot,
)  # fmt: skip

Mutation = Callable[[Path], Path]
MUTATIONS: dict[str, Mutation] = {}
THREE = (*PLOTS, HIDDEN)


def hides(mutation: Mutation) -> Mutation:
    """Register a mutation under its own name."""
    MUTATIONS[mutation.__name__] = mutation
    return mutation


# ---------------------------------------------------------------- shapefile


def _cut_dbf(dbf: Path, rows_: int, *, body: bool) -> None:
    data = bytearray(dbf.read_bytes())
    start, width = struct.unpack("<HH", data[8:12])
    data[4:8] = struct.pack("<I", rows_)
    dbf.write_bytes(bytes(data[: start + rows_ * width]) + b"\x1a" if body else bytes(data))


def _cut_shx(shx: Path, entries: int) -> None:
    data = bytearray(shx.read_bytes()[: 100 + 8 * entries])
    data[24:28] = struct.pack(">I", len(data) // 2)
    shx.write_bytes(bytes(data))


@hides
def shp_short_dbf_and_shx(folder: Path) -> Path:
    path = shp(folder / "a.shp", THREE)
    _cut_dbf(path.with_suffix(".dbf"), 2, body=True)
    _cut_shx(path.with_suffix(".shx"), 2)
    return path


@hides
def shp_stale_dbf_header(folder: Path) -> Path:
    path = shp(folder / "a.shp", THREE)
    _cut_dbf(path.with_suffix(".dbf"), 2, body=False)
    _cut_shx(path.with_suffix(".shx"), 2)
    return path


@hides
def shp_stale_lengths_everywhere(folder: Path) -> Path:
    path = shp_short_dbf_and_shx(folder)
    data = bytearray(path.read_bytes())
    two = shp(folder / "two.shp", PLOTS)
    data[24:28] = struct.pack(">I", two.stat().st_size // 2)
    path.write_bytes(bytes(data))
    return path


@hides
def shp_index_that_skips_one(folder: Path) -> Path:
    path = shp(folder / "a.shp", THREE)
    shx = path.with_suffix(".shx")
    data = bytearray(shx.read_bytes())
    data[108:116] = data[116:124]
    shx.write_bytes(bytes(data))
    _cut_shx(shx, 2)
    _cut_dbf(path.with_suffix(".dbf"), 2, body=True)
    return path


@hides
def shp_row_marked_deleted(folder: Path) -> Path:
    path = shp(folder / "a.shp", THREE)
    dbf = path.with_suffix(".dbf")
    data = bytearray(dbf.read_bytes())
    start, width = struct.unpack("<HH", data[8:12])
    data[start + 2 * width] = ord("*")
    dbf.write_bytes(bytes(data))
    return path


@hides
def shp_without_index(folder: Path) -> Path:
    path = shp(folder / "a.shp", THREE)
    path.with_suffix(".shx").unlink()
    return path


@hides
def shp_two_tables(folder: Path) -> Path:
    path = shp(folder / "a.shp", PLOTS)
    other = shp(folder / "b.shp", (HIDDEN,))
    other.with_suffix(".dbf").rename(folder / "a.DBF")
    return path


# ---------------------------------------------------------------- archives


def _zipped(folder: Path, more: dict[str, bytes], kind: str = "zip") -> Path:
    path = make(kind, folder)
    with zipfile.ZipFile(path, "a") as archive:
        for name, data in more.items():
            archive.writestr(name, data)
    return path


def _hidden(kind: str, folder: Path) -> bytes:
    apart = folder / "apart"
    apart.mkdir(exist_ok=True)
    return make(kind, apart, (HIDDEN,)).read_bytes()


def _member(name: str, kind: str) -> Mutation:
    def mutate(folder: Path) -> Path:
        return _zipped(folder, {name: _hidden(kind, folder)})

    mutate.__name__ = f"zip_{re.sub('[^a-z]', '_', name.lower())}"
    return hides(mutate)


for _name, _kind in (
    ("more.kmz", "kmz"), ("more.zip", "zip"), ("more.ndjson", "geojson"), ("more.gml", "kml"),
    ("more.dat", "gpkg"), ("more.jpg", "geojson"), ("readme.txt", "txt"), ("note.docx", "zip"),
    ("__MACOSX/._more.geojson", "geojson"), ("more", "fgb"), ("deep/er/more.xml", "kml"),
    ("more.geojson", "geojson"), ("more.csv", "csv"), ("plots.shp.xml", "kml"),
    ("more.gdb/a00000001.gdbtable", "gpkg"),
):  # fmt: skip
    _member(_name, _kind)


@hides
def zip_dbf_alone(folder: Path) -> Path:
    apart = folder / "apart"
    apart.mkdir()
    other = shp(apart / "other.shp", (HIDDEN,))
    return _zipped(folder, {"other.dbf": other.with_suffix(".dbf").read_bytes()})


@hides
def zip_shp_alone(folder: Path) -> Path:
    apart = folder / "apart"
    apart.mkdir()
    other = shp(apart / "other.shp", (HIDDEN,))
    return _zipped(folder, {"other.shx": other.with_suffix(".shx").read_bytes()})


@hides
def zip_member_twice(folder: Path) -> Path:
    path = folder / "a.zip"
    import warnings

    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("plots.geojson", json.dumps(collection((HIDDEN,))))
        archive.writestr("plots.geojson", json.dumps(collection(PLOTS)))
    return path


@hides
def zip_names_that_fold_together(folder: Path) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("plots.GEOJSON", json.dumps(collection((HIDDEN,))))
        archive.writestr("./plots.GEOJSON", json.dumps(collection(PLOTS)))
    return path


@hides
def zip_member_out_of_the_directory(folder: Path) -> Path:
    """Leave a member in the file and take it from the directory at the end."""
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("more.geojson", json.dumps(collection((HIDDEN,))))
        archive.writestr("plots.geojson", json.dumps(collection(PLOTS)))
        archive.filelist.pop(0)
    return path


@hides
def zip_after_a_zip(folder: Path) -> Path:
    path = make("zip", folder)
    path.write_bytes(_hidden("zip", folder) + path.read_bytes())
    return path


@hides
def zip_folder_with_content(folder: Path) -> Path:
    path = make("zip", folder)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("more/")
        archive.writestr(info, json.dumps(collection((HIDDEN,))))
    return path


@hides
def kmz_second_document(folder: Path) -> Path:
    return _zipped(folder, {"files/more.kml": kml_text((HIDDEN,)).encode()}, "kmz")


@hides
def kmz_with_a_shapefile(folder: Path) -> Path:
    return _zipped(folder, {"more.zip": _hidden("zip", folder)}, "kmz")


@hides
def zip_that_poses_as_kmz(folder: Path) -> Path:
    path = make("zip", folder, THREE)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("doc.kml", kml_text(PLOTS))
    return path


# ---------------------------------------------------------------- KML


def _kml(folder: Path, more: str) -> Path:
    path = folder / "a.kml"
    path.write_text(kml_text(PLOTS, more), encoding="utf-8")
    return path


@hides
def kml_network_link(folder: Path) -> Path:
    return _kml(folder, "<NetworkLink><Link><href>more.kml</href></Link></NetworkLink>")


@hides
def kml_update(folder: Path) -> Path:
    inside = f"<Create><Folder>{placemark(HIDDEN)}</Folder></Create>"
    return _kml(folder, f"<NetworkLinkControl><Update>{inside}</Update></NetworkLinkControl>")


@hides
def kml_unknown_container(folder: Path) -> Path:
    return _kml(folder, f"<Collection>{placemark(HIDDEN)}</Collection>")


@hides
def kml_lower_case(folder: Path) -> Path:
    return _kml(folder, placemark(HIDDEN).replace("Placemark", "placemark"))


@hides
def kml_overlay(folder: Path) -> Path:
    return _kml(folder, "<GroundOverlay><Icon><href>a.png</href></Icon></GroundOverlay>")


@hides
def kml_second_list_of_coordinates(folder: Path) -> Path:
    points = " ".join(f"{x},{y}" for x, y in shapely.get_coordinates(HIDDEN))
    text = kml_text(PLOTS).replace(
        "</coordinates>", f"</coordinates><coordinates>{points}</coordinates>", 1
    )
    path = folder / "a.kml"
    path.write_text(text, encoding="utf-8")
    return path


@hides
def kml_second_outline(folder: Path) -> Path:
    points = " ".join(f"{x},{y}" for x, y in shapely.get_coordinates(HIDDEN))
    ring = f"<LinearRing><coordinates>{points}</coordinates></LinearRing>"
    more = f"<outerBoundaryIs>{ring}</outerBoundaryIs></Polygon>"
    path = folder / "a.kml"
    path.write_text(kml_text(PLOTS).replace("</Polygon>", more, 1), encoding="utf-8")
    return path


# ---------------------------------------------------------------- GeoJSON


def _json(folder: Path, top: Any) -> Path:
    path = folder / "a.geojson"
    path.write_text(top if isinstance(top, str) else json.dumps(top), encoding="utf-8")
    return path


@hides
def geojson_second_collection(folder: Path) -> Path:
    return _json(folder, {**collection(PLOTS), "more": collection((HIDDEN,))})


@hides
def geojson_properties_of_the_collection(folder: Path) -> Path:
    return _json(folder, {**collection(PLOTS), "properties": {"extra": HIDDEN.wkt}})


@hides
def archive_note_with_one_place(folder: Path) -> Path:
    path = folder / "a.zip"
    x, y = HIDDEN.centroid.coords[0]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("plots.geojson", json.dumps(collection(PLOTS)))
        archive.writestr("说明.txt", f"另有一处：{x:.5f}, {y:.5f}")
    return path


@hides
def geojson_features_twice(folder: Path) -> Path:
    one, two = (json.dumps(collection(s)["features"]) for s in ((HIDDEN,), PLOTS))
    return _json(folder, f'{{"type":"FeatureCollection","features":{one},"features":{two}}}')


@hides
def geojson_geometry_twice(folder: Path) -> Path:
    inner = feature(PLOTS[0])
    one, two = json.dumps(feature(HIDDEN)["geometry"]), json.dumps(inner["geometry"])
    doubled = f'{{"type":"Feature","properties":{{}},"geometry":{one},"geometry":{two}}}'
    return _json(folder, f'{{"type":"FeatureCollection","features":[{doubled}]}}')


@hides
def geojson_geometry_in_properties(folder: Path) -> Path:
    top = collection(PLOTS)
    top["features"][0]["properties"]["site"] = feature(HIDDEN)["geometry"]
    return _json(folder, top)


@hides
def geojson_feature_in_a_feature(folder: Path) -> Path:
    top = collection(PLOTS)
    top["features"][0]["features"] = [feature(HIDDEN)]
    return _json(folder, top)


@hides
def geojson_null_geometry(folder: Path) -> Path:
    top = collection(THREE)
    top["features"][2]["geometry"] = None
    return _json(folder, top)


@hides
def geojson_of_another_dialect(folder: Path) -> Path:
    rings = [shapely.get_coordinates(HIDDEN).tolist()]
    return _json(folder, {**collection(PLOTS), "geometry": {"rings": rings}})


@hides
def geojson_wkt_in_properties(folder: Path) -> Path:
    top = collection(PLOTS)
    top["features"][0]["properties"]["范围"] = HIDDEN.wkt
    return _json(folder, top)


# ---------------------------------------------------------------- databases


@hides
def gpkg_second_layer(folder: Path) -> Path:
    path = make("gpkg", folder)
    return gpkg(path, (HIDDEN,), "more")


@hides
def gpkg_unregistered_table(folder: Path) -> Path:
    path = make("gpkg", folder)
    gpkg(path, (HIDDEN,), "more")
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        base.execute("DELETE FROM gpkg_contents WHERE table_name = 'more'")
        base.execute("DELETE FROM gpkg_geometry_columns WHERE table_name = 'more'")
    return path


@hides
def gpkg_second_geometry(folder: Path) -> Path:
    path = make("gpkg", folder)
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        # The triggers of its spatial index need functions that plain SQLite has not.
        for (name,) in list(base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
            base.execute(f'DROP TRIGGER "{name}"')
        base.execute("ALTER TABLE plots ADD COLUMN more BLOB")
        base.execute("UPDATE plots SET more = ? WHERE fid = 1", (shapely.to_wkb(HIDDEN),))
    return path


@hides
def gpkg_table_with_wkt(folder: Path) -> Path:
    path = make("gpkg", folder)
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE note (a TEXT)")
        base.execute("INSERT INTO note VALUES (?)", (HIDDEN.wkt,))
    return path


@hides
def gpkg_table_with_coordinates(folder: Path) -> Path:
    path = make("gpkg", folder)
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE note (经度 REAL, 纬度 REAL)")
        base.execute("INSERT INTO note VALUES (112.2, 37.2)")
    return path


@hides
def gdb_second_layer(folder: Path) -> Path:
    path = make("gdb", folder)
    return gdb(path, (HIDDEN,), "more")


@hides
def gdb_stale_count(folder: Path) -> Path:
    path = gdb(folder / "a.gdb", PLOTS)
    table = max(path.glob("*.gdbtable"))
    data = bytearray(table.read_bytes())
    data[4:8] = struct.pack("<I", 3)
    table.write_bytes(bytes(data))
    return path


@hides
def fgb_stale_count(folder: Path) -> Path:
    """Add a feature of another file behind those that the header counts."""
    path, other = fgb(folder / "a.fgb", PLOTS), fgb(folder / "b.fgb", THREE)
    shorter, longer = path.read_bytes(), other.read_bytes()
    path.write_bytes(shorter + longer[len(shorter) :])
    return path


# ---------------------------------------------------------------- tables


@hides
def csv_two_geometries(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text(f'name,wkt,geometry\n甲,"{PLOTS[0].wkt}","{HIDDEN.wkt}"\n', encoding="utf-8")
    return path


@hides
def csv_columns_of_one_name(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text(f'name,wkt,wkt\n甲,"{PLOTS[0].wkt}","{HIDDEN.wkt}"\n', encoding="utf-8")
    return path


@hides
def csv_wkt_beside_coordinates(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text(f'name,lon,lat,范围\n甲,112.2,37.2,"{HIDDEN.wkt}"\n', encoding="utf-8")
    return path


@hides
def csv_rows_inside_a_cell(folder: Path) -> Path:
    path = folder / "a.csv"
    text = 'name,lon,lat,note\n甲,112.2,37.2,"a\n乙,112.24,37.2,b\n丙,112.28,37.2,c"\n'
    path.write_text(text, encoding="utf-8")
    return path


@hides
def csv_curve(folder: Path) -> Path:
    path = folder / "a.csv"
    curve = "CURVEPOLYGON(CIRCULARSTRING(112.28 37.205, 112.29 37.205, 112.28 37.205))"
    path.write_text(f'name,wkt\n甲,"{PLOTS[0].wkt}"\n乙,"{curve}"\n', encoding="utf-8")
    return path


@hides
def csv_short_row(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text("name,lon,lat\n甲,112.2,37.2\n丙,112.28\n", encoding="utf-8")
    return path


@hides
def csv_heading_that_swallowed_a_row(folder: Path) -> Path:
    path = folder / "a.csv"
    text = f'name,wkt,"note\n丙,""{HIDDEN.wkt}"",c"\n甲,"{PLOTS[0].wkt}",b\n'
    path.write_text(text, encoding="utf-8")
    return path


@hides
def csv_total_of_three(folder: Path) -> Path:
    path = folder / "a.csv"
    body = [f'"{n}","{w}",{a}' for n, w, a in rows(PLOTS)[1:]]
    total = sum(row[2] for row in rows(THREE)[1:])
    path.write_text("\n".join(("name,wkt,面积公顷", *body, f"合计,,{total:.2f}")), encoding="utf-8")
    return path


def _book(folder: Path, change: Callable[[Any], None]) -> Path:
    import openpyxl

    path = make("xlsx", folder)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


@hides
def xlsx_second_sheet(folder: Path) -> Path:
    def change(book: Any) -> None:
        sheet = book.create_sheet("more")
        for row in rows((HIDDEN,)):
            sheet.append(row)
        sheet.sheet_state = "veryHidden"

    return _book(folder, change)


@hides
def xlsx_table_beside(folder: Path) -> Path:
    def change(book: Any) -> None:
        for at, row in enumerate(rows((HIDDEN,))[1:], 2):
            for column, cell in enumerate(row, 6):
                book.active.cell(at, column, cell)

    return _book(folder, change)


@hides
def xlsx_stale_size(folder: Path) -> Path:
    path = make("xlsx", folder, THREE)
    made = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            made[name] = archive.read(name)
    sheet = "xl/worksheets/sheet1.xml"
    made[sheet] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:C3"', made[sheet])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in made.items():
            archive.writestr(name, data)
    return path


@hides
def xlsx_member(folder: Path) -> Path:
    return _zipped(folder, {"xl/embeddings/book.xlsx": _hidden("xlsx", folder)}, "xlsx")


@hides
def xlsx_unlisted_sheet(folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(_hidden("xlsx", folder))) as inner:
        sheet = inner.read("xl/worksheets/sheet1.xml")
    return _zipped(folder, {"xl/worksheets/sheet9.xml": sheet}, "xlsx")


@hides
def parquet_second_geometry(folder: Path) -> Path:
    from tests.corpus.made import frame

    path = folder / "a.parquet"
    both = frame(PLOTS)
    both["more"] = both.geometry.set_crs(4490).translate(0.08)
    both.to_parquet(path)
    return path


# ---------------------------------------------------------------- boundary-point TXT


def _txt(folder: Path, lines: list[str]) -> Path:
    path = folder / "a.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@hides
def txt_points_of_no_plot(folder: Path) -> Path:
    return _txt(folder, [*txt_lines(PLOTS), "[其他]", *txt_plot(HIDDEN, 3)[1:]])


@hides
def txt_points_before_the_first_plot(folder: Path) -> Path:
    lines = txt_lines(PLOTS)
    return _txt(folder, [*lines[:6], *txt_plot(HIDDEN, 3)[1:], *lines[6:]])


@hides
def txt_missing_number(folder: Path) -> Path:
    lines = [line for line in txt_lines(PLOTS) if not line.startswith("J3")]
    return _txt(folder, [re.sub(r"^5,", "4,", line) for line in lines])


@hides
def txt_wrong_count(folder: Path) -> Path:
    return _txt(folder, [re.sub(r"^5,", "9,", line) for line in txt_lines(PLOTS)])


@hides
def txt_wrong_area(folder: Path) -> Path:
    lines = txt_lines(PLOTS)
    return _txt(folder, [*lines, *txt_plot(HIDDEN, 3, area=1.0)])


@hides
def txt_points_as_entries(folder: Path) -> Path:
    plot = txt_plot(HIDDEN, 3)
    return _txt(folder, [*txt_lines(PLOTS), plot[0], *(f"{line}=" for line in plot[1:])])


# ---------------------------------------------------------------- what else a file says


@hides
def geojson_stated_area(folder: Path) -> Path:
    top = collection(PLOTS)
    top["features"][0]["properties"]["用地面积"] = "1500亩"
    return _json(folder, top)


@hides
def gpkg_stale_plane_area(folder: Path) -> Path:
    from tests.corpus.made import frame

    path = folder / "a.gpkg"
    stated = frame(PLOTS).to_crs(4547)
    stated["Shape_Area"] = [stated.area[0], stated.area[0] * 3]
    stated.to_file(path, driver="GPKG", layer="plots")
    return path


assert NAMES
assert geojson


def _text(value: str) -> Mutation:
    """Return a mutation that writes the third plot into an attribute."""

    def mutate(folder: Path) -> Path:
        top = collection(PLOTS)
        top["features"][0]["properties"]["备注"] = value
        return _json(folder, top)

    return mutate


for _name, _value in (
    ("geojson", json.dumps(collection([HIDDEN]))),
    ("wkt_among_words", f"另见 {HIDDEN.wkt}"),
    ("kml", placemark(HIDDEN)),
    ("list_of_points", "; ".join(f"{x:.6f},{y:.6f}" for x, y in HIDDEN.exterior.coords)),
):
    _mutate = _text(_value)
    _mutate.__name__ = f"geojson_text_{_name}"
    hides(_mutate)


@hides
def geojson_text_beside_the_features(folder: Path) -> Path:
    return _json(folder, {**collection(PLOTS), "more": json.dumps(collection([HIDDEN]))})


@hides
def geojson_ring_that_begins_with_nan(folder: Path) -> Path:
    path = _json(folder, collection((*PLOTS, HIDDEN)))
    text = path.read_text(encoding="utf-8").replace("112.29", "NaN", 1)
    path.write_text(text, encoding="utf-8")
    return path


@hides
def kml_in_a_comment(folder: Path) -> Path:
    return _kml(folder, f"<!-- {placemark(HIDDEN)} -->")


@hides
def zip_far_into_a_document(folder: Path) -> Path:
    data = b"%PDF-1.4\n" + b" " * 70_000 + _hidden("geojson", folder)
    return _zipped(folder, {"plan.pdf": data})


@hides
def zip_in_a_resource_fork(folder: Path) -> Path:
    data = b"\x00\x05\x16\x07" + _hidden("geojson", folder)
    return _zipped(folder, {"__MACOSX/._plots.shp": data})


@hides
def zip_packed_twice(folder: Path) -> Path:
    return _zipped(folder, {"plans.bin": bz2.compress(_hidden("geojson", folder))})


@hides
def zip_with_a_tape_archive(folder: Path) -> Path:
    found = io.BytesIO()
    with tarfile.open(fileobj=found, mode="w") as tape:
        tape.add(make("geojson", folder, (HIDDEN,)), "more.geojson")
    return _zipped(folder, {"plans.bin": found.getvalue()})


@hides
def zip_in_its_remark(folder: Path) -> Path:
    path = _zipped(folder, {})
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = _hidden("geojson", folder)
    return path


@hides
def zip_before_other_data(folder: Path) -> Path:
    path = _zipped(folder, {})
    path.write_bytes(path.read_bytes() + _hidden("geojson", folder))
    return path


@hides
def gdb_table_with_wkt(folder: Path) -> Path:
    path = make("gdb", folder)
    table = pandas.DataFrame({"note": [HIDDEN.wkt]})
    pyogrio.write_dataframe(table, path, layer="notes", driver="OpenFileGDB")
    return path


@hides
def xlsx_sheet_of_one_cell(folder: Path) -> Path:
    def change(book: Any) -> None:
        book.create_sheet("注")["D9"] = HIDDEN.wkt

    return _book(folder, change)


@hides
def xlsx_comment(folder: Path) -> Path:
    def change(book: Any) -> None:
        book.active["A2"].comment = Comment(HIDDEN.wkt, "x")

    return _book(folder, change)
