"""Tables without pandas: the same rows as a frame, and what is kept of them comes back."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from zoning.base import cache
from zoning.base.arrays import Arrays, write_arrays
from zoning.base.columns import Column, packed, rounded, unpacked
from zoning.base.settings import data_dir
from zoning.base.table import Table
from zoning.catalogue import embedded, load_catalogue, registry

FRAME = gpd.GeoDataFrame(
    {
        "name": ["甲", None, "乙"],
        "n": [1, 2, 2],
        "x": [0.5, np.nan, 2.0],
        "yes": [True, False, True],
    },
    geometry=gpd.points_from_xy([112, 113, 114], [37, 38, 39]),
    crs=4490,
)


def test_a_table_answers_as_its_frame_does():
    table = Table.of(FRAME)
    assert len(table) == 3 and table.columns == ("name", "n", "x", "yes") and "n" in table
    for name, values in (("name", ["甲", "丙"]), ("n", [2]), ("x", [0.5]), ("yes", [True])):
        assert table.isin(name, values).tolist() == FRAME[name].isin(values).tolist()
        assert table.isna(name).tolist() == FRAME[name].isna().tolist()
    some = table.take(np.array([2, 0]))
    assert some.index.tolist() == [2, 0]
    assert_geodataframe_equal(some.frame, FRAME.iloc[[2, 0]])
    assert_geodataframe_equal(some.numbered().frame, FRAME.iloc[[2, 0]].reset_index(drop=True))
    assert table.take(np.array([2, 0]), ["x"]).rows() == [{"x": 2.0}, {"x": 0.5}]
    assert table.take(table["yes"], ["name"]).rows() == [{"name": "甲"}, {"name": "乙"}]
    assert table.frame is FRAME


def test_kept_columns_answer_as_the_table_does(tmp_path):
    table = Table.of(FRAME)
    about, arrays = packed(table)
    write_arrays(tmp_path / "kept", about, arrays)
    kept = Arrays(tmp_path / "kept")
    for number, (name, values) in enumerate(
        (("name", ["甲", "丙"]), ("n", [2]), ("x", [0.5]), ("yes", [True]))
    ):
        column = Column(number, kept)
        assert column.isin(values).tolist() == table.isin(name, values).tolist()
        assert column.isna().tolist() == table.isna(name).tolist()
        assert column.words.all == table.words(name).all == ({"甲", "乙"} if not number else set())


def test_a_table_without_columns_has_rows_all_the_same():
    shapes = shapely.points([[112.0, 37.0], [113.0, 38.0]])
    table = Table({}, np.array([4, 7]), shapes)
    assert table.rows() == [{}, {}]
    assert table.frame.index.tolist() == [4, 7]


@pytest.mark.parametrize("file", sorted(n for n in registry() if n.endswith(".fgb")))
def test_embedded_zones_are_kept_as_they_were_read(file, tmp_path):
    read = gpd.read_file(data_dir() / file, engine="pyogrio")
    about, arrays = packed(Table.of(read))
    write_arrays(tmp_path / "kept", about, arrays)
    assert_geodataframe_equal(unpacked(Arrays(tmp_path / "kept")).frame, read)


def test_damaged_zones_are_read_again(tmp_path, monkeypatch):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    layer = load_catalogue().layer("lakes_5")
    embedded._read.cache_clear()
    first = embedded.load_layer(layer)
    (kept,) = Path(tmp_path, "layers").glob("*.table.*")
    content = bytearray(kept.read_bytes())
    content[-200:-100] = bytes(100)
    kept.write_bytes(content)
    embedded._read.cache_clear()
    again = embedded.load_layer(layer)
    assert_geodataframe_equal(again.frame, first.frame)
    assert kept.read_bytes() != bytes(content)  # and kept again
    embedded._read.cache_clear()


@pytest.mark.parametrize(("values", "kind"), [([True, None], "boolean"), (["x", None], "string")])
def test_a_value_that_pandas_calls_missing_is_nothing(values, kind):
    shapes = shapely.points([[112.0, 37.0], [113.0, 38.0]])
    frame = gpd.GeoDataFrame({"a": pd.array(values, dtype=kind)}, geometry=shapes, crs=4490)
    table = Table.of(frame)
    assert table.isna("a").tolist() == [False, True]
    assert table.isin("a", values[:1]).tolist() == [True, False]
    assert table.rows()[1] == {"a": None}


def test_figures_are_rounded_by_columns_as_they_are_singly():
    halves = np.array([2.675, 1.0005, 0.0005, 2.5e-7, 2.0**51 + 0.5, 1e300, -0.0, -0.0001])
    values = np.concatenate([halves, np.arange(2_000) * 0.0005, np.arange(2_000) / 3_000])
    values = np.concatenate([values, np.nextafter(values, np.inf), np.nextafter(values, -np.inf)])
    for digits in (3, 6):
        told = [round(value, digits) for value in values.tolist()]
        assert rounded(values, digits).tobytes() == np.array(told).tobytes()
    assert np.isnan(rounded(np.array([np.inf, -np.inf, np.nan]), 3)).all()
