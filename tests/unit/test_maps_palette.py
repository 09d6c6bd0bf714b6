"""Colours: one a class, told apart by the colour-blind, legible under white signs."""

from __future__ import annotations

from itertools import combinations

import geopandas
import numpy as np
import pytest
from shapely.geometry import Point

from zoning.catalogue.load import load_catalogue
from zoning.model import Status
from zoning.show.map import palette

#: Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
BLINDNESS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "normal": np.eye(3).tolist(),
}  # fmt: skip


#: Of more classes not all can be told apart; land cover has seventeen, forests near one another.
MOST = 8


def linear(color: str) -> np.ndarray:
    rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear sRGB under D65."""
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.array(matrix) @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    f = [t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, two: str, blindness: str) -> float:
    matrix = np.array(BLINDNESS[blindness])
    return float(np.linalg.norm(lab(matrix @ linear(one)) - lab(matrix @ linear(two))))


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_classes_of_one_layer_are_told_apart(blindness):
    # 10 units are some four times what is just seen side by side.
    for entry in palette._table().values():
        if len(entry.classes) > MOST:
            continue
        for one, two in combinations(entry.classes, 2):
            assert apart(one.color, two.color, blindness) > 10, (one.value, two.value)


def test_a_white_sign_reads_on_every_status():
    for status, look in palette.STATUS.items():
        luminance = float(np.dot([0.2126, 0.7152, 0.0722], linear(look.color)))
        assert 1.05 / (luminance + 0.05) >= 4.5, status


def test_no_two_statuses_look_alike_without_colour():
    looks = [(look.hatch, look.shape) for look in palette.STATUS.values()]
    assert set(palette.STATUS) == set(Status)
    assert len(set(looks)) == len(looks)


def test_the_table_names_layers_and_columns_that_exist():
    catalogue = load_catalogue()
    for name, entry in palette._table().items():
        layer = catalogue.layer(name)
        if layer.kind == "raster":  # its codes have names of their own: see test_maps_rasters
            continue
        assert entry.field in {f.name for f in layer.fields}, name
        field = next(f for f in layer.fields if f.name == entry.field)
        values = {own.value for own in entry.classes}
        assert not field.values or values <= set(field.values), name


def test_classes_that_do_not_occur_are_not_in_the_legend():
    frame = geopandas.GeoDataFrame(
        {"space": ["urban", None, "ecological", "sea"]}, geometry=[Point(112, 37)] * 4,
        crs="EPSG:4490",
    )  # fmt: skip
    classes, numbers = palette.classes_of("three_spaces", frame)
    assert [x.value for x in classes] == ["ecological", "urban"]
    assert numbers == [1, None, 0, None]
    assert palette.classes_of("counties", frame) == ((), [None] * 4)
