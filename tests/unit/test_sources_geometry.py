"""Single features: each fault of shape has its own code, and repairs answer for their area."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
from fiona.model import Feature, Geometry

from zoning.read import ReadOptions, read_vector
from zoning.read.formats import salvage
from zoning.read.validity import ring_area

SQUARE = "POLYGON ((112 37, 112.1 37, 112.1 37.1, 112 37.1, 112 37))"


TIE = "POLYGON ((112 37, 112.1 37.1, 112.1 37, 112 37.1, 112 37))"


def read(tmp_path: Path, *wkt: str | None, repair: bool = False):
    path = tmp_path / "a.csv"
    rows = "\n".join(f'{i};"{w or ""}"' for i, w in enumerate(wkt))
    path.write_text(f"id;wkt\n{rows}\n")
    return read_vector(path, ReadOptions(crs="EPSG:4490", repair=repair))


@pytest.mark.parametrize(
    ("wkt", "code"),
    [
        (None, "geometry-null"),
        ("POLYGON EMPTY", "geometry-empty"),
        ("GEOMETRYCOLLECTION EMPTY", "geometry-empty"),
        ("MULTIPOLYGON (EMPTY, EMPTY)", "geometry-empty"),
        ("POINT (NaN 37)", "coordinates-not-finite"),
        ("LINESTRING (112 37, 112 Infinity)", "coordinates-not-finite"),
        ("POINT (112 91)", "coordinates-out-of-range"),
        ("POINT (37 112)", "axes-swapped"),
        # Two triangles of equal area and opposite sense: bow-tie.
        (TIE, "geometry-self-intersecting"),
        # A loop across the boundary, many vertices: self-intersection.
        (
            "POLYGON ((112 37, 112.1 37, 112.1 37.1, 112.04 37.1, 112.04 36.99, 112.06 36.99, "
            "112.06 37.11, 112 37.1, 112 37))",
            "geometry-self-intersecting",
        ),
        ("POLYGON ((112 37, 112.1 37.1, 112.2 37.2, 112 37))", "zero-area"),
        ("POLYGON ((112 37, 112 37, 112 37, 112 37))", "zero-area"),
        ("POLYGON ((112 37, 112.1 37, 112 37, 112 37))", "zero-area"),
        ("LINESTRING (112 37, 112 37)", "zero-length"),
        ("POLYGON ((112 37, 112.1 37))", "geometry-unreadable"),
        ("NOT WKT", "geometry-unreadable"),
        ("GEOMETRYCOLLECTION (POINT (112 37), LINESTRING (112 37, 112 38))", "geometry-mixed"),
        # A hole beyond the shell is no area to take away: 1.00 - 0.25 drawn, 1.00 after a repair.
        (
            "POLYGON ((112 37, 112.1 37, 112.1 37.1, 112 37.1, 112 37), "
            "(112.2 37, 112.25 37, 112.25 37.05, 112.2 37.05, 112.2 37))",
            "geometry-invalid",
        ),
        # The same plot twice in one feature.
        (
            "MULTIPOLYGON (((112 37, 112.1 37, 112.1 37.1, 112 37.1, 112 37)), "
            "((112 37, 112.1 37, 112.1 37.1, 112 37.1, 112 37)))",
            "geometry-self-intersecting",
        ),
    ],
)  # fmt: skip
def test_one_broken_feature_among_good_ones(tmp_path, wkt, code):
    reading = read(tmp_path, SQUARE, wkt, SQUARE)
    assert [p.code for p in reading.problems] == [code]
    problem = reading.problems[0]
    assert problem.feature == "2 (id=1)"
    assert reading.failed == (1,)
    assert reading.failed_attributes == {1: {"id": "1"}}
    assert list(reading.frame.index) == [0, 2]
    for lang in ("zh", "en"):
        assert str(tmp_path / "a.csv") in problem.line(lang)
        assert "2 (id=1)" in problem.line(lang)


def test_a_bow_tie_says_where_and_what_a_repair_would_do(tmp_path):
    problem = read(tmp_path, SQUARE, TIE).problems[0]
    assert "112.05, 37.05" in problem.fault.en
    assert "0.0000 ha to" in problem.fault.en
    assert "--repair" in problem.cure.zh
    accepted = read(tmp_path, SQUARE, TIE, repair=True)
    assert accepted.problems == ()
    repair = accepted.repairs[0]
    assert repair.feature == "2 (id=1)"
    # Two triangles of a quarter of the square each.
    assert repair.area_after_m2 == pytest.approx(ring_area(shapely.from_wkt(SQUARE)) / 2, rel=1e-3)
    assert accepted.frame.geometry.iloc[1].geom_type == "MultiPolygon"


def test_a_repair_that_keeps_the_area_is_made_and_named(tmp_path):
    # The outer ring touches itself at 112.05 37.1 and encloses a hole: "banana polygon".
    banana = (
        "POLYGON ((112 37, 112.1 37, 112.1 37.1, 112.05 37.1, 112.07 37.05, 112.03 37.05, "
        "112.05 37.1, 112 37.1, 112 37))"
    )
    reading = read(tmp_path, banana)
    assert reading.problems == ()
    (repair,) = reading.repairs
    assert repair.kept_area
    assert repair.change < 1e-9
    assert repair.reason.startswith("Ring Self-intersection")
    fixed = reading.frame.geometry.iloc[0]
    assert fixed.is_valid
    assert len(fixed.interiors) == 1
    assert ring_area(fixed) == pytest.approx(repair.area_before_m2, rel=1e-9)


def test_a_repair_within_a_hundredth_of_a_percent_is_made_and_named(tmp_path):
    # A spike across the south side: 1e-5 of the square's width, so the area changes by < 1e-4.
    hair = (
        "POLYGON ((112 37, 112.05 37, 112.050001 36.99999, 112.050002 37.00001, 112.050003 37, "
        "112.1 37, 112.1 37.1, 112 37.1, 112.0 37.05, 111.99999 37.05, 112.00001 37.04, 112 37))"
    )
    reading = read(tmp_path, hair)
    assert reading.problems == ()
    for repair in reading.repairs:
        assert repair.change <= 1e-4
        assert repair.area_before_m2 > 0


def test_the_area_of_rings_is_ellipsoidal():
    # Between parallels: Δλ ∫ M N cos φ dφ on CGCS2000. Geodesic edges differ from parallels by
    # Δλ² sin φ / 12 of the height they bow, some 1e-6 here.
    a, f = 6378137.0, 1 / 298.257222101
    e2 = f * (2 - f)
    phi = np.radians(np.linspace(37.0, 37.1, 10_001))
    w2 = 1 - e2 * np.sin(phi) ** 2
    strips = a**2 * (1 - e2) * np.cos(phi) / w2**2
    area = np.radians(0.1) * np.sum((strips[1:] + strips[:-1]) / 2 * np.diff(phi))
    assert ring_area(shapely.from_wkt(SQUARE)) == pytest.approx(area, rel=1e-5)


def test_heights_are_dropped_with_a_notice(tmp_path):
    path = tmp_path / "a.gpkg"
    gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.Point(112, 37, 800)], crs=4490).to_file(path)
    reading = read_vector(path)
    assert not reading.frame.geometry.iloc[0].has_z
    assert any("heights" in n.en for n in reading.record.notices)
    assert reading.problems == ()


def test_collections_of_one_kind_are_flattened(tmp_path):
    inner = f"GEOMETRYCOLLECTION ({SQUARE}, {SQUARE.replace('112', '113')})"
    reading = read(tmp_path, f"GEOMETRYCOLLECTION ({inner}, POLYGON EMPTY)", "MULTIPOINT (112 37)")
    assert [g.geom_type for g in reading.frame.geometry] == ["MultiPolygon", "Point"]


OUTLINE = [[112.0, 37.0], [112.1, 37.0], [112.1, 37.1], [112.0, 37.1]]
HOLE = [[112.02, 37.02], [112.04, 37.02], [112.04, 37.04]]
#: Rings of a polygon of which one is open, and one whose ends differ by a rounding.
OPEN = {"outline": [OUTLINE], "hole": [[*OUTLINE, OUTLINE[0]], HOLE], "triangle": [OUTLINE[:3]]}
ROUNDED = [[*OUTLINE, [112.00000001, 37.0]]]


def in_geojson(path, rings):
    path = path / "a.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": rings}))
    return read_vector(path)


def in_kml(path, rings):
    sides = ["outerBoundaryIs", *["innerBoundaryIs"] * (len(rings) - 1)]
    drawn = "".join(
        f"<{side}><LinearRing><coordinates>{' '.join(f'{x},{y}' for x, y in ring)}"
        f"</coordinates></LinearRing></{side}>"
        for side, ring in zip(sides, rings, strict=True)
    )
    path = path / "a.kml"
    path.write_text(f"<kml><Placemark><Polygon>{drawn}</Polygon></Placemark></kml>")
    return read_vector(path)


def in_lone_rings(path, rings):
    drawn = [" ".join(f"{x},{y}" for x, y in ring) for ring in rings]
    marks = (f"<LinearRing><coordinates>{ring}</coordinates></LinearRing>" for ring in drawn)
    marked = "".join(f"<Placemark>{ring}</Placemark>" for ring in marks)
    (path / "a.kml").write_text(f"<kml><Document>{marked}</Document></kml>")
    return read_vector(path / "a.kml")


def in_csv(path, rings):
    drawn = ", ".join(f"({', '.join(f'{x} {y}' for x, y in ring)})" for ring in rings)
    (path / "a.csv").write_text(f'wkt,id\n"POLYGON ({drawn})",1\n')
    return read_vector(path / "a.csv", ReadOptions(crs="EPSG:4490"))


def in_parquet(path, rings):
    flat = b"".join(
        struct.pack("<I", len(ring)) + np.array(ring, dtype="<f8").tobytes() for ring in rings
    )
    wkb = struct.pack("<BII", 1, 3, len(rings)) + flat
    pq.write_table(pa.table({"geometry": [wkb]}), path / "a.parquet")
    return read_vector(path / "a.parquet", ReadOptions(crs="EPSG:4490"))


def in_lists(path, rings):
    """GeoParquet in its own layout, behind an empty row and a sound polygon."""
    kind = pa.list_(pa.list_(pa.list_(pa.float64(), 2)))
    column = pa.array([None, [[*OUTLINE, OUTLINE[0]]], rings], kind)
    about = {"encoding": "polygon", "geometry_types": [], "crs": pyproj.CRS(4490).to_json_dict()}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": about}}
    told = pa.table({"geometry": column}).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(told, path / "a.parquet")
    return read_vector(path / "a.parquet")


@pytest.mark.parametrize(
    "read_in", [in_geojson, in_kml, in_lone_rings, in_csv, in_parquet, in_lists]
)
def test_an_open_ring_fails_its_feature(tmp_path, read_in):
    for rings in OPEN.values():
        reading = read_in(tmp_path, rings)
        assert reading.failed[-1:] == (reading.record.features - 1,)
        assert reading.problems[-1].code == "ring-open"


@pytest.mark.parametrize("read_in", [in_geojson, in_kml, in_lists])
def test_ends_that_rounding_put_apart_are_one(tmp_path, read_in):
    assert read_in(tmp_path, ROUNDED).frame.geometry.iloc[-1].is_valid


def test_an_open_ring_fails_among_salvaged_records():
    drawn = ([OUTLINE], [[*OUTLINE, OUTLINE[0]]])
    source = [Feature(geometry=Geometry(type="Polygon", coordinates=rings)) for rings in drawn]
    faults = [salvage._record(source, at)[2] for at in (0, 1)]
    assert [fault and fault.code for fault in faults] == ["ring-open", None]


def test_all_features_broken_is_still_a_reading(tmp_path):
    reading = read(tmp_path, None, "POLYGON EMPTY")
    assert len(reading.frame) == 0
    assert reading.frame.crs.to_epsg() == 4490
    assert reading.failed == (0, 1)


def test_duplicate_ids_are_left_to_the_caller(tmp_path):
    path = tmp_path / "a.geojson"
    point = {"type": "Point", "coordinates": [112, 37]}
    features = [{"type": "Feature", "id": 7, "properties": {}, "geometry": point}] * 2
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert list(read_vector(path).frame["id"]) == [7, 7]
