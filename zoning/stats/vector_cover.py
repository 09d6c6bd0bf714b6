"""Figures of vector land use: areas of patches for the land topics, cells for soil loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import rasterio
import shapely
from affine import Affine
from pyproj import CRS as Crs  # noqa: N811 - the package's own CRS is a code
from pyproj import Transformer
from rasterio.features import rasterize
from rasterio.windows import Window

from zoning.base.errors import UsageError, problem
from zoning.base.settings import CRS
from zoning.base.units import M2_PER_KM2
from zoning.messages import Text, message
from zoning.stats.fields import alike
from zoning.stats.figures import Figures, Note
from zoning.stats.forest import forest_figures
from zoning.stats.land_use import Areas, Measure, edition_notes, gather, land_use
from zoning.stats.own_tables import read_numbers
from zoning.stats.patches import Patches, common_edition, read_patches
from zoning.stats.request import Input, Request
from zoning.stats.survey import Survey
from zoning.stats.tables import forest_definitions
from zoning.zonal.grid import open_grid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Administrative levels, of which a delivery seldom holds all units.
LEVELS: Final = ("county", "city", "province")
_NO_DATA: Final = -1
_ROWS: Final = 2048


@dataclass(frozen=True, eq=False)
class Layer:
    """A vector layer of land use as read.

    Attributes
    ----------
    name : str
    frame : GeoDataFrame
        EPSG:4490.
    sha256 : str
    notes : tuple of Text
        What was not read.
    """

    name: str
    frame: GeoDataFrame
    sha256: str
    notes: tuple[Text, ...] = ()


def patches_of(layers: Sequence[Layer], request: Request) -> list[Patches]:
    """Return the patches of every layer, all by one legend.

    Raises
    ------
    ZoningError
        No column of codes, or codes that fit no edition.
    """
    own = Survey.of_file(Path(request.legend)) if request.legend is not None else None
    scheme = request.scheme
    if scheme is None and own is None:
        scheme = common_edition([(one.name, one.frame) for one in layers], request.field)
    return [
        read_patches(one.frame, one.name, scheme=scheme, own=own, field=request.field)
        for one in layers
    ]


def land_figures(
    topic: str, request: Request, units: GeoDataFrame, layers: Sequence[Layer]
) -> Figures:
    """Compute ``land-use`` or ``forest-cover`` from vector land use."""
    areas = gather(patches_of(layers, request), units, _control(request, units))
    areas, units, left = _with_patches(areas, units, request)
    measure = _measure(request, areas)
    facts = _facts(request, layers) | {"areas": measure, "edition": areas.survey.scheme.id}
    read = tuple(Note("warning", text) for one in layers for text in one.notes)
    if topic == "land-use":
        figures = land_use(areas, units, measure, facts, request.caliber)
    else:
        names = "、".join(one.name for one in layers)
        source = Input(Path(layers[0].name), Text(names, names), False, None, request.year)
        what = forest_definitions().caliber(request.caliber)
        figures = forest_figures(
            areas.like_zonal(measure), source, units, areas.survey.scheme, what
        )
        notes = (*areas.notes, *edition_notes(areas.survey.scheme, measure), *figures.notes)
        tables = (*figures.tables, *areas.tables)
        figures = replace(
            figures, notes=notes, tables=tables, facts=figures.facts | facts | areas.doubted
        )
    return replace(figures, notes=(*read, *left, *figures.notes))


def _with_patches(
    areas: Areas, units: GeoDataFrame, request: Request
) -> tuple[Areas, GeoDataFrame, list[Note]]:
    """Leave out the counties or cities that no file holds, and say so."""
    held = units["unit"].isin(areas.classes["unit"])
    if held.all() or not held.any() or str(request.by) not in LEVELS:
        return areas, units, []
    told = message("land-use.units-left-out", count=int((~held).sum()))
    kept = units[held].reset_index(drop=True)
    sums = areas.sums.loc[areas.sums.index.isin(kept["unit"])]
    return replace(areas, sums=sums), kept, [Note("method", told)]


def burn(layers: Sequence[Layer], request: Request, like: Path, path: Path) -> Survey:
    """Write land use on the cells of another raster; a cell takes the patch at its centre."""
    parts = patches_of(layers, request)
    grid = open_grid(str(like), (1,))
    # Ridges within a patch have no place of their own: the patch's own class is taken.
    rows = [p.frame.drop_duplicates("patch") for p in parts]
    shapes = np.concatenate([r["shape"].to_numpy() for r in rows])
    values = np.concatenate([r["class"].to_numpy(np.int64) for r in rows])
    if not alike(grid.crs, Crs(CRS)):
        move = Transformer.from_crs(CRS, grid.crs, always_xy=True).transform
        shapes = shapely.transform(shapes, lambda xy: np.column_stack(move(*xy.T)))
    tree = shapely.STRtree(shapes)
    profile = {
        "driver": "GTiff", "width": grid.width, "height": grid.height, "count": 1,
        "dtype": "int32", "nodata": _NO_DATA, "crs": grid.crs.to_wkt(),
        "transform": Affine(*grid.affine), "compress": "deflate", "zlevel": 1,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        for row in range(0, grid.height, _ROWS):
            height = min(_ROWS, grid.height - row)
            a, _, left, _, e, first = grid.affine
            top, bottom, right = first + e * row, first + e * (row + height), left + a * grid.width
            transform = Affine(a, 0.0, left, 0.0, e, top)
            ground = shapely.box(
                min(left, right), min(top, bottom), max(left, right), max(top, bottom)
            )
            near = np.sort(tree.query(ground))
            burned = np.full((height, grid.width), _NO_DATA, np.int32)
            if near.size:
                pairs = zip(shapes[near], values[near].tolist(), strict=True)
                burned = rasterize(pairs, out=burned, transform=transform)
            out.write(burned, 1, window=Window(0, row, grid.width, height))
    return parts[0].survey


def _measure(request: Request, areas: Areas) -> Measure:
    """Return which areas are used; as stated only where every patch states its own."""
    whole = bool(areas.classes["stated_m2"].notna().all())
    if request.areas == "adjusted" or (request.areas is None and not whole):
        return "adjusted"
    if not whole:
        raise UsageError(problem("column-missing", field="TBMJ", key="column-missing.stated"))
    return "stated"


def _control(request: Request, units: GeoDataFrame) -> dict[str, float]:
    """Read the control areas, m² by unit."""
    if request.control is None:
        return {}
    told, own = message("land-use.control-row"), frozenset(units["unit"])
    found = read_numbers(Path(request.control), "area_km2", own, told)
    return {unit: area * M2_PER_KM2 for unit, area in found.items()}


def _facts(request: Request, layers: Sequence[Layer]) -> dict[str, Any]:
    told: Mapping[str, Any] = {one.name: one.sha256 for one in layers}
    return {"land_use": told, "landcover_year": request.year, "scheme": request.scheme}
