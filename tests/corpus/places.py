"""Places in which a third plot is hidden as numbers or codes, beside the two that are drawn.

Each maker takes the folder and returns the file to read.
"""

from __future__ import annotations

import base64
import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import ezdxf
import geopandas
import pandas
import pyogrio
import shapely

from tests.corpus.made import (
    HIDDEN,
    PLOTS,
    collection,
    frame,
    gdb,
    gpkg,
    kml_text,
    make,
    shp,
    txt_lines,
)
from tests.corpus.mutations import Mutation

PLACES: dict[str, Mutation] = {}
#: The middle of the hidden plot: 112.285, 37.205, as it is written in many ways.
LON, LAT = 112.285, 37.205
WRITTEN = {
    "degrees": f"{LON},{LAT}",
    "arc_seconds": f"{LON * 3600:.1f},{LAT * 3600:.1f}",
    "whole_arc_seconds": f"{LON * 3600:.0f} {LAT * 3600:.0f}",
    "e7": f"{LON * 1e7:.0f},{LAT * 1e7:.0f}",
    "e6": f"{LON * 1e6:.0f};{LAT * 1e6:.0f}",
    "packed": "1121706.00,371218.00",
    "packed_whole": "1121706 371218",
    "packed_minutes": "11217.1000,3712.3000",
    "dms": "112°17′06″E 37°12′18″N",
    "dms_words": "东经112度17分6秒，北纬37度12分18秒",
    "dms_colons": "112:17:06, 37:12:18",
    "geohash": "wqxgehgqy",
    "plus_code": "8P9J674P+22",
    "mgrs": "49SFB1402918387",
    "utm": "49N 614029 4118387",
    "utm_decimals": "614029.16E 4118387.34N",
    "zone_metres": "37614025.2, 4120035.4",
    "comma": "112,2850;37,2050",
    "thousands": "4,118,387.3 / 614,029.2",
    "wide_digits": "１１２.２８５，３７.２０５",
    "base64": base64.b64encode(f"{LON},{LAT};{LON + 0.01},{LAT}".encode()).decode(),
    "hexadecimal": f"{LON},{LAT}".encode().hex(),
    "percent": "112%2E285%2C37%2E205",
    "entities": "&#49;&#49;2.285,3&#55;.205",
}


def hides(mutation: Mutation) -> Mutation:
    """Register a place under its own name."""
    PLACES[mutation.__name__] = mutation
    return mutation


def _json(folder: Path, top: Any) -> Path:
    path = folder / "a.geojson"
    path.write_text(json.dumps(top), encoding="utf-8")
    return path


def _put(name: str, change: Callable[[dict[str, Any]], None]) -> None:
    def mutate(folder: Path) -> Path:
        top = collection(PLOTS)
        change(top)
        return _json(folder, top)

    PLACES[f"geojson_{name}"] = mutate


def properties(top: dict[str, Any]) -> dict[str, Any]:
    return top["features"][0]["properties"]


for _name, _text in WRITTEN.items():
    _put(f"text_{_name}", lambda top, text=_text: properties(top).update(备注=text))
_put("key", lambda top: properties(top).update({f"p_{LON}_{LAT}": 1}))
_put("sections", lambda top: properties(top).update(lon_d=112, lon_m=17, lon_s=6, lat_d=37,
                                                    lat_m=12, lat_s=18))  # fmt: skip
_put("one_axis", lambda top: properties(top).update(经度=LON))
_put("axis_lists", lambda top: properties(top).update(
    a=[112.2801, 112.2901, 112.2902, 112.2801], b=[37.2001, 37.2002, 37.2101]))  # fmt: skip
_put("columns_e7", lambda top: properties(top).update(p=int(LON * 1e7), q=int(LAT * 1e7)))
_put("columns_seconds", lambda top: properties(top).update(p=404226.12, q=133938.34))
_put("columns_of_one_row", lambda top: (properties(top).update(p=LON + 1e-5, q=LAT + 1e-5),
     top["features"][1]["properties"].update(p=0, q=0)))  # fmt: skip
_put("nested", lambda top: properties(top).update(more={"deep": [{"at": [LON, LAT]}]}))
_put("foreign_member", lambda top: top.update(meta={"centre": [LON, LAT]}))
_put("foreign_of_feature", lambda top: top["features"][0].update(extra=f"{LON} {LAT}"))
_put("features_in_properties", lambda top: properties(top).update(
    features=collection([HIDDEN])["features"]))  # fmt: skip
_put("properties_of_collection", lambda top: top.update(properties={"at": f"{LON},{LAT}"}))
_put("in_crs", lambda top: top.update(
    crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84",
                                        "note": f"{LON},{LAT}"}}))  # fmt: skip


def _kml(name: str, more: str) -> None:
    def mutate(folder: Path) -> Path:
        path = folder / "a.kml"
        path.write_text(kml_text(PLOTS, more), encoding="utf-8")
        return path

    PLACES[f"kml_{name}"] = mutate


_AT = f"<longitude>{LON}</longitude><latitude>{LAT}</latitude>"
for _name, _text in {
    "look_at": f"<LookAt>{_AT}<range>500</range></LookAt>",
    "camera": f"<Camera>{_AT}</Camera>",
    "tour": f"<Tour><Playlist><FlyTo><LookAt>{_AT}</LookAt></FlyTo></Playlist></Tour>",
    "region": "<Region><LatLonAltBox><north>37.21</north><south>37.201</south><east>112.29</east>"
              "<west>112.28</west></LatLonAltBox></Region>",
    "style": f"<Style><BalloonStyle><text>{LON}, {LAT}</text></BalloonStyle></Style>",
    "description": f"<description><![CDATA[{LON}, {LAT}]]></description>",
    "snippet": f"<Snippet>{LON} {LAT}</Snippet>",
    "schema": f"<Schema name='s'><SimpleField name='a'><displayName>{LON},{LAT}</displayName>"
              "</SimpleField></Schema>",
    "overlay": "<ScreenOverlay><Icon><href>a.png?bbox=112.28,37.20,112.29,37.21</href></Icon>"
               "</ScreenOverlay>",
    "track": f"<Folder><Track><coord>{LON} {LAT} 0</coord></Track></Folder>",
    "comment": f"<!-- {LON} {LAT} -->",
    "instruction": f"<?site {LON},{LAT}?>",
    "attribute": f"<Folder id='{LON},{LAT}'/>",
    "model": f"<Model><Location>{_AT}</Location></Model>",
}.items():  # fmt: skip
    _kml(_name, _text)


def _zip(
    name: str, members: dict[str, bytes], change: Callable[[Path], None] | None = None
) -> None:
    def mutate(folder: Path) -> Path:
        path = make("zip", folder)
        with zipfile.ZipFile(path, "a") as opened:
            for title, data in members.items():
                opened.writestr(title, data)
        if change is not None:
            change(path)
        return path

    PLACES[f"zip_{name}"] = mutate


def _docx(text: str) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as opened:
        opened.writestr("[Content_Types].xml", "<Types/>")
        opened.writestr("word/document.xml", f"<w:document><w:t>{text}</w:t></w:document>")
    return found.getvalue()


def _tiff() -> bytes:
    """Return a TIFF of no pixels with one tie point."""
    place = struct.pack("<6d", 0, 0, 0, 112.28, 37.21, 0)
    entry = struct.pack("<HHII", 33922, 12, 6, 8 + 2 + 12 + 4)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry + b"\0" * 4 + place


def _comment(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as opened:
        opened.comment = f"{LON},{LAT}".encode()


def _extra(path: Path) -> None:
    info = zipfile.ZipInfo("readme.md")
    data = f"{LON},{LAT}".encode()
    info.extra = struct.pack("<HH", 0x9999, len(data)) + data
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr(info, "x")


for _name, _members in {
    "note": {"说明.txt": f"项目位于 {LON},{LAT}".encode("gb18030")},
    "note_utf16": {"说明.txt": f"项目位于 {LON},{LAT}".encode("utf-16")},
    "world_file": {"plan.jgw": b"0.5\n0.0\n0.0\n-0.5\n614029.5\n4118387.5\n", "plan.jpg": b"\xff"},
    "world_file_degrees": {"plan.tfw": b"0.00001\n0\n0\n-0.00001\n112.2801\n37.2101\n"},
    "geotiff": {"plan.tif": _tiff()},
    "document": {"说明.docx": _docx(f"{LON}, {LAT}")},
    "metadata": {"meta.xml": f"<md><westBound>{LON}</westBound><lat>{LAT}</lat></md>".encode()},
    "name": {f"{LON},{LAT}.txt": b"x"},
    "style_file": {"plots.qml": f"<qgis><label text='{LON},{LAT}'/></qgis>".encode()},
    "system_of_another": {"plots.cpg": b"UTF-8"},
}.items():  # fmt: skip
    if _name != "system_of_another":
        _zip(_name, _members)
_zip("comment", {}, _comment)
_zip("extra", {}, _extra)


def _shapefile(name: str, suffix: str, data: bytes) -> None:
    def mutate(folder: Path) -> Path:
        path = shp(folder / "a.shp", PLOTS)
        with path.with_suffix(suffix).open("ab") as stream:
            stream.write(data)
        return path

    PLACES[f"shp_{name}"] = mutate


_shapefile("cpg", ".cpg", f" {LON},{LAT}".encode())
_shapefile(
    "metadata", ".shp.xml", f"<metadata><abstract>{LON},{LAT}</abstract></metadata>".encode()
)
_shapefile("memo", ".dbt", b"\0" * 512 + f"{LON},{LAT}".encode())
_shapefile("projection", ".prj", f" {LON},{LAT}".encode())


def _database(name: str, *statements: str) -> None:
    def mutate(folder: Path) -> Path:
        path = gpkg(folder / "a.gpkg", PLOTS)
        with closing(sqlite3.connect(path)) as base:
            for statement in statements:
                base.execute(statement)
            base.commit()
        return path

    PLACES[f"gpkg_{name}"] = mutate


for _name, _sql in {
    "table": ["CREATE TABLE notes (a REAL, b REAL)", f"INSERT INTO notes VALUES ({LON}, {LAT})"],
    "text": ["CREATE TABLE notes (a TEXT)", f"INSERT INTO notes VALUES ('{LON} {LAT}')"],
    "seconds": ["CREATE TABLE notes (a REAL, b REAL)", "INSERT INTO notes VALUES (404226, 133938)"],
    "view": [f"CREATE VIEW more AS SELECT {LON} AS a, {LAT} AS b"],
    "trigger": [f"CREATE TRIGGER t AFTER INSERT ON plots BEGIN SELECT {LON}, {LAT}; END"],
    "description": [f"UPDATE gpkg_contents SET description = '{LON},{LAT}'"],
    "blob": ["CREATE TABLE notes (a BLOB)",
             f"INSERT INTO notes VALUES (x'{f'{LON},{LAT}'.encode().hex()}')"],
    "doubles": ["CREATE TABLE notes (a BLOB)",
                f"INSERT INTO notes VALUES (x'{struct.pack('<2d', LON, LAT).hex()}')"],
    "column": [f'ALTER TABLE plots ADD COLUMN "p {LON} {LAT}" TEXT'],
}.items():  # fmt: skip
    _database(_name, *_sql)


@hides
def gpkg_free_page(folder: Path) -> Path:
    path = gpkg(folder / "a.gpkg", PLOTS)
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("PRAGMA secure_delete = OFF")
        base.execute("CREATE TABLE notes (a TEXT)")
        base.execute("INSERT INTO notes VALUES (?)", ("x" * 9000 + f" {LON},{LAT} " + "y" * 9000,))
        base.execute("DROP TABLE notes")
    return path


@hides
def fgb_title(folder: Path) -> Path:
    path = folder / "a.fgb"
    pyogrio.write_dataframe(frame(PLOTS), path, driver="FlatGeobuf", SPATIAL_INDEX="NO",
                            TITLE=f"{LON},{LAT}")  # fmt: skip
    return path


@hides
def fgb_description(folder: Path) -> Path:
    path = folder / "a.fgb"
    pyogrio.write_dataframe(frame(PLOTS), path, driver="FlatGeobuf", SPATIAL_INDEX="NO",
                            DESCRIPTION="404226.0, 133938.0")  # fmt: skip
    return path


@hides
def gdb_table(folder: Path) -> Path:
    path = gdb(folder / "a.gdb", PLOTS)
    table = pandas.DataFrame({"a": [LON + 1e-5], "b": [LAT + 1e-5]})
    pyogrio.write_dataframe(table, path, layer="notes", driver="OpenFileGDB")
    return path


@hides
def gdb_text(folder: Path) -> Path:
    path = gdb(folder / "a.gdb", PLOTS)
    table = pandas.DataFrame({"a": [f"{LON},{LAT}"]})
    pyogrio.write_dataframe(table, path, layer="notes", driver="OpenFileGDB")
    return path


def _parquet(folder: Path, change: Callable[[Any], Any]) -> Path:
    from pyarrow import parquet

    path = folder / "a.parquet"
    frame(PLOTS).to_parquet(path)
    parquet.write_table(change(parquet.read_table(path)), path)
    return path


@hides
def parquet_metadata(folder: Path) -> Path:
    def change(table: Any) -> Any:
        more = {b"note": f"{LON},{LAT}".encode()}
        return table.replace_schema_metadata(table.schema.metadata | more)

    return _parquet(folder, change)


@hides
def parquet_metadata_of_a_column(folder: Path) -> Path:
    def change(table: Any) -> Any:
        field = table.schema.field("name").with_metadata({"note": f"{LON},{LAT}"})
        return table.cast(table.schema.set(table.schema.get_field_index("name"), field))

    return _parquet(folder, change)


@hides
def parquet_lists(folder: Path) -> Path:
    def change(table: Any) -> Any:
        lon = [[112.2801, 112.2901, 112.2902, 112.2801]] * 2
        return table.append_column("a", [lon])

    return _parquet(folder, change)


def _book(name: str, change: Callable[[Any, Any], None]) -> None:
    def mutate(folder: Path) -> Path:
        import openpyxl

        path = make("xlsx", folder)
        book = openpyxl.load_workbook(path)
        change(book, book.active)
        book.save(path)
        return path

    PLACES[f"xlsx_{name}"] = mutate


def _validation(book: Any, sheet: Any) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(type="list", formula1=f'"{LON},{LAT}"')
    sheet.add_data_validation(rule)
    rule.add("A2")


def _name(book: Any, sheet: Any) -> None:
    from openpyxl.workbook.defined_name import DefinedName

    book.defined_names["at"] = DefinedName("at", attr_text=f'"{LON} {LAT}"')


def _hidden_column(book: Any, sheet: Any) -> None:
    sheet["F1"], sheet["F2"] = "备注", f"{LON},{LAT}"
    sheet.column_dimensions["F"].hidden = True


def _hidden_sheet(book: Any, sheet: Any) -> None:
    more = book.create_sheet("注")
    more["A1"], more["B1"] = LON, LAT
    more.sheet_state = "hidden"


def _property(book: Any, sheet: Any) -> None:
    from openpyxl.packaging.custom import StringProperty

    book.custom_doc_props.append(StringProperty(name="at", value=f"{LON},{LAT}"))


def _note(book: Any, sheet: Any) -> None:
    from openpyxl.comments import Comment

    sheet["A2"].comment = Comment(f"{LON},{LAT}", "x")


_book("validation", _validation)
_book("defined_name", _name)
_book("hidden_column", _hidden_column)
_book("hidden_sheet", _hidden_sheet)
_book("property", _property)
_book("note", _note)
_book("formula", lambda book, sheet: sheet.__setitem__("E1", f'="at {LON},{LAT}"'))
_book("header", lambda book, sheet: setattr(sheet.oddHeader.center, "text", f"{LON} {LAT}"))
_book("title", lambda book, sheet: setattr(book.properties, "title", f"{LON} {LAT}"))
_book("sheet_name", lambda book, sheet: setattr(sheet, "title", f"{LON} {LAT}"))
_book("link", lambda book, sheet: setattr(sheet["A2"], "hyperlink", f"http://a/?at={LON},{LAT}"))


@hides
def xlsx_text_box(folder: Path) -> Path:
    path = make("xlsx", folder)
    with zipfile.ZipFile(path, "a") as opened:
        opened.writestr("xl/drawings/drawing1.xml", f"<xdr><a:t>{LON}, {LAT}</a:t></xdr>")
    return path


@hides
def txt_heading(folder: Path) -> Path:
    path = folder / "a.txt"
    lines = txt_lines(PLOTS)
    path.write_text("\n".join([lines[0], f"备注={LON},{LAT}", *lines[1:]]), encoding="utf-8")
    return path


@hides
def txt_end(folder: Path) -> Path:
    path = folder / "a.txt"
    text = "\n".join([*txt_lines(PLOTS), "# 404226.0 133938.0"])
    path.write_text(text, encoding="utf-8")
    return path


@hides
def csv_second_head(folder: Path) -> Path:
    path = folder / "a.csv"
    text = f'name,wkt\n甲,"{PLOTS[0].wkt}"\n\nname,lon,lat\n丙,{LON},{LAT}\n'
    path.write_text(text, encoding="utf-8")
    return path


@hides
def csv_heading(folder: Path) -> Path:
    path = folder / "a.csv"
    path.write_text(f'name,wkt,{LON} {LAT}\n甲,"{PLOTS[0].wkt}",x\n', encoding="utf-8")
    return path


def _gml(name: str, more: str) -> None:
    def mutate(folder: Path) -> Path:
        path = folder / "a.gml"
        frame(PLOTS).to_file(path, driver="GML")
        text = path.read_text(encoding="utf-8")
        at = text.index(">", text.index("FeatureCollection")) + 1
        path.write_text(text[:at] + more + text[at:], encoding="utf-8")
        for part in folder.glob("a.xsd"):
            part.unlink()
        return path

    PLACES[f"gml_{name}"] = mutate


_gml("description", f"<gml:description>{LON} {LAT}</gml:description>")
_gml("comment", f"<!-- {LON},{LAT} -->")


@hides
def tab_metadata(folder: Path) -> Path:
    path = folder / "a.tab"
    frame(PLOTS).to_file(path, driver="MapInfo File")
    with path.open("a", encoding="utf-8") as stream:
        stream.write(f'begin_metadata\n"\\Note" = "{LON},{LAT}"\nend_metadata\n')
    return path


def _drawing(name: str, change: Callable[[Any, Any, Any], None]) -> None:
    def mutate(folder: Path) -> Path:
        path = folder / "a.dxf"
        document = ezdxf.new("R2010")
        space = document.modelspace()
        drawn = geopandas.GeoSeries(PLOTS, crs=4490).to_crs(4526)
        for shape in drawn:
            space.add_lwpolyline(shapely.get_coordinates(shape).tolist(), close=True)
        change(document, space, space[0])
        document.saveas(path)
        return path

    PLACES[f"dxf_{name}"] = mutate


#: The middle of the hidden plot in the zone of the drawing.
X, Y = (
    geopandas.GeoSeries([shapely.Point(LON, LAT)], crs=4490).to_crs(4526).get_coordinates().iloc[0]
)


def _xdata(document: Any, space: Any, first: Any) -> None:
    document.appids.add("SITE")
    first.set_xdata("SITE", [(1000, f"{LON},{LAT}")])


def _xdata_point(document: Any, space: Any, first: Any) -> None:
    document.appids.add("SITE")
    first.set_xdata("SITE", [(1010, (X, Y, 0))])


def _xdata_reals(document: Any, space: Any, first: Any) -> None:
    document.appids.add("SITE")
    first.set_xdata("SITE", [(1040, X), (1040, Y)])


def _record(document: Any, space: Any, first: Any) -> None:
    from ezdxf.lldxf.types import DXFTag, DXFVertex

    record = document.rootdict.add_xrecord("SITE")
    record.reset([DXFVertex(10, (X, Y, 0)), DXFTag(1, "x")])


def _variable(document: Any, space: Any, first: Any) -> None:
    document.rootdict.add_dict_var("SITE", f"{LON},{LAT}")


def _block(document: Any, space: Any, first: Any) -> None:
    block = document.blocks.new("B")
    block.add_attdef("AT", (0, 0), f"{X:.3f},{Y:.3f}")


def _attribute(document: Any, space: Any, first: Any) -> None:
    document.blocks.new("B").add_point((0, 0))
    place = space.add_blockref("B", shapely.get_coordinates(PLOTS[0])[0])
    place.dxf.insert = first.get_points()[0][:2]
    place.add_attrib("AT", f"{LON} {LAT}", (0, 0))


for _key, _change in {
    "xdata": _xdata, "xdata_point": _xdata_point, "xdata_reals": _xdata_reals, "record": _record,
    "variable": _variable, "attdef": _block, "attrib": _attribute,
    "text": lambda d, s, f: s.add_text(f"{LON},{LAT}"),
    "text_seconds": lambda d, s, f: s.add_text("404226.0,133938.0"),
    "mtext": lambda d, s, f: s.add_mtext(f"\\A1;{{\\fSimSun;{LON},\\P{LAT}}}"),
    "text_place": lambda d, s, f: s.add_text("丙", dxfattribs={"insert": (X, Y)}),
    "definition_points": lambda d, s, f: s.add_point((X, Y), {"layer": "Defpoints"}),
    "dimension": lambda d, s, f: s.add_linear_dim((X, Y + 9), (X, Y), (X + 9, Y)).render(),
    "viewport": lambda d, s, f: d.layout().add_viewport((0, 0), (9, 9), (X, Y), 9),
    "header": lambda d, s, f: d.header.__setitem__("$USERR1", 1) or d.header.__setitem__(
        "$PROJECTNAME", f"{LON},{LAT}"),
    "origin": lambda d, s, f: d.header.__setitem__("$UCSORG", (X, Y, 0)),
    "custom_property": lambda d, s, f: d.header.custom_vars.append("at", f"{LON},{LAT}"),
    "layer_name": lambda d, s, f: d.layers.add(f"P {LON} {LAT}"),
    "layer_description": lambda d, s, f: setattr(d.layers.add("P"), "description", f"{LON},{LAT}"),
    "image": lambda d, s, f: s.add_image(d.add_image_def("a.png", (9, 9)), (X, Y), (9, 9)),
    "frozen": lambda d, s, f: (d.layers.add("P").freeze(), s.add_circle((X, Y), 9, {"layer": "P"})),
}.items():  # fmt: skip
    _drawing(_key, _change)


@hides
def dxf_comment(folder: Path) -> Path:
    path = PLACES["dxf_layer_name"](folder)
    text = path.read_text("utf-8").replace(f"P {LON} {LAT}", "P")
    path.write_text(f"999\n{LON},{LAT}\n{text}", "utf-8")
    return path


#: The one rule that a review of these files goes by: nothing may be built in the redline.
RULE = "REDLINE142-GENERAL"
_SIGNED = 'covers = "province"\ndate = 2024-05-01\nauthority = "x"\ndocument = "d"\n'


def crs(path: Path) -> str | None:
    """Return the system of files that state none."""
    return {".dxf": "EPSG:4526", ".csv": "EPSG:4490", ".xlsx": "EPSG:4490"}.get(path.suffix)


def one_rule() -> Any:
    """Return the catalogue with that rule alone, so that a review may find nothing to object to."""
    from zoning.catalogue import load_catalogue

    whole = load_catalogue()
    return replace(whole, rules={RULE: whole.rules[RULE]})


def words(sites: Path, zones: Path) -> list[str]:
    """Return the command that reviews sites against zones, declared as the official redline."""
    system = f'crs = "{crs(zones)}"\n' if crs(zones) else ""
    text = f'[layers.ecological_redline]\nsource = "{zones.name}"\n{_SIGNED}{system}'
    (zones.parent / "zoning.toml").write_text(text, encoding="utf-8")
    given = ["check", str(sites), "-q", "-w", str(zones.parent)]
    return [*given, *(("--crs", str(crs(sites))) if crs(sites) else ())]
