"""The data tables of the statistics, ``layers/tables/*.toml``: frozen, unknown keys refused."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError, model_validator

from zoning.errors import CatalogueError, Problem, Text, UsageError
from zoning.model.declared import Declared, Identifier, NonNegative, Positive
from zoning.settings import layers_dir

Caliber = Literal["statutory", "third_survey"]
CALIBERS: tuple[Caliber, ...] = ("statutory", "third_survey")
#: Counted share, least and most.
Weights = tuple[float, float, float]
_NOTHING: Weights = (0.0, 0.0, 0.0)
T = TypeVar("T", bound=BaseModel)


class CaliberSpec(Declared):
    """What a forest figure counts."""

    id: Caliber
    name: Text
    definition: Text
    source: str
    verified: bool


class CoverClass(Declared):
    """One land-cover class: its group, and the share of it that is forest under each caliber."""

    code: int
    zh: str
    en: str
    group: Identifier
    statutory: Weights = _NOTHING
    third_survey: Weights = _NOTHING
    why: str | None = None

    @model_validator(mode="after")
    def _ordered(self) -> CoverClass:
        for share, least, most in (self.statutory, self.third_survey):
            if not 0.0 <= least <= share <= most <= 1.0:
                raise ValueError("forest shares are [counted, least, most] with least ≤ counted")
        return self

    def weights(self, caliber: Caliber) -> Weights:
        """Return the counted share, the least and the most it can be."""
        return self.statutory if caliber == "statutory" else self.third_survey


class Scheme(Declared):
    """A land-cover legend."""

    id: Identifier
    name: Text
    source: str
    classes: tuple[CoverClass, ...]

    @model_validator(mode="after")
    def _codes_once(self) -> Scheme:
        codes = [c.code for c in self.classes]
        if len(set(codes)) != len(codes):
            raise ValueError("a class code occurs twice")
        return self

    def by_code(self) -> Mapping[int, CoverClass]:
        """Return the classes by their code."""
        return {c.code: c for c in self.classes}


class ForestDefinitions(Declared):
    """``forest_definitions.toml``."""

    calibers: tuple[CaliberSpec, ...]
    schemes: tuple[Scheme, ...]

    def caliber(self, name: str) -> CaliberSpec:
        """Return a caliber, or say which there are."""
        return _pick("--caliber", name, {c.id: c for c in self.calibers})

    def scheme(self, name: str) -> Scheme:
        """Return a legend, or say which there are."""
        return _pick("--scheme", name, {s.id: s for s in self.schemes})


class Parameter(Declared):
    """One number of the soil-loss equation, with its source and whether that was checked."""

    name: Text
    value: float
    unit: str
    source: str
    verified: bool


class CoverFactor(Declared):
    """How B of one land-cover group is found."""

    group: Identifier
    method: Literal["constant", "forest", "shrub", "grass"]
    value: NonNegative = 0.0
    tillage: bool = False
    source: str
    verified: bool


class Practice(Declared):
    """E of one engineering practice."""

    code: Annotated[int, Field(ge=0, le=254)]
    name: Text
    value: Annotated[float, Field(ge=0, le=1)]
    source: str
    verified: bool


class SoilClass(Declared):
    """Composition of a soil class in %."""

    code: int
    zh: str
    en: str
    sand: NonNegative
    silt: NonNegative
    clay: NonNegative


class SoilTable(Declared):
    """Soil classes of a map and the carbon content assumed for all."""

    organic_carbon: NonNegative
    source: str
    verified: bool
    classes: tuple[SoilClass, ...]


class CsleFactors(Declared):
    """``csle_factors.toml``."""

    parameters: Mapping[str, Parameter]
    cover: tuple[CoverFactor, ...]
    practice: tuple[Practice, ...]
    soil: SoilTable

    def value(self, name: str) -> float:
        """Return the number of a parameter."""
        return self.parameters[name].value


class ErosionZone(Declared):
    """A zone of SL 190 and the loss it tolerates, t/(km²·a)."""

    id: Identifier
    code: Annotated[int, Field(ge=1, le=250)]
    name: Text
    tolerable: Positive


class ErosionClass(Declared):
    """An intensity class; ``upper`` in t/(km²·a) is absent for the first and the last."""

    id: Identifier
    name: Text
    upper: Positive | None = None


class Assignment(Declared):
    """How the zone of an embedded county follows from one of its columns."""

    column: Identifier
    yes: Identifier
    no: Identifier
    source: str
    verified: bool


class ErosionClasses(Declared):
    """``erosion_classes.toml``."""

    source: str
    verified: bool
    wind_tolerable: Positive
    wind_source: str
    zones: tuple[ErosionZone, ...]
    classes: tuple[ErosionClass, ...]
    assignment: Assignment

    def zone(self, name: str) -> ErosionZone:
        """Return a zone by its id."""
        return _pick("--zone", name, {z.id: z for z in self.zones})


class IndicatorSpec(Declared):
    """What is held against a target."""

    id: Identifier
    name: Text
    unit: Literal["%", "km2", "1"]
    origin: Literal["computed", "table"]


class Target(Declared):
    """One target of a document: place, values by year, caliber, legal force."""

    id: str
    indicator: Identifier
    place: str
    caliber: Literal["statutory", "third_survey", "unstated"] | None = None
    caliber_inferred: bool = False
    sense: Literal["at_least", "at_most"]
    base: tuple[int, float] | None = None
    values: Mapping[int, float]
    stated: str | None = None
    binding: Literal["binding", "expected", "text", "unstated"]
    document: str
    note: Text | None = None


class Indicators(Declared):
    """``indicators.toml``."""

    indicators: tuple[IndicatorSpec, ...]
    targets: tuple[Target, ...]

    @model_validator(mode="after")
    def _known(self) -> Indicators:
        known = {i.id for i in self.indicators}
        strange = {t.indicator for t in self.targets} - known
        if strange:
            raise ValueError(f"targets of unknown indicators: {sorted(strange)}")
        return self

    def of(self, indicator: str) -> IndicatorSpec:
        """Return an indicator by its id."""
        return _pick("indicator", indicator, {i.id: i for i in self.indicators})


class PublishedFigure(Declared):
    """A figure somebody published."""

    unit: str
    indicator: Identifier
    value: float
    year: int
    caliber: Caliber | None = None
    caliber_inferred: bool = False
    source: str


class Published(Declared):
    """``county_published.toml``."""

    figures: tuple[PublishedFigure, ...]


class GroupRank(Declared):
    """Ecological rank and nature of use of a land-cover group."""

    group: Identifier
    rank: int
    nature: Literal["ecological", "agricultural", "construction"]
    zh: str
    en: str


class Monitoring(Declared):
    """``monitoring.toml``."""

    source: str
    verified: bool
    minor_share: NonNegative
    groups: tuple[GroupRank, ...]

    def by_group(self) -> Mapping[str, GroupRank]:
        """Return the ranks by group."""
        return {g.group: g for g in self.groups}


@cache
def forest_definitions() -> ForestDefinitions:
    """Read the calibers and legends."""
    return _read("forest_definitions", ForestDefinitions)


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


def with_user_factors(path: Path) -> CsleFactors:
    """Return the shipped factors with the entries of a user's file put in their place.

    Parameters
    ----------
    path : Path
        TOML of the same form as ``csle_factors.toml``; parameters are replaced by name, cover by
        group, practice by code, soil as a whole.

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
    for table, key in (("cover", "group"), ("practice", "code")):
        rows = {row[key]: row for row in base[table]}
        rows |= {row.get(key): row for row in raw.get(table, [])}
        base[table] = list(rows.values())
    base["soil"] = raw.get("soil", base["soil"])
    base |= {k: v for k, v in raw.items() if k not in base}
    return _validate(base, CsleFactors, str(path))


def _read(name: str, kind: type[T]) -> T:
    path = layers_dir() / "tables" / f"{name}.toml"
    return _validate(_toml(path), kind, f"layers/tables/{path.name}")


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
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
    return Problem(
        code="table-faulty",
        fault=Text(f"数据表有误：{reason}。", f"The table is faulty: {reason}."),
        cure=Text("按所列位置改正。", "Correct it at the place named."),
        file=name,
        field=key,
    )


def _missing(path: Path) -> Problem:
    return Problem(
        code="file-missing",
        fault=Text("文件不存在。", "There is no such file."),
        cure=Text("检查路径。", "Check the path."),
        file=str(path),
    )


def _unknown_parameters(path: Path, names: list[str], known: list[str]) -> Problem:
    return Problem(
        code="table-faulty",
        fault=Text(f"未知参数：{'、'.join(names)}。", f"Unknown parameters: {', '.join(names)}."),
        cure=Text(f"可用：{'、'.join(known)}。", f"Use one of: {', '.join(known)}."),
        file=str(path),
    )


def _pick(option: str, name: str, choices: Mapping[str, T]) -> T:
    if name in choices:
        return choices[name]
    raise UsageError(
        Problem(
            code="bad-option",
            fault=Text(f"{option} 不能是“{name}”。", f"{option} cannot be '{name}'."),
            cure=Text(f"可用：{'、'.join(choices)}。", f"Use one of: {', '.join(choices)}."),
        )
    )
