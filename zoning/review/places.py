"""Does a site lie where its file says it does? A wrong datum shows here first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.messages import Text, message
from zoning.model import Project
from zoning.read.crs.datum import gcj_hint
from zoning.review.layers import Layers

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Columns in which files state a county, by code or by name.
_COLUMNS = (
    "county", "县", "县区", "区县", "县市区", "县(市、区)", "县（市、区）", "所在县", "所在县区",
    "所属县区", "xzqmc", "xjxzqmc", "行政区名称", "adcode", "xzqdm", "行政区代码",
)  # fmt: skip


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
    out = []
    for project, name in zip(projects, stated, strict=True):
        note = _notice(project, name, counties, datum) if name else None
        if note is None:
            out.append(project)
        else:
            out.append(replace(project, notices=(*project.notices, note), doubt=note))
    return out


def _stated(raw: Mapping[str, Any]) -> str | None:
    folded = {str(k).strip().casefold(): v for k, v in raw.items()}
    for column in _COLUMNS:
        value = folded.get(column)
        if value is not None and str(value).strip():
            return str(value).strip().removesuffix(".0")
    return None


def _notice(project: Project, name: str, counties: GeoDataFrame, datum: str | None) -> Text | None:
    if project.geometry is None:
        return None
    found = _rows(name, counties)
    if not found.any():
        return None
    county = shapely.union_all(counties.geometry[found].to_numpy())
    if datum is None:
        hint = gcj_hint(project.geometry, county, name)
        if hint is not None:
            return hint.text
    if shapely.intersects(project.geometry, county):
        return None
    return message("places.file-places-site-but", name=name)


def _rows(name: str, counties: GeoDataFrame) -> NDArray[np.bool_]:
    """Counties a name or code may mean: 城区 is two counties, and 迎泽 is short for 迎泽区."""
    code = counties["adcode"].astype(str)
    if name.isdigit():
        return np.asarray(code == name[:6], dtype=bool)
    title = counties["name"].astype(str)
    full = (counties["city"].astype(str) + title == name) | (title == name)
    short = title.str.slice(0, -1) == name
    return np.asarray(full if full.any() else short, dtype=bool)
