"""Erosion zones of SL 190 at the cells of the calculation grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.messages import message
from zoning.stats.fields import Constant, within
from zoning.stats.figures import Note, unverified_note
from zoning.stats.model import Built
from zoning.stats.request import Input, Request
from zoning.stats.soil_loss import Classes, Source
from zoning.stats.specs import ErosionClasses
from zoning.stats.tables import erosion_classes
from zoning.zonal.grid import Grid


def class_rules(
    request: Request,
    inputs: Mapping[str, Input],
    target: Grid,
    built: Built,
) -> Classes:
    """Return how cells are sorted into classes, and note where the zones come from."""
    rules = erosion_classes()
    tolerable = np.full(256, np.nan)
    for zone in rules.zones:
        tolerable[zone.code] = zone.tolerable
    limits = [message("zones.limit", name=z.name, tolerable=z.tolerable) for z in rules.zones]
    told = message("zones.classes", source=rules.source, limits=limits)
    built.notes.append(Note("method", told))
    return Classes(
        zone=_zone_source(request, inputs, target, built, rules),
        other=_other_source(request, inputs, target, built),
        wind=_wind(inputs, target, built, rules),
        tolerable=tolerable,
        uppers=np.array([c.upper for c in rules.classes if c.upper is not None]),
        wind_tolerable=rules.wind_tolerable,
    )


def _zone_source(
    request: Request,
    inputs: Mapping[str, Input],
    target: Grid,
    built: Built,
    rules: ErosionClasses,
) -> Source:
    if request.zone is not None:
        zone = rules.zone(request.zone)
        built.facts["zone"] = zone.id
        built.notes.append(Note("method", message("zones.zone", name=zone.name)))
        return Constant(float(zone.code))
    if inputs["zones"].embedded:
        name = message("zones.erosion-zones")
        built.notes.append(unverified_note([name], [rules.zones_source]))
    return built.look(inputs["zones"], target, _codes(), outside=0)


def _other_source(
    request: Request, inputs: Mapping[str, Input], target: Grid, built: Built
) -> Source | None:
    """Return the other reading of the embedded zones; a user's own zone or zones have none."""
    if request.zone is not None or not inputs["zones"].embedded or "zones_other" not in inputs:
        return None
    built.facts["zones_disputed"] = True
    built.notes.append(Note("method", message("zones.disputed")))
    return built.look(inputs["zones_other"], target, _codes(), outside=0)


def _wind(
    inputs: Mapping[str, Input],
    target: Grid,
    built: Built,
    rules: ErosionClasses,
) -> Source:
    if "wind" in inputs:
        name = message("zones.classes-wind-erosion")
        built.notes.append(unverified_note([name], [rules.wind_source]))
        return built.look(inputs["wind"], target, within("wind"))
    built.facts["wind_erosion"] = "not included"
    built.notes.append(Note("warning", message("zones.no-wind")))
    return Constant(0.0)


def _codes() -> Any:
    def convert(parts: list[tuple[NDArray[Any], Any]], _grid: Grid) -> NDArray[Any]:
        stored, fine = parts[0]
        return np.where(np.broadcast_to(np.asarray(fine), stored.shape), stored, 0).astype(np.uint8)

    return convert
