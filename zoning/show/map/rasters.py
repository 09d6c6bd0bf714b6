"""Raster layers as pictures that lie on the map to within half a pixel of their cells.

The page is drawn in Web Mercator, whose northings stretch with latitude: a picture of a grid in
degrees must be drawn anew row by row, since a browser would only stretch it evenly, which is 3 km
off in the middle of the province.
"""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zoning.messages import Lang
from zoning.model import CellClass, Layer
from zoning.show.map.context import note
from zoning.zonal.convert import Cells

#: Radius of the sphere of Web Mercator (EPSG:3857), m.
_RADIUS_M: Final = 6_378_137.0
#: Pixels of a picture; beyond them cells are left out, evenly.
_MOST_PIXELS: Final = 3_000_000
#: The first number of a palette is no data, the others colours.
_COLOURS: Final = 255
#: Ticks of a ramp's key.
_TICKS: Final = 5

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Picture:
    """Numbers of a palette on a grid of square Web Mercator pixels.

    Attributes
    ----------
    pixels : ndarray of uint8, shape (rows, columns)
        0 where there is no data.
    bounds : tuple of float
        West, south, east, north of the outer edges, degrees.
    """

    pixels: NDArray[np.uint8]
    bounds: Bounds


def raster_payload(cells: Cells, layer: Layer, lang: Lang, within: Bounds | None) -> dict[str, Any]:
    """Return a raster layer as the page needs it: a picture, where it lies, and its key.

    Parameters
    ----------
    cells : Cells
        North up, in degrees.
    layer : Layer
        Its ``style`` says the colours: ``classes`` by code, or a ``ramp``.
    lang : {"zh", "en"}
    within : tuple of float, optional
        West, south, east, north outside which no cell is drawn.
    """
    cells = cropped(cells, within) if within is not None else cells
    found = _classed(cells, layer.style.cells) if layer.style.cells else _ramped(cells, layer)
    numbers, colours = found
    drawn = picture(numbers, cells)
    return {
        "id": layer.id,
        "name": layer.name.in_(lang),
        "note": note(layer, lang),
        "image": _data_uri(png(drawn.pixels, colours)),
        "box": list(drawn.bounds),
        "opacity": layer.style.fill_opacity,
        **_key(cells, layer, numbers, lang),
    }


def cropped(cells: Cells, within: Bounds) -> Cells:
    """Return the cells that lie in or on the edge of some bounds; one at least."""
    from affine import Affine

    west, south, east, north = within
    step, left, top = _corner(cells)
    rows, columns = cells.values.shape
    first, last = _span((west - left) / step, (east - left) / step, columns)
    upper, lower = _span((top - north) / step, (top - south) / step, rows)
    moved = Affine(step, 0.0, left + first * step, 0.0, -step, top - upper * step)
    return replace(cells, values=cells.values[upper:lower, first:last], transform=moved)


def _span(low: float, high: float, most: int) -> tuple[int, int]:
    first = min(max(math.floor(low), 0), most - 1)
    return first, min(max(math.ceil(high), first + 1), most)


def _corner(cells: Cells) -> tuple[float, float, float]:
    """Cell in degrees, and west and north edge; cells of a picture are square and north up."""
    turn = cells.transform
    assert turn.b == turn.d == 0 and math.isclose(turn.a, -turn.e), "north up, square cells"
    return float(turn.a), float(turn.c), float(turn.f)


def picture(numbers: NDArray[np.uint8], cells: Cells) -> Picture:
    """Draw cells anew in Web Mercator: each pixel takes the cell that its centre lies in.

    Columns of pixels and of cells coincide, so an edge between cells is displaced by no more than
    half a pixel, and only northwards or southwards.
    """
    step, west, north = _corner(cells)
    rows, columns = numbers.shape
    # Two pixels a cell where there is room, so that rows of one cell look equally high; of a
    # raster too large for a picture, every second or third cell.
    fine = 2 if 4 * rows * columns * 1.3 <= _MOST_PIXELS else 1
    skip = max(1, math.ceil(math.sqrt(rows * columns * 1.3 / _MOST_PIXELS)))
    pixel = _RADIUS_M * math.radians(step) * skip / fine
    wide = math.ceil(columns * fine / skip)
    top, bottom = _northing(north), _northing(north - rows * step)
    high = math.ceil((top - bottom) / pixel - 1e-9)
    centres = _latitude(top - (np.arange(high) + 0.5) * pixel)
    row = np.floor((north - centres) / step).astype(int)
    column = np.floor((np.arange(wide) + 0.5) * skip / fine).astype(int)
    out = np.zeros((high, wide), dtype=np.uint8)
    held = row < rows
    known = column < columns
    out[np.ix_(held, known)] = numbers[np.ix_(row[held], column[known])]
    south = float(_latitude(np.array([top - high * pixel]))[0])
    return Picture(out, (west, south, west + wide * step * skip / fine, north))


def _northing(latitude: float) -> float:
    return _RADIUS_M * math.asinh(math.tan(math.radians(latitude)))


def _latitude(northing: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.degrees(np.arctan(np.sinh(northing / _RADIUS_M)))


def _classed(
    cells: Cells, classes: Sequence[CellClass]
) -> tuple[NDArray[np.uint8], list[tuple[int, int, int]]]:
    """Numbers and colours of a class raster; a code without a colour is drawn grey."""
    numbers = np.zeros(cells.values.shape, dtype=np.uint8)
    held = _held(cells)
    numbers[held] = len(classes) + 1
    for at, own in enumerate(classes, start=1):
        numbers[held & (cells.values == own.code)] = at
    return numbers, [*(_rgb(own.color) for own in classes), (119, 119, 119)]


def _ramped(cells: Cells, layer: Layer) -> tuple[NDArray[np.uint8], list[tuple[int, int, int]]]:
    """Numbers and colours of a quantity: equal steps of the ramp; beyond its ends, the ends."""
    low, high = _ends(cells, layer)
    values = cells.values.astype(float) * cells.scale
    share = np.clip((values - low) / ((high - low) or 1.0), 0.0, 1.0)
    steps = _COLOURS - 1
    numbers = np.where(_held(cells), np.rint(share * (steps - 1)) + 1, 0).astype(np.uint8)
    return numbers, _between(layer.style.ramp or ("#ffffff", layer.style.color), steps)


def _held(cells: Cells) -> NDArray[np.bool_]:
    """Where there is data."""
    held = np.ones(cells.values.shape, dtype=bool)
    if np.issubdtype(cells.values.dtype, np.floating):
        held = np.isfinite(cells.values)
    return held if cells.nodata is None else held & (cells.values != cells.nodata)


def _ends(cells: Cells, layer: Layer) -> tuple[float, float]:
    """The least and largest value of a ramp: as declared, else of the raster itself."""
    if layer.style.ramp_range is not None:
        return layer.style.ramp_range
    values = cells.values[_held(cells)].astype(float) * cells.scale
    return (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _between(colours: Sequence[str], steps: int) -> list[tuple[int, int, int]]:
    """Return as many colours, evenly between those of a ramp."""
    fixed = np.array([_rgb(color) for color in colours], dtype=float)
    at = np.linspace(0.0, len(fixed) - 1.0, steps)
    found = [np.interp(at, np.arange(len(fixed)), fixed[:, band]) for band in range(3)]
    return [(round(r), round(g), round(b)) for r, g, b in zip(*found, strict=True)]


def _key(cells: Cells, layer: Layer, numbers: NDArray[np.uint8], lang: Lang) -> Mapping[str, Any]:
    """Key of a picture: classes that occur in it, or the colours of the ramp with their values."""
    if layer.style.cells:
        met = set(np.unique(numbers).tolist())
        return {
            "classes": [
                {"name": own.title.in_(lang), "color": own.color}
                for at, own in enumerate(layer.style.cells, start=1)
                if at in met
            ]
        }
    low, high = _ends(cells, layer)
    colours = list(layer.style.ramp or ("#ffffff", layer.style.color))
    ticks = [f"{value:g}" for value in np.linspace(low, high, _TICKS).round(6).tolist()]
    unit = {"degree": "°"}.get(cells.unit, cells.unit)
    return {"ramp": {"colors": colours, "ticks": ticks, "unit": unit}}


def png(pixels: NDArray[np.uint8], colours: Sequence[tuple[int, int, int]]) -> bytes:
    """Return a palette picture; number 0 is transparent, number n the n-th colour."""
    rows, columns = pixels.shape
    # Each row as its difference from the one above, which for repeated rows is nothing.
    lines = np.vstack([np.zeros((1, columns), np.uint8), pixels])
    coded = np.empty((rows, columns + 1), dtype=np.uint8)
    coded[:, 0] = 2
    coded[:, 1:] = lines[1:] - lines[:-1]
    palette = bytes([0, 0, 0, *(part for color in colours for part in color)])
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, body)
        for name, body in (
            (b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)),
            (b"PLTE", palette),
            (b"tRNS", b"\x00"),
            (b"IDAT", zlib.compress(coded.tobytes(), 9)),
            (b"IEND", b""),
        )
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _data_uri(picture: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(picture).decode('ascii')}"
