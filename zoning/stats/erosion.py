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
from zoning.stats.figures import (
    Column,
    Figures,
    Note,
    quality_columns,
    unit_columns,
    warn,
)
from zoning.stats.model import Built, build
from zoning.stats.request import Input, Request
from zoning.stats.soil_loss import Model, write_rasters
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
_BY_ZONE: Final = (2, 3, LIGHT_BY_OTHER, SLIGHT_BY_OTHER)


def _class_columns() -> tuple[Column, ...]:
    names = {c.id: c.name for c in erosion_classes().classes}
    return tuple(Column(f"{key}_km2", names[key], "km2", 1) for key in _CODES)


def loss_columns() -> tuple[Column, ...]:
    """Return the columns of ``soil-loss``."""
    return (
        *unit_columns(),
        Column("soil_loss_t_km2_a", message("erosion.mean-soil-loss"), "t/(km2 a)", 1),
        Column("soil_loss_t_a", message("erosion.total-soil-loss"), "t/a", 0),
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
        Column("eroded_km2", message("erosion.eroded-area"), "km2", 1),
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
        if kept is not None:
            _keep(loss, kept)
    columns = loss_columns() if topic == "soil-loss" else conservation_columns()
    merged = units[["unit", "name", "geometry"]].merge(frame, on="unit", validate="1:1")
    titles = {
        "soil-loss": message("erosion.titles.soil-loss"),
        "soil-conservation": message("erosion.titles.soil-conservation"),
    }
    return Figures(
        topic=topic,
        title=titles[topic],
        columns=columns,
        frame=merged[[*(c.name for c in columns), "geometry"]],
        notes=tuple(_notes(inputs, built, model)),
        facts=built.facts | {"embedded": _coarse(inputs), "landcover_year": _year(inputs)},
    )


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
        notes.insert(
            0,
            warn(
                "仅供参考：用了内嵌的粗分辨率数据（30″ 高程、0.05° 土地覆盖与 NDVI、0.25° 雨量等："
                f"{'、'.join(coarse)}），不能代替水土流失动态监测成果。",
                "Indicative: coarse embedded data were used (30″ elevation, 0.05° land cover and "
                f"NDVI, 0.25° rain; here: {', '.join(coarse)}). This is no official monitoring.",
            ),
        )
    order = ("warning", "caliber", "method", "parameter", "resampling", "source")
    return sorted(notes, key=lambda n: order.index(n.kind))
