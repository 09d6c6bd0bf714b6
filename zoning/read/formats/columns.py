"""Which columns of a table hold the place of a row; two that might are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zoning.base.errors import Problem, SourceError, problem
from zoning.model import Ledger
from zoning.model.ledger import NOTHING_COUNTED
from zoning.read import values
from zoning.read.types import ReadOptions

_WKT = ("wkt", "geometry", "geom", "the_geom", "wkt_geom", "shape", "wkb", "wkb_geometry", "几何")
#: Usual names of columns with longitudes and latitudes.
LON = ("lon", "lng", "long", "longitude", "经度", "东经")
LAT = ("lat", "latitude", "纬度", "北纬")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in a file: names of columns, some of them perhaps alike, and cells.

    Every row is as long as ``columns``; ``above`` is what stands above the head.
    """

    columns: tuple[str, ...]
    rows: tuple[Sequence[Any], ...]
    ledger: Ledger = NOTHING_COUNTED
    above: str = ""

    def cells(self, column: int) -> list[Any]:
        """Return one column."""
        return [row[column] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Place:
    """The column with the geometry as text, or those with longitude and latitude."""

    wkt: int | None = None
    lon: int | None = None
    lat: int | None = None

    @property
    def used(self) -> tuple[int, ...]:
        """Positions of the columns."""
        return tuple(at for at in (self.wkt, self.lon, self.lat) if at is not None)


def choose(table: Table, name: str, layer: str | None, options: ReadOptions) -> Place:
    """Return the columns that hold the coordinates: those asked for, or the only ones that can.

    Raises
    ------
    SourceError
        ``field-missing``, ``columns-ambiguous``, ``table-no-coordinates``.
    """
    numbers = options.lon is not None or options.lat is not None
    wkt = [] if numbers else _found(table, options.wkt, _WKT, name)
    if len(wkt) > 1:
        wkt = [at for at in wkt if any(map(values.is_geometry, table.cells(at)))] or wkt[:1]
    lon = _found(table, options.lon, LON, name) if options.wkt is None else []
    lat = _found(table, options.lat, LAT, name) if options.wkt is None else []
    if wkt and lon and lat and not any(map(values.is_geometry, table.cells(wkt[0]))):
        wkt = []
    if len(wkt) > 1 or (wkt and lon and lat) or len(lon) > 1 or len(lat) > 1:
        raise SourceError(_ambiguous(table, (*wkt, *lon, *lat), name, layer))
    if wkt:
        return Place(wkt=wkt[0])
    if lon and lat:
        return Place(lon=lon[0], lat=lat[0])
    listed = ", ".join(table.columns[:30])
    raise SourceError(problem("table-no-coordinates", file=name, layer=layer, listed=listed))


def _found(table: Table, wanted: str | None, usual: Sequence[str], name: str) -> list[int]:
    """Return the columns of the name asked for, or of any usual name."""
    if wanted is not None:
        exact = [at for at, column in enumerate(table.columns) if column == wanted]
        if not exact:
            raise SourceError(_no_column(name, wanted, table.columns))
        return exact
    return [at for at, column in enumerate(table.columns) if column.strip().lower() in usual]


def _no_column(name: str, wanted: str, columns: Sequence[str]) -> Problem:
    return problem(
        "field-missing",
        file=name,
        field=wanted,
        key="field-missing.no-column",
        wanted=wanted,
        listed=", ".join(columns[:30]),
    )


def _ambiguous(table: Table, found: Sequence[int], name: str, layer: str | None) -> Problem:
    names = [table.columns[at] for at in sorted(found)]
    return problem("columns-ambiguous", file=name, layer=layer, names=names)
