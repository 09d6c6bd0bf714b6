"""Columns in the types and under the names that a format can hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias

import geopandas
import numpy as np
import pandas as pd

from zoning.messages import Text, message

#: A sentence about what a format does not keep.
Loss: TypeAlias = Text

#: Whole numbers beyond this are not all told apart by a floating-point number.
EXACT = 2**53


def typed(frame: geopandas.GeoDataFrame) -> tuple[geopandas.GeoDataFrame, list[Loss]]:
    """Return the frame with one type a column; a column of several becomes text, and is told."""
    columns: dict[str, Any] = {}
    mixed: list[str] = []
    for name in names_of(frame):
        series = frame[name]
        columns[name] = series
        if series.dtype == object:
            columns[name], one = _one_type(series)
            if not one:
                mixed.append(name)
    made = geopandas.GeoDataFrame(
        pd.DataFrame(columns, index=frame.index),
        geometry=np.asarray(frame.geometry.to_numpy(), dtype=object),
        crs=frame.crs,
    )
    told = [message("vectors.mixed-types", names=mixed)] if mixed else []
    return made.reset_index(drop=True), told


def _one_type(series: pd.Series) -> tuple[pd.Series, bool]:
    """Return a column of objects as one of a type, and whether its values stay what they are."""
    stated = [value for value in series if value is not None]
    kinds = {type(value) for value in stated}
    whole = kinds <= {int, float} and all(
        abs(value) <= EXACT for value in stated if isinstance(value, int)
    )
    if kinds == {bool}:
        return series.astype("boolean"), True
    if kinds == {int} and all(-(2**63) <= value < 2**63 for value in stated):
        return series.astype("Int64"), True
    if kinds and whole:
        return series.astype("float64"), True
    if kinds <= {str}:
        return series, True
    return series.map(lambda value: None if value is None else text_of(value)), False


def text_of(value: Any) -> str:
    """Return a value as text that a reader can turn back: ``true``, ``12``, ``0.5``."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return str(value)


def records(frame: geopandas.GeoDataFrame) -> list[dict[str, Any]]:
    """Return one dictionary a row, as Python values; None where nothing is stated."""
    names = names_of(frame)
    columns = [[_plain(value) for value in frame[name].tolist()] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)] or [
        {} for _ in range(len(frame))
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or pd.isna(value):
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)


def names_of(frame: geopandas.GeoDataFrame) -> list[str]:
    """Return the columns without the geometry."""
    return [str(name) for name in frame.columns if name != frame.geometry.name]


def safe_names(
    names: Iterable[str], *, room: int | None = None, taken: Collection[str] = ()
) -> dict[str, str]:
    """Return a name for each column that differs from the others whatever the case.

    Parameters
    ----------
    names : iterable of str
    room : int, optional
        Most bytes in UTF-8; a longer name is cut between characters, and numbered where two
        become one.
    taken : collection of str
        Names the format needs for itself.
    """
    used = {name.casefold() for name in taken}
    out: dict[str, str] = {}
    for name in names:
        stem = cut(name, room) or "_"
        free, number = stem, 0
        while free.casefold() in used:
            number += 1
            tail = f"_{number}"
            free = cut(stem, None if room is None else room - len(tail)) + tail
        used.add(free.casefold())
        out[name] = free
    return out


def cut(text: str, room: int | None) -> str:
    """Return as many whole characters as fit into so many bytes of UTF-8."""
    data = text.encode("utf-8", "replace")
    return text if room is None or len(data) <= room else data[:room].decode("utf-8", "ignore")


def renamed(names: Mapping[str, str]) -> list[Loss]:
    """Tell which columns have another name in the file."""
    pairs = [f"{old} → {new}" for old, new in names.items() if old != new]
    return [message("vectors.renamed", names=pairs)] if pairs else []
