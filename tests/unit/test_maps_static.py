"""Still pictures: right size, reproducible, in both languages, PNG, PDF and SVG."""

from __future__ import annotations

import struct
import sys

import geopandas
import pytest
from report_samples import styles
from shapely.geometry import LineString, Point, box

from zoning.base.errors import MissingExtraError, UsageError
from zoning.show.map import fonts, static


def frames():
    def frame(name, shape):
        return geopandas.GeoDataFrame(
            {"name": [name], "name_en": ["Here"]}, geometry=[shape], crs="EPSG:4490"
        )

    return {
        "province": frame("山西省", box(110.2, 34.5, 114.5, 40.7)),
        "main_rivers": frame("汾河", LineString([(112.0, 38.5), (111.0, 36.0)])),
        "springs": frame("晋祠泉", Point(112.4, 37.7)),
    }


@pytest.fixture
def matplotlib():
    return pytest.importorskip("matplotlib", reason="the extra zoning[plot] is not installed")


@pytest.fixture
def chinese(matplotlib):
    assert fonts.chinese_font(), "the extra zoning[plot] brings one"


def size(path) -> tuple[int, int]:
    return struct.unpack(">II", path.read_bytes()[16:24])


def test_a_picture_has_the_size_asked_for_and_the_same_bytes(tmp_path, matplotlib):
    first = static.save_figure(frames(), styles(), tmp_path / "new" / "a.png", "en", dpi=50)
    assert size(first) == (315, 400)
    again = static.save_figure(frames(), styles(), tmp_path / "b.png", "en", dpi=50)
    assert first.read_bytes() == again.read_bytes()


def test_chinese_is_drawn_not_boxed(tmp_path, chinese):
    # A glyph the font lacks is a warning of matplotlib, and warnings are errors here.
    path = static.save_figure(frames(), styles(), tmp_path / "a.png", "zh", title="主要河流")
    assert path.stat().st_size > 5_000


def test_without_a_font_for_chinese_it_says_which_to_install(tmp_path, matplotlib, monkeypatch):
    monkeypatch.setattr(fonts, "_FONTS", ("No Such Font",))
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_package")
    with pytest.raises(UsageError, match="pylopdf-fonts-zh-cn"):
        static.save_figure(frames(), styles(), tmp_path / "a.png", "zh")
    assert not list(tmp_path.iterdir())


def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"\[plot\]"):
        static.save_figure(frames(), styles(), tmp_path / "a.png", "en")


def test_the_suffix_decides_what_is_drawn(tmp_path, chinese):
    starts = {".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml"}
    for suffix, start in starts.items():
        first, again = (
            static.save_figure(frames(), styles(), tmp_path / f"{n}{suffix}", "zh", dpi=40)
            for n in "ab"
        )
        assert first.read_bytes().startswith(start)
        assert first.read_bytes() == again.read_bytes(), suffix
    for wrong in ("a.gif", "a", "a.html"):
        with pytest.raises(UsageError, match="suffix"):
            static.save_figure(frames(), styles(), tmp_path / wrong, "en")


def test_a_map_is_never_a_page_under_the_name_of_a_picture(tmp_path, chinese):
    from zoning.api.map import save_briefing_map

    save_briefing_map(tmp_path / "k.png", layers=["cities"], lang="zh")
    assert (tmp_path / "k.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match="suffix"):
        save_briefing_map(tmp_path / "k.gif", layers=["cities"])
    assert [p.name for p in tmp_path.iterdir()] == ["k.png"]


def test_degrees_are_written_as_the_step_needs():
    from zoning.show.map.furniture import _degrees

    assert _degrees(111.5, 0.5, "E") == "111°30′E"
    assert _degrees(36.0, 1.0, "N") == "36°N"
    # 36.341666… is 36° 20' 30".
    assert _degrees(36 + 20.5 / 60, 30 / 3600, "N") == "36°20′30″N"
