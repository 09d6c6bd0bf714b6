"""The data tables of the statistics, ``layers/tables/*.toml``, read once and checked."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import tomli
from pydantic import BaseModel, ValidationError

from zoning.base.errors import CatalogueError, Problem, UsageError, problem
from zoning.base.settings import layers_dir
from zoning.messages import message
from zoning.stats.request import Request
from zoning.stats.specs import (
    CoverClass,
    CsleFactors,
    Edition,
    ErosionClasses,
    ForestDefinitions,
    LandSurvey,
    Scheme,
    SoilRegions,
)
from zoning.stats.target_specs import (
    Indicators,
    IndicatorSystem,
    Monitoring,
    Published,
    Supervision,
)

T = TypeVar("T", bound=BaseModel)
#: The legend of the embedded land cover.
EMBEDDED_SCHEME: Final = "igbp"


@cache
def forest_definitions() -> ForestDefinitions:
    """Read the calibers and legends; the editions of the land survey are legends, too."""
    found = _read("forest_definitions", ForestDefinitions)
    surveys = tuple(survey_scheme(edition) for edition in land_survey().editions)
    return found.model_copy(update={"schemes": (*found.schemes, *surveys)})


@cache
def land_survey() -> LandSurvey:
    """Read the editions of the land-use classification."""
    return _read("land_survey", LandSurvey)


def survey_number(code: str, position: int) -> int:
    """Return the number of a survey's class in a raster: its code, or one of its own (05H1)."""
    return int(code) if code.isdigit() else 900_000 + position


def survey_scheme(edition: Edition) -> Scheme:
    """Return an edition as a legend of numbers."""
    uses = {use.id: use for use in land_survey().uses}
    classes = []
    for position, (code, name, use) in enumerate(edition.classes):
        what = uses[use]
        classes.append(
            CoverClass(
                code=survey_number(code, position), zh=f"{code} {name}", en=f"{code} {what.en}",
                group=what.group, statutory=what.statutory, third_survey=what.third_survey,
                why=what.why,
            )
        )  # fmt: skip
    return Scheme(id=edition.id, name=edition.name, source=edition.source,
                  accuracy=edition.accuracy, classes=tuple(classes))  # fmt: skip


@cache
def csle_factors() -> CsleFactors:
    """Read the shipped soil-loss parameters."""
    return _read("csle_factors", CsleFactors)


@cache
def erosion_classes() -> ErosionClasses:
    """Read the classes of SL 190."""
    return _read("erosion_classes", ErosionClasses)


@cache
def indicators() -> Indicators:
    """Read the indicators and their targets."""
    return _read("indicators", Indicators)


@cache
def published() -> Published:
    """Read the published figures."""
    return _read("county_published", Published)


@cache
def monitoring() -> Monitoring:
    """Read the ranks and alert levels."""
    return _read("monitoring", Monitoring)


@cache
def indicator_system() -> IndicatorSystem:
    """Read the indicator systems of the documents."""
    return _read("indicator_system", IndicatorSystem)


@cache
def soil_regions() -> SoilRegions:
    """Read the third-level regions of the counties."""
    return _read("soil_regions", SoilRegions)


@cache
def supervision() -> Supervision:
    """Read the regimes of supervision."""
    return _read("supervision", Supervision)


def chosen_scheme(request: Request) -> Scheme:
    """Return the legend of a request's land cover: the user's own, a built-in or the embedded one.

    Raises
    ------
    UsageError
        The file of the legend is missing, or there is no legend of that name.
    CatalogueError
        The file has the wrong form.
    """
    if request.legend is not None:
        return user_scheme(Path(request.legend))
    return forest_definitions().scheme(request.scheme or EMBEDDED_SCHEME)


def as_scheme(scheme: str | Scheme) -> Scheme:
    """Return a legend given by its id or as it is."""
    return forest_definitions().scheme(scheme) if isinstance(scheme, str) else scheme


def user_scheme(path: Path) -> Scheme:
    """Read a user's legend, see :func:`user_legend`."""
    return user_legend(path)[0]


def user_legend(path: Path) -> tuple[Scheme, dict[str, int]]:
    """Read a user's legend: ``id``, ``name``, ``source`` and ``classes`` as in the shipped table.

    Returns
    -------
    scheme : Scheme
    numbers : dict
        Number of each code; codes in quotes, which vector layers may have, are numbered.

    Raises
    ------
    UsageError
        The file is missing.
    CatalogueError
        It has the wrong form, or names a group that there is none of.
    """
    if not path.is_file():
        raise UsageError(problem("file-missing", file=str(path), key="file-missing.legend"))
    raw = {"id": "own", **_toml(path)}
    classes = [c for c in raw.get("classes", []) if isinstance(c, dict)]
    codes = [c.get("code") for c in classes]
    numbers = {str(c).strip().upper(): c if isinstance(c, int) else survey_number(str(c), at)
               for at, c in enumerate(codes)}  # fmt: skip
    for one, code in zip(classes, codes, strict=True):
        one["code"] = numbers[str(code).strip().upper()]
    found = _validate(raw, Scheme, str(path))
    known = {c.group for c in csle_factors().cover}
    strange = sorted({c.group for c in found.classes} - known)
    if strange:
        raise CatalogueError(
            problem("table-faulty", file=str(path), field="group", key="table-faulty.groups",
                    groups=strange, known=sorted(known))
        )  # fmt: skip
    return found, numbers


def with_user_factors(path: Path) -> CsleFactors:
    """Return the shipped factors with the entries of a user's file put in their place.

    Parameters
    ----------
    path : Path
        TOML of the same form as ``csle_factors.toml``; parameters are replaced by name, cover by
        group, practice by code, ranges by factor, season and soil as a whole.

    Raises
    ------
    UsageError
        The file is missing or names an unknown parameter.
    CatalogueError
        An entry has the wrong form.
    """
    if not path.is_file():
        raise UsageError(_missing(path))
    raw = _toml(path)
    base = csle_factors().model_dump(by_alias=True)
    strange = set(raw.get("parameters", {})) - set(base["parameters"])
    if strange:
        raise UsageError(_unknown_parameters(path, sorted(strange), sorted(base["parameters"])))
    base["parameters"] |= raw.get("parameters", {})
    for table, key in (("cover", "group"), ("practice", "code"), ("ranges", "factor")):
        rows = {row[key]: row for row in base[table]}
        rows |= {row.get(key): row for row in raw.get(table, [])}
        base[table] = list(rows.values())
    for whole in ("season", "soil"):
        base[whole] = raw.get(whole, base[whole])
    base |= {k: v for k, v in raw.items() if k not in base}
    found = _validate(base, CsleFactors, str(path))
    problems = [
        _out_of_range(path, name, parameter.value, least, most)
        for name, parameter in found.parameters.items()
        for least, most in [(-1.0, 1.0) if name.startswith("ndvi_") else (0.0, math.inf)]
        if not (least <= parameter.value <= most and math.isfinite(parameter.value))
    ]
    if problems:
        raise CatalogueError(problems)
    return found


def _read(name: str, kind: type[T]) -> T:
    path = layers_dir() / "tables" / f"{name}.toml"
    return _validate(_toml(path), kind, f"layers/tables/{path.name}")


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(_faulty(path.name, None, str(error))) from error


def _validate(raw: object, kind: type[T], name: str) -> T:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        raise CatalogueError(
            _faulty(name, ".".join(str(part) for part in fault["loc"]), fault["msg"])
            for fault in error.errors()
        ) from error


def _faulty(name: str, key: str | None, reason: str) -> Problem:
    return problem("table-faulty", file=name, field=key, key="table-faulty.faulty", reason=reason)


def _out_of_range(path: Path, name: str, value: float, least: float, most: float) -> Problem:
    bounded = math.isfinite(most)
    limits = message(f"fields.{'from-to' if bounded else 'or-more'}", low=least, high=most)
    return problem(
        "out-of-range",
        file=str(path),
        field=f"parameters.{name}",
        name=name,
        value=value,
        detail=limits,
    )


def _missing(path: Path) -> Problem:
    return problem("file-missing", file=str(path), key="file-missing.table-file")


def _unknown_parameters(path: Path, names: list[str], known: list[str]) -> Problem:
    return problem(
        "table-faulty",
        file=str(path),
        key="table-faulty.unknown-parameters",
        names=list(names),
        known=list(known),
    )
