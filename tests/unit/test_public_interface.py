"""What ``import zoning`` offers: names, types, and everything a user may hold in hand."""

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import geopandas
import pytest
import shapely

import zoning
from zoning.base.errors import SourceError, UsageError

EXAMPLES = Path(__file__).parents[2] / "examples" / "projects.geojson"
DAY = date(2026, 11, 21)


def test_every_public_name_is_there_and_documented():
    for name in zoning.__all__:
        thing = getattr(zoning, name)
        assert name == "__version__" or thing.__doc__, name
    assert len(zoning.__all__) <= 25
    assert set(zoning.__all__) == set(dir(zoning))
    with pytest.raises(AttributeError):
        _ = zoning.pipeline


def test_importing_the_package_is_light():
    code = "import zoning, sys; sys.exit(len({'numpy', 'pandas', 'pydantic'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def statuses(report):
    return [[(f.rule, f.status) for f in result.findings] for result in report.results]


def test_a_path_a_list_and_a_frame_review_alike():
    by_path = zoning.check(EXAMPLES, as_of=DAY)
    assert statuses(zoning.check([str(EXAMPLES)], as_of=DAY)) == statuses(by_path)
    usable = geopandas.read_file(EXAMPLES)
    by_frame = zoning.check(usable, as_of=DAY)
    assert statuses(by_frame) == statuses(by_path)
    assert by_frame.inputs[0].driver == "GeoDataFrame"
    assert by_frame.inputs[0].sha256 == zoning.check(usable, as_of=DAY).inputs[0].sha256


def test_a_geometry_with_attributes_is_a_site():
    shape = geopandas.read_file(EXAMPLES).geometry[0]
    options = zoning.ReadOptions(crs="EPSG:4326")
    report = zoning.check(
        shape, attributes={"id": "x", "行业代码": "2521", "建设性质": "新建"},
        options=options, as_of=DAY,
    )  # fmt: skip
    assert report.results[0].project.id == "x"
    assert report.results[0].project.attributes["industry"] == "2521"
    assert report.status == "violation"


def test_what_cannot_be_reviewed_says_so():
    with pytest.raises(SourceError, match="coordinate system"):
        zoning.check(shapely.box(600000, 4100000, 600100, 4100100), as_of=DAY)
    with pytest.raises(SourceError):
        zoning.check(geopandas.GeoDataFrame(geometry=[], crs=4490), as_of=DAY)
    with pytest.raises(UsageError, match="nothing that can be reviewed"):
        zoning.check(123, as_of=DAY)
    for nothing in ([], ()):
        with pytest.raises(UsageError, match="No file"):
            zoning.check(nothing, as_of=DAY)
    frame = geopandas.GeoDataFrame({"a": [1]}, geometry=[shapely.box(112, 37, 113, 38)], crs=4490)
    twice = geopandas.GeoDataFrame(frame[["a", "a", "geometry"]], crs=4490)
    with pytest.raises(SourceError, match="share a name: a"):
        zoning.check(twice, as_of=DAY)
    for other in (frame.geometry, b"x", geopandas.GeoDataFrame({"a": [1]})):
        with pytest.raises(UsageError, match="nothing that can be reviewed"):
            zoning.check(other, as_of=DAY)
    with pytest.raises(UsageError):
        zoning.check(EXAMPLES, attributes={"industry": "2521"}, as_of=DAY)


def test_values_show_themselves_briefly():
    report = zoning.check(EXAMPLES, as_of=DAY)
    catalogue = zoning.load_catalogue()
    assert len(repr(report)) < 200
    assert len(repr(catalogue)) < 200
    for value in (report, catalogue, catalogue.layer("main_rivers")):
        page = value._repr_html_()
        assert page.startswith("<table>") and len(page) < 30_000
    assert "洪洞焦化二期" in report._repr_html_()


def test_markup_in_names_is_inert_in_notebooks():
    from zoning.base.html import table_html

    assert "<b>" not in table_html("t", ["a"], [["<b>x</b>"]])


def test_a_report_answers_from_what_it_holds(tmp_path, monkeypatch):
    report = zoning.check(EXAMPLES, as_of=DAY, only=["R002-001"])
    monkeypatch.setattr("zoning.catalogue.load.load_catalogue", None)
    assert any("R002-001" in line for line in zoning.explain(report, "P01").lines("en"))
    assert zoning.ask(report) is not None
    report.save_map(tmp_path / "m.html", "en")
    monkeypatch.setattr("zoning.api.drawn.MOST_MAPPED", 3)
    report.save_map(tmp_path / "few.html", "en")
    assert "Of 10 sites the 3 most severe" in (tmp_path / "few.html").read_text("utf-8")
    report.save(tmp_path / "f.csv", "en")


VERBS = [name for name in zoning.__all__ if callable(getattr(zoning, name)) and name.islower()]


@pytest.mark.parametrize("name", VERBS)
def test_docstrings_are_complete(name):
    import inspect

    function = getattr(zoning, name)
    text = inspect.getdoc(function)
    signature = inspect.signature(function)
    if signature.parameters:
        told = text.split("Parameters\n----------\n")[1].split("\n\n")[0]
        for parameter in signature.parameters:
            assert re.search(rf"^\**(.*, )?{parameter}(,.*)?( :.*)?$", told, re.M), parameter
    assert "Returns\n-------" in text
    assert "Raises\n------" in text or name == "ask"
