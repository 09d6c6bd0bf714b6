"""Faults that an attacker of the readers found: each was silent, misleading or nameless once."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from zoning.base.errors import SourceError, UsageError
from zoning.read import ReadOptions, inspect, read_vector
from zoning.read.boundary_txt.parse import read_boundary_txt, to_frame
from zoning.read.boundary_txt.write import write_boundary_txt
from zoning.read.crs.helmert import Helmert

pytestmark = pytest.mark.filterwarnings("ignore:'crs' was not provided")
X, Y = 4190000.0, 38500000.0
PARAMETERS = "10,-20,30,0.1,0.2,-0.3,1.5"


def txt(path: Path, system: str, zone: str = "38", area: str = "1", easting: float = Y) -> Path:
    corners = [(X, easting), (X + 100, easting), (X + 100, easting + 100), (X, easting + 100)]
    lines = [
        "[属性描述]", f"坐标系={system}", "几度分带=3", "投影类型=高斯克吕格", "计量单位=米",
        f"带号={zone}", "[地块坐标]", f"4,{area},1,甲,面,,,,@",
        *(f"J{i},1,{x},{y}" for i, (x, y) in enumerate(corners, 1)),
    ]  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def in_degrees(path: Path) -> Path:
    text = path.read_text(encoding="utf-8")
    for metres, degrees in ((X, 37.0), (X + 100, 37.1), (Y, 112.0), (Y + 100, 112.1)):
        text = text.replace(str(metres), str(degrees))
    path.write_text(text, encoding="utf-8")
    return path


def fault(path, options=None):
    with pytest.raises(SourceError) as caught:
        read_vector(path, options)
    (problem, *_) = caught.value.problems
    assert problem.fault.zh
    assert problem.cure.zh
    return problem


@pytest.mark.parametrize("system", ["1980西安坐标系", "西安80", "1954年北京坐标系", "北京54"])
@pytest.mark.parametrize("crs", [None, "EPSG:4526", "EPSG:4547", "EPSG:4490", "EPSG:3857"])
def test_an_old_frame_is_refused_whatever_crs_is_given(tmp_path, system, crs):
    path = txt(tmp_path / "a.txt", system)
    if crs in ("EPSG:4490", "EPSG:3857"):
        in_degrees(path)
    problem = fault(path, ReadOptions(crs=crs))
    assert problem.code == "crs-needs-transformation"
    assert "--transform" in problem.cure.zh
    assert "--transform" in problem.cure.en
    assert problem.file == str(path)


@pytest.mark.parametrize("crs", [None, "EPSG:4526", "EPSG:2362"])
def test_parameters_bring_an_old_frame_to_cgcs2000(tmp_path, crs):
    path = txt(tmp_path / "a.txt", "1980西安坐标系")
    reading = read_vector(path, ReadOptions(crs=crs, transform=PARAMETERS))
    known = to_frame(read_boundary_txt(path, transform=Helmert.parse(PARAMETERS)))
    found = shapely.get_coordinates(shapely.normalize(reading.frame.geometry.iloc[0]))
    wanted = shapely.get_coordinates(shapely.normalize(known.geometry[0]))
    assert np.abs(found - wanted).max() < 1e-11
    assert reading.record.crs == "EPSG:2362"
    assert "10,-20,30,0.1,0.2,-0.3,1.5" in reading.record.crs_evidence.zh
    assert any("--transform" in n.zh and "西安" in n.zh for n in reading.record.notices)
    assert any("--transform" in n.en for n in reading.record.notices)


def test_parameters_for_degrees_in_an_old_frame(tmp_path):
    path = in_degrees(txt(tmp_path / "a.txt", "北京54"))
    reading = read_vector(path, ReadOptions(crs="EPSG:4490", transform="0,0,100"))
    plain = read_vector(path_of_cgcs(path), ReadOptions(crs="EPSG:4490"))
    north = reading.frame.geometry.iloc[0].bounds[1] - plain.frame.geometry.iloc[0].bounds[1]
    assert abs(north) > 1e-5
    assert reading.record.crs == "EPSG:4214"


def path_of_cgcs(path: Path) -> Path:
    other = path.with_name("c.txt")
    text = path.read_text(encoding="utf-8").replace("北京54", "2000国家大地坐标系")
    other.write_text(text, encoding="utf-8")
    return other


def test_parameters_for_a_shapefile(tmp_path):
    path = tmp_path / "a.shp"
    gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.Point(Y, X)], crs=2362).to_file(path)
    problem = fault(path)
    assert problem.code == "datum-unsupported"
    assert "--transform" in problem.cure.en
    assert "tens of metres" in problem.fault.en
    reading = read_vector(path, ReadOptions(transform=PARAMETERS))
    plots = read_boundary_txt(
        txt(tmp_path / "a.txt", "西安80"), transform=Helmert.parse(PARAMETERS)
    )
    wanted = plots.to_lonlat.transform(Y, X)
    assert reading.frame.geometry.iloc[0].coords[0] == pytest.approx(wanted, abs=1e-10)
    assert any("--transform" in n.en for n in reading.record.notices)


def test_parameters_that_are_not_needed_are_said_to_be_unused(tmp_path):
    path = txt(tmp_path / "a.txt", "2000国家大地坐标系")
    with_them = read_vector(path, ReadOptions(transform=PARAMETERS))
    assert with_them.frame.geometry.equals(read_vector(path).frame.geometry)
    assert any("not applied" in n.en for n in with_them.record.notices)


@pytest.mark.parametrize("bad", ["", "1,2", "a,b,c", "1,2,3,clockwise"])
@pytest.mark.parametrize("system", ["西安80", "2000国家大地坐标系"])
def test_parameters_that_cannot_be_read(tmp_path, bad, system):
    path = txt(tmp_path / "a.txt", system)
    with pytest.raises(UsageError) as caught:
        read_vector(path, ReadOptions(transform=bad))
    assert caught.value.problems[0].code == "helmert-syntax"
    assert "--transform" in caught.value.problems[0].cure.zh


def test_parameters_and_a_web_map_datum_exclude_each_other(tmp_path):
    path = txt(tmp_path / "a.txt", "2000国家大地坐标系")
    with pytest.raises(UsageError, match="exclude"):
        read_vector(path, ReadOptions(transform=PARAMETERS, datum="gcj02"))


def test_a_crs_that_contradicts_the_header_is_noticed(tmp_path):
    path = txt(tmp_path / "a.txt", "2000国家大地坐标系", zone="37", easting=500000.0)
    record = read_vector(path, ReadOptions(crs="EPSG:4547")).record
    assert record.crs == "EPSG:4547"
    assert any("overrides the coordinate system" in n.en and "37" in n.en for n in record.notices)
    assert any("取代" in n.zh for n in record.notices)
    agreeing = read_vector(path, ReadOptions(crs="EPSG:4546")).record
    assert not any("overrides" in n.en for n in agreeing.notices)


def test_the_crs_with_prefix_may_name_a_file_without(tmp_path):
    path = txt(tmp_path / "a.txt", "2000国家大地坐标系", easting=500000.0)
    assert read_vector(path, ReadOptions(crs="EPSG:4526")).record.crs == "EPSG:4547"


def geojson(path: Path, *rings) -> Path:
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [r]}}
        for r in rings
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def test_bounds_are_those_of_the_coordinates_not_of_the_centres(tmp_path):
    path = geojson(tmp_path / "a.geojson", [[37, 112], [38, 112], [38, 113], [37, 112]])
    problem = fault(path)
    assert problem.code == "axes-swapped"
    assert "37, 112, 38, 113" in problem.fault.en


RING = [[112.0, 37.0], [112.1, 37.0], [112.1, 37.1], [112.0, 37.0]]


def test_a_layer_of_a_format_without_layers(tmp_path):
    path = geojson(tmp_path / "a.geojson", RING)
    problem = fault(path, ReadOptions(layer="nope"))
    assert problem.code == "layer-missing"
    assert "GeoJSON" in problem.fault.zh
    assert len(read_vector(path, ReadOptions(layer="a")).frame) == 1
    boundary = txt(tmp_path / "b.txt", "2000国家大地坐标系")
    assert fault(boundary, ReadOptions(layer="nope")).code == "layer-missing"


def test_writing_names_the_file(tmp_path):
    frame = gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.box(100, 37, 100.1, 37.1)], crs=4490)
    target = tmp_path / "out.txt"
    for source, named in ((None, str(target)), ("in.geojson", "in.geojson")):
        for zone in (38, 99):
            with pytest.raises((SourceError, UsageError)) as caught:
                write_boundary_txt(frame, target, zone=zone, source=source)
            assert {p.file for p in caught.value.problems} == {named}


def test_a_txt_is_named_by_its_path(tmp_path):
    path = tmp_path / "a.txt"
    text = txt(path, "2000国家大地坐标系").read_text(encoding="utf-8")
    path.write_text(text.replace(f"{Y}", "1"), encoding="utf-8")
    assert str(fault(path).file).startswith(f"{path}:")


def test_a_record_does_not_name_the_folder_of_a_txt(tmp_path):
    path = txt(tmp_path / "a.txt", "2000国家大地坐标系", area="2")
    notices = read_vector(path).record.notices
    assert any(n.zh.startswith("a.txt:") for n in notices)
    assert not any(str(tmp_path) in n.zh + n.en for n in notices)


@pytest.mark.parametrize("area", ["nan", "-1", "-0.5公顷", "1e5", "5英亩"])
def test_a_stated_area_that_is_none_is_named(tmp_path, area):
    (warning,) = read_boundary_txt(
        txt(tmp_path / "a.txt", "2000国家大地坐标系", area=area)
    ).warnings
    assert warning.code == "txt-area-unusable"
    assert warning.field == "地块面积"
    assert area in warning.fault.zh


def test_a_truncated_shapefile_is_called_truncated(tmp_path):
    path = tmp_path / "a.shp"
    shapes = [shapely.box(112 + i / 10, 37, 112.05 + i / 10, 37.1) for i in range(5)]
    gpd.GeoDataFrame({"id": range(5)}, geometry=shapes, crs=4490).to_file(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    problem = fault(path)
    assert problem.code == "file-damaged"
    assert "truncated" in problem.fault.en
    assert "截断" in problem.fault.zh


@pytest.mark.parametrize("keep", [8, 12, 40, 200])
def test_a_corrupt_flatgeobuf_is_called_corrupt(tmp_path, keep):
    path = tmp_path / "a.fgb"
    gpd.GeoDataFrame({"id": range(5)}, geometry=[shapely.Point(112, 37)] * 5, crs=4490).to_file(
        path
    )
    data = path.read_bytes()
    path.write_bytes(data[:keep] + b"\xff" * (len(data) - keep))
    assert fault(path).code == "file-damaged"


def test_only_a_shapefile_is_told_of_its_companions(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + bytes(100))
    pytest.importorskip("pyarrow")
    problem = fault(path)
    assert problem.code == "file-damaged"
    assert ".shx" not in problem.cure.en + problem.cure.zh


@pytest.mark.parametrize(
    ("wkt", "says"),
    [
        ('LOCAL_CS["site grid",UNIT["metre",1]]', "local or engineering"),
        (
            'GEOGCS["x",DATUM["D_x",SPHEROID["s",6371000,0]],PRIMEM["Greenwich",0],'
            'UNIT["degree",0.0174532925199433]]',
            "unknown",
        ),
    ],
)
def test_a_system_of_which_nothing_is_known(tmp_path, wkt, says):
    path = tmp_path / "a.shp"
    gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.Point(112, 37)], crs=4490).to_file(path)
    path.with_suffix(".prj").write_text(wkt)
    problem = fault(path)
    assert problem.code == "datum-unsupported"
    assert says in problem.fault.en
    assert "tens of metres" not in problem.fault.en


def test_field_names_that_are_no_text_are_a_fault():
    # Found by the fuzz run: GDAL hands on bytes that are not UTF-8 as a field name.
    path = Path(__file__).parents[1] / "fixtures" / "sources" / "damaged_field_name.fgb"
    with pytest.raises(SourceError):
        read_vector(path)
    assert [p.code for p in inspect(path).problems] == ["file-damaged"]
