"""What statuses, evidence and effects are called, and how quantities read, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from zoning.base import units
from zoning.messages import Lang, Text, message, table
from zoning.model import (
    AttributeSpec,
    Effect,
    Evidence,
    Measure,
    Status,
    Value,
)

STATUS: Final[Mapping[Status, Text]] = MappingProxyType(
    {x: message(f"titles.status.{x.value.replace('_', '-')}") for x in Status}
)

#: A sign beside each status, so that nothing hangs on colour; all of them exist in GBK.
SIGN: Final[Mapping[Status, str]] = MappingProxyType(
    {
        Status.VIOLATION: "×",
        Status.RESTRICTED: "!",
        Status.UNDETERMINED: "?",
        Status.FAILED: "E",
        Status.NOT_CHECKED: "-",
        Status.CONDITIONAL: "§",
        Status.COMPLIANT: "√",
    }
)

EVIDENCE: Final[Mapping[Evidence, Text]] = MappingProxyType(
    {x: message(f"titles.evidence.{x.value.replace('_', '-')}") for x in Evidence}
)

EFFECT: Final[Mapping[Effect, Text]] = MappingProxyType(
    {x: message(f"titles.effect.{x.value.replace('_', '-')}") for x in Effect}
)

INDICATIVE: Final = message("titles.indicative-legal-boundary")
HINT: Final = message("titles.hint-reading-clause")


def near_boundary(accuracy_m: float) -> Text:
    """Say that the result lies within the layer's positional accuracy."""
    return message(
        "titles.result-lies-within-layer",
        accuracy=message("quantity.metres", value=f"±{accuracy_m:,.0f}"),
    )


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}"


def area(area_m2: float, lang: Lang) -> str:
    """Write an area in hectares with mu in brackets, e.g. ``1.23 ha (18.45 mu)``."""
    hectares, mu = units.ha(area_m2), units.mu(area_m2)
    digits = 4 if abs(hectares) < 1 else 2
    figures = {"hectares": _number(hectares, digits), "mu": _number(mu, 2)}
    return message("quantity.area", **figures).in_(lang)


def length(length_m: float, lang: Lang) -> str:
    """Write a length in metres below 1 km, else in kilometres."""
    metres = round(abs(length_m)) < 1000
    value = length_m if metres else units.km(length_m)
    shown = _number(value, 0 if metres and abs(length_m) >= 1 else 2)
    return message("quantity.metres" if metres else "quantity.km", value=shown).in_(lang)


def accuracy(accuracy_m: float, lang: Lang) -> str:
    """Write a positional accuracy, always in metres so that layers compare at a glance."""
    return message("quantity.metres", value=f"±{accuracy_m:,.0f}").in_(lang)


def measures(measure: Measure, lang: Lang) -> list[str]:
    """Write the figures of a measure that say something, most telling first.

    Figures before tolerances follow only where tolerances changed them.
    """
    parts: list[tuple[str, str]] = []
    if measure.area_m2 > 0:
        parts.append(("overlap", area(measure.area_m2, lang)))
    if measure.length_m > 0:
        parts.append(("length-inside", length(measure.length_m, lang)))
    if measure.share > 0:
        parts.append(("share", f"{measure.share:.1%}"))
    if measure.depth_m > 0:
        parts.append(("depth", length(measure.depth_m, lang)))
    if 0 < measure.distance_m < float("inf"):
        parts.append(("distance", length(measure.distance_m, lang)))
    parts += _raw(measure, lang)
    return [message(f"measured.{key}", figure=figure).in_(lang) for key, figure in parts]


def figure(measure: Measure, lang: Lang) -> str:
    """Write the one figure that tells most: the distance, else the overlap or length and share."""
    if 0 < measure.distance_m < float("inf"):
        return length(measure.distance_m, lang)
    if measure.share >= _WHOLE:
        return message("measured.whole").in_(lang)
    size = ""
    if measure.area_m2 > 0:
        value = units.ha(measure.area_m2)
        size = message("quantity.hectares", value=_number(value, 4 if value < 1 else 2)).in_(lang)
    elif measure.length_m > 0:
        size = length(measure.length_m, lang)
    return f"{size} ({measure.share:.1%})" if size and measure.share > 0 else size


#: From this share on a site counts as wholly inside when it is told.
_WHOLE: Final = 0.9995


def _raw(measure: Measure, lang: Lang) -> list[tuple[str, str]]:
    """Return the figure before tolerances if it reads differently from the one after."""
    before, after = area(measure.raw_area_m2, lang), area(measure.area_m2, lang)
    if measure.raw_area_m2 > 0 and before != after:
        return [("raw", before)]
    before, after = length(measure.raw_length_m, lang), length(measure.length_m, lang)
    if measure.raw_length_m > 0 and before != after:
        return [("raw", before)]
    return []


def value_text(value: Value, lang: Lang, spec: AttributeSpec | None = None) -> str:
    """Write the value of an attribute or a column as people do: yes, 35 t/h, 新建."""
    if isinstance(value, bool):
        return message(f"explain.answer-{'yes' if value else 'no'}").in_(lang)
    if isinstance(value, float | int):
        unit = spec.unit if spec is not None and spec.unit is not None else ""
        return f"{value:g} {unit}".rstrip()
    known = {x.value: x.title.in_(lang) for x in spec.values} if spec is not None else {}
    return known.get(value, value)


def page(lang: Lang) -> dict[str, str]:
    """Return what the script of a map says, by name."""
    keys = [key for key in table(lang) if key.startswith("page.")]
    return {key.removeprefix("page."): message(key).in_(lang) for key in keys}
