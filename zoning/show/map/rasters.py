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
from zoning.model import Layer
from zoning.show.map import palette
from zoning.show.map.context import note
from zoning.show.map.palette import ZoneClass
from zoning.zonal.convert import Cells

#: Radius of the sphere of Web Mercator (EPSG:3857), m.
_RADIUS_M: Final = 6_378_137.0
#: Pixels of a picture; beyond them cells are left out, evenly.
_MOST_PIXELS: Final = 3_000_000
#: Colours of a ramp; the first number of a palette is no data.
_STEPS: Final = 254
_GREY: Final = (119, 119, 119)
_OPACITY: Final = 0.7
#: Ground drawn around the place asked for, as a share of its width.
_AROUND: Final = 0.08
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


def raster_payload(
    cells: Cells, layer: Layer, lang: Lang, within: Bounds | None = None
) -> dict[str, Any]:
    """Return a raster layer as the page needs it: a picture, where it lies, and its key.

    Parameters
    ----------
    cells : Cells
        North up, in degrees.
    layer : Layer
        Its colours stand in ``layers/tables/map_classes.toml``.
    lang : {"zh", "en"}
    within : tuple of float, optional
        West, south, east, north outside which no cell is drawn.
    """
    coloured = colour(cropped(cells, within) if within is not None else cells, layer)
    drawn = picture(coloured.numbers, coloured.cells)
    return {
        "id": layer.id,
        "name": layer.name.in_(lang),
        "note": note(layer, lang),
        "image": _data_uri(png(drawn.pixels, coloured.colours)),
        "box": list(drawn.bounds),
        "opacity": _OPACITY,
        **coloured.key(lang),
    }


@dataclass(frozen=True)
class Coloured:
    """Cells as numbers of a palette, 0 without data, and what the colours stand for.

    Attributes
    ----------
    numbers : ndarray of uint8, shape (rows, columns)
    colours : list of (int, int, int)
        Red, green and blue of number 1, 2, and so on.
    classes : tuple of ZoneClass
        Those that occur; empty for a quantity.
    ramp : tuple of str
        Colours of a quantity, from ``low`` to ``high``.
    """

    cells: Cells
    numbers: NDArray[np.uint8]
    colours: list[tuple[int, int, int]]
    classes: tuple[ZoneClass, ...] = ()
    ramp: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0

    def key(self, lang: Lang) -> dict[str, Any]:
        """Return classes and their colours, or the colours of the ramp with their values."""
        if not self.ramp:
            return {
                "classes": [{"name": x.title.in_(lang), "color": x.color} for x in self.classes]
            }
        ticks = np.linspace(self.low, self.high, _TICKS).round(6).tolist()
        unit = {"degree": "°"}.get(self.cells.unit, self.cells.unit)
        ramp = {"colors": list(self.ramp), "ticks": [f"{x:g}" for x in ticks], "unit": unit}
        return {"ramp": ramp}


def colour(cells: Cells, layer: Layer) -> Coloured:
    """Return cells in the colours declared for a layer; a code without one is drawn grey.

    A quantity takes equal steps of its ramp, and beyond the ends of its range their colours.
    """
    held = _held(cells)
    if cells.classes:
        return _classed(cells, held, palette.cell_classes(layer.id, cells.classes))
    values = cells.values[held].astype(float) * cells.scale
    own = palette.ramp(layer.id)
    ends = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    low, high = own.range if own is not None else ends
    ramp = own.colors if own is not None else ("#ffffff", layer.style.color)
    share = np.clip((values - low) / ((high - low) or 1.0), 0.0, 1.0)
    numbers = np.zeros(cells.values.shape, dtype=np.uint8)
    numbers[held] = np.rint(share * (_STEPS - 1)) + 1
    return Coloured(cells, numbers, _between(ramp, _STEPS), ramp=ramp, low=low, high=high)


def _classed(cells: Cells, held: NDArray[np.bool_], classes: Mapping[int, ZoneClass]) -> Coloured:
    numbers = np.zeros(cells.values.shape, dtype=np.uint8)
    numbers[held] = len(classes) + 1
    met = []
    for at, (code, own) in enumerate(classes.items(), start=1):
        here = held & (cells.values == code)
        numbers[here] = at
        if here.any():
            met.append(own)
    colours = [*(_rgb(own.color) for own in classes.values()), _GREY]
    return Coloured(cells, numbers, colours, classes=tuple(met))


def widened(within: Bounds) -> Bounds:
    """Return bounds with some of their surroundings."""
    west, south, east, north = within
    pad = _AROUND * max(east - west, north - south)
    return west - pad, south - pad, east + pad, north + pad


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


def _latitude(northing: NDArray[Any]) -> NDArray[Any]:
    return np.degrees(np.arctan(np.sinh(northing / _RADIUS_M)))


def _held(cells: Cells) -> NDArray[np.bool_]:
    """Where there is data."""
    held = np.ones(cells.values.shape, dtype=bool)
    if np.issubdtype(cells.values.dtype, np.floating):
        held = np.isfinite(cells.values)
    return held if cells.nodata is None else held & (cells.values != cells.nodata)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _between(colours: Sequence[str], steps: int) -> list[tuple[int, int, int]]:
    """Return as many colours, evenly between those of a ramp."""
    fixed = np.array([_rgb(color) for color in colours], dtype=float)
    at = np.linspace(0.0, len(fixed) - 1.0, steps)
    found = [np.interp(at, np.arange(len(fixed)), fixed[:, band]) for band in range(3)]
    return [(round(r), round(g), round(b)) for r, g, b in zip(*found, strict=True)]


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
