"""More places for a third plot: members and parts that few programs write, and systems that differ.

Each maker takes the folder and returns the file to read.
"""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pyogrio
import pyproj
import shapely

from tests.corpus.made import (
    HIDDEN,
    PLOTS,
    collection,
    feature,
    frame,
    gdb,
    gpkg,
    kml_text,
    make,
    shp,
)
from tests.corpus.mutations import Mutation
from tests.corpus.places import LAT, LON

ODD: dict[str, Mutation] = {}
AT = f"{LON},{LAT}"
XIAN = {"type": "name", "properties": {"name": "EPSG:4610"}}


def hides(mutation: Mutation) -> Mutation:
    """Register a place under its own name."""
    ODD[mutation.__name__] = mutation
    return mutation


def _write(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


# ---------------------------------------------------------------- GeoJSON


def _json(name: str, change: Callable[[dict[str, Any], dict[str, Any]], Any]) -> None:
    """Register a change of a collection and its first feature."""

    def mutate(folder: Path) -> Path:
        top = collection(PLOTS)
        change(top, top["features"][0])
        return _write(folder / "a.geojson", json.dumps(top))

    ODD[f"geojson_{name}"] = mutate


_json("system_of_a_geometry", lambda top, first: first["geometry"].update(crs=XIAN))
_json("system_of_another_dialect", lambda top, first: top.update(spatialReference={"wkid": 4547}))
_json("system_by_number", lambda top, first: top.update(srid=4610))
_json("text_of_a_geometry", lambda top, first: first["geometry"].update(note=AT))
_json("wkt_of_a_geometry", lambda top, first: first["geometry"].update(note=[HIDDEN.wkt]))
_json("extent_of_a_geometry", lambda top, first: first["geometry"].update(bbox=HIDDEN.bounds))
_json("extent_of_texts", lambda top, first: top.update(bbox=[str(v) for v in HIDDEN.bounds]))
_json("identifier", lambda top, first: top.update(id=AT))
_json("type", lambda top, first: first.update(type=f"Feature {AT}"))


def _lines(name: str, more: dict[str, Any]) -> None:
    def mutate(folder: Path) -> Path:
        tops = (feature(PLOTS[0]), {**collection(PLOTS[1:]), **more})
        return _write(folder / "a.geojson", "\n".join(map(json.dumps, tops)))

    ODD[f"lines_{name}"] = mutate


_lines("system", {"crs": XIAN})
_lines("member", {"note": AT})
_lines("extent", {"bbox": HIDDEN.bounds})


@hides
def gzip_remark(folder: Path) -> Path:
    data = gzip.compress(json.dumps(collection(PLOTS)).encode())
    head = data[:3] + b"\x10" + data[4:10]  # the flag that a remark follows
    return _write(folder / "a.geojson.gz", head + AT.encode() + b"\0" + data[10:])


# ---------------------------------------------------------------- GeoPackage


def _database(name: str, statement: str, *values: Any) -> None:
    def mutate(folder: Path) -> Path:
        path = gpkg(folder / "a.gpkg", PLOTS)
        with closing(sqlite3.connect(path)) as base:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (trigger,) in base.execute(triggers).fetchall():
                base.execute(f'DROP TRIGGER "{trigger}"')  # they need functions of GDAL
            for part in statement.split(";"):
                base.execute(part, values if "?" in part else ())
            base.commit()
        return path

    ODD[f"gpkg_{name}"] = mutate


_SYSTEM = (
    "UPDATE plots SET geom = CAST(substr(geom, 1, 4) || ? || substr(geom, 9) AS BLOB) WHERE fid = 2"
)
_BLOB = "ALTER TABLE plots ADD COLUMN more BLOB; UPDATE plots SET more = ? WHERE fid = 1"
_database("undefined_system_of_a_geometry", _SYSTEM, struct.pack("<i", -1))
_database("unlisted_system_of_a_geometry", _SYSTEM, struct.pack("<i", 99999))
_database("text_in_a_blob", _BLOB, AT.encode())
_database("packed_blob", _BLOB, gzip.compress(HIDDEN.wkt.encode()))
_database("numbers_in_a_blob", _BLOB, struct.pack("<2d", LON, LAT))
_database("remark_of_a_system", f"UPDATE gpkg_spatial_ref_sys SET description = '{AT}'")
_database("table_named_as_an_index", f"CREATE TABLE rtree_notes AS SELECT {LON}1 AS a, {LAT}1 AS b")


@hides
def gpkg_behind_the_last_page(folder: Path) -> Path:
    path = gpkg(folder / "a.gpkg", PLOTS)
    return _write(path, path.read_bytes() + HIDDEN.wkt.encode())


# ---------------------------------------------------------------- parts of data sets


@hides
def shp_second_projection(folder: Path) -> Path:
    path = shp(folder / "a.shp", PLOTS)
    _write(folder / "a.qpj", pyproj.CRS(4214).to_wkt("WKT1_GDAL"))
    return path


def _table(name: str, change: Callable[[bytes, int, int], tuple[bytes, int, int]]) -> None:
    """Register a change of a ``.dbf``, its length of the header and that of a row."""

    def mutate(folder: Path) -> Path:
        path = shp(folder / "a.shp", PLOTS)
        data = path.with_suffix(".dbf").read_bytes()
        data, *lengths = change(data, *struct.unpack("<HH", data[8:12]))
        _write(path.with_suffix(".dbf"), data[:8] + struct.pack("<HH", *lengths) + data[12:])
        return path

    ODD[f"shp_{name}"] = mutate


_NOTE = f" {AT} ".encode()
_table("behind_the_fields", lambda data, start, width: (
    data[:start] + _NOTE + data[start:], start + len(_NOTE), width))  # fmt: skip
_table("behind_each_row", lambda data, start, width: (
    data[:start] + b"".join(data[at : at + width] + _NOTE for at in (start, start + width)),
    start, width + len(_NOTE)))  # fmt: skip


@hides
def shp_text_as_an_index(folder: Path) -> Path:
    path = shp(folder / "a.shp", PLOTS)
    _write(path.with_suffix(".sbn"), HIDDEN.wkt)
    return path


@hides
def gdb_foreign_folder(folder: Path) -> Path:
    path = gdb(folder / "a.gdb", PLOTS)
    gdb(path / "b.gdb", (HIDDEN,))
    return path


@hides
def fgb_two_systems(folder: Path) -> Path:
    path = folder / "a.fgb"
    frame(PLOTS).to_crs(4547).to_file(path, driver="FlatGeobuf", SPATIAL_INDEX="NO")
    codes = (struct.pack("<i", code) for code in (4547, 4548))
    return _write(path, path.read_bytes().replace(*codes, 1))


def _interchange(name: str, suffix: str, change: Callable[[bytes], bytes]) -> None:
    def mutate(folder: Path) -> Path:
        path = folder / "a.mif"
        pyogrio.write_dataframe(frame(PLOTS), path, driver="MapInfo File", FORMAT="MIF")
        part = path.with_suffix(suffix)
        _write(part, change(part.read_bytes()))
        return path

    ODD[f"mif_{name}"] = mutate


_interchange("remark", ".mif", lambda data: data + f"! {AT}\n".encode())
_interchange("row", ".mid", lambda data: data + b'"9","x"\n')
_interchange("cell", ".mid", lambda data: data.replace(b"\n", f',"{AT}"\n'.encode()))


# ---------------------------------------------------------------- markup


def _kml(name: str, more: str) -> None:
    ODD[f"kml_{name}"] = lambda folder: _write(folder / "a.kml", kml_text(PLOTS, more))


_kml(
    "attribute",
    f'<Placemark><Point><coordinates v="{AT}">112.2,37.2</coordinates></Point></Placemark>',
)
_kml(
    "fourth_number",
    f"<Placemark><Point><coordinates>112.205,37.205,{AT}</coordinates></Point></Placemark>",
)
_kml("quoted", f"<description><![CDATA[<coordinates>{AT}</coordinates>]]></description>")


def _gml(name: str, change: Callable[[str], str]) -> None:
    def mutate(folder: Path) -> Path:
        path = folder / "a.gml"
        frame(PLOTS).to_file(path, driver="GML")
        (folder / "a.xsd").unlink(missing_ok=True)
        return _write(path, change(path.read_text(encoding="utf-8")))

    ODD[f"gml_{name}"] = mutate


_END = "</ogr:FeatureCollection>"
_LIST = "<gml:posList>37.2 112.28 37.21 112.28 37.21 112.29</gml:posList>"
_LINK = '<gml:featureMember xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="b.gml#a"/>'
_XIAN = '<gml:posList srsName="urn:ogc:def:crs:EPSG::4610">'
_gml("list", lambda text: text.replace(_END, f"<ogr:note>{_LIST}</ogr:note>{_END}"))
_gml("link", lambda text: text.replace(_END, _LINK + _END))
_gml("system_of_a_list", lambda text: text.replace("<gml:posList>", _XIAN, 1))
_gml("no_system", lambda text: re.sub(r' srsName="[^"]*"(?=(?s:.*)srsName)', "", text))


# ---------------------------------------------------------------- tables, drawings, archives


def _csv(name: str, last: str) -> None:
    text = f'name,wkt,note,area\n甲,"{PLOTS[0].wkt}",x,98\n{last}\n'
    ODD[f"csv_{name}"] = lambda folder: _write(folder / "a.csv", text)


_csv("total_with_a_position", f'合计,,"{AT}",98')
_csv("total_with_a_geometry", f'合计,,"{HIDDEN.wkt}",98')


@hides
def dxf_section_of_its_own(folder: Path) -> Path:
    import ezdxf
    import geopandas

    path = folder / "a.dxf"
    document = ezdxf.new("R2010")
    plots, (hidden,) = (
        [shapely.get_coordinates(s) for s in geopandas.GeoSeries(shapes, crs=4490).to_crs(4526)]
        for shapes in (PLOTS, [HIDDEN])
    )
    for points in plots:
        document.modelspace().add_lwpolyline(points.tolist(), close=True)
    document.saveas(path)
    corners = "".join(f"10\n{x}\n20\n{y}\n" for x, y in hidden[:4])
    section = f"0\nSECTION\n2\nMORE\n0\nLWPOLYLINE\n8\n0\n90\n4\n70\n1\n{corners}0\nENDSEC\n"
    body, mark, _ = path.read_text("utf-8").rpartition("  0\nEOF")
    return _write(path, body + section + mark + "\n")


def _zip(name: str, members: dict[str, bytes], more: bytes = b"") -> None:
    def mutate(folder: Path) -> Path:
        path = make("zip", folder)
        with zipfile.ZipFile(path, "a") as opened:
            for title, data in members.items():
                opened.writestr(title, data)
        return _write(path, path.read_bytes() + more)

    ODD[f"zip_{name}"] = mutate


_zip("short_text_behind_it", {}, AT.encode())
_zip("old_document", {"说明.doc": b"\xd0\xcf\x11\xe0" + b"\0" * 600 + AT.encode("utf-16-le")})
_zip("text_as_a_picture", {"plan.jpg": AT.encode()})
_zip("wide_digits", {"说明.txt": "位于１１２．２８５，３７．２０５".encode("gb18030")})
_zip("degrees_of_gb18030", {"说明.txt": "112度17分6秒，37度12分18秒".encode("gb18030")})
