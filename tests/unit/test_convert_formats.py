"""Every format to every other: the same features, the same values, or a word about it."""

from __future__ import annotations

import itertools
import json
import sqlite3

import ezdxf
import geopandas
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, box

import zoning
from zoning.base.errors import SourceError, UsageError
from zoning.read import read_vector

#: A polygon with a hole, and one of two parts; vertices with all the digits of a double.
HOLED = shapely.Polygon(
    box(112.5, 37.8, 112.6, 37.9).exterior.coords,
    [box(112.51234567890123, 37.82, 112.53, 37.84).exterior.coords],
)
SPLIT = MultiPolygon([box(112.1, 37.1, 112.2, 37.2), box(112.3, 37.1, 112.4, 37.2)])
RECORDS = {
    "plot_id": ["A-1", "A-2"],
    "地块名称": ["汾河", "=1+1"],
    "建设用地批准面积公顷": [12.5, None],
    "number": [7, 2**40],
    "existing": [True, False],
}
SUFFIXES = (".gpkg", ".geojson", ".shp", ".fgb", ".kml", ".dxf", ".parquet", ".txt", ".xlsx")
#: What a format keeps of the columns above, by the order of the columns.
KEPT = {".txt": ("plot_id", "地块名称"), ".dxf": ()}


def _shapes(frame):
    return [shapely.normalize(shape) for shape in frame.geometry]


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """Return the two plots in every format, made from GeoJSON."""
    folder = tmp_path_factory.mktemp("formats")
    frame = geopandas.GeoDataFrame(
        {k: pd.Series(v, dtype=object) for k, v in RECORDS.items()},
        geometry=[HOLED, SPLIT], crs="EPSG:4490",
    )  # fmt: skip
    features = json.loads(frame.to_json(na="null", drop_id=True))
    features.pop("crs", None)
    source = folder / "plots.geojson"
    source.write_text(json.dumps(features), encoding="utf-8")
    made = {".geojson": source}
    for suffix in SUFFIXES:
        if suffix != ".geojson":
            made[suffix] = zoning.convert(source, folder / f"plots{suffix}").path
    return made


def _read(path, suffix):
    crs = "EPSG:4525" if suffix == ".dxf" else None
    return read_vector(path, zoning.ReadOptions(crs=crs, nested="holes"))


def _even_odd(frame):
    """Return the area within an odd number of rings: what a drawing's closed lines stand for."""
    area = shapely.Polygon()
    for shape in frame.geometry:
        area = shapely.symmetric_difference(area, shape)
    return area


def _same_ground(one, other):
    union = shapely.union_all(one.geometry.to_numpy())
    return shapely.symmetric_difference(union, _even_odd(other)).area < 1e-9


@pytest.mark.parametrize(
    ("first", "second"),
    [pair for pair in itertools.product(SUFFIXES, repeat=2) if len({*pair}) == 2],
)
def test_from_every_format_to_every_other(originals, tmp_path, first, second):
    source = originals[first]
    before = _read(originals[".geojson"], ".geojson").frame
    options = zoning.ReadOptions(crs="EPSG:4525" if first == ".dxf" else None, nested="holes")
    done = zoning.convert(source, tmp_path / f"out{second}", options=options)
    after = _read(done.path, second).frame
    if ".dxf" in (first, second):
        assert _same_ground(before, after)
        return
    assert done.features == len(after) == 2
    tolerance = 2e-9 if ".txt" in (first, second) else 1e-12
    for one, other in zip(_shapes(before), _shapes(after), strict=True):
        assert shapely.hausdorff_distance(one, other) <= tolerance
        assert one.geom_type == other.geom_type or one.geom_type == f"Multi{other.geom_type}"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_values_survive_the_way_there_and_back(originals, tmp_path, suffix):
    options = zoning.ReadOptions(crs="EPSG:4525" if suffix == ".dxf" else None, nested="holes")
    back = zoning.convert(originals[suffix], tmp_path / "back.gpkg", options=options)
    frame = read_vector(back.path).frame
    kept = KEPT.get(suffix, tuple(RECORDS))
    if suffix == ".txt":
        frame = frame.rename(columns={"name": "地块名称"})
    for at, column in enumerate(kept):
        values = frame[column if column in frame else frame.columns[at]].tolist()
        expected = RECORDS[column]
        if suffix == ".kml":
            words = {None: None, True: "true", False: "false"}
            expected = [words[v] if v in words else str(v) for v in expected]
        if suffix == ".shp" and column == "existing":
            expected = [1, 0]
        assert values == expected, column


def test_what_a_format_does_not_keep_is_told(originals, tmp_path):
    def told(suffix):
        done = zoning.convert(originals[".geojson"], tmp_path / f"t{suffix}")
        return " ".join(loss.en for loss in done.losses), done.crs

    assert told(".gpkg") == ("", "EPSG:4490")
    names, _ = told(".shp")
    assert "建设用地批准面积公顷 → 建设用" in names and "existing" in names
    text, crs = told(".txt")
    assert "number" in text and "建设用地批准面积公顷" in text and crs == "EPSG:4525"
    text, crs = told(".dxf")
    assert "--crs" in text and "EPSG:4525" in text and "extended data" in text
    assert "WGS 84" in told(".kml")[0] and "text only" in told(".kml")[0]
    assert told(".xlsx")[0] == ""


def test_short_names_stay_whole_characters_and_differ(tmp_path):
    names = ["建设用地批准面积", "建设用地规划面积", "Name", "NAME", "a" * 12]
    frame = geopandas.GeoDataFrame(
        {n: [str(i)] for i, n in enumerate(names)}, geometry=[Point(112, 37)], crs=4490
    )
    source = tmp_path / "a.geojson"
    source.write_text(frame.to_json(drop_id=True), encoding="utf-8")
    path = zoning.convert(source, tmp_path / "a.shp").path
    columns = list(pyogrio.read_info(path)["fields"])
    assert len({c.casefold() for c in columns}) == 5
    assert all(len(c.encode()) <= 10 for c in columns)
    assert columns[0] == "建设用"
    assert path.with_suffix(".cpg").read_text().strip() == "UTF-8"
    assert "建设用地规划面积" in path.with_suffix(".shp.xml").read_text("utf-8")
    assert read_vector(path).frame.drop(columns="geometry").iloc[0].tolist() == list("01234")


def test_columns_named_like_the_format_s_own_survive(tmp_path):
    frame = geopandas.GeoDataFrame(
        {"fid": ["x"], "geom": ["y"], "WKT": ["z"], "Fid": ["w"]},
        geometry=[Point(112, 37)],
        crs=4490,
    )
    source = tmp_path / "a.geojson"
    source.write_text(frame.to_json(drop_id=True), encoding="utf-8")
    for suffix in (".gpkg", ".xlsx", ".shp", ".fgb", ".parquet"):
        path = zoning.convert(source, tmp_path / f"a{suffix}").path
        assert sorted(read_vector(path).frame.drop(columns="geometry").iloc[0]) == list("wxyz"), (
            suffix
        )


def test_a_drawing_opens_in_ezdxf_with_its_attributes(originals):
    drawing = ezdxf.readfile(originals[".dxf"])
    lines = list(drawing.modelspace().query("LWPOLYLINE"))
    assert [line.closed for line in lines] == [True] * 4
    texts = [tag.value for tag in lines[0].get_xdata("ZONING")]
    assert "地块名称=汾河" in texts
    assert not drawing.audit().errors


def test_a_workbook_states_its_crs_and_runs_no_formula(originals):
    sheet = openpyxl.load_workbook(originals[".xlsx"]).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][-1] == "WKT" and rows[1][-1].startswith("SRID=4490;POLYGON")
    assert rows[2][1] == "=1+1"
    assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def test_another_crs_is_written_and_stated(originals, tmp_path):
    done = zoning.convert(originals[".geojson"], tmp_path / "m.gpkg", to_crs="EPSG:4547")
    assert done.crs == "EPSG:4547" == f"EPSG:{geopandas.read_file(done.path).crs.to_epsg()}"
    for suffix, crs in ((".geojson", "EPSG:4547"), (".kml", "EPSG:4547"), (".txt", "EPSG:4490")):
        with pytest.raises(UsageError, match="cannot have"):
            zoning.convert(originals[".gpkg"], tmp_path / f"m{suffix}", to_crs=crs)
    with pytest.raises(UsageError, match="Only one of"):
        zoning.convert(originals[".gpkg"], tmp_path / "m.txt", to_crs="EPSG:4526", zone=38)
    assert zoning.convert(originals[".gpkg"], tmp_path / "m.txt", zone=38).crs == "EPSG:4526"


def test_one_bad_feature_or_unread_part_writes_nothing(originals, tmp_path):
    source = tmp_path / "bad.geojson"
    body = json.loads(originals[".geojson"].read_text("utf-8"))
    body["features"].append({"type": "Feature", "properties": {}, "geometry": None})
    source.write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(SourceError):
        zoning.convert(source, tmp_path / "out.gpkg")
    body["features"][2]["geometry"] = {"type": "Point", "coordinates": [112, 37]}
    source.write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(SourceError, match="one kind of geometry"):
        zoning.convert(source, tmp_path / "out.shp")
    drawing = ezdxf.new()
    drawing.modelspace().add_lwpolyline(
        [(0, 0), (9, 0), (9, 9)], close=True, dxfattribs={"layer": "A"}
    )
    drawing.modelspace().add_line((0, 0), (5, 5), dxfattribs={"layer": "B"})
    drawing.saveas(tmp_path / "two.dxf")
    with pytest.raises(SourceError):
        zoning.convert(
            tmp_path / "two.dxf", tmp_path / "out.gpkg", options=zoning.ReadOptions(crs="EPSG:4526")
        )
    assert not [p for p in tmp_path.iterdir() if p.name.startswith("out")]


def test_a_writer_that_changes_a_shape_is_caught(originals, tmp_path, monkeypatch):
    from zoning.show.vectors import ogr

    def moved(frame, path, name):
        shifted = frame.assign(geometry=frame.geometry.translate(1e-6))
        return real(shifted, path, name)

    real = ogr.geopackage
    monkeypatch.setattr("zoning.show.vectors.formats._WRITERS", {".gpkg": ("GPKG", moved)})
    with pytest.raises(SourceError, match="another one"):
        zoning.convert(originals[".geojson"], tmp_path / "x.gpkg")
    assert not list(tmp_path.iterdir())


def test_lines_and_points_too(tmp_path):
    for shape in (LineString([(112, 37), (112.1, 37.2), (112.3, 37.1)]), Point(112.5, 37.5)):
        source = tmp_path / f"{shape.geom_type}.geojson"
        frame = geopandas.GeoDataFrame({"id": [1]}, geometry=[shape], crs=4490)
        source.write_text(frame.to_json(drop_id=True), encoding="utf-8")
        for suffix in SUFFIXES:
            path = zoning.convert(source, tmp_path / f"{shape.geom_type}_{suffix}").path
            back = _read(path, suffix).frame if suffix != ".dxf" else None
            if back is not None:
                assert back.geometry.iloc[0].equals_exact(shape, 1e-8), suffix


def test_the_same_bytes_again(originals, tmp_path):
    for suffix in SUFFIXES:
        if suffix != ".txt":
            first = zoning.convert(
                originals[".geojson"], tmp_path / f"plots{suffix}"
            ).path.read_bytes()
            again = zoning.convert(
                originals[".geojson"], tmp_path / f"plots{suffix}"
            ).path.read_bytes()
            assert first == again, suffix
    with sqlite3.connect(tmp_path / "plots.gpkg") as book:
        (told,) = book.execute("select description from gpkg_contents").fetchone()
    book.close()
    assert told.startswith("zoning-output:") and not told.endswith("0" * 20)
    assert np.isfinite(geopandas.read_file(tmp_path / "plots.gpkg").total_bounds).all()
