"""What stands in the tables of the statistics: frozen declarations, unknown keys refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, Field, model_validator

from zoning.base.errors import UsageError, problem
from zoning.messages import Text
from zoning.model.declared import (
    Declared,
    Identifier,
    NonNegative,
    Positive,
)

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


class Accuracy(Declared):
    """How much of a land-cover map shows the class that is there (overall accuracy, 0 to 1)."""

    value: Annotated[float, Field(gt=0.0, le=1.0)]
    source: str
    verified: bool


class Scheme(Declared):
    """A land-cover legend."""

    id: Identifier
    name: Text
    source: str
    accuracy: Accuracy | None = None
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


Category = Literal[
    "cropland", "garden", "forest_land", "grassland", "wetland", "water", "construction",
    "other_farm", "unused",
]  # fmt: skip


class LandUse(Declared):
    """A use of land as surveys tell it, its group, and what of it is forest."""

    id: Identifier
    zh: str
    en: str
    group: Identifier
    category: Category
    statutory: Weights = _NOTHING
    third_survey: Weights = _NOTHING
    why: str | None = None


class Edition(Declared):
    """An edition of the land-use classification: code, name and use of each class."""

    id: Identifier
    name: Text
    source: str
    verified: bool
    accuracy: Accuracy
    classes: tuple[tuple[str, str, Identifier], ...]


class LandSurvey(Declared):
    """``land_survey.toml``."""

    uses: tuple[LandUse, ...]
    editions: tuple[Edition, ...]

    @model_validator(mode="after")
    def _known(self) -> LandSurvey:
        known = {u.id for u in self.uses}
        for edition in self.editions:
            codes = [code for code, _, _ in edition.classes]
            if len(set(codes)) != len(codes):
                raise ValueError(f"a code of {edition.id} occurs twice")
            strange = {use for _, _, use in edition.classes} - known
            if strange:
                raise ValueError(f"unknown uses in {edition.id}: {sorted(strange)}")
        return self


class ForestDefinitions(Declared):
    """``forest_definitions.toml``."""

    calibers: tuple[CaliberSpec, ...]
    schemes: tuple[Scheme, ...]

    def caliber(self, name: str) -> CaliberSpec:
        """Return a caliber, or say which there are."""
        return pick("--caliber", name, {c.id: c for c in self.calibers})

    def scheme(self, name: str) -> Scheme:
        """Return a legend, or say which there are."""
        return pick("--scheme", name, {s.id: s for s in self.schemes})


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


#: Least and most of what a factor is multiplied by.
Range = tuple[Positive, Positive]


class FactorRange(Declared):
    """By how much a factor can be off: where the user gave it, and where it is embedded."""

    factor: Literal["r", "k", "ls", "b", "e", "t"]
    own: Range
    embedded: Range
    source: str
    verified: bool

    @model_validator(mode="after")
    def _around_one(self) -> FactorRange:
        for least, most in (self.own, self.embedded):
            if not least <= 1.0 <= most:
                raise ValueError("ranges are [least, most] of a multiplier, around 1")
        return self


class Season(Declared):
    """How R is spread over the year: its share in each of the 24 half-months."""

    shares: Annotated[tuple[NonNegative, ...], Field(min_length=24, max_length=24)]
    source: str
    verified: bool


class CsleFactors(Declared):
    """``csle_factors.toml``."""

    parameters: Mapping[str, Parameter]
    cover: tuple[CoverFactor, ...]
    practice: tuple[Practice, ...]
    ranges: tuple[FactorRange, ...]
    season: Season
    soil: SoilTable

    def range_of(self, factor: str, standing: str) -> Range:
        """Return the range of a factor that is the user's ``own`` or ``embedded``."""
        found = next(r for r in self.ranges if r.factor == factor)
        return found.own if standing == "own" else found.embedded

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


class ErosionClasses(Declared):
    """``erosion_classes.toml``."""

    source: str
    verified: bool
    wind_tolerable: Positive
    wind_source: str
    zones_source: str
    zones: tuple[ErosionZone, ...]
    classes: tuple[ErosionClass, ...]

    def zone(self, name: str) -> ErosionZone:
        """Return a zone by its id."""
        return pick("--zone", name, {z.id: z for z in self.zones})


class SoilRegion(Declared):
    """A third-level region, and the zone of SL 190 it lies in."""

    id: str
    name: str
    zone: Identifier


class SoilRegions(Declared):
    """``soil_regions.toml``: code, name, region and confidence of each county."""

    source: str
    verified: bool
    regions: tuple[SoilRegion, ...]
    counties: tuple[tuple[str, str, str, str], ...]

    @model_validator(mode="after")
    def _known(self) -> SoilRegions:
        known = {r.id for r in self.regions}
        strange = {region for _, _, region, _ in self.counties} - known
        if strange:
            raise ValueError(f"unknown regions: {sorted(strange)}")
        return self


def pick(option: str, name: str, choices: Mapping[str, T]) -> T:
    """Return one of several by its name, or say which there are."""
    if name in choices:
        return choices[name]
    raise UsageError(
        problem(
            "bad-option", key="bad-option.pick", option=option, name=name, choices=list(choices)
        )
    )
