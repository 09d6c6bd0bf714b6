"""Forest cover of units: areas of land-cover classes times what each counts for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from zoning.base.errors import Problem, UsageError, problem
from zoning.base.progress import Progress, counter
from zoning.base.units import M2_PER_KM2
from zoning.messages import Text, message
from zoning.stats.chance import DRAWS, SHOWN
from zoning.stats.figures import (
    Column,
    Figures,
    Note,
    Table,
    quality_columns,
    unit_columns,
)
from zoning.stats.forest_draws import bounds, forest_draws
from zoning.stats.legends import fitting
from zoning.stats.request import Input
from zoning.stats.specs import (
    Caliber,
    CaliberSpec,
    CoverClass,
    Scheme,
)
from zoning.stats.tables import as_scheme, forest_definitions
from zoning.zonal import zonal_areas
from zoning.zonal.statistics import Run

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: More land than this in classes the legend does not know: it is the wrong legend.
STRANGE: Final = 0.05

COLUMNS: Final = (
    *unit_columns(),
    Column("forest_area_km2", message("forest.forest-area"), "km2", 2),
    Column("forest_cover_pct", message("forest.forest-cover"), "%", 2),
    Column("forest_cover_least_pct", message("forest.least"), "%", 2),
    Column("forest_cover_most_pct", message("forest.most"), "%", 2),
    Column("forest_cover_low_pct", message("figures.range-low"), "%", 2),
    Column("forest_cover_high_pct", message("figures.range-high"), "%", 2),
    *quality_columns(),
)
CLASS_COLUMNS: Final = (
    Column("unit", message("forest.code")),
    Column("class", message("forest.class"), None),
    Column("class_name", message("forest.class-name")),
    Column("counted", message("forest.counted-share"), "1", 2),
    Column("area_km2", message("forest.area"), "km2", 2),
)


def forest_cover(
    landcover: Input,
    units: GeoDataFrame,
    progress: Progress,
    *,
    scheme: str | Scheme,
    caliber: str,
    threads: int | None = None,
    run: Run | None = None,
) -> Figures:
    """Compute forest cover per unit.

    Parameters
    ----------
    landcover : Input
        Raster of classes.
    units : GeoDataFrame
        Columns ``unit`` and ``name``.
    progress : callable
    scheme : str or Scheme
        Legend of the raster, see ``forest_definitions.toml``.
    caliber : str
        ``statutory`` or ``third_survey``; never both in one figure.
    threads : int, optional
    run : callable, optional
        Where the windows are worked on, see :func:`zoning.zonal.zonal_areas`.

    Raises
    ------
    UsageError
        Unknown legend or caliber, or classes that the legend does not have.
    SourceError
        The raster cannot be used.

    Source
    ------
    Forest cover = forest area / land area (森林法实施条例 2018, article 24).
    """
    definitions = forest_definitions()
    legend, what = as_scheme(scheme), definitions.caliber(caliber)
    counted = counter(progress, message("forest.measuring-land-cover"))
    areas = zonal_areas(
        str(landcover.path), units, id_column="unit", threads=threads, progress=counted, run=run
    )
    return forest_figures(areas, landcover, units, legend, what)


def forest_figures(
    areas: pd.DataFrame, landcover: Input, units: GeoDataFrame, legend: Scheme, what: CaliberSpec
) -> Figures:
    """Turn areas of classes into figures; ``areas`` as ``zonal_areas`` gives them."""
    frame, strange = summarise(areas, legend, what.id, coarse=landcover.embedded)
    drawn = forest_draws(areas, legend, what.id, coarse=landcover.embedded)
    low, high = drawn.around(frame["forest_cover_pct"].to_numpy(float))
    frame["forest_cover_low_pct"], frame["forest_cover_high_pct"] = low, high
    result = units[["unit", "name", "geometry"]].merge(frame, on="unit", how="left", validate="1:1")
    notes = [*_notes(landcover, legend, what), *_strange_notes(strange)]
    return Figures(
        topic="forest-cover",
        title=message("forest.title"),
        columns=COLUMNS,
        frame=result[[*(c.name for c in COLUMNS), "geometry"]],
        notes=tuple(notes),
        tables=(_class_table(areas, legend, what.id),),
        facts={
            "caliber": what.id,
            "scheme": legend.id,
            "landcover": landcover.path.name,
            "landcover_sha256": landcover.sha256,
            "landcover_year": landcover.year,
            "embedded": landcover.embedded,
            "demonstration": landcover.embedded,
            "weak": [] if legend.accuracy and legend.accuracy.verified else ["confusion"],
        },
        draws=drawn,
    )


def summarise(
    areas: pd.DataFrame, legend: Scheme, caliber: Caliber, *, coarse: bool = False
) -> tuple[pd.DataFrame, pd.Series]:
    """Turn class areas into forest figures.

    Parameters
    ----------
    areas : DataFrame
        As ``zonal_areas`` gives them, identifier column ``unit``.
    legend : Scheme
    caliber : {"statutory", "third_survey"}
    coarse : bool
        True for the embedded cells of 5 km: up to half of each may be another class, so that only
        the range is told.

    Returns
    -------
    frame : DataFrame
        One row a unit: the columns of ``COLUMNS`` but the name and the range of the draws.
    strange : Series
        Share of all land in classes the legend does not have, by class.

    Raises
    ------
    UsageError
        That share is above ``STRANGE``.
    """
    known = legend.by_code()
    data = areas[areas["class"].notna()]
    unknown = data[~data["class"].isin(known)]
    total = float(data["area_m2"].sum())
    strange = unknown.groupby("class")["area_m2"].sum() / (total or 1.0)
    if strange.sum() > STRANGE:
        raise UsageError(_wrong_legend(legend, strange, data))
    # A class nobody has defined is neither forest nor not: it widens the range.
    weights = bounds(legend, caliber, coarse=coarse)
    triple = np.array([weights.get(int(c), (0.0, 0.0, 1.0)) for c in data["class"]]).reshape(-1, 3)
    parts = pd.DataFrame(triple * data["area_m2"].to_numpy(float)[:, None], columns=list("clm"))
    sums = parts.groupby(data["unit"].to_numpy()).sum()
    each = areas.drop_duplicates("unit").set_index("unit")
    land = data.groupby("unit")["area_m2"].sum().reindex(each.index)
    sums = sums.reindex(each.index)
    frame = pd.DataFrame(
        {
            "unit": each.index,
            "land_area_km2": each["unit_area_m2"].to_numpy(float) / M2_PER_KM2,
            "forest_area_km2": sums["c"].to_numpy(float) / M2_PER_KM2,
            "forest_cover_pct": (sums["c"] / land).to_numpy(float) * 100.0,
            "forest_cover_least_pct": (sums["l"] / land).to_numpy(float) * 100.0,
            "forest_cover_most_pct": (sums["m"] / land).to_numpy(float) * 100.0,
            "coverage_share": each["coverage_share"].to_numpy(float),
            "low_coverage": each["low_coverage"].to_numpy(bool),
        }
    )
    if coarse:
        frame[["forest_area_km2", "forest_cover_pct"]] = np.nan
    return frame, strange


def _class_table(areas: pd.DataFrame, legend: Scheme, caliber: Caliber) -> Table:
    known = legend.by_code()
    data = areas[areas["class"].notna() & (areas["area_m2"] > 0.0)]
    codes = [int(c) for c in data["class"]]
    frame = pd.DataFrame(
        {
            "unit": data["unit"].to_numpy(),
            "class": codes,
            "class_name": [_name(known.get(c)) for c in codes],
            "counted": [known[c].weights(caliber)[0] if c in known else np.nan for c in codes],
            "area_km2": data["area_m2"].to_numpy(float) / M2_PER_KM2,
        }
    )
    return Table("classes", message("forest.land-cover-areas"), CLASS_COLUMNS, frame)


def _name(found: CoverClass | None) -> Text:
    return Text(found.zh, found.en) if found else message("forest.legend")


def _notes(landcover: Input, legend: Scheme, what: CaliberSpec) -> list[Note]:
    loose = None if what.verified else message("forest.definition-unverified")
    caliber = message("forest.caliber", name=what.name, definition=what.definition,
                      source=what.source, loose=loose)  # fmt: skip
    reasons = [(c, c.why) for c in legend.classes if c.why and any(c.weights(what.id))]
    notes = [
        Note("caliber", caliber),
        Note("source", landcover.title),
        Note("source", message("forest.legend-source", source=legend.source)),
        Note(
            "method",
            message("forest.least-most-follow-from"),
        ),
    ]
    for cover, why in reasons:
        share, least, most = cover.weights(what.id)
        text = f"{cover.code} {cover.zh} {cover.en}: {share:g} ({least:g}–{most:g}). {why}"
        notes.append(Note("caliber", Text(text, text)))
    notes.append(Note("method", message("figures.draws", draws=DRAWS, shown=100.0 * SHOWN)))
    if landcover.embedded:
        notes.insert(0, Note("warning", message("forest.demonstration")))
    return notes


def _strange_notes(strange: pd.Series) -> list[Note]:
    if strange.empty:
        return []
    codes = [str(int(c)) for c in strange.index]
    told = message("forest.strange", codes=codes, share=100.0 * strange.sum())
    return [Note("warning", told)]


def _wrong_legend(legend: Scheme, strange: pd.Series, data: pd.DataFrame) -> Problem:
    shown = ", ".join(str(int(c)) for c in strange.index[:8])
    shares = data.groupby("class")["area_m2"].sum() / data["area_m2"].sum()
    best = fitting({int(c): float(v) for c, v in shares.items()})
    schemes = ", ".join(best or [s.id for s in forest_definitions().schemes])
    return problem(
        "legend-mismatch",
        field="scheme",
        key="legend-mismatch.wrong-legend" if not best else "legend-mismatch.better-legend",
        shown=shown,
        id=legend.id,
        schemes=schemes,
    )
