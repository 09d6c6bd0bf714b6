"""Soil loss and soil conservation of units: the rasters are made, then measured by unit."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import rasterio

from zoning.base import scratch
from zoning.base.progress import Progress, counter
from zoning.base.seals import MARK
from zoning.base.targets import Target, require_suffix
from zoning.base.units import M2_PER_KM2
from zoning.base.writing import whole
from zoning.messages import message
from zoning.stats.calibrate import Fit, fit, read_published
from zoning.stats.chance import DRAWS, SHOWN, Draws
from zoning.stats.figures import (
    Column,
    Figures,
    Note,
    quality_columns,
    unit_columns,
)
from zoning.stats.model import Built, build
from zoning.stats.ratios import histogram, write_ratios
from zoning.stats.request import Input, Request
from zoning.stats.soil_draws import FACTORS, conservation_draws, standing
from zoning.stats.soil_loss import Classes, Model, write_rasters
from zoning.stats.specs import Scheme
from zoning.stats.tables import erosion_classes
from zoning.stats.terrain import CLASS_CODES, LIGHT_BY_OTHER, SLIGHT_BY_OTHER
from zoning.stats.zones import class_rules
from zoning.zonal import zonal_areas, zonal_stats

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Column of each class and the raster codes that fall in it (see terrain.CLASS_CODES).
_CODES: Final[Mapping[str, tuple[int, ...]]] = {
    "slight": (1, 2, LIGHT_BY_OTHER),
    "light": (3, 4, SLIGHT_BY_OTHER),
    "moderate": (5,),
    "intense": (6,),
    "very_intense": (7,),
    "extreme": (8,),
}
_TITLES: Final = {
    "soil-loss": message("erosion.titles.soil-loss"),
    "soil-conservation": message("erosion.titles.soil-conservation"),
}
_BY_ZONE: Final = (2, 3, LIGHT_BY_OTHER, SLIGHT_BY_OTHER)


def _class_columns() -> tuple[Column, ...]:
    names = {c.id: c.name for c in erosion_classes().classes}
    return tuple(Column(f"{key}_km2", names[key], "km2", 2) for key in _CODES)


def loss_columns() -> tuple[Column, ...]:
    """Return the columns of ``soil-loss``."""
    return (
        *unit_columns(),
        Column("soil_loss_t_km2_a", message("erosion.mean-soil-loss"), "t/(km2 a)", 0),
        Column("soil_loss_t_a", message("erosion.total-soil-loss"), "t/a", 0),
        Column("soil_loss_low_t_km2_a", message("figures.range-low"), "t/(km2 a)", 0),
        Column("soil_loss_high_t_km2_a", message("figures.range-high"), "t/(km2 a)", 0),
        *_class_columns(),
        *quality_columns(),
    )


def conservation_columns() -> tuple[Column, ...]:
    """Return the columns of ``soil-conservation``."""
    return (
        *unit_columns(),
        Column("soil_conservation_pct", message("erosion.soil-conservation-ratio"), "%", 2),
        Column("soil_conservation_min_pct", message("erosion.least-by-zones"), "%", 2),
        Column("soil_conservation_max_pct", message("erosion.most-by-zones"), "%", 2),
        Column("soil_conservation_low_pct", message("figures.range-low"), "%", 2),
        Column("soil_conservation_high_pct", message("figures.range-high"), "%", 2),
        Column("eroded_km2", message("erosion.eroded-area"), "km2", 2),
        *_class_columns(),
        Column(
            "decided_by_zone_km2",
            message("erosion.decided-by-zone"),
            "km2",
            1,
        ),
        *quality_columns(),
    )


def erosion(
    topic: str,
    request: Request,
    units: GeoDataFrame,
    inputs: Mapping[str, Input],
    scheme: str | Scheme,
    progress: Progress,
) -> Figures:
    """Compute soil loss, its classes, and the soil-conservation ratio per unit.

    Returns
    -------
    Figures
        ``soil_loss_t_km2_a``: mean of A over the unit's area with data. Ratio = 1 − area of light
        and stronger erosion / area with data (水利部 2019; SL 190-2007).

    Raises
    ------
    ZoningError
        Rasters that cannot be used, unknown options.
    """
    kept = _target_of(request, inputs)
    model, built = build(request, inputs, scheme)
    rules = class_rules(request, inputs, model.grid, built)
    with scratch.folder() as folder:
        loss, classes = folder / "loss.tif", folder / "classes.tif"
        write_rasters(
            model,
            loss,
            (classes, rules),
            threads=request.threads,
            progress=counter(progress, message("erosion.computing-soil-loss")),
        )
        frame = _measure(loss, classes, units, progress, request.threads)
        own = standing(inputs, built.factors)
        areas, readings = _ratios(model, rules, loss, folder / "ratios.tif", units, request.threads)
        drawn = conservation_draws(areas, readings, built.factors, own)
        fitted = _fitted(request, areas, len(readings), built, own)
        if kept is not None:
            _keep(loss, kept)
    coarse = _coarse(inputs)
    frame = _with_ranges(frame, drawn, built, own, coarse=coarse)
    if fitted is not None:
        built.notes.extend(fitted.notes)
        built.facts["calibration"] = fitted.told(coarse=coarse)
    built.facts |= {
        "embedded": coarse,
        "demonstration": coarse,
        "embedded_roles": sorted(r for r, source in inputs.items() if source.embedded),
        "weak": sorted(name for name, kind in own.items() if kind != "own"),
        "landcover_year": _year(inputs),
    }
    columns = loss_columns() if topic == "soil-loss" else conservation_columns()
    merged = units[["unit", "name", "geometry"]].merge(frame, on="unit", validate="1:1")
    return Figures(
        topic=topic,
        title=_TITLES[topic],
        columns=columns,
        frame=merged[[*(c.name for c in columns), "geometry"]],
        notes=tuple(_notes(inputs, built, model)),
        facts=built.facts,
        tables=() if fitted is None else (fitted.table,),
        draws=drawn if topic == "soil-conservation" else None,
    )


def _ratios(
    model: Model,
    rules: Classes,
    loss: Path,
    path: Path,
    units: GeoDataFrame,
    threads: int | None,
) -> tuple[pd.DataFrame, tuple[float, ...]]:
    """Return the areas of each unit by the ratio of loss to tolerance, and the readings."""
    readings = write_ratios(model, rules, loss, path)
    return zonal_areas(str(path), units, id_column="unit", threads=threads), readings


def _fitted(
    request: Request, areas: pd.DataFrame, readings: int, built: Built, own: Mapping[str, str]
) -> Fit | None:
    """Fit the factors to published areas, if asked."""
    if request.calibrate is None:
        return None
    units = [str(unit) for unit in areas["unit"].drop_duplicates()]
    steps = histogram(areas, units, readings).sum(axis=1)
    published = read_published(Path(request.calibrate), frozenset(units))
    return fit(steps, units, published, built.factors, own)


def _with_ranges(
    frame: pd.DataFrame, drawn: Draws, built: Built, own: Mapping[str, str], *, coarse: bool
) -> pd.DataFrame:
    """Add the ranges; figures of coarse embedded data are told by their ranges alone."""
    own_figure = frame["soil_conservation_pct"].to_numpy(float)
    low, high = drawn.band() if coarse else drawn.around(own_figure)
    frame["soil_conservation_low_pct"], frame["soil_conservation_high_pct"] = low, high
    tail = (1.0 - SHOWN) / 2.0
    # Every factor multiplies the loss, so that the range of the mean is that of their product.
    product = np.exp(sum(drawn.factors[name] for name in FACTORS))
    for name, share in (("low", tail), ("high", 1.0 - tail)):
        multiplier = float(np.quantile(product, share))
        frame[f"soil_loss_{name}_t_km2_a"] = frame["soil_loss_t_km2_a"] * multiplier
    built.notes.append(Note("method", message("figures.draws", draws=DRAWS, shown=100.0 * SHOWN)))
    ranges = [message("erosion.range", factor=r.factor.upper(), low=r_[0], high=r_[1])
              for r in built.factors.ranges
              if (r_ := built.factors.range_of(r.factor, own[r.factor]))]  # fmt: skip
    built.notes.append(Note("parameter", message("erosion.ranges", ranges=ranges)))
    if coarse:
        withheld = ["soil_loss_t_km2_a", "soil_loss_t_a", "eroded_km2", "soil_conservation_pct",
                    "soil_conservation_min_pct", "soil_conservation_max_pct",
                    "decided_by_zone_km2", *(f"{key}_km2" for key in _CODES)]  # fmt: skip
        frame[withheld] = np.nan
    return frame


def _measure(
    loss: Path,
    classes: Path,
    units: GeoDataFrame,
    progress: Progress,
    threads: int | None,
) -> pd.DataFrame:
    """Sum both rasters by unit."""
    counted = counter(progress, message("erosion.measuring-units"))
    common: dict[str, Any] = {"id_column": "unit", "threads": threads, "progress": counted}
    means = zonal_stats(str(loss), units, stats=("mean", "integral"), **common)
    means = means.set_index("unit")
    areas = zonal_areas(str(classes), units, **common)
    table = areas.pivot_table(
        index="unit", columns="class", values="area_m2", aggfunc="sum", observed=True
    ).reindex(index=means.index, columns=[*CLASS_CODES, LIGHT_BY_OTHER, SLIGHT_BY_OTHER])
    # A unit without any data has no areas; one with data has 0 of the classes it lacks.
    table = table.fillna(0.0).where(table.notna().any(axis=1), np.nan)
    quality = areas.drop_duplicates("unit").set_index("unit").reindex(means.index)
    sums = {
        f"{key}_km2": table[list(codes)].sum(axis=1, min_count=1) / M2_PER_KM2
        for key, codes in _CODES.items()
    }
    light = [code for key, codes in _CODES.items() if key != "slight" for code in codes]
    eroded = table[light].sum(axis=1, min_count=1)
    land = table.sum(axis=1, min_count=1)
    frame = pd.DataFrame(
        {
            "land_area_km2": quality["unit_area_m2"].astype(float) / M2_PER_KM2,
            "soil_loss_t_km2_a": means["mean"].astype(float),
            "soil_loss_t_a": means["integral"].astype(float) / M2_PER_KM2,
            **sums,
            "eroded_km2": eroded / M2_PER_KM2,
            "soil_conservation_pct": 100.0 * (1.0 - eroded / land),
            "soil_conservation_min_pct": 100.0 * (1.0 - (eroded + table[LIGHT_BY_OTHER]) / land),
            "soil_conservation_max_pct": 100.0 * (1.0 - (eroded - table[SLIGHT_BY_OTHER]) / land),
            "decided_by_zone_km2": table[list(_BY_ZONE)].sum(axis=1, min_count=1) / M2_PER_KM2,
            "coverage_share": quality["coverage_share"].astype(float),
            "low_coverage": quality["low_coverage"].astype(bool),
        },
        index=means.index,
    )
    return frame.reset_index()


def _target_of(request: Request, inputs: Mapping[str, Input]) -> Target | None:
    """Refuse a place for the loss raster that could not be written, before any work."""
    if request.loss_raster is None:
        return None
    read = frozenset((*request.files, *(source.path for source in inputs.values())))
    target = Target(Path(request.loss_raster), read, request.overwrite)
    require_suffix(target.path, (".tif", ".tiff"))
    target.require()
    return target


def _keep(loss: Path, target: Target) -> None:
    """Copy the raster where the user wants it: whole, or not at all."""
    with whole(target) as part:
        shutil.copyfile(loss, part)
        with rasterio.open(part, "r+") as raster:
            raster.update_tags(OUTPUT=MARK)


def warn_embedded(roles: list[str]) -> Note:
    """Return what must be said where embedded rasters are used."""
    fine = not {"dem", "landcover"} & set(roles)
    key = "erosion.embedded" if fine else "erosion.demonstration"
    return Note("warning", message(key, roles=[message(f"inputs.roles.{r.replace('_', '-')}")
                                               for r in roles]))  # fmt: skip


def _coarse(inputs: Mapping[str, Input]) -> bool:
    return any(inputs[role].embedded for role in ("dem", "landcover") if role in inputs)


def _year(inputs: Mapping[str, Input]) -> int | None:
    return inputs["landcover"].year


def _notes(inputs: Mapping[str, Input], built: Built, model: Model) -> list[Note]:
    notes = list(built.notes)
    notes.append(
        Note(
            "method",
            message("erosion.r-k-l-s", length_classes=model.length_classes),
        )
    )
    coarse = [role for role, source in inputs.items() if source.embedded]
    if coarse:
        notes.insert(0, warn_embedded(coarse))
    order = ("warning", "caliber", "method", "parameter", "resampling", "source")
    return sorted(notes, key=lambda n: order.index(n.kind))
