"""Which files a suggested workspace uses: a name that says otherwise, and rivals, are comments."""

from __future__ import annotations

from pathlib import Path

import geopandas
import pytest
import shapely

from zoning.catalogue import load_catalogue
from zoning.review.recognition import recognise
from zoning.review.suggestion import suggest_entries

CATALOGUE = load_catalogue()
SHAPE = [shapely.box(111.5, 36.3, 111.6, 36.4)]


def suggested(folder: Path, *names: str) -> dict[str, str]:
    """The entry of each file, by the file's name."""
    for name in names:
        frame = geopandas.GeoDataFrame({"MC": ["甲"]}, geometry=SHAPE, crs="EPSG:4490")
        frame.to_file(folder / f"{name}.gpkg")
    entries = suggest_entries((), folder, "en")
    return {name: e for name in names for e in entries if f'source = "{name}.gpkg"' in e}


def active(entries: dict[str, str]) -> dict[str, str]:
    """The layer of each file that is used."""
    lines = ((name, line) for name, entry in entries.items() for line in entry.splitlines())
    return {name: line[8:-1] for name, line in lines if line.startswith("[layers.")}


def test_of_two_editions_none_is_used(tmp_path: Path) -> None:
    entries = suggested(tmp_path, "生态保护红线2018", "生态保护红线2023")
    assert active(entries) == {}
    assert (
        "and 生态保护红线2023.gpkg all seem to be ecological_redline" in entries["生态保护红线2018"]
    )
    assert "# [layers.ecological_redline]" in entries["生态保护红线2023"]


def test_the_one_whose_name_says_just_that_is_used(tmp_path: Path) -> None:
    entries = suggested(tmp_path, "A区永久基本农田", "永久基本农田", "永久基本农田补充")
    assert active(entries) == {"永久基本农田": "permanent_basic_farmland"}
    assert "永久基本农田.gpkg is used" in entries["A区永久基本农田"]


def test_two_exact_names_are_rivals_too(tmp_path: Path) -> None:
    assert active(suggested(tmp_path, "STBHHX", "生态保护红线")) == {}


def test_parts_of_a_province_do_not_stand_for_it(tmp_path: Path) -> None:
    assert active(suggested(tmp_path, "洪洞县STBHHX", "赵城STBHHX")) == {}


def test_a_layer_with_rivals_is_not_suggested_as_absent(tmp_path: Path) -> None:
    suggested(tmp_path, "生态保护红线2018", "生态保护红线2023")
    absent = [e for e in suggest_entries((), tmp_path, "en") if "none_in" in e]
    assert absent and not any('"ecological_redline"' in e for e in absent)


@pytest.mark.parametrize(
    "name",
    ["非耕地", "不在自然保护区说明", "城镇开发边界外集体建设用地", "林地以外",
     "拟建项目地块_耕地占补", "临时用地_永久基本农田", "采矿权_注销", "耕地后备资源",
     "退耕还林地块", "项目STBHHX"],
)  # fmt: skip
def test_a_name_that_says_otherwise_is_no_layer(tmp_path: Path, name: str) -> None:
    entries = suggested(tmp_path, name)
    assert active(entries) == {} and "[layers.LAYER_ID]" in entries[name]
    assert "since its name says" in entries[name]


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("永久基本农田储备区", "pbf_reserve"),
        ("永久基本农田", "permanent_basic_farmland"),
        ("2023年洪洞县耕地", "cropland"),
        ("规划区外污染地块", "contaminated_land"),
        ("STBHHX_final", "ecological_redline"),
    ],
)
def test_a_single_file_is_used_by_the_longest_word_of_its_name(
    tmp_path: Path, name: str, layer: str
) -> None:
    assert active(suggested(tmp_path, name)) == {name: layer}


def test_the_table_says_more_than_its_file(tmp_path: Path) -> None:
    found = recognise(CATALOGUE, ("STBHHX", "项目数据"), None)
    assert found.layer is not None and (found.layer.id, found.exact) == ("ecological_redline", True)
    assert recognise(CATALOGUE, ("a", "项目数据 耕地"), None).word == "项目"
