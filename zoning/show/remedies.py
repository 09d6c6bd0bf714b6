"""What would cure a site's violations, as sentences and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import shapely

from zoning.messages import Lang, Text, message
from zoning.model import Move, Remedy
from zoning.show import titles
from zoning.show.schema_remedies import RemedyDict

#: No more rules are named in a sentence than this.
_NAMED = 12
_WINDS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


def lines(remedy: Remedy, lang: Lang) -> list[str]:
    """Return one sentence a way out, and one for what no change of place cures."""
    return [text.in_(lang) for text in _sentences(remedy, lang)]


def _sentences(remedy: Remedy, lang: Lang) -> Iterator[Text]:
    if remedy.remainder is not None:
        left, cut = titles.area(remedy.remainder_m2, lang), titles.area(remedy.removed_m2, lang)
        yield message("remedy.remainder", left=left, cut=cut)
    for found in remedy.stretches:
        start, end = f"K{found.from_m / 1000:.3f}", f"K{found.to_m / 1000:.3f}"
        size = titles.length(found.to_m - found.from_m, lang)
        yield message("remedy.stretch", start=start, end=end, size=size)
    yield from (_move(move, lang) for move in remedy.moves)
    if remedy.existing:
        yield message("remedy.existing")
    elif remedy.rules and not remedy.stretches and not remedy.moves:
        yield message("remedy.no-move")
    if remedy.elsewhere:
        yield message("remedy.elsewhere", rules=remedy.elsewhere)


def _move(move: Move, lang: Lang) -> Text:
    rules = list(move.open_rules[:_NAMED])
    if len(move.open_rules) > _NAMED:
        rules.append("…")
    still = message("remedy.still-open", count=len(move.open_rules), rules=rules)
    return message(
        "remedy.move-wide" if move.clears_accuracy else "remedy.move",
        distance=titles.length(move.shift_m, lang),
        bearing=move.bearing_deg,
        wind=message(f"wind.{_WINDS[round(move.bearing_deg / 45.0) % 8]}"),
        status=titles.STATUS[move.status],
        still=still if rules else message("remedy.none-open"),
    )


def to_dict(remedy: Remedy) -> RemedyDict:
    """Return a remedy as JSON-ready values, geometries as GeoJSON in EPSG:4490."""
    status = remedy.moved_status
    return {
        "project": remedy.project,
        "rules": list(remedy.rules),
        "elsewhere": list(remedy.elsewhere),
        "remainder_m2": _number(remedy.remainder_m2, remedy.remainder),
        "removed_m2": _number(remedy.removed_m2, remedy.remainder),
        "remainder": _geometry(remedy.remainder),
        "shift_m": None if remedy.shift_m is None else round(remedy.shift_m, 3),
        "bearing_deg": None if remedy.bearing_deg is None else round(remedy.bearing_deg, 3),
        "moved": _geometry(remedy.moved),
        "moved_status": status.value if status is not None else None,
        "existing": remedy.existing,
        "moves": [
            {
                "shift_m": round(move.shift_m, 3),
                "bearing_deg": round(move.bearing_deg, 3),
                "clears_accuracy": move.clears_accuracy,
                "status": move.status.value,
                "open_rules": list(move.open_rules),
                "geometry": _geometry(move.geometry),
            }
            for move in remedy.moves
        ],
        "stretches": [
            {
                "from_m": round(found.from_m, 3),
                "to_m": round(found.to_m, 3),
                "geometry": _geometry(found.geometry),
            }
            for found in remedy.stretches
        ],
    }


def _number(value: float, geometry: Any) -> float | None:
    return None if geometry is None else round(value, 3)


def _geometry(geometry: Any) -> dict[str, Any] | None:
    if geometry is None:
        return None
    rounded = shapely.set_precision(geometry, 1e-8, mode="pointwise")
    found: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return found
