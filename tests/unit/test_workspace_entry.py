"""An official layer as a workspace states it: what it must hold, and when a statement is one."""

from __future__ import annotations

from datetime import date

import ezdxf
import geopandas
import pytest
import shapely
from pydantic import ValidationError

from zoning.base.errors import SourceError
from zoning.catalogue import load_catalogue
from zoning.model import OfficialLayer, Workspace
from zoning.review.chosen import chosen
from zoning.review.official import load_official
from zoning.review.official_fields import columns

DATABASE = "postgresql://host/db"
SIGNED = {"authority": "省水利厅", "date": date(2024, 5, 1), "document": "晋水〔2024〕1 号"}
TAIYUAN, DATONG = ("140100",), ("140200",)


def entry(**change: object) -> OfficialLayer:
    return OfficialLayer.model_validate({"source": "a.gpkg"} | change)


@pytest.mark.parametrize(
    ("form", "fault"),
    [
        ({"source": DATABASE}, "exactly one of table and sql"),
        ({"source": DATABASE, "table": "t", "sql": "select 1"}, "exactly one of table and sql"),
        ({"table": "t"}, "table and sql are for"),
        ({"sql": "select 1"}, "table and sql are for"),
        ({"source": None, "none_in": TAIYUAN, "table": "t"}, "table and sql are for"),
        ({"source": DATABASE, "table": "t", "where": {"DLBM": ["0101"]}}, "where is for files"),
        ({"left_out": {"DLBM": ["0301"]}}, "left_out names words"),
        ({"source": None}, "no source and no none_in"),
        ({"source": None, "covers": TAIYUAN}, "no source and no none_in"),
    ],
)
def test_what_an_entry_cannot_be(form: dict[str, object], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        entry(**form)


@pytest.mark.parametrize("which", ["table", "sql"])
@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_a_database_is_told_from_a_file(which: str, scheme: str) -> None:
    assert entry(source=f"{scheme}://host/db", **{which: "t"}).is_database
    assert not entry().is_database
    assert not entry(source=None, none_in=TAIYUAN).is_database


def test_an_official_line_is_where_it_is_drawn() -> None:
    assert entry().accuracy_m == 0.0


@pytest.mark.parametrize(
    ("form", "lacking"),
    [
        ({}, ()),
        ({"covers": TAIYUAN}, ("authority", "date")),
        ({"none_in": TAIYUAN}, ("authority", "date", "document")),
        ({"covers": TAIYUAN, **SIGNED, "authority": " "}, ("authority",)),
        ({"covers": TAIYUAN, **SIGNED, "date": None}, ("date",)),
        ({"covers": TAIYUAN, **SIGNED, "date": date(1900, 1, 1)}, ("date",)),
        ({"covers": TAIYUAN, **SIGNED, "date": date(1900, 1, 2)}, ()),
        ({"covers": TAIYUAN, **SIGNED, "document": " "}, ()),
        ({"none_in": TAIYUAN, **SIGNED, "document": " "}, ("document",)),
        ({"none_in": TAIYUAN, **SIGNED}, ()),
    ],
)
def test_a_statement_needs_an_author_a_date_and_a_document(
    form: dict[str, object], lacking: tuple[str, ...]
) -> None:
    assert entry(**form).unsigned == lacking


def test_what_is_not_signed_states_nothing() -> None:
    both = {"covers": TAIYUAN, "none_in": DATONG}
    signed = entry(**both, **SIGNED)
    assert (signed.complete_in, signed.absent_in) == (TAIYUAN, DATONG)
    nameless = entry(**both, **SIGNED | {"authority": ""})
    assert (nameless.complete_in, nameless.absent_in) == ((), ())
    # Completeness is a statement about the file; only absence needs a document.
    unwritten = entry(**both, **SIGNED | {"document": ""})
    assert (unwritten.complete_in, unwritten.absent_in) == (TAIYUAN, ())


ABSENT = {"layers": ["wetlands", "heritage_zones"], "none_in": TAIYUAN, **SIGNED}


def test_one_statement_of_absence_stands_for_several_layers() -> None:
    content = Workspace.model_validate({"absent": [ABSENT]})
    assert set(content.entries) == {"wetlands", "heritage_zones"}
    for stated in content.entries.values():
        assert stated.absent_in == TAIYUAN and stated.complete_in == () and stated.source is None


@pytest.mark.parametrize("lacking", ["authority", "date", "document", "none_in", "layers"])
def test_an_absence_must_be_signed(lacking: str) -> None:
    with pytest.raises(ValidationError):
        Workspace.model_validate({"absent": [{k: v for k, v in ABSENT.items() if k != lacking}]})
    empty = {**ABSENT, lacking: "" if lacking in ("authority", "document") else None}
    with pytest.raises(ValidationError):
        Workspace.model_validate({"absent": [empty]})


def test_nothing_is_stated_twice() -> None:
    both = {"layers": {"wetlands": {"source": "a.gpkg"}}, "absent": [ABSENT]}
    with pytest.raises(ValidationError, match="stated twice: wetlands"):
        Workspace.model_validate(both)
    with pytest.raises(ValidationError, match="stated twice: heritage_zones, wetlands"):
        Workspace.model_validate({"absent": [ABSENT, ABSENT]})


def test_where_keeps_its_words_and_what_says_nothing() -> None:
    frame = geopandas.GeoDataFrame(
        {"DLBM": ["0101", "0301 ", None, "", "01"]},
        geometry=[shapely.box(112 + i, 37, 112.1 + i, 37.1) for i in range(5)],
        crs="EPSG:4490",
    )
    layer = load_catalogue().layer("cropland")
    kept, told, _ = chosen(layer, entry(where={"dlbm": ["0101", "0301"]}), frame)
    assert list(kept.index) == [0, 1, 2, 3]
    assert told[0].en.startswith("4 of 5 features") and told[0].en.endswith("left out: 01.")
    with pytest.raises(SourceError, match="not one feature"):
        chosen(
            layer,
            entry(where={"DLBM": ["011"]}),
            frame[frame["DLBM"].notna() & (frame["DLBM"] != "")],
        )
    with pytest.raises(SourceError):
        chosen(layer, entry(where={"TDLYDM": ["011"]}), frame)


def test_where_takes_numbers_as_they_are_written_and_signs_of_nothing() -> None:
    shapes = [shapely.box(112 + i, 37, 112.1 + i, 37.1) for i in range(4)]
    layer = load_catalogue().layer("cropland")
    for cells, rows in (([1, 2, None, 1], [0, 2, 3]), (["1", "<Null>", "-", "2"], [0, 1, 2])):
        frame = geopandas.GeoDataFrame({"DL": cells}, geometry=shapes, crs="EPSG:4490")
        assert list(chosen(layer, entry(where={"DL": ["1"]}), frame)[0].index) == rows


def test_a_record_number_is_no_name_beside_one_but_two_names_are_ambiguous() -> None:
    farmland, rivers = (load_catalogue().layer(x) for x in ("permanent_basic_farmland", "rivers"))
    shape = [shapely.box(112, 37, 112.1, 37.1)]
    table = {"BSM": ["1"], "YJJBNTTBBH": ["P1"]}
    frame = geopandas.GeoDataFrame(table, geometry=shape, crs="EPSG:4490")
    assert columns(farmland, entry(), frame)["name"] == "YJJBNTTBBH"
    assert columns(farmland, entry(), frame[["BSM", "geometry"]])["name"] == "BSM"
    # Rules choose the zones of the Yellow River by its name: which of the two holds is not known.
    two = {"SXMC": ["黄河"], "SSSX": ["汾河"], "HLMC": ["黄河"]}
    with pytest.raises(SourceError, match="SXMC"):
        columns(rivers, entry(), geopandas.GeoDataFrame(two, geometry=shape, crs="EPSG:4490"))


def test_what_is_stated_of_a_drawing_reaches_its_reader(tmp_path) -> None:
    gap_m = 0.4
    corners = [(112.0, 37.0), (112.1, 37.0), (112.1, 37.1), (112.0, 37.1), (112.0, 37.0 + 3e-6)]
    drawing = ezdxf.new()
    drawing.modelspace().add_lwpolyline(corners)
    inner = [(112.02, 37.02), (112.04, 37.02), (112.04, 37.04)]
    drawing.modelspace().add_lwpolyline(inner, close=True)
    drawing.saveas(tmp_path / "a.dxf")
    layer = load_catalogue().layer("ecological_redline")
    stated = entry(source="a.dxf", crs="EPSG:4490", gap=gap_m, nested="holes")
    loaded = load_official(layer, stated, tmp_path)
    assert loaded.frame is not None and not loaded.record.incomplete
    hole = shapely.Polygon(inner).area
    assert shapely.area(loaded.frame.geometry.iloc[0]) == pytest.approx(0.01 - hole, rel=1e-4)
    assumed = load_official(layer, entry(source="a.dxf", crs="EPSG:4490", gap=gap_m), tmp_path)
    assert assumed.record.incomplete


@pytest.mark.parametrize(("day", "believed"), [("2024-04-30", False), ("2024-05-01", True)])
def test_a_statement_dated_after_the_review_states_nothing(day: str, believed: bool) -> None:
    stated = entry(covers=TAIYUAN, none_in=DATONG, **SIGNED).on(date.fromisoformat(day))
    assert (stated.complete_in == TAIYUAN, stated.absent_in == DATONG) == (believed, believed)
    assert (stated.early, stated.unsigned) == (not believed, () if believed else ("date",))
    space = Workspace.model_validate({"absent": [ABSENT | {"date": "2024-05-01"}]})
    absent = space.on(date.fromisoformat(day)).entries["wetlands"]
    assert (absent.absent_in != ()) is believed
    assert entry(covers=TAIYUAN, **SIGNED).complete_in == TAIYUAN
