"""Attribute tables: one Python value a cell, None for nothing, and no dangerous characters."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from zoning.base.patterns import pattern
from zoning.base.table import GEOMETRY, Table
from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import limits

#: C0 and C1 controls except tab and line ends, lone surrogates, and the marks that turn the
#: direction of writing: none belongs in a name, and each can forge or break an output.
_BAD = pattern(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
#: Columns by name, or as pairs where two may bear the same one.
Columns: TypeAlias = Mapping[str, Iterable[Any]] | Iterable[tuple[str, Iterable[Any]]]
#: Texts that are a geometry: WKT, hexadecimal WKB, or GeoJSON.
_DRAWN = pattern(
    r"\s*(?:SRID=\d+;)?\s*(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON|CURVE|SURFACE)|"
    r"GEOMETRYCOLLECTION|CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|TRIANGLE|TIN|POLYHEDRALSURFACE)"
    r"\s*(?:Z|M|ZM)?\s*\(|\s*0[01][0-9A-F]{40}|\s*\{[^{}]*\"coordinates\"\s*:",
    re.IGNORECASE,
)
_SHORTEST = len("POINT(1 1)") - 1
#: Three pairs of numbers are longer, and so is hexadecimal WKB.
_LISTED = 3 * len("11.111 11.111") - 1
#: What shows within a longer text that it writes out a geometry: WKT, GeoJSON, KML, GML.
_WRITTEN = pattern(
    r"(?:POLYGON|LINESTRING|POINT)\s*(?:Z|M|ZM)?\s*\([\s(]*-?\d+\.?\d*\s+-?\d|"
    r"\"(?:coordinates|rings|paths)\"\s*:\s*\[|<(?:\w+:)?(?:coordinates|posList|pos)[\s>]",
    re.IGNORECASE,
)
#: Two numbers beside each other that are written as coordinates are.
_PAIR = pattern(r"\d{2,8}\.\d{3,}[\s,;，；]+\d{2,8}\.\d{3,}")


def frame(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return rows of attributes as a table of objects; a missing key is None.

    Raises
    ------
    OverflowError
        If there are more distinct keys than any honest table has.
    """
    names = list(dict.fromkeys(key for row in rows for key in row))
    if len(names) > limits.MAX_FIELDS:
        raise OverflowError(len(names))
    return table({n: [scalar(row.get(n)) for row in rows] for n in names}, len(rows))


def table(columns: Columns, rows: int) -> Table:
    """Return columns as a table of objects of ``rows`` rows.

    Two columns of one name are both kept, the second with an underscore added: names that differ by
    that only speak of the same attribute, which is unknown where they contradict each other.
    """
    made: dict[str, NDArray[Any]] = {}
    pairs = columns.items() if isinstance(columns, Mapping) else columns
    for name, values in pairs:
        free = free_name(name, made)
        cells = np.empty(rows, dtype=object)
        cells[:] = list(values)
        made[free] = cells
    return Table(made, np.arange(rows))


def free_name(name: str, taken: Container[str]) -> str:
    """Return ``name``, with underscores added until nothing else bears it."""
    while name in taken or name == GEOMETRY:
        name += "_"
    return name


def distinct_texts(cells: NDArray[Any]) -> list[str]:
    """Return the texts of a column, each once, in the order in which they are met."""
    given = cells.tolist()
    kinds = set(map(type, given))
    if kinds <= {str}:
        return list(dict.fromkeys(given))
    if not any(issubclass(kind, str) for kind in kinds):
        return []
    return list(dict.fromkeys(v for v in given if isinstance(v, str)))


def scalar(value: Any) -> Any:
    """Return a cell as str, int, float, bool or None; nested JSON becomes its text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return None


def clean(attributes: Table) -> tuple[Table, list[Text]]:
    """Return the table without control characters and overlong texts, and what was done."""
    removed = cut = 0
    columns: dict[str, Iterable[Any]] = {}
    for name in attributes.columns:
        values = attributes[name]
        known = distinct_texts(values)
        bad = {*filter(_BAD.search, known)} if _BAD.search("".join(known)) else set()
        if max(map(len, known), default=0) > limits.MAX_TEXT:
            bad |= {text for text in known if len(text) > limits.MAX_TEXT}
        mended = {text: _BAD.sub("", text[: limits.MAX_TEXT]) for text in bad}
        if mended:
            hit = [v for v in values if isinstance(v, str) and v in mended]
            cut += sum(len(v) > limits.MAX_TEXT for v in hit)
            removed += sum(bool(_BAD.search(v[: limits.MAX_TEXT])) for v in hit)
            values = np.array(
                [mended.get(v, v) if isinstance(v, str) else v for v in values] + [None],
                dtype=object,
            )[:-1]
        columns[_BAD.sub("", name)[:200]] = values
    notices = []
    if removed:
        notices.append(message("values.control-characters-were-removed", removed=removed))
    if cut:
        notices.append(message("values.attribute-value-s-were", cut=cut, max_text=limits.MAX_TEXT))
    return table(columns, len(attributes)), notices


def _may_draw(text: str) -> bool:
    """Whether a text has the length of a geometry or a sign that all shorter ones have."""
    return len(text) > _LISTED or "(" in text or "[" in text or "{" in text or "<" in text


def is_geometry(value: Any) -> bool:
    """Whether a text is a geometry, writes one out among other words, or lists its points."""
    if not isinstance(value, str) or len(value) <= _SHORTEST:
        return False
    return bool(_DRAWN.match(value)) or is_written_out(value) or len(_PAIR.findall(value)) > 2


def is_written_out(text: str) -> bool:
    """Whether WKT, GeoJSON, KML or GML stands somewhere in a text."""
    return _WRITTEN.search(text) is not None


def places(attributes: Table) -> Ledger:
    """Account for columns whose texts are geometries: nobody reviews what they draw."""
    found: dict[str, int] = {}
    for name in attributes.columns:
        cells = attributes[name]
        drawn = {text for text in distinct_texts(cells) if _may_draw(text) and is_geometry(text)}
        if drawn:
            found[name] = sum(cell in drawn for cell in cells.tolist())
    aside = tuple(
        SetAside(1, message("values.geometry-in-text", name=name, count=count))
        for name, count in found.items()
    )
    return Ledger((Tally("column", len(found), 0, set_aside=aside),) if found else ())


def as_dict(attributes: Table, row: int) -> dict[str, Any]:
    """Return one row as a plain dictionary of what is stated."""
    cells = {name: attributes[name][row] for name in attributes.columns}
    return {name: value for name, value in cells.items() if value is not None}
