"""Drawings as designers make them: what closes is read, and what is not read is never unsaid.

Every drawing is made here with ezdxf, the areas are worked out by hand.
"""

from __future__ import annotations

import math

import ezdxf
import geopandas
import numpy as np
import pytest
import shapely

from zoning.base.errors import SourceError
from zoning.read import ReadOptions, read_vector
from zoning.read.rings import chain, nest
from zoning.show.vectors import drawing

X, Y = 38_500_000.0, 4_150_000.0  # 114°E in EPSG:4526, 37.5°N
SQUARE = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]


def at(points, dx=0.0, dy=0.0, scale=1.0):
    return [(X + dx + scale * x, Y + dy + scale * y) for x, y in points]


@pytest.fixture
def draw(tmp_path):
    """Save what a function draws and read it; ``None`` reads as the error's codes."""

    def drawn(drawer, version="R2010", name="plan.dxf", **options):
        document = ezdxf.new(version)
        drawer(document, document.modelspace())
        path = tmp_path / name
        document.saveas(path)
        return read_vector(path, ReadOptions(**{"crs": "EPSG:4526", **options}))

    return drawn


def area_m2(reading):
    """Area in the plane of the drawing: 1 unit is 1 m, on the central meridian."""
    return shapely.area(reading.frame.to_crs("EPSG:4526").geometry.to_numpy()).tolist()


def complete(reading):
    return not reading.record.unread and not reading.problems


def lines(space, points, **attributes):
    for first, last in zip(points, [*points[1:], points[0]], strict=True):
        space.add_line(first, last, dxfattribs=attributes)


CLOSED = {
    "closed polyline": lambda d, m: m.add_lwpolyline(at(SQUARE), close=True),
    "old polyline": lambda d, m: m.add_polyline2d(at(SQUARE), close=True),
    "3d polyline": lambda d, m: m.add_polyline3d([(*p, 8.0) for p in at(SQUARE)], close=True),
    "1 mm short": lambda d, m: m.add_lwpolyline([*at(SQUARE), (X, Y + 0.001)]),
    "lines": lambda d, m: lines(m, at(SQUARE)),
    "lines turned and shuffled": lambda d, m: [
        m.add_line(at(SQUARE)[a], at(SQUARE)[b]) for a, b in ((2, 1), (0, 3), (2, 3), (0, 1))
    ],
    "two open polylines": lambda d, m: (
        m.add_lwpolyline(at(SQUARE[:3])), m.add_lwpolyline(at([SQUARE[0], SQUARE[3], SQUARE[2]])),
    ),
    "hatch": lambda d, m: m.add_hatch().paths.add_polyline_path(at(SQUARE)),
    "mpolygon": lambda d, m: m.add_mpolygon().paths.add_polyline_path(at(SQUARE)),
    "filled": lambda d, m: m.add_solid([at(SQUARE)[i] for i in (0, 1, 3, 2)]),
    "face": lambda d, m: m.add_3dface(at(SQUARE)),
    "layer off and frozen": lambda d, m: (
        d.layers.add("红线").off(), d.layers.get("红线").freeze(),
        m.add_lwpolyline(at(SQUARE), close=True, dxfattribs={"layer": "红线", "invisible": 1}),
    ),
    "hatch over its outline": lambda d, m: (
        m.add_lwpolyline(at(SQUARE), close=True), m.add_hatch().paths.add_polyline_path(at(SQUARE)),
    ),
    "drawn twice": lambda d, m: [m.add_lwpolyline(at(SQUARE), close=True) for _ in range(2)],
    "with text and dimension": lambda d, m: (
        m.add_lwpolyline(at(SQUARE), close=True), m.add_text("地块一"), m.add_mtext("说明"),
        m.add_linear_dim(base=(X, Y - 9), p1=(X, Y), p2=(X + 100, Y)).render(),
    ),
    "with a line across it": lambda d, m: (
        m.add_lwpolyline(at(SQUARE), close=True), m.add_line((X, Y), (X + 100, Y + 100)),
    ),
    "mirrored": lambda d, m: m.add_lwpolyline(
        [(-x, y) for x, y in at(SQUARE)], close=True, dxfattribs={"extrusion": (0, 0, -1)}
    ),
    "with a sheet and an unused symbol": lambda d, m: (
        m.add_lwpolyline(at(SQUARE), close=True),
        d.layout("Layout1").add_lwpolyline([(0, 0), (420, 0), (420, 297), (0, 297)], close=True),
        d.blocks.new("tree").add_circle((0, 0), 2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", CLOSED)
def test_a_square_however_it_is_drawn(draw, kind):
    reading = draw(CLOSED[kind])
    assert complete(reading), reading.record.unread
    assert area_m2(reading) == [pytest.approx(10_000, rel=1e-6)]
    entities = reading.record.ledger.of("entity")[0]
    assert (entities.missing, entities.failed) == (0, 0)


CURVED = {
    "circle": (lambda d, m: m.add_circle((X, Y), 100), math.pi * 100**2),
    "two arcs": (
        lambda d, m: (m.add_arc((X, Y), 100, 0, 180), m.add_arc((X, Y), 100, 180, 360)),
        math.pi * 100**2,
    ),
    "bulges": (
        lambda d, m: m.add_lwpolyline([(X, Y, 1), (X + 200, Y, 1)], format="xyb", close=True),
        math.pi * 100**2,
    ),
    "a quarter cut out": (
        lambda d, m: m.add_lwpolyline(
            [(X, Y, 0), (X + 100, Y, -math.tan(math.pi / 8)), (X, Y + 100, 0)],
            format="xyb",
            close=True,
        ),
        100**2 - math.pi * 100**2 / 4,
    ),
    "ellipse": (lambda d, m: m.add_ellipse((X, Y), (100, 0), 0.5), math.pi * 100 * 50),
    "line and arc": (
        lambda d, m: (m.add_line((X - 100, Y), (X + 100, Y)), m.add_arc((X, Y), 100, 0, 180)),
        math.pi * 100**2 / 2,
    ),
    "parabola and chord": (
        # The quadratic curve through (0,0), (50,100), (100,0): two thirds of its triangle's area.
        lambda d, m: (
            m.add_open_spline([(X, Y), (X + 50, Y + 100), (X + 100, Y)], degree=2),
            m.add_line((X, Y), (X + 100, Y)),
        ),
        2 / 3 * 5_000,
    ),
    "hatch with an arc": (
        lambda d, m: [
            (p.add_line((X - 100, Y), (X + 100, Y)), p.add_arc((X, Y), 100, 0, 180))
            for p in [m.add_hatch().paths.add_edge_path()]
        ],
        math.pi * 100**2 / 2,
    ),
}


@pytest.mark.parametrize("kind", CURVED)
def test_a_chord_leaves_its_curve_by_a_millimetre(draw, kind):
    drawer, area = CURVED[kind]
    reading = draw(drawer)
    assert complete(reading), reading.record.unread
    # A sliver of at most 1 mm along the curve.
    assert area_m2(reading)[0] == pytest.approx(area, abs=0.001 * 700)
    assert any("1 mm" in note.en for note in reading.record.notices)


def test_a_gap_is_closed_within_the_tolerance_and_told(draw):
    reading = draw(lambda d, m: m.add_lwpolyline([*at(SQUARE), (X, Y + 0.008)]))
    said = [note.en for note in reading.record.notices if "Gaps" in note.en]
    assert ["0.01" in text and "0.008" in text for text in said] == [True]
    wide = draw(lambda d, m: m.add_lwpolyline([*at(SQUARE), (X, Y + 0.5)]), gap=0.5)
    assert complete(wide)


def test_a_boundary_that_does_not_close_fails_and_is_no_line(draw):
    reading = draw(lambda d, m: m.add_lwpolyline([*at(SQUARE), (X, Y + 0.5)]))
    assert [p.code for p in reading.problems] == ["dxf-nearly-closed"]
    assert "0.5" in reading.problems[0].fault.en
    road = draw(lambda d, m: m.add_lwpolyline(at([(0, 0), (500, 20), (900, 0)])))
    assert list(road.frame.geom_type) == ["LineString"]


RING = [(20.0, 20.0), (40.0, 20.0), (40.0, 40.0), (20.0, 40.0)]


def nested(document, space):
    space.add_lwpolyline(at(SQUARE), close=True)
    space.add_lwpolyline(at(RING), close=True)
    space.add_lwpolyline(at(RING, 25, 25, 0.1), close=True)  # 27..29 within the ring


@pytest.mark.parametrize(
    ("stated", "areas", "whole"),
    [
        (None, [9_600, 4], False),
        ("holes", [9_600, 4], True),
        ("sites", [10_000, 400, 4], True),
    ],
)
def test_a_ring_within_a_ring_is_a_hole_and_what_lies_in_it_is_stated(draw, stated, areas, whole):
    reading = draw(nested, nested=stated)
    assert area_m2(reading) == pytest.approx(areas, rel=1e-6)
    assert (not reading.record.unread) is whole


def test_a_hatch_states_its_holes_itself(draw):
    def drawer(d, m):
        hatch = m.add_hatch()
        hatch.paths.add_polyline_path(at(SQUARE))
        hatch.paths.add_polyline_path(at(RING), flags=0)

    reading = draw(drawer)
    assert complete(reading)
    assert area_m2(reading) == pytest.approx([9_600], rel=1e-6)


def test_parcels_that_share_their_edges_are_told_apart(draw):
    def drawer(d, m):
        lines(m, at(SQUARE))
        m.add_line((X + 100, Y), (X + 200, Y))
        m.add_line((X + 200, Y), (X + 200, Y + 100))
        m.add_line((X + 200, Y + 100), (X + 100, Y + 100))

    assert sorted(area_m2(draw(drawer))) == pytest.approx([10_000, 10_000], rel=1e-6)


def test_corners_drawn_too_far_are_told(draw):
    def drawer(d, m):
        for a in ((-3, 0, 103, 0), (100, -3, 100, 103), (103, 100, -3, 100), (0, 103, 0, -3)):
            m.add_line((X + a[0], Y + a[1]), (X + a[2], Y + a[3]))

    reading = draw(drawer)
    assert area_m2(reading) == pytest.approx([10_000], rel=1e-6)
    assert len(reading.record.unread) == 1
    assert complete(draw(drawer, gap=3.0))


def test_blocks_are_shown_where_they_are_inserted(draw):
    def drawer(d, m):
        inner = d.blocks.new("inner", base_point=(1, 1))
        inner.add_lwpolyline([(1, 1), (11, 1), (11, 11), (1, 11)], close=True)
        inner.add_lwpolyline(  # a half circle of radius 5
            [(21, 1, 1), (31, 1, 0)], format="xyb", close=True, dxfattribs={"layer": "0"}
        )
        outer = d.blocks.new("outer")
        outer.add_blockref("inner", (0, 0), {"xscale": 2, "yscale": 3, "rotation": 30})
        m.add_blockref("outer", (X, Y), {
            "layer": "红线", "xscale": 10, "yscale": 10, "column_count": 2, "row_count": 2,
            "column_spacing": 2_000, "row_spacing": 2_000,
        })  # fmt: skip

    reading = draw(drawer)
    assert complete(reading), reading.record.unread
    assert reading.record.layer == "红线"
    square, half = 100 * 6 * 100, math.pi * 25 / 2 * 6 * 100
    assert sorted(area_m2(reading)) == pytest.approx([half] * 4 + [square] * 4, rel=1e-4)
    first = reading.frame.to_crs("EPSG:4526").geometry.iloc[0]
    assert shapely.get_coordinates(first).min(axis=0)[1] == pytest.approx(Y, abs=1e-3)


def test_layers_are_chosen_by_name_in_any_case_and_the_rest_is_named(draw):
    def drawer(d, m):
        m.add_lwpolyline(at(SQUARE), close=True, dxfattribs={"layer": "Red"})
        m.add_line((X, Y + 500), (X + 900, Y + 500), dxfattribs={"layer": "道路"})

    unnamed = draw(drawer)
    assert unnamed.record.layer == "Red"
    assert "道路" in unnamed.record.unread[0].zh
    assert complete(draw(drawer, layer="RED"))
    assert list(draw(drawer, layer="道路").frame.geom_type) == ["LineString"]
    with pytest.raises(SourceError) as caught:
        draw(drawer, layer="绿线")
    assert caught.value.problems[0].code == "layer-missing"


#: A second plot that a reader might overlook, beside one that every reader finds.
HIDING = {
    "another layer": lambda d, m: m.add_point((X, Y + 900), dxfattribs={"layer": "other"}),
    "open line": lambda d, m: m.add_lwpolyline(at(SQUARE[:3], 500)),
    "wide gap": lambda d, m: m.add_lwpolyline([*at(SQUARE, 500), (X + 500, Y + 3)]),
    "point": lambda d, m: m.add_point((X + 500, Y)),
    "in a hole": lambda d, m: m.add_lwpolyline(at(RING), close=True),
    "sheet in ground coordinates": lambda d, m: (
        d.layout("Layout1").add_lwpolyline(at(SQUARE, 500), close=True)
    ),
    "block never inserted": lambda d, m: (
        d.blocks.new("spare").add_lwpolyline(at(SQUARE, 500), close=True)
    ),
    "block in a block never inserted": lambda d, m: (
        d.blocks.new("deep").add_lwpolyline(at(SQUARE, 500), close=True),
        d.blocks.new("spare").add_blockref("deep", (0, 0)),
    ),
    "picture of a dimension": lambda d, m: (
        d.blocks.new("*D99").add_lwpolyline(at(SQUARE, 500), close=True)
    ),
    "block that is missing": lambda d, m: m.add_blockref("nowhere", (X, Y)),
    "external drawing": lambda d, m: (
        d.add_xref_def("other.dwg", "other"), m.add_blockref("other", (0, 0)),
    ),
    "external drawing not inserted": lambda d, m: d.add_xref_def("other.dwg", "other"),
    "mesh": lambda d, m: m.add_polymesh((3, 3)),
    "embedded pdf": lambda d, m: m.add_underlay(
        d.add_underlay_def("other.pdf", fmt="pdf"), insert=(X, Y)
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", HIDING)
def test_what_is_not_read_is_told(draw, place):
    def drawer(d, m):
        m.add_lwpolyline(at(SQUARE), close=True)
        HIDING[place](d, m)

    reading = draw(drawer)
    assert reading.record.incomplete
    assert len(reading.frame) == 1
    assert all(text.zh and text.en for text in reading.record.unread)


def edited(tmp_path, old, new, *, times=1):
    document = ezdxf.new("R2010")
    document.modelspace().add_lwpolyline(at(SQUARE), close=True)
    path = tmp_path / "plan.dxf"
    document.saveas(path)
    text = path.read_text("utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, times), "utf-8")
    return path


@pytest.mark.parametrize("kind", ["REGION", "ACAD_PROXY_ENTITY", "UNHEARD_OF"])
def test_entities_without_a_shape_are_told(tmp_path, kind):
    extra = f"  0\n{kind}\n  5\nFF0\n100\nAcDbEntity\n  8\n0\n100\nAcDbModelerGeometry\n"
    reading = read_vector(
        edited(tmp_path, "  0\nLWPOLYLINE", f"{extra}  0\nLWPOLYLINE"), ReadOptions(crs="EPSG:4526")
    )
    assert kind in reading.record.unread[0].en


LINE = "  0\nLINE\n  8\n0\n 10\n38500000.0\n 20\n4150500.0\n 11\n38500100.0\n 21\n4150500.0\n"


def test_entities_the_structure_loses_are_missed(tmp_path):
    """A second section of entities is one that ezdxf does not keep."""
    path = edited(tmp_path, "  0\nEOF", f"  0\nSECTION\n  2\nENTITIES\n{LINE}  0\nENDSEC\n  0\nEOF")
    reading = read_vector(path, ReadOptions(crs="EPSG:4526"))
    assert reading.record.ledger.of("entity")[0].missing
    assert reading.record.incomplete


def test_a_drawing_without_its_end_is_damaged(tmp_path):
    path = edited(tmp_path, "  0\nEOF", "")
    with pytest.raises(SourceError) as caught:
        read_vector(path, ReadOptions(crs="EPSG:4526"))
    assert caught.value.problems[0].code == "file-damaged"


@pytest.mark.parametrize("version", ["R12", "R2000", "R2004", "R2007", "R2018"])
def test_layer_names_in_the_code_page_of_the_drawing(tmp_path, version):
    document = ezdxf.new(version)
    document.encoding = "gbk"
    document.modelspace().add_polyline2d(at(SQUARE), close=True, dxfattribs={"layer": "用地红线"})
    path = tmp_path / "plan.dxf"
    document.saveas(path)
    assert read_vector(path, ReadOptions(crs="EPSG:4526")).record.layer == "用地红线"


def test_layer_names_in_gbk_under_a_header_that_says_otherwise(tmp_path):
    document = ezdxf.new("R2000")
    document.encoding = "gbk"
    document.modelspace().add_lwpolyline(at(SQUARE), close=True, dxfattribs={"layer": "用地红线"})
    path = tmp_path / "plan.dxf"
    document.saveas(path)
    data = path.read_bytes()
    assert b"ANSI_936" in data
    path.write_bytes(data.replace(b"ANSI_936", b"ANSI_1252"))
    reading = read_vector(path, ReadOptions(crs="EPSG:4526", layer="用地红线"))
    assert reading.record.layer == "用地红线"


def test_binary_drawings(tmp_path):
    document = ezdxf.new("R2010")
    document.modelspace().add_lwpolyline(at(SQUARE), close=True)
    path = tmp_path / "plan.dxf"
    document.saveas(path, fmt="bin")
    reading = read_vector(path, ReadOptions(crs="EPSG:4526"))
    assert complete(reading), reading.record.unread
    assert area_m2(reading) == pytest.approx([10_000], rel=1e-6)


def test_units_are_doubted_and_never_converted(draw):
    def millimetres(d, m):
        d.header["$INSUNITS"] = 4
        m.add_lwpolyline([(1000 * x, 1000 * y) for x, y in at(SQUARE)], close=True)

    for crs in ("EPSG:4526", None):
        with pytest.raises(SourceError) as caught:
            draw(millimetres, crs=crs)
        assert caught.value.problems[0].code == "dxf-units"
        assert "0.001" in caught.value.problems[0].cure.en

    def metres(d, m):
        d.header["$INSUNITS"] = 4  # as most templates say
        m.add_lwpolyline(at(SQUARE), close=True)

    reading = draw(metres)
    assert complete(reading)
    assert any("mm" in note.en for note in reading.record.notices)


def test_dwg_is_named(tmp_path):
    path = tmp_path / "plan.dwg"
    path.write_bytes(b"AC1032\x00\x00\x00" + bytes(200))
    with pytest.raises(SourceError) as caught:
        read_vector(path)
    assert caught.value.problems[0].code == "dwg"
    assert "DXF" in caught.value.problems[0].cure.zh


def test_blocks_that_multiply_without_end_are_refused(draw):
    def drawer(d, m):
        d.blocks.new("b0").add_line((0, 0), (1, 1))
        for n in range(1, 12):
            block = d.blocks.new(f"b{n}")
            for _ in range(10):
                block.add_blockref(f"b{n - 1}", (0, 0))
        m.add_blockref("b11", (X, Y))

    def loop(d, m):
        d.blocks.new("a").add_blockref("a", (1, 1))
        m.add_blockref("a", (X, Y))

    for hostile in (drawer, loop):
        with pytest.raises(SourceError) as caught:
            draw(hostile)
        assert caught.value.problems[0].code == "file-too-large"


def test_chains_by_themselves():
    legs = [
        np.array(p, dtype=float) for p in ([(0, 0), (1, 0)], [(1, 0), (1, 1)], [(1, 1), (0, 0)])
    ]
    made = chain([(leg, False) for leg in legs], 0.01)
    assert [ring.sources for ring in made.rings] == [(0, 1, 2)]
    assert (made.open, made.gaps) == ([], [])
    assert nest(made.rings, 0.01, holes=True).areas[0][0].area == 0.5
    assert chain([(legs[0], False), (legs[0][::-1], False)], 0.01).repeated == [1]


def test_a_drawing_of_this_program_says_which_rings_are_holes(tmp_path):
    plot = shapely.box(112, 37, 112.1, 37.1) - shapely.box(112.02, 37.02, 112.05, 37.05)
    plot |= shapely.box(112.03, 37.03, 112.04, 37.04)
    frame = geopandas.GeoDataFrame(geometry=[plot, shapely.box(112.06, 37.06, 112.07, 37.07)])
    path = tmp_path / "plots.dxf"
    drawing.dxf(frame.set_crs(4490), path, "plots")
    reading = read_vector(path, ReadOptions(crs="EPSG:4490"))
    # The second plot lies within the first and is no hole by any note.
    told = [notice.en for notice in reading.record.unread]
    assert len(told) == 1 and told[0].startswith("1 closed line within another")
    drawing.dxf(frame.iloc[:1].set_crs(4490), path, "plots")
    reading = read_vector(path, ReadOptions(crs="EPSG:4490"))
    assert reading.record.unread == ()
    read = shapely.union_all(reading.frame.geometry.to_numpy())
    assert shapely.area(read ^ plot) < 1e-12


def test_writing_that_writes_out_a_geometry_is_told(draw):
    def plan(document, space):
        space.add_lwpolyline(at(SQUARE), close=True)
        space.add_leader(at(SQUARE[:3]))  # has no text of its own
        space.add_text("POLYGON((112 37, 113 37, 113 38, 112 37))")

    assert draw(plan).record.incomplete
