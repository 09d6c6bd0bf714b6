"""Tiles as one raster: a folder or a list of them, described to GDAL without copying a cell.

The description is a VRT, which is a text that GDAL opens like a file. What lies between tiles has
no data, also where the tiles name no value for that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import numpy as np
import rasterio
from rasterio.errors import RasterioIOError

from zoning.base.errors import Problem, SourceError, problem

#: Suffixes of tiles in a folder.
SUFFIXES: Final = (".tif", ".tiff", ".img")
#: Tiles must lie on one grid to this share of a cell.
_ALIGNED: Final = 1e-3
_TYPES: Final = {
    "uint8": "Byte", "int8": "Int8", "uint16": "UInt16", "int16": "Int16", "uint32": "UInt32",
    "int32": "Int32", "uint64": "UInt64", "int64": "Int64", "float32": "Float32",
    "float64": "Float64",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Tile:
    """The header of a tile."""

    path: str
    crs: Any
    transform: Any
    width: int
    height: int
    dtypes: tuple[str, ...]
    nodata: tuple[float | None, ...]
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    block: tuple[int, int]

    @property
    def alike(self) -> tuple[Any, ...]:
        """What all tiles must share; NaN is as good a value as any."""
        nodata = tuple("nan" if v is not None and np.isnan(v) else v for v in self.nodata)
        return self.crs, self.dtypes, nodata, self.scales, self.offsets


def tiles_of(raster: Any) -> list[Path] | None:
    """Return the tiles that a folder or a list stands for; None for a single raster."""
    if isinstance(raster, list | tuple):
        return [Path(tile) for tile in raster]
    if isinstance(raster, str | os.PathLike) and Path(raster).is_dir():
        found = (p for p in sorted(Path(raster).iterdir()) if p.suffix.lower() in SUFFIXES)
        return [path for path in found if not path.name.startswith(".")]
    return None


def describe(tiles: Sequence[Path], name: str) -> str:
    """Return tiles as a VRT.

    Parameters
    ----------
    tiles : sequence of Path
    name : str
        What they are called together.

    Raises
    ------
    SourceError
        ``tiles-none``, ``raster-unreadable``; ``tiles-differ`` where they are not of one grid, type
        and value for no data; ``tiles-overlap``.
    """
    if not tiles:
        raise SourceError(problem("tiles-none", file=name))
    read = [_header(path) for path in tiles]
    first = read[0]
    problems = [_differ(tile, first) for tile in read if not _fits(tile, first)]
    if problems:
        raise SourceError(problems[:10])
    left = min(tile.transform.c for tile in read)
    top = _top(read)
    places = [
        (
            round((t.transform.c - left) / t.transform.a),
            round((t.transform.f - top) / t.transform.e),
        )
        for t in read
    ]
    _require_apart(read, places, name)
    return "".join(_vrt(read, places, left, top))


def _header(path: Path) -> _Tile:
    try:
        with rasterio.open(path) as found:
            return _Tile(
                str(path.resolve()),
                found.crs,
                found.transform,
                found.width,
                found.height,
                tuple(found.dtypes),
                tuple(found.nodatavals),
                tuple(found.scales),
                tuple(found.offsets),
                found.block_shapes[0],
            )
    except RasterioIOError as error:
        raise SourceError(problem("raster-unreadable", file=str(path), error=error)) from error


def _fits(tile: _Tile, first: _Tile) -> bool:
    """Return whether a tile is of the grid of the first, north up, and of its type."""
    a, b, c, d, e, f = tuple(tile.transform)[:6]
    own = first.transform
    if tile.alike != first.alike or b or d or a <= 0 or e >= 0:
        return False
    same = np.allclose([a, e], [own.a, own.e], rtol=_ALIGNED / max(tile.width, tile.height), atol=0)
    apart = np.array([(c - own.c) / own.a, (f - own.f) / own.e])
    return bool(same and np.abs(apart - np.rint(apart)).max() <= _ALIGNED)


def _top(tiles: Sequence[_Tile]) -> float:
    return float(max(tile.transform.f for tile in tiles))


def _differ(tile: _Tile, first: _Tile) -> Problem:
    return problem("tiles-differ", file=tile.path, other=Path(first.path).name)


def _require_apart(tiles: Sequence[_Tile], places: Sequence[tuple[int, int]], name: str) -> None:
    """Refuse tiles that share cells: nothing says which of them counts."""
    import shapely

    cells = [(x, y, x + t.width, y + t.height) for t, (x, y) in zip(tiles, places, strict=True)]
    boxes = shapely.box(*np.array(cells, dtype=float).T)
    one, other = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    pairs = (one < other) & (shapely.area(shapely.intersection(boxes[one], boxes[other])) > 0.5)
    if pairs.any():
        at = int(np.flatnonzero(pairs)[0])
        names = [Path(tiles[i].path).name for i in (one[at], other[at])]
        raise SourceError(problem("tiles-overlap", file=name, names=names))


def _vrt(
    tiles: Sequence[_Tile], places: Sequence[tuple[int, int]], left: float, top: float
) -> Iterator[str]:
    first = tiles[0]
    width = max(x + t.width for t, (x, _) in zip(tiles, places, strict=True))
    height = max(y + t.height for t, (_, y) in zip(tiles, places, strict=True))
    a, e = first.transform.a, first.transform.e
    yield f'<VRTDataset rasterXSize="{width}" rasterYSize="{height}">'
    if first.crs is not None:
        yield f"<SRS>{escape(first.crs.to_wkt())}</SRS>"
    yield f"<GeoTransform>{left!r}, {a!r}, 0, {top!r}, 0, {e!r}</GeoTransform>"
    rows, cols = first.block
    block = f'blockXSize="{min(cols, width)}" blockYSize="{min(rows, height)}"'
    for band, dtype in enumerate(first.dtypes, start=1):
        nodata = first.nodata[band - 1]
        yield f'<VRTRasterBand dataType="{_TYPES[dtype]}" band="{band}" {block}>'
        if nodata is not None:
            yield f"<NoDataValue>{nodata!r}</NoDataValue>"
        yield f"<Offset>{first.offsets[band - 1]!r}</Offset>"
        yield f"<Scale>{first.scales[band - 1]!r}</Scale>"
        yield from _sources(tiles, places, str(band))
        yield "</VRTRasterBand>"
    if None in first.nodata:
        # Between tiles, GDAL would give zeros; the mask says that there is nothing.
        yield f'<MaskBand><VRTRasterBand dataType="Byte" {block}>'
        yield from _sources(tiles, places, "mask,1")
        yield "</VRTRasterBand></MaskBand>"
    yield "</VRTDataset>"


def _sources(tiles: Sequence[_Tile], places: Sequence[tuple[int, int]], band: str) -> Iterator[str]:
    for tile, (x, y) in zip(tiles, places, strict=True):
        size = f'xSize="{tile.width}" ySize="{tile.height}"'
        yield (
            f'<SimpleSource><SourceFilename relativeToVRT="0">{escape(tile.path)}</SourceFilename>'
            f'<SourceBand>{band}</SourceBand><SrcRect xOff="0" yOff="0" {size}/>'
            f'<DstRect xOff="{x}" yOff="{y}" {size}/></SimpleSource>'
        )
