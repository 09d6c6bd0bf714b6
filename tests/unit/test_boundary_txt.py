"""The boundary-point TXT reader: what planners send, and what they send by mistake."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from zoning.base.errors import SourceError, UsageError
from zoning.read.boundary_txt.parse import (
    Helmert,
    read_boundary_txt,
    to_frame,
)
from zoning.read.formats.signs import looks_like_boundary_txt

FIXTURES = Path(__file__).parents[1] / "fixtures" / "txt"
HEADER = {
    "格式版本号": "1.01",
    "坐标系": "2000国家大地坐标系",
    "几度分带": "3",
    "投影类型": "高斯克吕格",
    "计量单位": "米",
    "带号": "38",
    "精度": "0.001",
    "转换参数": ",,,,,,",
}
X, Y = 4190000.0, 38500000.0  # on the central meridian 114° E: scale 1


def square(x, y, size, ring=1, closed=True, start=1, j="J"):
    """Point lines of a square, clockwise from the south-west corner."""
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
    lines = [f"{j}{start + i},{ring},{a:.3f},{b:.3f}" for i, (a, b) in enumerate(corners)]
    return [*lines, f"{j}{start},{ring},{x:.3f},{y:.3f}"] if closed else lines


def plot(points, area="", number="1", name="甲", kind="面", count=None):
    count = len(points) if count is None else count
    return [f"{count},{area},{number},{name},{kind},,工业用地,0601,@", *points]


def text(*plots, header=None, **changes):
    head = (HEADER if header is None else header) | changes
    lines = ["[属性描述]", *(f"{k}={v}" for k, v in head.items() if v is not None), "[地块坐标]"]
    return "\n".join([*lines, *(line for p in plots for line in p)]) + "\n"


def read(*plots, options=None, **changes):
    return read_boundary_txt(text(*plots, **changes).encode(), **(options or {}))


def refused(*plots, options=None, **changes):
    with pytest.raises(SourceError) as caught:
        read(*plots, options=options, **changes)
    for problem in caught.value.problems:
        assert problem.file
        assert problem.file.startswith("<bytes>")
        assert problem.fault.zh
        assert problem.cure.en
    return caught.value.problems[0]


ONE = plot(square(X, Y, 100), area="1")  # 100 m × 100 m = 1 ha


def test_plain_file():
    found = read(ONE)
    (site,) = found.plots
    assert (site.number, site.name, site.use, site.land_class) == ("1", "甲", "工业用地", "0601")
    assert (site.map_sheet, site.shape, site.stated_points, site.line) == (None, "polygon", 5, 11)
    assert site.geometry.equals(shapely.box(Y, X, Y + 100, X + 100))
    assert site.area_m2 == pytest.approx(10_000, rel=1e-7)
    assert (site.stated_area.unit, site.stated_area.decided_by) == ("ha", "agreement")
    assert (found.crs.to_epsg(), found.zone, found.degree, found.prefixed) == (4526, 38, 3, True)
    assert not found.problems
    assert not found.warnings
    assert not found.notices
    assert "38" in found.crs_evidence.zh
    frame = to_frame(found)
    assert frame.crs == "EPSG:4490"
    reference = Transformer.from_crs(4526, 4490, always_xy=True).transform(Y, X)
    assert shapely.get_coordinates(frame.geometry[0])[0] == pytest.approx(reference, abs=1e-11)
    assert frame.loc[0, "plot_id"] == "1"
    assert frame.loc[0, "stated_area_m2"] == 10_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding, newline, tmp_path):
    path = tmp_path / "地块.txt"
    path.write_bytes(text(ONE).replace("\n", newline).encode(encoding))
    found = read_boundary_txt(path)
    assert found.plots[0].name == "甲"
    assert found.header["坐标系"] == HEADER["坐标系"]
    assert found.name == str(path)
    expected = {"gbk": "gb18030"}.get(encoding, encoding)
    assert found.encoding == expected
    assert found.encoding_evidence.zh


def test_encoding_can_be_forced_and_damage_is_named():
    data = text(ONE).encode("gbk")
    assert read_boundary_txt(data, encoding="GBK").encoding == "gb18030"
    with pytest.raises(SourceError, match="GB18030"):
        read_boundary_txt(data, encoding="no-such")
    broken = data.replace("甲".encode("gbk"), b"\xff\xff")
    found = read_boundary_txt(broken)
    assert found.warnings[0].code == "txt-encoding-damaged"
    assert found.warnings[0].file == "<bytes>:11"
    assert "�" in found.plots[0].name


@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02PK", b"\xff\xfe", b"\xff\xfd\x81", b"a,b\n"])
def test_not_this_format(data):
    with pytest.raises(SourceError) as caught:
        read_boundary_txt(data)
    assert caught.value.lines("zh")


def test_missing_file(tmp_path):
    with pytest.raises(SourceError) as caught:
        read_boundary_txt(tmp_path / "none.txt")
    assert caught.value.problems[0].code == "file-unreadable"


@pytest.mark.parametrize(
    ("zone", "degree", "easting", "epsg"),
    [
        ("37", "3", 37500000, 4525),
        ("38", "3", 38500000, 4526),
        ("38", "3", 500000, 4547),
        ("37", "3", 500000, 4546),
        ("19", "6", 19500000, 4497),
        ("20", "6", 20300000, 4498),
        ("19", "6", 600000, 4508),
        ("20", "6", 300000, 4509),
        ("38", None, 38500000, 4526),  # the zone number tells the width
        (None, "3", 38500000, 4526),  # the easting tells the zone
        (None, None, 20300000, 4498),
        ("38带", "3度带", 500000, 4547),
        ("３８", "三度", 500000, 4547),
        ("114", "3", 500000, 4547),  # a central meridian in its place
    ],
)
def test_zones(zone, degree, easting, epsg):
    found = read(plot(square(X, easting, 100)), 带号=zone, 几度分带=degree)
    assert found.crs.to_epsg() == epsg
    assert found.prefixed == (easting > 1e6)
    lon, lat = shapely.get_coordinates(to_frame(found).geometry[0])[0]
    reference = Transformer.from_crs(epsg, 4490, always_xy=True).transform(easting, X)
    assert (lon, lat) == pytest.approx(reference, abs=1e-11)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"带号": "37"}, "txt-zone-contradiction"),
        ({"几度分带": "6"}, "txt-zone-contradiction"),
        ({"几度分带": "1.5"}, "txt-header-value"),
        ({"带号": "80"}, "txt-header-value"),
        ({"坐标系": None}, "crs-missing"),
        ({"坐标系": "WGS84"}, "crs-missing"),
        ({"坐标系": "1980西安转2000"}, "crs-missing"),
        ({"坐标系": "1980西安坐标系"}, "crs-needs-transformation"),
        ({"坐标系": "1954年北京坐标系"}, "crs-needs-transformation"),
        ({"投影类型": "UTM"}, "txt-projection"),
        ({"计量单位": "千米"}, "txt-projection"),
    ],
)
def test_header_that_cannot_be_followed(changes, code):
    problem = refused(ONE, **changes)
    assert problem.code == code
    if code == "crs-missing":
        assert "EPSG:4526" in problem.cure.en


def test_no_zone_anywhere_gives_candidates():
    problem = refused(plot(square(X, 500000, 100)), 带号=None)
    assert problem.code == "txt-zone-missing"
    assert "EPSG:4547" in problem.cure.zh


def test_header_twice_with_different_values():
    data = text(ONE).replace("带号=38", "带号=38\n带号=37")
    with pytest.raises(SourceError) as caught:
        read_boundary_txt(data.encode())
    assert caught.value.problems[0].code == "txt-header-twice"
    assert caught.value.problems[0].file == "<bytes>:8"


def test_crs_given_by_the_caller():
    bare = plot(square(X, 500000, 100))
    found = read(bare, header={}, options={"crs": "EPSG:4526"})
    assert found.crs.to_epsg() == 4547  # same zone, written without its number
    assert not found.prefixed
    assert found.zone == 38
    assert refused(ONE, options={"crs": 4525}).code == "txt-zone-contradiction"
    assert refused(ONE, options={"crs": "EPSG:2362"}).code == "crs-needs-transformation"
    assert refused(ONE, options={"crs": "nonsense"}).code == "crs-unknown"
    assert refused(ONE, options={"crs": "EPSG:2414"}).code == "crs-needs-transformation"


def test_degrees_only_when_said_so():
    lines = plot(["1,1,37.80,112.50", "2,1,37.81,112.50", "3,1,37.81,112.51"])
    assert refused(lines).code == "txt-degrees"
    found = read(lines, options={"crs": 4490})
    assert found.plots[0].geometry.bounds == (112.5, 37.8, 112.51, 37.81)
    assert found.plots[0].area_m2 == pytest.approx(0.5 * 1110 * 880, rel=0.01)
    turned = plot(["1,1,112.50,37.80", "2,1,112.50,37.81", "3,1,112.51,37.81"])
    assert refused(turned, options={"crs": 4490}).code == "txt-swapped"


def test_another_projected_crs():
    east, north = Transformer.from_crs(4490, 3857, always_xy=True).transform(112.5, 37.8)
    found = read(plot(square(north, east, 100)), options={"crs": 3857})
    assert to_frame(found).geometry[0].bounds[:2] == pytest.approx((112.5, 37.8), abs=1e-8)
    assert found.zone is None
    nowhere = plot(square(9e7, 9e7, 100))
    assert refused(nowhere, options={"crs": 32649}).code == "txt-range"


@pytest.mark.parametrize("easting", [38500000.0, 500000.0])
def test_swapped_columns_are_refused_with_the_cure(easting):
    lines = [",".join([*p.split(",")[:2], *p.split(",")[:1:-1]]) for p in square(X, easting, 100)]
    problem = refused(plot(lines))
    assert problem.code == "txt-swapped"
    assert problem.feature == "1 甲"
    assert problem.file == "<bytes>:11"
    assert "northing" in problem.cure.en


@pytest.mark.parametrize("bad", ["1e308", "-5", "nan", "inf", "0", "60000"])
def test_numbers_outside_the_grid(bad):
    assert refused(plot([*square(X, Y, 100), f"J5,1,{bad},{Y}"])).code in ("txt-range", "txt-line")


def test_old_frames_with_parameters():
    # Zero parameters between different ellipsoids: only the ellipsoid changes the result.
    shift = Helmert.parse("0,0,0,0,0,0,0")
    found = read(ONE, 坐标系="1980西安坐标系", options={"transform": shift})
    assert found.crs.to_epsg() == 2362
    lon, lat = shapely.get_coordinates(to_frame(found).geometry[0])[0]
    here = Transformer.from_crs(4526, 4490, always_xy=True).transform(Y, X)
    assert lon == pytest.approx(here[0], abs=1e-9)
    assert 1e-7 < abs(lat - here[1]) < 1e-4
    # 100 m towards the pole of the earth's axis moves the site north by about 100·cos(lat) m.
    moved = read(ONE, 坐标系="西安80", options={"transform": Helmert(0, 0, 100)})
    lat2 = shapely.get_coordinates(to_frame(moved).geometry[0])[0][1]
    assert (lat2 - lat) * 111_000 == pytest.approx(100 * np.cos(np.radians(37.8)), rel=0.01)
    beijing = read(ONE, 坐标系="北京54", options={"transform": shift})
    assert beijing.crs.to_epsg() == 2414


@pytest.mark.parametrize("bad", ["", "1,2", "1,2,3,4", "a,b,c", "1,2,nan", "1,2,3,clockwise"])
def test_parameters_that_are_none(bad):
    with pytest.raises(UsageError, match="dX,dY,dZ"):
        Helmert.parse(bad)


def test_rotation_conventions_are_opposite():
    one = Helmert.parse("0,0,0,1,2,3,0,position_vector")
    other = Helmert.parse("0,0,0,-1,-2,-3,0")
    results = [
        to_frame(read(ONE, 坐标系="西安80", options={"transform": h})).geometry[0]
        for h in (one, other)
    ]
    assert shapely.equals_exact(*results, tolerance=1e-11)


def test_header_parameters_on_cgcs2000_are_said_to_be_unused():
    assert "未使用" in read(ONE, 转换参数="1,2,3,0,0,0,0").notices[0].zh


@pytest.mark.parametrize(
    "lines",
    [
        square(X, Y, 100, closed=False),
        square(X, Y, 100, j=""),
        [p.replace(",", "，") for p in square(X, Y, 100)],
        [p.replace(",", " , ") for p in square(X, Y, 100)],
        [p.replace(",", "\t") for p in square(X, Y, 100)],
        [p.replace(",", "　") for p in square(X, Y, 100)],
        [p + "," for p in square(X, Y, 100)],
        [p.replace("J1,1,", "J1,,") for p in square(X, Y, 100)],
        [*square(X, Y, 100), square(X, Y, 100)[0]],  # closing point twice
        ["", *square(X, Y, 100), "", "   "],
    ],
)
def test_point_lines_as_they_come(lines):
    found = read(plot(lines, area="1", count=""))
    assert found.plots[0].geometry.equals(shapely.box(Y, X, Y + 100, X + 100))
    assert not found.problems
    assert not found.warnings


def test_header_in_any_order_with_extra_lines():
    data = (
        "说明：本文件由某软件导出\n项目名称=某某项目\n【属性描述】\n带号：38\n计量单位=米\n"
        "坐标系＝2000国家大地坐标系\n\n这是一行说明\n【地块坐标】\n"
        + "\n".join(ONE)
        + "\n备注=无\n"
    )
    found = read_boundary_txt(data.encode("gbk"))
    assert found.header["项目名称"] == "某某项目"
    assert found.header["带号"] == "38"
    assert len(found.plots) == 1
    assert any("已跳过" in n.zh for n in found.notices)


def test_without_section_line_or_plot_line():
    data = "坐标系=CGCS2000\n" + "\n".join(ONE)
    found = read_boundary_txt(data.encode())
    assert found.zone == 38
    assert "[地块坐标]" in found.notices[0].zh
    data = "坐标系=CGCS2000\n[地块坐标]\n" + "\n".join(square(X, Y, 100))
    found = read_boundary_txt(data.encode())
    assert found.plots[0].number is None
    assert "地块行" in found.notices[0].zh


@pytest.mark.parametrize(
    ("line", "number", "name"),
    [
        ("5,1,7,甲厂,面,,,,@", "7", "甲厂"),
        ("5,1,7,,面,,,,@", "7", None),
        ("5,1,,,面,,,,@", None, None),
        ("5,1,7,甲厂,二期,面,,,,@", "7", "甲厂,二期"),
        ("5,1,7,甲厂，二期,面,,,,@", "7", "甲厂，二期"),
        ("5，1，7，甲厂，面，，，，@", "7", "甲厂"),
        ("5,1,7,甲厂,面,,,@", "7", "甲厂"),
        ("5,1,7,甲厂,面", "7", "甲厂"),
        ("5,1,7,甲厂,面,I49G,工业,06,a,b,c,d,@", "7", "甲厂"),
        ("5,1公顷,7,甲厂,,,,,@", "7", "甲厂"),
        (",,7,面,面,,,,@", "7", "面"),
        (
            "5,1,=cmd|' /C calc'!A0,<b>x</b>\x07\x1b[31m,面,,,,@",
            "=cmd|' /C calc'!A0",
            "<b>x</b>[31m",
        ),
    ],
)
def test_plot_lines(line, number, name):
    found = read([line, *square(X, Y, 100)])
    assert (found.plots[0].number, found.plots[0].name) == (number, name)
    assert not found.problems


@pytest.mark.parametrize("count", [4, 5, "", 0, "五"])
def test_point_counts_with_or_without_closing(count):
    assert not read(plot(square(X, Y, 100), count=count)).warnings
    assert not read(plot(square(X, Y, 100, closed=False), count=count)).warnings


def test_missing_points_fail_the_plot_and_spare_the_others():
    found = read(plot(square(X, Y, 100), count=9, number="1"), plot(square(X, Y, 50), number="2"))
    assert [p.number for p in found.plots] == ["2"]
    (problem,) = found.problems
    assert problem.code == "txt-points-missing"
    assert (problem.file, problem.feature, problem.field) == ("<bytes>:11", "1 甲", "界址点数")


def test_a_wrong_count_is_a_warning_where_the_area_proves_the_plot_whole():
    found = read(plot(square(X, Y, 100), area="1", count=9))
    assert found.warnings[0].code == "txt-count-disagrees"
    assert len(found.plots) == 1


def test_unreadable_line_fails_its_plot_only():
    bad = square(X, Y, 100)
    bad[2] = "J3,1,41900x0,38500000"
    found = read(plot(bad, name="坏"), plot(square(X, Y, 50), number="2"))
    assert [p.number for p in found.plots] == ["2"]
    (problem,) = found.problems
    assert problem.code == "txt-line"
    assert problem.file == "<bytes>:14"
    assert problem.feature == "1 坏"
    assert "41900x0" in problem.fault.zh
    assert "点号,圈号,X,Y" in problem.cure.zh


@pytest.mark.parametrize(
    ("points", "code"),
    [
        ([], "txt-empty"),
        (square(X, Y, 100)[:2], "txt-too-few-points"),
        ([f"{i},1,{X + i},{Y + i}" for i in range(5)], "txt-ring-flat"),
        ([*square(X, Y, 100), *square(X, Y, 100, ring=2)], "txt-ring-repeated"),
        ([*square(X, Y, 100), *square(X + 50, Y + 50, 100, ring=2)], "txt-rings-cross"),
        (
            [*square(X, Y, 9, closed=False), *square(X, Y, 5, ring=2), f"5,1,{X - 5},{Y}"],
            "txt-ring-unclear",
        ),
        ([*square(X, Y, 100), f"9,1,{X},37500000"], "txt-zones"),
        (square(X, 37500000, 100), "txt-zone-other"),
    ],
)
def test_plots_that_fail(points, code):
    other = plot(square(X, Y, 50), number="2")
    found = read(other, plot(points, count=""), other)
    assert [p.number for p in found.plots] == ["2", "2"]
    assert {p.code for p in found.problems} == {code}
    assert found.problems[0].feature == "1 甲"


def test_bow_tie_is_left_to_the_common_repair():
    points = [
        f"{i},1,{a},{b}"
        for i, (a, b) in enumerate([(X, Y), (X + 10, Y + 10), (X + 10, Y), (X, Y + 12)])
    ]
    found = read(plot(points))
    assert found.warnings[0].code == "txt-ring-crosses-itself"
    assert not found.plots[0].geometry.is_valid


# Rings: even–odd, whatever their numbers and order.
OUTER = square(X, Y, 100)  # 10000 m²
HOLE = square(X + 10, Y + 10, 50, ring=2)  # 2500 m²
ISLAND = square(X + 20, Y + 20, 20, ring=3)  # 400 m²
POND = square(X + 25, Y + 25, 10, ring=4)  # 100 m²
SECOND = square(X, Y + 200, 50, ring=5)  # 2500 m²
SECOND_HOLE = square(X + 10, Y + 210, 10, ring=6)  # 100 m²


@pytest.mark.parametrize(
    ("rings", "area", "parts"),
    [
        ([OUTER, HOLE], 7500, 1),
        ([HOLE, OUTER], 7500, 1),
        ([OUTER, SECOND], 12500, 2),  # "ring 1 minus the rest" would give 7500
        ([OUTER, HOLE, ISLAND], 7900, 2),
        ([POND, ISLAND, HOLE, OUTER], 7800, 2),
        ([SECOND_HOLE, HOLE, SECOND, POND, OUTER, ISLAND], 10200, 3),
    ],
)
def test_even_odd(rings, area, parts):
    found = read(plot([line for ring in rings for line in ring], area=str(area)))
    geometry = found.plots[0].geometry
    assert geometry.is_valid
    assert geometry.area == pytest.approx(area)
    assert shapely.get_num_geometries(geometry) == parts
    assert found.plots[0].area_m2 == pytest.approx(area, rel=1e-6)
    assert found.plots[0].stated_area.unit == "m2"
    assert not found.warnings


def test_one_ring_number_for_several_closed_rings():
    points = [*OUTER, *square(X + 10, Y + 10, 50, ring=1), *square(X, Y + 200, 50, ring=1)]
    assert read(plot(points)).plots[0].geometry.area == pytest.approx(10000)
    back = [*OUTER, *HOLE, *square(X, Y + 200, 50, ring=1)]
    assert read(plot(back)).plots[0].geometry.area == pytest.approx(10000)


def test_ring_that_passes_its_first_point():
    # Two triangles that meet in (X, Y), drawn in one go: 2 × 50 m².
    corners = [(0, 0), (10, 0), (10, 10), (0, 0), (-10, 0), (-10, -10), (0, 0)]
    points = [f"{i},1,{X + a},{Y + b}" for i, (a, b) in enumerate(corners)]
    assert read(plot(points, count="")).plots[0].geometry.area == pytest.approx(100)


def test_rings_that_share_an_edge_are_merged():
    points = [*OUTER, *square(X, Y + 100, 100, ring=2)]
    found = read(plot(points, area="2"))
    assert found.plots[0].geometry.equals(shapely.box(Y, X, Y + 200, X + 100))
    assert found.warnings[0].code == "txt-rings-share-edge"
    inner = [*OUTER, *square(X, Y + 20, 50, ring=2)]
    assert read(plot(inner)).plots[0].geometry.area == pytest.approx(7500)


def test_thousands_of_holes():
    points = square(X, Y, 10_000)
    for i in range(70):
        for k in range(70):
            points += square(X + 10 + 100 * i, Y + 10 + 100 * k, 50, ring=2 + 70 * i + k)
    found = read(plot(points))
    assert found.plots[0].geometry.area == pytest.approx(1e8 - 4900 * 2500)
    assert found.plots[0].area_m2 == pytest.approx(1e8 - 4900 * 2500, rel=1e-4)


def test_nested_deeper_than_any_plot():
    deep = [line for i in range(60) for line in square(X + i, Y + i, 5000 - 2 * i, ring=i + 1)]
    found = read(plot(deep), plot(square(X, Y, 10), number="2"))
    assert found.problems[0].code == "txt-rings-too-deep"
    assert len(found.plots) == 1


@pytest.mark.parametrize(
    ("stated", "unit", "decided", "warned"),
    [
        ("1", "ha", "agreement", False),
        ("10000", "m2", "agreement", False),
        ("1.0009", "ha", "agreement", False),
        ("1.0011", "ha", "nearest", True),
        ("9989", "m2", "nearest", True),
        ("1公顷", "ha", "suffix", False),
        ("15亩", "mu", "suffix", False),
        ("10000平方米", "m2", "suffix", False),
        ("1 平方米", "m2", "suffix", True),
        ("0.01km2", "km2", "suffix", False),
        ("20000", "m2", "nearest", True),
        ("2", "ha", "nearest", True),
    ],
)
def test_stated_area(stated, unit, decided, warned):
    found = read(plot(square(X, Y, 100), area=stated))
    said = found.plots[0].stated_area
    assert (said.unit, said.decided_by) == (unit, decided)
    assert [w.code for w in found.warnings] == ["txt-area-disagrees"] * warned
    if warned:
        assert found.warnings[0].field == "地块面积"
        assert "0.1 %" in found.warnings[0].fault.en


@pytest.mark.parametrize("stated", ["", "0", "0.00", "无", "/", "-"])
def test_area_not_stated(stated):
    found = read(plot(square(X, Y, 100), area=stated))
    assert found.plots[0].stated_area is None
    assert not found.warnings


def test_plane_area_far_from_the_meridian_is_recognised():
    # 300 km from the meridian of a 6° zone the plane area is 0.22 % too large.
    found = read(plot(square(X, 20200000, 100), area="1"), 带号="20", 几度分带="6")
    assert found.plots[0].plane_area_m2 == pytest.approx(10_000)
    assert found.warnings[0].code == "txt-area-disagrees"
    assert "projection plane" in found.warnings[0].fault.en
    assert found.plots[0].stated_area.unit == "ha"


def test_lines_and_points():
    road = plot([f"{i},1,{X + i},{Y}" for i in range(3)], kind="线", name="路")
    roads = plot([*(f"{i},{r},{X + i},{Y + r}" for r in (1, 2) for i in range(3))], kind="线")
    well = plot([f"1,1,{X},{Y}"], kind="点")
    wells = plot([f"{i},1,{X + i},{Y}" for i in range(3)], kind="点")
    found = read(road, roads, well, wells)
    kinds = [p.geometry.geom_type for p in found.plots]
    assert kinds == ["LineString", "MultiLineString", "Point", "MultiPoint"]
    assert [p.area_m2 for p in found.plots] == [0.0] * 4
    assert found.plots[0].geometry.length == 2


def test_prefixed_and_plain_plots_in_one_file():
    found = read(ONE, plot(square(X, 500000, 100)))
    assert found.crs.to_epsg() == 4547
    assert found.plots[0].geometry.equals(found.plots[1].geometry)


def test_problems_are_capped_not_endless():
    bad = [line for _ in range(1500) for line in plot(["1,1,a,b"], number="9")]
    found = read(ONE, bad)
    assert len(found.problems) == 1001
    assert found.problems[-1].code == "txt-more"
    assert "500" in found.problems[-1].fault.en


def test_endless_line_is_not_parsed():
    found = read(ONE, plot(["1," * 100_000], number="2"))
    assert found.problems[0].code == "txt-line"
    assert len(found.problems[0].fault.en) < 200


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_sniffing(encoding):
    assert looks_like_boundary_txt(text(ONE).encode(encoding)[:4096])
    assert not looks_like_boundary_txt("lon,lat\n112,37\n".encode(encoding))


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.txt")), ids=lambda p: p.stem)
def test_fixtures_as_users_have_them(path):
    found = read_boundary_txt(path)
    frame = to_frame(found)
    assert len(frame)
    # within Shanxi
    west, south, east, north = frame.total_bounds
    assert 110.2 < west < east < 114.6
    assert 34.5 < south < north < 40.8
    assert not found.problems
