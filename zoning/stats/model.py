"""From a request to the soil-loss model: which factor comes from where, and what must be said."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zoning.base.encoding import read_rows
from zoning.base.errors import Problem, SourceError, UsageError, problem
from zoning.messages import message
from zoning.stats import rain
from zoning.stats.cells import cell_metres
from zoning.stats.factors import erodibility, vegetation_cover
from zoning.stats.fields import (
    Constant,
    Convert,
    Field,
    numbers,
    open_field,
    within,
)
from zoning.stats.figures import Note, unverified_note, warn
from zoning.stats.request import Input, Request
from zoning.stats.soil_loss import Model, Source
from zoning.stats.specs import CsleFactors, Scheme
from zoning.stats.tables import as_scheme, csle_factors, with_user_factors
from zoning.zonal.grid import Grid, open_grid

_METHODS: Final = {"constant": 0, "forest": 1, "shrub": 2, "grass": 3}


@dataclass
class Built:
    """A model and what was used to build it; filled in step by step."""

    factors: CsleFactors
    notes: list[Note] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def parameter(self, name: str) -> float:
        """Return a parameter and remember that it was used."""
        self.used.append(name)
        self.facts[name] = self.factors.value(name)
        return self.factors.value(name)

    def look(self, source: Input, target: Grid, convert: Convert, **more: Any) -> Field:
        """Open a raster on the calculation grid and keep the note about the grids."""
        found = open_field(source, target, convert, **more)
        if found.note is not None:
            self.notes.append(found.note)
        self.notes.append(Note("source", source.title))
        return found


def build(
    request: Request, inputs: Mapping[str, Input], scheme: str | Scheme
) -> tuple[Model, Built]:
    """Open every raster and put the model together.

    Raises
    ------
    ZoningError
        Rasters that cannot be used or do not overlap, unknown options.
    """
    factors = with_user_factors(Path(request.factors)) if request.factors else csle_factors()
    built = Built(factors)
    # A user's LS raster replaces the elevations, so its cells are calculated on.
    base = inputs["ls"] if "ls" in inputs else inputs["dem"]
    target = open_grid(str(base.path), (1,))
    # A table of every number that can be stored holds values the raster does not: none is made
    # where values are checked.
    user_ls = "ls" in inputs
    convert = within("ls") if user_ls else numbers()
    elevation = built.look(base, target, convert, pointwise=not user_ls)
    model = Model(
        grid=target,
        elevation=elevation,
        r=_erosivity(request, inputs, target, built),
        k=_erodibility(inputs, target, built),
        ls=elevation if user_ls else None,
        practice=_practice(inputs, target, built),
        cover=_cover(inputs, target, built),
        **_land(inputs["landcover"], as_scheme(scheme), target, built),
        **_lengths(target, built, user_ls),
        length_classes=request.length_classes,
    )
    built.facts |= {"length_classes": request.length_classes, "scheme": as_scheme(scheme).id}
    built.facts |= {f"{role}_sha256": source.sha256 for role, source in inputs.items()}
    _tell_unverified(built)
    return model, built


def _lengths(target: Grid, built: Built, user_ls: bool) -> dict[str, Any]:
    if user_ls:
        rows = np.ones(target.height)
        return {"dx": rows, "dy": rows}
    dx, dy = cell_metres(target)
    longest = built.parameter("slope_length_max")
    coarse = float(min(dx.min(), dy.min()))
    if coarse >= longest:
        built.notes.append(
            warn(
                f"高程像元约 {coarse:.0f} m，大于坡长上限 {longest:g} m：每个像元按整坡计算，"
                "坡度被严重削平，土壤流失偏小。",
                f"Elevation cells of about {coarse:.0f} m are longer than the longest slope "
                f"({longest:g} m): each counts as whole slopes; gradients are much too flat and "
                "soil loss too small.",
            )
        )
    cuts = [built.parameter(p) for p in ("cutoff_slope", "cutoff_gentle", "cutoff_steep")]
    return {
        "dx": dx,
        "dy": dy,
        "longest": longest,
        "multiplier": built.parameter("gradient_multiplier"),
        "cuts": np.array(cuts),
    }


def _erosivity(request: Request, inputs: Mapping[str, Input], target: Grid, built: Built) -> Source:
    if "erosivity" in inputs:
        return built.look(inputs["erosivity"], target, within("erosivity"))
    source = inputs["rain"]
    if source.path.suffix.lower() == ".csv":
        formula = request.rain_formula or "xie"
        first, series = _daily_csv(source.path)
        _say_formula(formula, built)
        built.notes.append(Note("source", source.title))
        return Constant(float(rain.daily_erosivity(series, first, formula)))
    grid = open_grid(str(source.path), None)
    if len(grid.bands) == 12:
        formula = request.rain_formula or "ning"
        rain.require(formula, "monthly")
    else:
        formula = request.rain_formula or "xie"
        rain.require(formula, "daily")
        if request.rain_start is None:
            raise UsageError(_no_start(source.path, len(grid.bands)))
    _say_formula(formula, built)
    convert = _rain_convert(formula, request.rain_start)
    return built.look(source, target, convert, bands=None)


def _rain_convert(formula: str, first: date | None) -> Convert:
    def convert(parts: list[tuple[NDArray[Any], Any]], grid: Grid) -> NDArray[Any]:
        stack = np.stack([numbers(i)(parts, grid) for i in range(len(parts))])
        bare = np.isnan(stack).any(axis=0)
        stack[:, bare] = 0.0
        if first is None or rain.FORMULAS[formula].needs == "monthly":
            found = rain.monthly_erosivity(stack, formula)
        else:
            found = rain.daily_erosivity(stack, first, formula)
        found[bare] = np.nan
        return found

    return convert


def _say_formula(formula: str, built: Built) -> None:
    rain_formula = rain.FORMULAS.get(formula)
    if rain_formula is None:
        rain.require(formula, "monthly")
        return
    unverified = None if rain_formula.verified else message("model.coefficients-unverified")
    built.facts["rain_formula"] = formula
    text = message("model.r", source=rain_formula.source, detail=unverified)
    built.notes.append(Note("method", text))


def _daily_csv(path: Path) -> tuple[date, NDArray[np.float64]]:
    """Read a station's daily rain; days must follow each other without a gap."""
    rows = read_rows(path)
    try:
        days = [date.fromisoformat(row["date"].strip()) for row in rows]
        values = np.array([float(row["rain_mm"]) for row in rows])
        gaps = [b for a, b in itertools.pairwise(days) if (b - a).days != 1]
        if not days or gaps:
            raise ValueError(f"gap before {gaps[0]}" if gaps else "no rows")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(
            problem("rain-unusable", file=str(path), key="rain-unusable.daily-csv", error=error)
        ) from error
    return days[0], values


def _erodibility(inputs: Mapping[str, Input], target: Grid, built: Built) -> Source:
    if "erodibility" in inputs:
        return built.look(inputs["erodibility"], target, within("erodibility"))
    if "soil" in inputs:
        soil = built.factors.soil
        lookup = {
            c.code: erodibility(c.sand, c.silt, c.clay, soil.organic_carbon) for c in soil.classes
        }
        if not soil.verified:
            built.notes.append(unverified_note([message("model.k-by-texture")], [soil.source]))
        return built.look(inputs["soil"], target, _by_code(lookup, "soil"))
    return Constant(built.parameter("k_uniform"))


def _practice(inputs: Mapping[str, Input], target: Grid, built: Built) -> Source:
    if "practice" in inputs:
        lookup = {p.code: p.value for p in built.factors.practice}
        loose = [p for p in built.factors.practice if not p.verified]
        if loose:
            built.notes.append(unverified_note([message("model.e")], [loose[0].source]))
        return built.look(inputs["practice"], target, _by_code(lookup, "practice"))
    built.notes.append(
        warn(
            "没有工程措施图：E = 1，梯田等的减蚀未计入，流失偏大。",
            "No map of engineering practices: E = 1, terraces are not counted, loss is too large.",
        )
    )
    return Constant(1.0)


def _cover(inputs: Mapping[str, Input], target: Grid, built: Built) -> Source:
    if "cover" in inputs:
        return built.look(inputs["cover"], target, within("cover"))
    bare, full = built.parameter("ndvi_soil"), built.parameter("ndvi_full")
    own = not inputs["ndvi"].embedded
    ndvi = within("ndvi") if own else numbers()

    def convert(parts: list[tuple[NDArray[Any], Any]], grid: Grid) -> NDArray[Any]:
        found: NDArray[Any] = vegetation_cover(ndvi(parts, grid), bare, full)
        return found

    if not own:
        built.notes.append(
            warn(
                "植被盖度取自多年最大 NDVI，偏大，B 偏小。",
                "Cover comes from the climatological maximum of NDVI: too high, so B is too low.",
            )
        )
    return built.look(inputs["ndvi"], target, convert, pointwise=not own)


def _land(source: Input, legend: Scheme, target: Grid, built: Built) -> dict[str, Any]:
    t = built.parameter("t_cropland")
    names = [c.group for c in built.factors.cover]
    missing = sorted({c.group for c in legend.classes} - set(names))
    if missing:
        raise UsageError(_no_group(missing))
    lookup = {c.code: names.index(c.group) for c in legend.classes}
    convert = _by_code(lookup, "landcover", np.uint8, 255)
    return {
        "group": built.look(source, target, convert, outside=255),
        "method": np.array([_METHODS[c.method] for c in built.factors.cover], np.uint8),
        "constant": np.array([c.value for c in built.factors.cover]),
        "tillage": np.array([t if c.tillage else 1.0 for c in built.factors.cover]),
    }


def _by_code(
    lookup: Mapping[int, float], role: str, dtype: Any = np.float64, missing: float = np.nan
) -> Convert:
    """Return the conversion of codes to values; a code without a value is refused."""
    codes = np.array(sorted(lookup))
    wanted = np.array([lookup[int(c)] for c in codes], dtype)

    small = np.zeros(256, np.uint8)  # 0 is a code without a value, 1 one with
    table = np.full(256, missing, dtype)
    inside = (codes >= 0) & (codes < 256)
    small[codes[inside]], table[codes[inside]] = 1, wanted[inside]

    def convert(parts: list[tuple[NDArray[Any], Any]], grid: Grid) -> NDArray[Any]:
        stored, fine = parts[0]
        if stored.dtype == np.uint8:
            found, strange = table.take(stored), small.take(stored) == 0
        else:
            at = np.minimum(np.searchsorted(codes, stored), codes.size - 1)
            strange = codes[at] != stored
            found = np.where(strange, missing, wanted[at]).astype(dtype)
        if stored.dtype.kind == "f":
            fine = fine & ~np.isnan(stored)
        if fine is not True and not np.all(fine):
            found[~fine] = missing
            strange &= fine
        if strange.any():
            unknown = np.unique(stored[strange])[:8].tolist()
            raise SourceError(_unknown_codes(grid.name, role, unknown))
        return np.asarray(found)

    return convert


def _tell_unverified(built: Built) -> None:
    """Name every value in use that no official text confirms, each kind in one note."""
    loose = [p for name in built.used if not (p := built.factors.parameters[name]).verified]
    if loose:
        names = [message("model.text", name=p.name, value=p.value) for p in loose]
        built.notes.append(unverified_note(names, [p.source for p in loose]))
    cover = [c for c in built.factors.cover if not c.verified]
    if cover:
        names = [message("model.b", group=c.group) for c in cover]
        built.notes.append(unverified_note(names, [c.source for c in cover]))


def _unknown_codes(name: str, role: str, codes: list[Any]) -> Problem:
    shown = ", ".join(f"{c:g}" for c in codes)
    return problem(
        "legend-mismatch", file=name, field=role, key="legend-mismatch.unknown-codes", shown=shown
    )


def _no_start(path: Path, bands: int) -> Problem:
    return problem("rain-unusable", file=str(path), bands=bands)


def _no_group(groups: list[str]) -> Problem:
    shown = ", ".join(groups)
    return problem("table-faulty", shown=shown)
