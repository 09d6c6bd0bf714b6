"""Faults of single features: the others are still reviewed, and these are named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import shapely

from zoning.base.errors import Problem, problem
from zoning.messages import Text, message

#: Attribute names under which people keep what they call a feature by.
ID_NAMES = ("id", "fid", "objectid", "bsm", "xmdm", "项目代码", "编号", "项目编号", "地块编号")
_PLACE = re.compile(r"^(.*?)\[(\S+) (\S+)\]$")

NULL = problem("geometry-null")
EMPTY = problem("geometry-empty")
MIXED = problem("geometry-mixed")
NESTED = problem("geometry-nested")
NOT_FINITE = problem("coordinates-not-finite")
RANGE = problem("coordinates-out-of-range")
TWICE = problem("member-twice")
SWAPPED = problem("axes-swapped")
OPEN = problem("ring-open")
ZERO_AREA = problem("zero-area")
ZERO_LENGTH = problem("zero-length")


def unreadable(detail: Text) -> Problem:
    """Return the flaw of a geometry that does not follow its format."""
    return problem("geometry-unreadable", detail=detail)


def unbuilt(mended: object, detail: Text) -> Problem:
    """Return the flaw of a geometry that GEOS makes only of rings which it closes, or not at all.

    Parameters
    ----------
    mended : shapely geometry or None
        As read with ``on_invalid="fix"``, which closes open rings.
    detail : Text
        What else may be wrong.
    """
    return OPEN if shapely.area(mended) > 0.0 else unreadable(detail)


def unsupported(kind: str) -> Problem:
    """Return the flaw of a geometry type that is no point, line or polygon."""
    return problem("geometry-unsupported", kind=kind)


def too_many_vertices(limit: int) -> Problem:
    """Return the flaw of an invalid polygon too large for a repair to be tried."""
    return problem("geometry-invalid", limit=limit)


def invalid(shape: shapely.Geometry, reason: str, before: float, after: float) -> Problem:
    """Return the flaw of a polygon whose repair would change its area."""
    what, where = _describe(shape, reason)
    return Problem(
        "geometry-self-intersecting" if "ntersection" in reason else "geometry-invalid",
        message(
            "feature-faults.polygon-invalid-repair-would",
            what=what,
            where=where,
            before=before / 10000.0,
            after=after / 10000.0,
        ),
        message("feature-faults.draw-boundary-again-order"),
    )


def _describe(shape: shapely.Geometry, reason: str) -> tuple[Text, Text]:
    """Return GEOS's reason and place in both languages."""
    match = _PLACE.match(reason)
    words, place = (match[1], f"{match[2]}, {match[3]}") if match else (reason, "")
    known = {
        "Self-intersection": message("feature-faults.known.self-intersection"),
        "Ring Self-intersection": message("feature-faults.known.ring-self-intersection"),
        "Hole lies outside shell": message("feature-faults.known.hole-lies-outside-shell"),
        "Holes are nested": message("feature-faults.known.holes-are-nested"),
        "Nested shells": message("feature-faults.known.nested-shells"),
        "Duplicate Rings": message("feature-faults.known.duplicate-rings"),
        "Interior is disconnected": message("feature-faults.known.interior-is-disconnected"),
        "Too few points in geometry component": message(
            "feature-faults.known.too-few-points-in-geometry-component"
        ),
    }
    what = known.get(words, Text(words, words))
    if words == "Self-intersection" and _bow_tie(shape):
        what = message("feature-faults.boundary-crosses-itself-bow")
    return what, message("feature-faults.at", place=place) if place else message(
        "feature-faults.text"
    )


def _bow_tie(shape: shapely.Geometry) -> bool:
    """Return whether a few vertices in the wrong order explain the crossing."""
    return bool(shapely.get_num_geometries(shape) == 1 and shapely.get_num_coordinates(shape) <= 6)


def label(position: int, attributes: Mapping[str, Any] | None = None) -> str:
    """Return what a feature is called in messages: ``3 (id=ABC)``, counted from 1.

    Parameters
    ----------
    position : int
        0-based position in the file.
    attributes : mapping, optional
        Its attributes, searched for an id.
    """
    if attributes:
        lower = {str(k).lower(): v for k, v in attributes.items()}
        for key in ID_NAMES:
            value = lower.get(key)
            if value is not None and str(value).strip():
                return f"{position + 1} (id={str(value).strip()[:80]})"
    return str(position + 1)


def of_feature(flaw: Problem, name: str, layer: str | None, feature: str) -> Problem:
    """Return ``flaw`` as the problem of one named feature."""
    return Problem(flaw.code, flaw.fault, flaw.cure, file=name, layer=layer, feature=feature)
