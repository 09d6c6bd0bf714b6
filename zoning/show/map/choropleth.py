"""Figures of units as a coloured map beside a table; what a figure cannot carry is not coloured.

A unit has the colour of its class only where the figure is sure to lie in that class. Where the
data leave part of the unit out, or the range of the figure reaches into another class, it is
hatched; where there is no figure, or the data are too coarse for a unit of that size, it is grey.
The reason stands in the table and at the unit.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import shapely

from zoning.base.errors import UsageError, problem
from zoning.messages import Lang, Text, message
from zoning.show.figures import heading, plain
from zoning.show.map.codec import packed
from zoning.show.map.context import simplify
from zoning.stats.figures import Column, Figures

#: Colours from least to most, by topic: ColorBrewer (Apache License 2.0), safe for colour-blind
#: readers and in grey.
_COLOURS: Final[Mapping[str, tuple[str, ...]]] = {
    "forest-cover": ("#ffffcc", "#c2e699", "#78c679", "#31a354", "#006837"),
    "soil-loss": ("#ffffb2", "#fecc5c", "#fd8d3c", "#f03b20", "#bd0026"),
}
_OTHERS: Final = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
#: Columns that say how good the others are, or whose unit they are of: never coloured.
_ABOUT: Final = frozenset({"land_area_km2", "coverage_share"})
#: What is coloured first.
_FIRST: Final = (
    "forest_cover_pct", "soil_conservation_pct", "soil_loss_t_km2_a", "change_km2", "share",
    "area_km2", "length_km",
)  # fmt: skip
#: Facts that two years must share to be compared.
_ALIKE: Final = ("caliber", "scheme", "by", "layer", "embedded")
#: Below this share of a unit with data, a figure is not one of the unit.
_HALF: Final = 0.5
#: Whole, as the statistics have it.
_WHOLE: Final = 0.99
#: A cell of the embedded land cover, 0.05° in the middle of the province, and how many of them a
#: unit needs for its figure to be coloured (docs/decisions/0140).
_CELL_KM2: Final = 24.6
_CELLS: Final = 400
_DECIMALS: Final = 5
#: How columns are named that hold the range of another.
_ENDS: Final = (("least", "most"), ("min", "max"), ("low", "high"))

Look = Literal["sure", "hatched", "grey"]


@dataclass(frozen=True)
class Shown:
    """One figure: the value told, its class (None if grey), and why it is not sure."""

    value: float | None
    own: int | None
    look: Look
    reason: Text | None


def statistics_payload(figures: Sequence[Figures], lang: Lang) -> dict[str, Any]:
    """Return figures of one year, or of two to be compared, as the page needs them.

    Parameters
    ----------
    figures : sequence of Figures
        One, or two of the same topic, units and definitions.
    lang : {"zh", "en"}

    Raises
    ------
    UsageError
        More than two, or figures that cannot be compared.
    """
    _comparable(figures)
    first = figures[0]
    colours = _COLOURS.get(first.topic, _OTHERS)
    told = [_Told.of(column, figures) for column in _coloured(first)]
    shapes = simplify(np.asarray(shapely.force_2d(first.frame.geometry.to_numpy())))
    names, texts = _names(first.frame, lang), dict[str, int]()
    return {
        "title": first.title.in_(lang),
        "years": _labels(figures),
        "warnings": list(_said(figures, lang, warning=True)),
        "notes": list(_said(figures, lang, warning=False)),
        "columns": [
            {
                "name": each.column.name,
                "title": heading(each.column, lang),
                "digits": each.column.digits,
                "keys": _keys(each.limits, each.column, colours),
            }
            for each in told
        ],
        "units": [
            {
                "u": str(code),
                "n": name,
                "a": round(float(area), 1),
                "g": packed(shape, _DECIMALS),
                "v": [[year[at].value for year in each.shown] for each in told],
                "c": [[year[at].own for year in each.shown] for each in told],
                "r": [[_reference(texts, y[at], lang) for y in each.shown] for each in told],
            }
            for at, (code, name, area, shape) in enumerate(
                zip(first.frame["unit"], names, first.frame["land_area_km2"], shapes, strict=True)
            )
        ],
        "texts": list(texts),
    }


@dataclass(frozen=True)
class _Told:
    """A column: the limits of its classes, and what is shown of each year and unit."""

    column: Column
    limits: list[float]
    shown: list[list[Shown]]

    @staticmethod
    def of(column: Column, figures: Sequence[Figures]) -> _Told:
        order = list(figures[0].frame["unit"])
        pairs = [(each, each.frame.set_index("unit").loc[order]) for each in figures]
        limits = breaks([v for each, frame in pairs for v in _carried(each, frame, column)])
        shown = [
            [judged(row, column, each, limits) for _, row in frame.iterrows()]
            for each, frame in pairs
        ]
        return _Told(column, limits, shown)


def _coloured(figures: Figures) -> list[Column]:
    """Return the columns of figures, the one that matters most first."""
    found = [c for c in figures.columns if c.unit is not None and c.name not in _ABOUT]
    return sorted(found, key=lambda c: _FIRST.index(c.name) if c.name in _FIRST else len(_FIRST))


def _names(frame: pd.DataFrame, lang: Lang) -> list[str]:
    """Return the names of units; of units that share one, with the code."""
    names = [str(plain(name, lang)) for name in frame["name"]]
    return [
        f"{name} {code}" if names.count(name) > 1 else name
        for name, code in zip(names, frame["unit"], strict=True)
    ]


def breaks(values: Sequence[float], classes: int = 5) -> list[float]:
    """Return the limits between classes of about equally many units, at two digits."""
    known = np.array([value for value in values if math.isfinite(value)])
    if not known.size:
        return []
    limits = np.quantile(known, np.arange(1, classes) / classes).tolist()
    rounded = sorted({_two_digits(limit) for limit in limits})
    return [limit for limit in rounded if known.min() < limit <= known.max()]


def judged(row: pd.Series, column: Column, figures: Figures, limits: Sequence[float]) -> Shown:
    """Return a figure as it can be shown; see the head of this module."""
    value = _number(row.get(column.name))
    if value is None:
        return Shown(None, None, "grey", _withheld(row, column))
    value = round(value, column.digits)
    too_little = _uncarried(row, figures)
    if too_little is not None:
        return Shown(value, None, "grey", too_little)
    own = _class(value, limits)
    doubt = _doubt(row, column, figures, limits)
    return Shown(value, own, "sure" if doubt is None else "hatched", doubt)


def _withheld(row: pd.Series, column: Column) -> Text:
    """Why there is no figure: there are no data, or they carry no more than a range."""
    ends = _range(row, column)
    if ends is None:
        return message("choropleth.no-data")
    least, most = (f"{end:,.{column.digits}f}" for end in ends)
    return message("choropleth.only-range", least=least, most=most)


def _carried(figures: Figures, frame: pd.DataFrame, column: Column) -> Iterator[float]:
    """The figures of a year that have a colour; classes are made of these."""
    for _, row in frame.iterrows():
        value = _number(row.get(column.name))
        if value is not None and _uncarried(row, figures) is None:
            yield round(value, column.digits)


def _uncarried(row: pd.Series, figures: Figures) -> Text | None:
    """Why no figure of this unit can be shown as a colour."""
    share = _number(row.get("coverage_share"))
    if share is not None and share < _HALF:
        return message("choropleth.too-little", share=f"{share:.0%}")
    area = _number(row.get("land_area_km2")) or 0.0
    if figures.facts.get("embedded") and area < _CELLS * _CELL_KM2:
        return message("choropleth.too-coarse", cells=round(area / _CELL_KM2))
    return None


def _doubt(
    row: pd.Series, column: Column, figures: Figures, limits: Sequence[float]
) -> Text | None:
    """Why a figure is not sure to lie in its class."""
    share = _number(row.get("coverage_share"))
    if share is not None and share < _WHOLE:
        return message("choropleth.not-whole", share=f"{share:.1%}")
    ends = _range(row, column)
    if ends is not None and _class(ends[0], limits) != _class(ends[1], limits):
        least, most = (f"{end:,.{column.digits}f}" for end in ends)
        return message("choropleth.between", least=least, most=most)
    if figures.facts.get("embedded"):
        return message("choropleth.embedded")
    evidence = figures.facts.get("evidence")
    if evidence in ("derived", "schematic"):
        told = message(f"titles.evidence.{evidence}")
        return message("choropleth.evidence", evidence=told)
    return None


def _range(row: pd.Series, column: Column) -> tuple[float, float] | None:
    """The least and largest a figure can be by all that the statistics say of it."""
    stem = column.name.removesuffix("_pct")
    ends = [tuple(_number(row.get(f"{stem}_{end}_pct")) for end in pair) for pair in _ENDS]
    known = [(low, high) for low, high in ends if low is not None and high is not None]
    if not known:
        return None
    return min(low for low, _ in known), max(high for _, high in known)


def _number(value: Any) -> float | None:
    found = plain(value)
    return float(found) if isinstance(found, int | float) else None


def _class(value: float, limits: Sequence[float]) -> int:
    """The class of a value; a limit belongs to the class above it."""
    return int(np.searchsorted(np.asarray(limits), value, side="right"))


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")


def _keys(limits: Sequence[float], column: Column, colours: Sequence[str]) -> list[dict[str, str]]:
    """Colour and wording of each class."""
    count = len(limits) + 1
    at = [round(i * (len(colours) - 1) / max(count - 1, 1)) for i in range(count)]
    told = [_plainly(limit, column.digits) for limit in limits]
    if not limits:
        return [{"name": "", "color": colours[len(colours) // 2]}]
    names = [
        f"< {told[0]}",
        *(f"{low} – {high}" for low, high in itertools.pairwise(told)),
        f"≥ {told[-1]}",
    ]
    return [{"name": name, "color": colours[i]} for name, i in zip(names, at, strict=True)]


def _plainly(limit: float, digits: int) -> str:
    """Return a limit without zeros at its end."""
    text = f"{limit:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _reference(texts: dict[str, int], shown: Shown, lang: Lang) -> int | None:
    if shown.reason is None:
        return None
    return texts.setdefault(shown.reason.in_(lang), len(texts))


def _comparable(figures: Sequence[Figures]) -> None:
    """Refuse what cannot stand beside each other."""
    if not 1 <= len(figures) <= 2:
        raise UsageError(problem("figures-count", count=len(figures)))
    first, *others = figures
    for other in others:
        differing = [key for key in _ALIKE if first.facts.get(key) != other.facts.get(key)]
        if first.topic != other.topic:
            differing.insert(0, "topic")
        if set(first.frame["unit"]) != set(other.frame["unit"]):
            differing.append("units")
        if differing:
            raise UsageError(problem("figures-differ", what=differing))


def _labels(figures: Sequence[Figures]) -> list[str]:
    """What each year is called: the year of its data, else a number."""
    years = [str(each.facts.get("landcover_year") or "") for each in figures]
    if len(set(years)) == len(years) and all(years):
        return years
    return [f"{year} ({n})".strip() for n, year in enumerate(years, start=1)]


def _said(figures: Sequence[Figures], lang: Lang, *, warning: bool) -> Iterator[str]:
    """Notes of all figures, each once."""
    found = dict.fromkeys(
        note.text.in_(lang)
        for each in figures
        for note in each.notes
        if (note.kind == "warning") is warning
    )
    yield from found
