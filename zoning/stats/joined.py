"""Any table of a user's laid on the units: a row a county, whatever its columns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from zoning.base.errors import SourceError, UsageError, problem
from zoning.base.geodesy import areas as polygon_areas
from zoning.base.units import M2_PER_KM2
from zoning.catalogue.places import plain
from zoning.messages import Text, message
from zoning.stats.figures import Column, Figures, Note, unit_columns
from zoning.stats.own_tables import UnitRows

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

F8 = NDArray[np.float64]
#: Column that holds the line of the table; empty where a unit has none.
LINE = "table_line"
#: Lines that are named; of more, the number is given.
_NAMED = 8


def joined(units: GeoDataFrame, path: Path | None) -> Figures:
    """Lay a table on the units.

    Parameters
    ----------
    units : GeoDataFrame
        ``unit``, ``name``, geometry in EPSG:4490.
    path : Path
        CSV or XLSX; one column names the unit by code or by name.

    Returns
    -------
    Figures
        The columns of the table as they are; units without a row are named, and have no values.

    Raises
    ------
    UsageError
        No table.
    SourceError
        Rows of no place, of a place that is no more, or two of one; all of them are named.
    """
    if path is None:
        raise UsageError(problem("bad-option", field="table", key="bad-option.no-table"))
    rows, held = UnitRows(path, frozenset(units["unit"])), frozenset(units["unit"])
    found: dict[str, tuple[int, Mapping[str, Any]]] = {}
    beside: list[int] = []
    for line, unit, row in rows:
        if unit not in held:
            beside.append(line)
        elif rows.once(line, unit):
            found[unit] = line, row
    rows.settle()
    if not found:
        raise SourceError(problem("table-row", file=str(path), detail=message("own-tables.none")))
    heads = [h for h in rows.heads if h not in ("unit", "city")]
    frame = units[["unit", "name", "geometry"]].copy()
    frame["land_area_km2"] = polygon_areas(units.geometry.to_numpy()) / M2_PER_KM2
    lines = [found[u][0] if u in found else None for u in units["unit"]]
    frame[LINE] = pd.array(lines, "Int64")
    columns = [*unit_columns(), Column(LINE, message("own-tables.line"))]
    for head in heads:
        values = [found[u][1].get(head) if u in found else None for u in units["unit"]]
        name = head if head not in frame.columns else f"{head}_"
        numbers = _numbers(values)
        frame[name] = [plain(v) for v in values] if numbers is None else numbers
        counted = None if numbers is None else "1"
        columns.append(Column(name, Text(head, head), counted, _digits(numbers)))
    order = [c.name for c in columns if c.name != LINE] + [LINE]
    listed = tuple(next(c for c in columns if c.name == n) for n in order)
    return Figures(
        topic="table",
        title=Text(path.name, path.name),
        columns=listed,
        frame=frame[[*order, "geometry"]],
        notes=tuple(_notes(path, rows.totals, beside)),
        facts={"table": path.name, "embedded": False},
    )


def _numbers(values: list[Any]) -> F8 | None:
    """Return a column as numbers, None if any cell is a text."""
    cells = [plain(v).replace(",", "").replace("，", "") for v in values]
    try:
        found = np.array([float(c) if c not in ("", "-", "—", "/") else np.nan for c in cells])
    except ValueError:
        return None
    return found if np.isfinite(found).any() else None


def _digits(numbers: F8 | None) -> int:
    """Return the decimals that a column has, four at most."""
    if numbers is None:
        return 0
    known = numbers[np.isfinite(numbers)]
    return next((d for d in range(4) if np.allclose(known, np.round(known, d), rtol=1e-12)), 4)


def _notes(path: Path, totals: list[int], beside: list[int]) -> list[Note]:
    notes = []
    if totals or beside:
        lines = [str(line) for line in sorted([*totals, *beside])][:_NAMED]
        told = message("own-tables.beside", count=len(totals) + len(beside), lines=lines)
        notes.append(Note("method", told))
    notes.append(Note("source", message("own-tables.source", name=path.name)))
    return notes
