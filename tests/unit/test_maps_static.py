"""The still picture: right size, reproducible, in both languages."""

from __future__ import annotations

import struct
import sys

import geopandas
import pytest
from report_samples import styles
from shapely.geometry import LineString, Point, box

from zoning.base.errors import MissingExtraError, UsageError
from zoning.show.map import static


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
    from matplotlib.font_manager import fontManager

    if not set(fontManager.get_font_names()) & set(static._FONTS):
        pytest.skip("no font for Chinese; .ci/browser.sh installs one")


def size(path) -> tuple[int, int]:
    return struct.unpack(">II", path.read_bytes()[16:24])


def test_a_picture_has_the_size_asked_for_and_the_same_bytes(tmp_path, matplotlib):
    first = static.save_png(frames(), styles(), tmp_path / "new" / "a.png", "en", dpi=50)
    assert size(first) == (300, 375)
    again = static.save_png(frames(), styles(), tmp_path / "b.png", "en", dpi=50)
    assert first.read_bytes() == again.read_bytes()


def test_chinese_is_drawn_not_boxed(tmp_path, chinese):
    # A glyph the font lacks is a warning of matplotlib, and warnings are errors here.
    path = static.save_png(frames(), styles(), tmp_path / "a.png", "zh", title="主要河流")
    assert path.stat().st_size > 5_000


def test_without_a_font_for_chinese_it_says_which_to_install(tmp_path, matplotlib, monkeypatch):
    monkeypatch.setattr(static, "_FONTS", ("No Such Font",))
    with pytest.raises(UsageError, match="fonts-noto-cjk"):
        static.save_png(frames(), styles(), tmp_path / "a.png", "zh")
    assert not list(tmp_path.iterdir())


def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"\[plot\]"):
        static.save_png(frames(), styles(), tmp_path / "a.png", "en")
