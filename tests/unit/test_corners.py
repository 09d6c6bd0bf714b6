"""Corners of a parcel are no sites, and a closed outline is no line: nobody saw what is within."""

from __future__ import annotations

from datetime import date

import geopandas
import openpyxl
import pytest
import shapely

import zoning
from zoning.read import ReadOptions, heeded, read_frame, read_vector

RING = [(112.7012, 37.6012), (112.7112, 37.6012), (112.7112, 37.6113), (112.7012, 37.6113)]
POINTS = [shapely.Point(at) for at in RING]
GIVEN = ReadOptions(crs="EPSG:4490")


def sites(columns, geometry=POINTS, **options):
    frame = geopandas.GeoDataFrame(columns, geometry=geometry, crs=4490)
    given = ReadOptions(**options)
    return heeded(read_frame(frame, given, name="a"), given)


NUMBERED = {
    "heading of corners": {"界址点号": ["J1", "J2", "J3", "J4"]},
    "heading of a mine": {"矿区拐点编号": ["1", "2", "3", "4"]},
    "heading of a land register": {"JZDH": [12, 7, 9, 31]},
    "heading in English": {"vertex_index": [0, 1, 2, 3]},
    "points of a parcel": {"地块编号": ["DK1"] * 4, "点号": [1, 2, 3, 4]},
    "points with a letter": {"点号": ["J1", "J2", "J3", "J1"]},
    "stakes": {"桩号": ["1", "2", "3", "4"], "name": ["项目"] * 4},
    "names of corners": {"name": ["界址点J1", "界址点J2", "界址点J3", "界址点J4"]},
    "remarks": {"备注": ["拐点1", "拐点2", "拐点3", "拐点4"], "name": ["甲", "乙", "丙", "丁"]},
    "bare numbers of corners": {"name": ["J1", "J2", "J3", "J4"]},
    "numbers behind a parcel": {"编号": ["DK1-J1", "DK1-J2", "DK1-J3", "DK1-J4"]},
    "signs in a circle": {"点号": ["①", "②", "③", "④"]},
    "letters": {"点号": ["A", "B", "C", "D"]},
    "numbers with words": {"点号": ["第1点", "第2点", "第3点", "第4点"]},
    "a folder of corners": {"name": ["甲", "乙", "丙", "丁"], "folder": ["项目拐点坐标"] * 4},
    "a kind of points": {"类型": ["界址点"] * 4, "name": ["甲", "乙", "丙", "丁"]},
    "a town named for a well": {"点号": [1, 2, 3, 4], "名称": ["井坪镇地块"] * 4},
    "a city named for a spring": {"点号": [1, 2, 3, 4], "名称": ["阳泉某地块"] * 4},
    "names that count": {"点号": [1, 2, 3, 4], "名称": ["地块1", "地块2", "地块3", "地块4"]},
}
PLACES = {
    "wells": {"井号": ["J1", "J2", "J3", "J4"], "编号": [1, 2, 3, 4]},
    "wells by number": {"编号": ["J1", "J2", "J3", "J4"], "名称": ["王村", "李村", "南井", "北井"]},
    "samples": {"点号": ["S1", "S2", "S3", "S4"], "采样点": ["坝上", "坝下", "桥东", "桥西"]},
    "wells of one name": {"点号": ["JC1", "JC2", "JC3", "JC4"], "名称": ["监测井"] * 4},
    "wells by their labels": {"点号": ["井1", "井2", "井3", "井4"], "名称": ["某项目"] * 4},
    "names of their own": {"点号": [1, 2, 3, 4], "名称": ["水厂", "泵站", "闸房", "坝"]},
    "turbines": {"项目名称": ["风电场"] * 4, "机位号": ["F01", "F02", "F03", "F04"]},
    "bridges": {"桩号": ["K12+300", "K13", "K15", "K16"], "桥名": list("甲乙丙丁")},
    "parcels": {"地块编号": ["A-01", "A-02", "A-03", "A-04"], "用途": ["工业"] * 4},
    "control points": {"三角点": ["a", "b", "c", "d"]},
    "how many corners": {"界址点数": [4, 5, 6, 7], "拐点坐标": ["见附件"] * 4, "id": list("abcd")},
    "ids": {"id": [1, 2, 3, 4]},
    "sites of one kind": {"id": ["P1", "P2", "P3", "P4"], "行业代码": ["4416"] * 4},
}  # fmt: skip
POSSIBLE = {
    "an id that repeats": {"id": ["A"] * 4, "行业代码": ["4416"] * 4},
    "a name and a count": {"序号": [1, 2, 3, 4], "项目名称": ["光伏项目"] * 4},
    "a parcel and places": {"地块": ["甲"] * 4, "X": [1.5, 2.5, 3.5, 4.5], "高程": [9, 8, 7, 6]},
    "names that are numbers": {"name": ["1", "2", "3", "4"]},
    "nothing tells them apart": {"行业代码": ["4416"] * 4, "建设性质": ["新建"] * 4},
    "three of four": {"name": ["甲", "甲", "甲", "乙"]},
}  # fmt: skip


@pytest.mark.parametrize("columns", NUMBERED.values(), ids=NUMBERED)
def test_points_that_are_numbered_as_corners_decide_nothing(columns):
    reading = sites(columns)
    assert sorted(reading.doubts) == [0, 1, 2, 3]
    assert "corner" in reading.doubts[0].en


@pytest.mark.parametrize("columns", PLACES.values(), ids=PLACES)
def test_places_with_a_number_are_points(columns):
    reading = sites(columns)
    assert not reading.doubts
    assert not reading.record.unread


@pytest.mark.parametrize("columns", POSSIBLE.values(), ids=POSSIBLE)
def test_points_that_may_be_corners_leave_the_file_incomplete(columns):
    reading = sites(columns)
    assert not reading.doubts
    (told,) = reading.record.unread
    assert "may be corners" in told.en
    accepted = sites(columns, accept_left_out="four wells of one field")
    assert not accepted.record.incomplete
    assert "four wells" in accepted.record.notices[-1].en


@pytest.mark.parametrize(("name", "doubted"), [("拐点.shp", 4), ("JZD.gpkg", 4), ("三角点.shp", 0)])
def test_the_name_of_a_file_says_what_points_are(name, doubted):
    frame = geopandas.GeoDataFrame({"name": list("甲乙丙丁")}, geometry=POINTS, crs=4490)
    assert len(heeded(read_frame(frame, name=name), ReadOptions()).doubts) == doubted


def test_two_points_enclose_nothing():
    reading = sites({"点号": [1, 2], "name": ["甲", "甲"]}, POINTS[:2])
    assert not reading.doubts
    assert not reading.record.unread


CLOSED = {
    "ring": [shapely.LineString([*RING, RING[0]])],
    "ring but for a metre": [shapely.LineString([*RING, (112.70121, 37.60121)])],
    "ring in parts": [shapely.MultiLineString([RING[:3], [*RING[2:], RING[0]]])],
    "sides": [shapely.LineString(side) for side in zip(RING, [*RING[1:], RING[0]], strict=True)],
    "points": [shapely.MultiPoint(RING)],
}
ROUND = shapely.Point(112.5, 37.5).buffer(0.001).exterior.coords
OPEN = {
    "road": [shapely.LineString(RING)],
    "there and back": [shapely.LineString([RING[0], RING[1], RING[0]])],
    "road with a roundabout": [shapely.MultiLineString([[(112.0, 37.0), (112.5, 37.5)], ROUND])],
    "two points": [shapely.MultiPoint(RING[:2])],
    "area": [shapely.Polygon(RING)],
}  # fmt: skip


@pytest.mark.parametrize("shapes", CLOSED.values(), ids=CLOSED)
def test_what_may_enclose_an_area_leaves_the_file_incomplete(shapes):
    columns = {"name": [f"路{at}段" for at in "甲乙丙丁"[: len(shapes)]]}
    assert len(sites(columns, shapes).record.unread) == 1
    assert not sites(columns, shapes, accept_left_out="ring road").record.incomplete


@pytest.mark.parametrize("shapes", OPEN.values(), ids=OPEN)
def test_what_encloses_nothing_is_whole(shapes):
    assert not sites({"name": ["甲"]}, shapes).record.unread


def test_a_layer_may_hold_roundabouts_and_stakes():
    frame = geopandas.GeoDataFrame({"界址点号": ["J1"]}, geometry=CLOSED["ring"], crs=4490)
    reading = read_frame(frame, name="a")
    assert not reading.doubts
    assert not reading.record.unread


def test_no_review_of_corners_conforms(tmp_path):
    about = {"as_of": date(2026, 11, 21), "only": ["R002-044"]}
    for shape in (*CLOSED["ring"], *CLOSED["points"]):
        assert zoning.check(shape, options=GIVEN, **about).exit_code == 3
    frame = geopandas.GeoDataFrame({"点号": [1, 2, 3, 4]}, geometry=POINTS, crs=4490)
    path = tmp_path / "a.gpkg"
    frame.to_file(path)
    report = zoning.check(path, **about)
    assert {result.status.value for result in report.results} == {"undetermined"}
    assert zoning.check_batches(path, None, batch_size=1, **about).summary.exit_code == 3


@pytest.mark.parametrize("made", [*CLOSED, *POSSIBLE])
def test_batches_do_not_part_what_is_one_site(tmp_path, made):
    shapes = CLOSED.get(made, POINTS)
    columns = POSSIBLE.get(made) or {"name": [f"路{at}段" for at in "甲乙丙丁"[: len(shapes)]]}
    geopandas.GeoDataFrame(columns, geometry=shapes, crs=4490).to_file(tmp_path / "a.gpkg")
    about = {"as_of": date(2026, 11, 21), "only": ["R002-044"], "batch_size": 1}
    summary = zoning.check_batches(tmp_path / "a.gpkg", None, **about).summary
    assert any("--accept-left-out" in text for text in summary.incomplete)


# ---------------------------------------------------------------- tables


def rows(*numbers, parcel="DK1", ring=RING):
    closed = [*ring, ring[0]]
    return [[parcel, n, *closed[at], "光伏"] for at, n in enumerate(numbers or (1, 2, 3, 4, 1))]


@pytest.fixture
def table(tmp_path):
    def read(given, head=("地块编号", "点号", "经度", "纬度", "名称")):
        lines = [",".join(map(str, row)) for row in (head, *given)]
        (tmp_path / "a.csv").write_text("\n".join(lines), "utf-8")
        return heeded(read_vector(tmp_path / "a.csv", GIVEN), GIVEN)

    return read


EAST = [(x + 0.1, y) for x, y in RING]
GOOD = {
    "first number again": rows(),
    "a number of its own": rows(1, 2, 3, 4, 5),
    "letters": rows("J1", "J2", "J3", "J4", "J1"),
}


@pytest.mark.parametrize("given", GOOD.values(), ids=GOOD)
def test_corners_of_a_table_in_order_are_an_area(table, given):
    reading = table(given)
    (drawn,) = reading.frame.geometry
    assert drawn.equals(shapely.Polygon(RING))
    assert dict(reading.frame.iloc[0])["名称"] == "光伏"
    assert reading.frame["点号"].isna().all()
    assert not reading.doubts
    assert not reading.record.unread
    assert "5 rows of numbered corners were read as 1 area" in reading.record.notices[0].en
    assert [(t.kind, t.seen, t.read) for t in reading.record.ledger.tallies] == [
        ("row", 5, 5),
        ("feature", 1, 1),
    ]


def test_each_parcel_of_a_table_is_an_area_of_its_own(table):
    second = rows("J5", "J6", "J7", "J8", "J5", parcel="DK2", ring=EAST)
    reading = table([*GOOD["letters"], *second])
    assert [shape.equals(shapely.Polygon(ring)) for shape, ring in
            zip(reading.frame.geometry, (RING, EAST), strict=True)] == [True, True]  # fmt: skip
    assert list(reading.frame["地块编号"]) == ["DK1", "DK2"]
    assert list(reading.table.index) == [0, 5]


def test_a_table_of_one_parcel_needs_no_column_for_it(table):
    reading = table([row[1:] for row in rows()], ("拐点号", "经度", "纬度", "名称"))
    assert reading.frame.geometry.iloc[0].equals(shapely.Polygon(RING))


def test_a_worksheet_of_corners_is_an_area(tmp_path):
    book = openpyxl.Workbook()
    for row in (["地块编号", "点号", "经度", "纬度", "名称"], *rows()):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    reading = heeded(read_vector(tmp_path / "a.xlsx", GIVEN), GIVEN)
    assert reading.frame.geometry.iloc[0].equals(shapely.Polygon(RING))
    assert not reading.doubts


@pytest.mark.parametrize("title", ["光伏项目拐点坐标表", "# 界址点"])
def test_a_title_says_what_the_points_below_are(tmp_path, title):
    text = "\n".join(
        [title, "序号,经度,纬度", *(f"{at},{x},{y}" for at, (x, y) in enumerate(RING))]
    )
    (tmp_path / "a.csv").write_text(text, "utf-8")
    assert sorted(read_vector(tmp_path / "a.csv", GIVEN).doubts) == [0, 1, 2, 3]
    area = "\n".join([title, "地块,点号,经度,纬度,名称", *(",".join(map(str, r)) for r in rows())])
    (tmp_path / "a.csv").write_text(area, "utf-8")
    assert not read_vector(tmp_path / "a.csv", GIVEN).doubts


BAD = {
    "not closed": rows()[:-1],
    "a gap": [row for row in rows("J1", "J2", "J3", "J4", "J1") if row[1] != "J3"],
    "begins with the second": rows(2, 3, 4, 5, 2),
    "up and down": rows(1, 3, 2, 4, 1),
    "two letters": rows("J1", "J2", "K3", "J4", "J1"),
    "crosses itself": rows(ring=[RING[0], RING[2], RING[1], RING[3]]),
    "two names": [*rows()[:-1], [*rows()[-1][:-1], "风电"]],
    "one parcel in two places": [*rows(), *rows(parcel="DK2", ring=EAST), *rows()],
}


@pytest.mark.parametrize("given", BAD.values(), ids=BAD)
def test_corners_that_are_not_plainly_an_area_stay_points(table, given):
    reading = table(given)
    points = [at for at, shape in enumerate(reading.table.geometry) if shape.geom_type == "Point"]
    assert len(points) >= 4
    assert {int(reading.table.index[at]) for at in points} <= set(reading.doubts)


def test_a_row_that_cannot_be_read_leaves_its_parcel_points(table):
    given = [*rows(), *rows(parcel="DK2", ring=EAST)]
    given[1][2] = "x"
    reading = table(given)
    assert reading.failed == (1,)
    kinds = [shape.geom_type for shape in reading.table.geometry]
    assert kinds == ["Point"] * 4 + ["Polygon"]
    assert sorted(reading.doubts) == [0, 2, 3, 4]


def test_a_stated_area_is_held_against_the_area_of_the_corners(tmp_path):
    text = "地块编号,点号,经度,纬度,面积(公顷)\n"
    text += "\n".join(",".join(map(str, [*row[:-1], 12.5])) for row in rows())
    (tmp_path / "a.csv").write_text(text, "utf-8")
    about = {"as_of": date(2026, 11, 21), "only": ["R002-044"]}
    (result,) = zoning.check(tmp_path / "a.csv", options=GIVEN, **about).results
    assert "12.5" in result.project.doubts[0].text.en  # some 99 ha are drawn
