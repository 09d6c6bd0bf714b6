"""From a request to the soil-loss model: which factor comes from where, and what must be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zoning.base.errors import Problem, SourceError, UsageError, problem
from zoning.messages import message
from zoning.stats.cells import cell_metres
from zoning.stats.erosivity import erosivity
from zoning.stats.factors import erodibility
from zoning.stats.fields import (
    Constant,
    Convert,
    Field,
    numbers,
    open_field,
    within,
)
from zoning.stats.figures import Note, unverified_note
from zoning.stats.request import Input, Request
from zoning.stats.season import season
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
        r=erosivity(request, inputs, target, built),
        k=_erodibility(inputs, target, built),
        ls=elevation if user_ls else None,
        practice=_practice(inputs, target, built),
        season=season(request, inputs, target, built),
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
            Note("warning", message("model.coarse-cells", coarse=coarse, longest=longest))
        )
    cuts = [built.parameter(p) for p in ("cutoff_slope", "cutoff_gentle", "cutoff_steep")]
    return {
        "dx": dx,
        "dy": dy,
        "longest": longest,
        "multiplier": built.parameter("gradient_multiplier"),
        "cuts": np.array(cuts),
    }


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
    built.notes.append(Note("warning", message("model.no-practices")))
    return Constant(1.0)


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


def _no_group(groups: list[str]) -> Problem:
    shown = ", ".join(groups)
    return problem("table-faulty", shown=shown)
