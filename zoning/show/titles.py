"""What statuses, evidence and effects are called, and how quantities read, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from zoning.base import units
from zoning.messages import Lang, Text, message, table
from zoning.model import (
    Effect,
    Evidence,
    Measure,
    Status,
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
        accuracy=Text(accuracy(accuracy_m, "zh"), accuracy(accuracy_m, "en")),
    )


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}"


def area(area_m2: float, lang: Lang) -> str:
    """Write an area in hectares with mu in brackets, e.g. ``1.23 ha (18.45 mu)``."""
    hectares, mu = units.ha(area_m2), units.mu(area_m2)
    digits = 4 if abs(hectares) < 1 else 2
    if lang == "zh":
        return f"{_number(hectares, digits)} 公顷（{_number(mu, 2)} 亩）"
    return f"{_number(hectares, digits)} ha ({_number(mu, 2)} mu)"


def length(length_m: float, lang: Lang) -> str:
    """Write a length in metres below 1 km, else in kilometres."""
    if abs(length_m) < 1:
        return f"{length_m:.2f} {'米' if lang == 'zh' else 'm'}"
    if round(abs(length_m)) < 1000:
        return f"{_number(length_m, 0)} {'米' if lang == 'zh' else 'm'}"
    return f"{_number(units.km(length_m), 2)} {'公里' if lang == 'zh' else 'km'}"


def accuracy(accuracy_m: float, lang: Lang) -> str:
    """Write a positional accuracy, always in metres so that layers compare at a glance."""
    return f"±{accuracy_m:,.0f} {'米' if lang == 'zh' else 'm'}"


def measures(measure: Measure, lang: Lang) -> list[str]:
    """Write the figures of a measure that say something, most telling first.

    Figures before tolerances follow only where tolerances changed them.
    """
    zh = lang == "zh"
    parts: list[str] = []
    if measure.area_m2 > 0:
        parts.append(f"{'重叠' if zh else 'overlap'} {area(measure.area_m2, lang)}")
    if measure.length_m > 0:
        parts.append(f"{'穿越长度' if zh else 'length inside'} {length(measure.length_m, lang)}")
    if measure.share > 0:
        parts.append(f"占项目 {measure.share:.1%}" if zh else f"{measure.share:.1%} of the project")
    if measure.depth_m > 0:
        parts.append(f"{'深入' if zh else 'depth'} {length(measure.depth_m, lang)}")
    if 0 < measure.distance_m < float("inf"):
        parts.append(f"{'距离' if zh else 'distance'} {length(measure.distance_m, lang)}")
    raw = _raw(measure, lang)
    if raw:
        parts.append(raw)
    return parts


def _raw(measure: Measure, lang: Lang) -> str | None:
    """Return the figure before tolerances if it reads differently from the one after."""
    head = "扣除容差前" if lang == "zh" else "before tolerances"
    before, after = area(measure.raw_area_m2, lang), area(measure.area_m2, lang)
    if measure.raw_area_m2 > 0 and before != after:
        return f"{head} {before}"
    before, after = length(measure.raw_length_m, lang), length(measure.length_m, lang)
    if measure.raw_length_m > 0 and before != after:
        return f"{head} {before}"
    return None


def page(lang: Lang) -> dict[str, str]:
    """Return what the script of a map says, by name."""
    keys = [key for key in table(lang) if key.startswith("page.")]
    return {key.removeprefix("page."): message(key).in_(lang) for key in keys}
