"""The county-level divisions that there are: what an official file of them lacks, or leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoning import measure
from zoning.base.errors import Problem, problem
from zoning.base.table import Table
from zoning.catalogue import embedded
from zoning.catalogue.embedded import LoadedLayer
from zoning.catalogue.load import load_catalogue
from zoning.model import OfficialLayer
from zoning.review import official
from zoning.review.misplaced import misplaced
from zoning.review.official_fields import shown

if TYPE_CHECKING:
    from pathlib import Path


#: Layers of which every unit is known by its code.
UNITS = ("counties", "cities")
#: A county drawn with less of its known area than this is not all there.
_LEAST = 0.5
#: How many of the codes that a file lacks are named.
_NAMED = 8


def known(name: str = "counties") -> LoadedLayer:
    """Return the units of the catalogue's own data, of which there is one for each code."""
    return embedded.load_layer(load_catalogue().layer(name))


def codes_of(units: Table) -> list[str]:
    """Return the six-digit code of each unit, whatever stands behind it."""
    return [str(code).strip()[:6] for code in units["adcode"]]


def lacking(name: str, given: Table) -> tuple[str, ...]:
    """Return the codes of the counties or cities that a file of them does not hold whole."""
    own = known(name).given
    assert own is not None  # the package's own data are tested
    drawn = _areas(given)
    least = {code: _LEAST * area for code, area in _areas(own).items()}
    return tuple(sorted(code for code, area in least.items() if drawn.get(code, 0.0) < area))


def checked(loaded: LoadedLayer, entry: OfficialLayer) -> LoadedLayer:
    """Doubt a file of counties in which some lie elsewhere than they are known to."""
    own = known()
    assert own.frame is not None and loaded.frame is not None
    found = misplaced(loaded.frame, own.frame, own.record.accuracy_m or 0.0)
    return official.doubted(loaded, entry, found)


def remarks(entry: OfficialLayer, name: str, missing: Sequence[str]) -> tuple[Problem, ...]:
    """Say which units a file of them lacks: where they are, it is not complete."""
    if not missing:
        return ()
    count = len(missing)
    found = problem(
        "workspace-counties-lacking",
        file=shown(entry),
        layer=name,
        field="covers",
        count=count,
        codes=[*missing[:_NAMED], *(("…",) if count > _NAMED else ())],
    )
    return (found,)


def listed(counties: Table, stated: str | Sequence[str]) -> NDArray[np.bool_]:
    """Mark the counties that division codes name; the code of a city stands for all of it."""
    if stated == "province":
        return np.ones(len(counties), dtype=bool)
    wanted = tuple(map(_stem, stated))
    return np.array([code.startswith(wanted) for code in codes_of(counties)], dtype=bool)


def unknown(counties: Table, stated: str | Sequence[str]) -> tuple[str, ...]:
    """Return the division codes that stand for no county."""
    codes = codes_of(counties)
    named = () if isinstance(stated, str) else stated
    return tuple(c for c in named if not any(code.startswith(_stem(c)) for code in codes))


def present(
    counties: Table, stated: str | Sequence[str], missing: Sequence[str]
) -> tuple[str, ...]:
    """Return the codes of the counties that are stated and that a file does not lack.

    A file that lacks a city lacks all of its counties.
    """
    codes = np.array(codes_of(counties))[listed(counties, stated)]
    return tuple(code for code in codes.tolist() if not {code, f"{code[:4]}00"} & set(missing))


def _stem(code: str) -> str:
    """Return what the codes begin with that a code stands for."""
    return code[:4] if code.endswith("00") else code


def no_such_county(file: Path, layer: str, codes: Sequence[str]) -> Problem:
    """Say that codes of a statement name no county."""
    place = {"file": str(file), "field": f"layers.{layer}.covers"}
    return problem("workspace-unknown-county", **place, codes=list(codes))


def _areas(units: Table) -> dict[str, float]:
    """Return the area of each code; a county may be drawn in several pieces."""
    out: dict[str, float] = {}
    shapes: Any = np.asarray(units.geometry, dtype=object)
    for code, area in zip(codes_of(units), measure.areas(shapes).tolist(), strict=True):
        out[code] = out.get(code, 0.0) + area
    return out
