"""What stands in the tables of targets and of supervision: frozen, unknown keys refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import model_validator

from zoning.messages import Text
from zoning.model.declared import Declared, Identifier, NonNegative, Positive
from zoning.stats.specs import Caliber, pick


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
        return pick("indicator", indicator, {i.id: i for i in self.indicators})


class Office(Declared):
    """An office that publishes figures."""

    id: Identifier
    zh: str
    en: str


class System(Declared):
    """A table of indicators in a document, how many it has, and what is not public of it."""

    id: Identifier
    prefix: str
    count: int
    zh: str
    en: str
    office: Identifier | None = None
    short_zh: str | None = None
    short_en: str | None = None


class StatedTarget(Declared):
    """A target as its document states it, in its own unit."""

    id: str
    name: Text
    unit: str
    place: str
    sense: Literal["at_least", "at_most"]
    base: tuple[int, float] | None = None
    values: Mapping[int, float]
    stated: str | None = None
    binding: Literal["binding", "expected", "text", "unstated"]
    office: Identifier
    document: str
    caliber: Literal["statutory", "third_survey", "unstated"] | None = None
    indicator: Identifier | None = None


class IndicatorSystem(Declared):
    """``indicator_system.toml``."""

    offices: tuple[Office, ...]
    systems: tuple[System, ...]
    targets: tuple[StatedTarget, ...]

    @model_validator(mode="after")
    def _known_offices(self) -> IndicatorSystem:
        known = {o.id for o in self.offices}
        strange = {t.office for t in self.targets} - known
        if strange:
            raise ValueError(f"unknown offices: {sorted(strange)}")
        ids = [t.id for t in self.targets]
        if len(set(ids)) != len(ids):
            raise ValueError("a target occurs twice")
        return self


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
    groups: tuple[GroupRank, ...]

    def by_group(self) -> Mapping[str, GroupRank]:
        """Return the ranks by group."""
        return {g.group: g for g in self.groups}


class Clause(Declared):
    """A clause behind a rule of supervision, in our own words."""

    document: Identifier
    locator: str
    zh: str
    en: str


class Regime(Declared):
    """What supervision protects, and from what area a loss alarms."""

    id: Identifier
    name: Text
    groups: tuple[str, ...]
    orange_m2: NonNegative
    red_m2: Positive
    threshold_source: str
    verified: bool
    clauses: tuple[Clause, ...]

    @model_validator(mode="after")
    def _ordered(self) -> Regime:
        if self.red_m2 < self.orange_m2:
            raise ValueError("red_m2 must not be below orange_m2")
        return self


class Supervision(Declared):
    """``supervision.toml``."""

    regimes: tuple[Regime, ...]

    def regime(self, name: str) -> Regime:
        """Return a regime by its id."""
        return pick("--regime", name, {r.id: r for r in self.regimes})
