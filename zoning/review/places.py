"""Does a site lie where its file says it does? A wrong datum shows here first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.table import Table
from zoning.messages import Text, message
from zoning.model import Doubt, Project
from zoning.read.crs.datum import gcj_hint
from zoning.review.layers import Layers

#: Columns in which files state a county, by code or by name.
_COLUMNS = frozenset((
    "county", "县", "县区", "区县", "县市区", "县(市、区)", "县（市、区）", "所在县", "所在县区",
    "所属县区", "xzqmc", "xjxzqmc", "行政区名称", "adcode", "xzqdm", "行政区代码",
))  # fmt: skip


def compare_places(
    projects: Sequence[Project],
    features: Sequence[tuple[int, Any, Mapping[str, Any]]],
    layers: Layers,
    datum: str | None,
) -> list[Project]:
    """Add a notice and a doubt to every project that does not touch the county its file states.

    Where the shift of GCJ-02 or BD-09 explains the distance, the notice says so and names the
    option; nothing is ever moved unasked. With ``datum`` given, the shift is out already.
    """
    stated = [_stated(raw) for _, _, raw in features]
    if not any(stated):
        return list(projects)
    counties = layers.counties
    # How well the county lines are known; a degree of longitude is some 90 km here.
    margin = (layers["counties"].record.accuracy_m or 0.0) / 90_000.0
    out = []
    for project, names in zip(projects, stated, strict=True):
        found = (_notice(project, name, counties, datum, margin) for name in names)
        notes = tuple(dict.fromkeys(note for note in found if note is not None))
        doubts = (*project.doubts, *(Doubt("place-contradicted", note) for note in notes))
        told = (*project.notices, *notes)
        out.append(replace(project, notices=told, doubts=doubts) if notes else project)
    return out


def _stated(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """Return every county that any column states, each once."""
    cells = (raw[column] for column in _speaking(tuple(raw)))
    said = (str(cell).strip().removesuffix(".0") for cell in cells if cell is not None)
    return tuple(dict.fromkeys(name for name in said if name))


@lru_cache(maxsize=256)
def _speaking(columns: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return those of some columns that state a county."""
    folded = ((column, str(column).strip().rstrip("_").casefold()) for column in columns)
    return tuple(column for column, name in folded if name in _COLUMNS)


def _notice(
    project: Project, name: str, counties: Table, datum: str | None, margin: float
) -> Text | None:
    if project.geometry is None:
        return None
    found = _rows(name, counties)
    if not found.any():
        return None
    county = shapely.union_all(counties.geometry[found])
    if datum is None:
        hint = gcj_hint(project.geometry, county, name)
        if hint is not None:
            return hint.text
    if shapely.dwithin(project.geometry, county, margin):
        return None
    return message("places.file-places-site-but", name=name)


def _rows(name: str, counties: Table) -> NDArray[np.bool_]:
    """Counties a name or code may mean: 城区 is two counties, and 迎泽 is short for 迎泽区."""
    if name.isdigit():
        return np.array([str(code) == name[:6] for code in counties["adcode"]], dtype=bool)
    titles, cities = ([str(cell) for cell in counties[column]] for column in ("name", "city"))
    pairs = zip(cities, titles, strict=True)
    full = np.array([name in (title, city + title) for city, title in pairs], dtype=bool)
    return full if full.any() else np.array([title[:-1] == name for title in titles], dtype=bool)
