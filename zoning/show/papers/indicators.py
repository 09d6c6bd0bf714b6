"""County indicators of a site: what the layers say of its counties, and what documents demand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from zoning.base import geodesy, units
from zoning.messages import Lang, Text, message
from zoning.model import ProjectResult
from zoning.review.layers import Layers
from zoning.show import titles
from zoning.stats.tables import indicators, published

if TYPE_CHECKING:
    from zoning.show.papers.parts import Row

#: The control lines whose share of a county is told, where the review holds them.
_LINES: Final = ("ecological_redline", "permanent_basic_farmland", "urban_growth_boundary")
_UNITS: Final = {"%": "%", "km2": "km²", "1": ""}


def rows(result: ProjectResult, layers: Layers, lang: Lang) -> list[Row]:
    """Return one row an indicator of the site's counties.

    Figures are of the layers that the review used, with their evidence; targets and published
    figures are those of the county, else of its city; of forest cover and soil conservation else
    of the province. What the embedded rasters are too coarse for is not told.
    """
    out: list[Row] = []
    for code, name, shape in _counties(result, layers):
        area = float(geodesy.areas(shape).sum())
        figure = message("indicators.km2", value=f"{units.km2(area):,.1f}").in_(lang)
        source = _standing(layers, "counties", lang)
        out.append(_row(name, message("indicators.area"), figure, source, lang))
        out += _shares(name, shape, area, layers, lang)
        out += [_row(name, *found, lang) for found in _targets(code)]
    return out


def _row(place: str, title: Text, figure: str, source: str, lang: Lang) -> Row:
    return {"place": place, "title": title.in_(lang), "figure": figure, "source": source}


def _counties(result: ProjectResult, layers: Layers) -> Iterator[tuple[str, str, Any]]:
    frame = layers.counties.frame
    here = frame[frame["name"].isin(result.counties)]
    here = here[here.geometry.intersects(result.project.geometry)]
    for row in here.itertuples():
        yield str(row.adcode), str(row.name), row.geometry


def _shares(name: str, shape: Any, area: float, layers: Layers, lang: Lang) -> Iterator[Row]:
    for key in _LINES:
        loaded = layers.held().get(key)
        if loaded is None or loaded.frame is None:
            continue
        shapes = np.asarray(loaded.frame.geometry.array, dtype=object)
        shapes = shapes[shapely.intersects(shapes, shape)]
        inside = shapely.union_all(shapely.intersection(shapes, shape))
        found = float(geodesy.areas(inside).sum())
        title = message("indicators.share", name=loaded.record.name)
        told = message(
            "indicators.km2-share", value=f"{units.km2(found):,.1f}", share=f"{found / area:.1%}"
        )
        yield _row(name, title, told.in_(lang), _standing(layers, key, lang), lang)


def _standing(layers: Layers, key: str, lang: Lang) -> str:
    record = layers[key].record
    return titles.EVIDENCE[record.evidence].in_(lang) if record.evidence is not None else ""


def _targets(code: str) -> Iterator[tuple[Text, str, str]]:
    """Yield title, figure and source of targets and published figures, the nearest place's."""
    known, figures = indicators(), published().figures
    places = (code, f"{code[:4]}00", f"{code[:2]}0000")
    for spec in known.indicators:
        near = places if spec.origin == "computed" else places[:2]
        target = next(
            (t for p in near for t in known.targets if t.place == p and t.indicator == spec.id),
            None,
        )
        if target is not None:
            sign = "≥" if target.sense == "at_least" else "≤"
            told = "; ".join(
                f"{y}: {sign} {v:g} {_UNITS[spec.unit]}".strip() for y, v in target.values.items()
            )
            title = message("indicators.target", name=spec.name, place=_place(target.place, places))
            yield title, told, target.document
        stated = [(p, f) for p in places for f in figures if (f.unit, f.indicator) == (p, spec.id)]
        if stated:
            place, figure = stated[0]
            title = message("indicators.published", name=spec.name, place=_place(place, places))
            yield title, f"{figure.year}: {figure.value:g} {_UNITS[spec.unit]}", figure.source


def _place(place: str, places: tuple[str, ...]) -> Text:
    return message(f"indicators.{('county', 'city', 'province')[places.index(place)]}")
