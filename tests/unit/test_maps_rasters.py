"""Raster layers on a page: each pixel shows the cell that it lies in, in Web Mercator."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

import numpy as np
import pyproj
import pytest
from affine import Affine

from zoning import review
from zoning.catalogue import load_catalogue
from zoning.show.map import palette, rasters
from zoning.zonal.convert import Cells

STEP, WEST, NORTH = 1 / 12, 110.0, 41.0


def grid(values, nodata=0):
    return Cells(np.asarray(values), Affine(STEP, 0, WEST, 0, -STEP, NORTH), nodata)


def read(picture: bytes):
    """Undo the picture: numbers of the palette, and the palette."""
    assert picture.startswith(b"\x89PNG")
    at, parts = 8, {}
    while at < len(picture):
        size, name = struct.unpack(">I4s", picture[at : at + 8])
        body = picture[at + 8 : at + 8 + size]
        assert struct.unpack(">I", picture[at + 8 + size : at + 12 + size])[0] == zlib.crc32(
            name + body
        )
        parts[name], at = body, at + 12 + size
    columns, rows, depth, kind = struct.unpack(">IIBB", parts[b"IHDR"][:10])
    assert (depth, kind, parts[b"tRNS"]) == (8, 3, b"\0")
    coded = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(rows, columns + 1)
    assert set(coded[:, 0]) == {2}
    palette = np.frombuffer(parts[b"PLTE"], np.uint8).reshape(-1, 3)
    return np.cumsum(coded[:, 1:], axis=0, dtype=np.uint8), palette


def test_each_cell_lies_within_half_a_pixel_of_its_place():
    """The edges between cells, by pyproj, against the rows of pixels where the picture changes."""
    rows, columns = 78, 54  # all of the province's latitudes: 34.5 to 41 degrees
    numbers = np.add.outer(np.arange(rows), np.arange(columns)) % 250 + 1
    drawn = rasters.picture(numbers.astype(np.uint8), grid(numbers))
    project = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform
    west, south, east, north = drawn.bounds
    left, bottom = project(west, south)
    right, top = project(east, north)
    high, wide = drawn.pixels.shape
    pixel = (right - left) / wide
    assert pixel == pytest.approx((top - bottom) / high, rel=1e-9)
    for line in range(1, rows):
        _, edge = project(WEST, NORTH - line * STEP)
        expected = (top - edge) / pixel
        changed = np.flatnonzero(np.diff(drawn.pixels[:, 0].astype(int)))[line - 1] + 1
        assert abs(changed - expected) <= 0.5 + 1e-6
    for line in range(1, columns):
        edge, _ = project(WEST + line * STEP, NORTH)
        changed = np.flatnonzero(np.diff(drawn.pixels[0].astype(int)))[line - 1] + 1
        assert changed == pytest.approx((edge - left) / pixel, abs=1e-6)


def test_a_picture_stretched_evenly_would_be_wrong():
    """What the reprojection is for: the middle row of such a picture, 8 km off over 6.5 degrees."""
    project = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True).transform
    _, top = project(WEST, 41.0)
    _, bottom = project(WEST, 34.5)
    _, middle = project(WEST, 37.75)
    assert abs((top + bottom) / 2 - middle) > 5_000


def test_no_data_is_transparent_and_a_ramp_ends_in_its_colours(monkeypatch):
    ramp = palette.Ramp(layer="elevation", range=(0, 100), colors=("#000000", "#ffffff"))
    monkeypatch.setattr(palette, "ramp", lambda _: ramp)
    layer = load_catalogue().layers["elevation"]
    found = rasters.colour(grid(np.array([[-1, 0, 50, 100, 900]]), nodata=-1), layer)
    assert found.numbers.tolist() == [[0, 1, 127, 254, 254]]
    assert (found.colours[0], found.colours[253]) == ((0, 0, 0), (255, 255, 255))
    assert max(abs(part - 127.5) for part in found.colours[126]) <= 1
    assert found.key("en")["ramp"]["ticks"] == ["0", "25", "50", "75", "100"]


def test_classes_keep_their_colours_and_only_what_occurs_is_in_the_key():
    layer = load_catalogue().layers["three_spaces_raster"]
    names = {1: "ecological", 2: "agricultural", 3: "urban", 9: "a class nobody declared"}
    cells = replace(grid(np.array([[1, 3, 9, 0]], dtype=np.uint8)), classes=names)
    found = rasters.colour(cells, layer)
    assert [own["name"] for own in found.key("zh")["classes"]] == ["生态空间", "城镇空间"]
    assert found.numbers.tolist() == [[1, 3, 4, 0]]
    assert found.colours[3] == (119, 119, 119)  # seen, not hidden


def test_every_raster_layer_has_its_colours():
    layers = [x for x in load_catalogue().layers.values() if x.kind == "raster"]
    assert layers
    for layer in layers:
        cells = review.read_cells(layer)
        if cells.classes:
            assert set(palette.cell_classes(layer.id, cells.classes)) == set(cells.classes)
        else:
            assert palette.ramp(layer.id) is not None, layer.id


def test_a_picture_reads_back_as_it_was_drawn():
    pixels = np.random.default_rng(1).integers(0, 4, (37, 23), dtype=np.uint8)
    colours = [(1, 2, 3), (40, 50, 60), (255, 0, 7)]
    numbers, palette = read(rasters.png(pixels, colours))
    assert (numbers == pixels).all()
    assert palette.tolist() == [[0, 0, 0], *map(list, colours)]


def test_only_the_cells_asked_for_are_drawn():
    cells = grid(np.arange(1, 101).reshape(10, 10))
    cut = rasters.cropped(cells, (110.1, 40.4, 110.3, 40.6))
    # 110.1 lies in column 1, 110.3 in column 3; 40.6 in row 4, 40.4 in row 7.
    assert cut.values[0].tolist() == [42, 43, 44]
    assert cut.values.shape == (4, 3)
    assert (cut.transform.c, cut.transform.f) == pytest.approx((WEST + STEP, NORTH - 4 * STEP))


def test_a_raster_too_large_for_a_picture_is_thinned():
    values = np.ones((2000, 2000), dtype=np.uint8)
    cells = Cells(values, Affine(0.001, 0, WEST, 0, -0.001, NORTH), None)
    drawn = rasters.picture(values, cells)
    assert drawn.pixels.size <= rasters._MOST_PIXELS
    assert drawn.bounds[2] == pytest.approx(112.0, abs=0.002)
