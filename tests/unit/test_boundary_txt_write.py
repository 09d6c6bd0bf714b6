"""Writing the boundary-point TXT: fields, zones, atomicity, and the way back within 1 mm."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
import shapely.affinity
from pyproj import Geod

from zoning.base.errors import SourceError, UsageError
from zoning.base.targets import Target
from zoning.read.boundary_txt.parse import read_boundary_txt, to_frame
from zoning.read.boundary_txt.write import write_boundary_txt

GEOD = Geod(a=6378137.0, rf=298.257222101)
RING = shapely.box(112.90, 37.70, 112.91, 37.71)
HOLE = shapely.box(112.902, 37.702, 112.906, 37.706)
ISLAND = shapely.box(112.903, 37.703, 112.904, 37.704)
SITE = shapely.MultiPolygon([RING.difference(HOLE), ISLAND])


def frame(geometry, crs="EPSG:4490", **columns):
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=crs)


def metres(a, b):
    """Largest distance from a vertex of one geometry to the nearest vertex of the other."""
    one, two = shapely.get_coordinates(a), shapely.get_coordinates(b)
    assert one.shape == two.shape
    near = np.hypot(*(one[:, None] - two[None]).transpose(2, 0, 1)).argmin(axis=1)
    assert len(set(near)) == len({tuple(p) for p in one})
    return GEOD.inv(one[:, 0], one[:, 1], two[near, 0], two[near, 1])[2].max()


@pytest.mark.parametrize(("zone", "epsg"), [(37, 4525), (38, 4526), (19, 4497), (20, 4498)])
@pytest.mark.parametrize("prefix", [True, False])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_round_trip_below_a_millimetre(tmp_path, zone, epsg, prefix, encoding):
    path = tmp_path / "a.txt"
    sites = [SITE, shapely.LineString([(112.9, 37.7), (112.95, 37.75)]), shapely.Point(112.5, 37.6)]
    if zone == 20:  # 114–120° E
        sites = [shapely.affinity.translate(s, 1.4) for s in sites]
    before = frame(sites, plot_id=["1", "2", "3"], name=["甲", None, "丙"])
    write_boundary_txt(before, path, zone=zone, prefix=prefix, encoding=encoding)
    found = read_boundary_txt(path)
    assert not found.problems
    assert not found.warnings
    assert found.prefixed == prefix
    assert (found.zone, found.crs.to_epsg() == epsg) == (zone, prefix)
    after = to_frame(found)
    for a, b in zip(before.geometry, after.geometry, strict=True):
        assert metres(a, b) < 1e-3
    assert after["name"].tolist() == ["甲", None, "丙"]
    assert found.plots[0].stated_area.decided_by == "agreement"


def test_what_the_file_looks_like(tmp_path):
    path = tmp_path / "a.txt"
    site = shapely.Polygon([(114, 37.8), (114, 37.801), (114.001, 37.801)])
    columns = {"DKBH": [7.0], "dkmc": ["甲,乙\n丙"], "DLBM": ["0601"], "DKYT": ["=1+1"]}
    header = {"数据产生单位": "某\n院"}
    write_boundary_txt(frame([site], **columns), path, zone=38, header=header)
    data = path.read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n") == 17
    lines = data.decode().split("\r\n")
    assert lines[0] == "[属性描述]"
    assert "数据产生单位=某 院" in lines
    assert "转换参数=,,,,,," in lines
    assert "带号=38" in lines
    plot = lines[lines.index("[地块坐标]") + 1]
    assert plot == "4,0.488752,7,甲，乙 丙,面,,=1+1,0601,@"
    assert lines[-5].startswith("J1,1,41")
    assert lines[-5] == lines[-2]
    assert ",38500000.0000" in lines[-5]


def test_other_crs_and_heights(tmp_path):
    path = tmp_path / "a.txt"
    tall = shapely.force_3d(SITE, 900.0)
    mercator = frame([tall]).to_crs(3857)
    write_boundary_txt(mercator, path, zone=38)
    after = to_frame(read_boundary_txt(path))
    assert metres(SITE, after.geometry[0]) < 1e-3


def test_area_unit_and_named_fields(tmp_path):
    path = tmp_path / "a.txt"
    sites = frame([RING], 编码=["A-1"])
    write_boundary_txt(sites, path, zone=38, area_unit="m2", fields={"number": "编码"})
    plot = read_boundary_txt(path).plots[0]
    assert plot.number == "A-1"
    assert plot.stated_area.unit == "m2"
    with pytest.raises(UsageError, match="no field"):
        write_boundary_txt(sites, path, zone=38, fields={"name": "没有"})


@pytest.mark.parametrize("zone", [0, 12, 24, 46, 114])
def test_no_such_zone(tmp_path, zone):
    with pytest.raises(UsageError, match="38"):
        write_boundary_txt(frame([RING]), tmp_path / "a.txt", zone=zone)
    assert not list(tmp_path.iterdir())


def test_faults_of_features_are_collected(tmp_path):
    mixed = shapely.GeometryCollection([RING, shapely.Point(112, 37)])
    far = shapely.box(120, 30, 121, 31)
    with pytest.raises(SourceError) as caught:
        write_boundary_txt(
            frame([None, shapely.Polygon(), mixed, far, RING]), tmp_path / "a.txt", zone=38
        )
    codes = [(p.feature, p.code) for p in caught.value.problems]
    assert codes == [
        ("1", "geometry-empty"),
        ("2", "geometry-empty"),
        ("3", "txt-mixed"),
        ("4", "zone-outside"),
    ]
    assert "--zone 40" in caught.value.problems[3].cure.en
    with pytest.raises(SourceError, match="no feature"):
        write_boundary_txt(frame([]), tmp_path / "a.txt", zone=38)
    with pytest.raises(UsageError, match="CRS"):
        write_boundary_txt(frame([RING], crs=None), tmp_path / "a.txt", zone=38)


def test_interrupted_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_boundary_txt(frame([RING]), path, zone=38)
    old = path.read_bytes()

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("zoning.read.boundary_txt.write._plot", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_boundary_txt(frame([SITE]), Target(path, overwrite=True), zone=38)
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_is_made_and_a_file_that_is_there_stays(tmp_path):
    path = tmp_path / "none" / "a.txt"
    write_boundary_txt(frame([RING]), path, zone=38)
    with pytest.raises(UsageError) as caught:
        write_boundary_txt(frame([RING]), path, zone=38)
    assert caught.value.problems[0].code == "output-exists"


def test_many_vertices_keep_their_order(tmp_path):
    path = tmp_path / "a.txt"
    angle = np.linspace(0, 2 * np.pi, 2000)[:-1]
    site = shapely.Polygon(
        np.column_stack([112.9 + 0.01 * np.cos(angle), 37.7 + 0.01 * np.sin(angle)])
    )
    write_boundary_txt(frame([site]), path, zone=38)
    after = to_frame(read_boundary_txt(path)).geometry[0]
    assert metres(site, after) < 1e-3
