"""Zones of an official source that do not lie where its own table, or any sense, puts them."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.messages import Text, message

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

#: Columns in which official tables state a division of a zone, by code or by name.
_COLUMNS: Final = frozenset((
    "adcode", "xzqdm", "xjxzqdm", "xian", "xian_dm", "行政区代码", "行政区划代码", "县代码",
    "区划代码", "county", "xzqmc", "xjxzqmc", "行政区名称", "县", "县区", "区县", "县市区",
    "所在县", "所属县", "县名", "所在县区", "所属县区",
))  # fmt: skip
#: A zone as far beyond the province as this is no patch of a neighbour (degrees, some 100 km).
_FAR_DEG: Final = 1.0
#: The accuracy of the county lines holds for 95 % of them; no sound zone is three times as far off.
_TIMES: Final = 3.0
#: What zones may lie beyond lines that are exact, where a river or road is shared (degrees).
_SHARED_DEG: Final = 0.005
_DEGREE_M: Final = 90_000.0
#: No more contradictions, and no more features, are named than this.
_SHOWN: Final = 8


def misplaced(frame: GeoDataFrame, counties: GeoDataFrame, accuracy_m: float) -> tuple[Text, ...]:
    """Say which zones are contradicted by where they lie.

    Parameters
    ----------
    frame : GeoDataFrame
        The zones, with the columns of their source.
    counties : GeoDataFrame
        All county-level units: ``adcode``, ``name``, ``city`` and their areas.
    accuracy_m : float
        How well their lines are known.

    Returns
    -------
    tuple of Text
        Nothing where every zone may lie where it is drawn.
    """
    shapes = np.asarray(frame.geometry.array, dtype=object)
    # Boxes will do: the distance is a round number, and zones are many.
    margin = _FAR_DEG * np.array([-1.0, -1.0, 1.0, 1.0])
    tree = shapely.STRtree(shapely.box(*(counties.geometry.bounds.to_numpy() + margin).T))
    near = np.zeros(len(shapes), dtype=bool)
    near[tree.query(shapes)[0]] = True
    found: list[Text] = []
    far = np.flatnonzero(~near & ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes))
    if len(far):
        found.append(message("official.far-away", count=len(far), ids=_ids(far)))
    beside = _SHARED_DEG + _TIMES * accuracy_m / _DEGREE_M
    for column in frame.columns:
        if _fold(column).rstrip("_") in _COLUMNS:
            wrong = np.setdiff1d(_elsewhere(frame[column], shapes, counties, beside), far)
            if len(wrong):
                said = {"count": len(wrong), "ids": _ids(wrong), "column": str(column)}
                found.append(message("official.elsewhere-than-stated", **said))
    return tuple(found)


def _elsewhere(
    cells: pd.Series, shapes: NDArray[Any], counties: GeoDataFrame, margin: float
) -> NDArray[np.intp]:
    """Return the rows that state a county or city and do not come near it."""
    words = [_fold(cell).removesuffix(".0") for cell in cells]
    every, place = np.unique(np.array(words, dtype=str), return_inverse=True)
    order = np.argsort(place, kind="stable")
    ends = np.searchsorted(place[order], np.arange(len(every) + 1))
    bounds = shapely.bounds(shapes)
    middle = 0.5 * (bounds[:, :2] + bounds[:, 2:])
    wrong = [np.empty(0, dtype=np.intp)]
    for at, word in enumerate(every.tolist()):
        named = _named(word, counties)
        if not named.any():
            continue
        area = shapely.union_all(counties.geometry.to_numpy()[named])
        shapely.prepare(area)
        rows = order[ends[at] : ends[at + 1]]
        # The middle of nearly every zone lies in its county, which is soon seen.
        rows = rows[~shapely.contains_xy(area, middle[rows])]
        wrong.append(rows[~shapely.dwithin(area, shapes[rows], margin)])
    return np.sort(np.concatenate(wrong))


def _named(word: str, counties: GeoDataFrame) -> NDArray[np.bool_]:
    """Mark the counties that a code or name stands for; that of a city stands for all of it."""
    codes = np.array([str(code).strip()[:6] for code in counties["adcode"]])
    if word.isdecimal() and len(word) >= len("140100"):
        begin = word[:4] if word[4:6] == "00" else word[:6]
        return np.array([code.startswith(begin) for code in codes], dtype=bool)
    names, cities = (counties[column].astype(str).to_numpy() for column in ("name", "city"))
    full = (names == word) | (cities + names == word) | (cities == word)
    return np.asarray(full, dtype=bool)


def _fold(cell: object) -> str:
    return "".join(unicodedata.normalize("NFKC", str(cell)).casefold().split())


def _ids(rows: NDArray[np.intp]) -> str:
    """Number features from 1, as the source holds them."""
    shown = ", ".join(str(row + 1) for row in rows[:_SHOWN].tolist())
    return f"{shown}, …" if len(rows) > _SHOWN else shown
