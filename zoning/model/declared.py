"""Declarations: what people write in TOML, frozen, with unknown keys refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from zoning.base.html import table_html
from zoning.base.settings import default_lang
from zoning.messages import Text, message
from zoning.model.enums import (
    Confidence,
    Effect,
    Evidence,
    Status,
)
from zoning.model.standing import if_lawful, is_written_out, or_standing

Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Declared(BaseModel):
    """Base of everything read from TOML: frozen, unknown keys refused.

    Validators take a quarter of a second to build, so that is left until something is validated:
    a default that is a declaration is made without.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


class Document(Declared):
    """A law, plan or standard, with the dates between which it can be cited.

    ``in_force_until`` is the last day of force; a document without one is open-ended. ``period``
    is the span a plan was made for: after it the document may still stand, but the report says so.
    """

    id: Identifier
    title: Text
    number: str | None = None
    issuer: Text
    level: Literal["law", "regulation", "local_regulation", "rule", "normative", "plan", "standard"]
    published: date | None = None
    in_force_from: date | None = None
    in_force_until: date | None = None
    period: tuple[date, date] | None = None
    superseded_by: Identifier | None = None
    source: str
    confidence: Confidence = "high"
    verified: bool = True
    note: Text | None = None


class Condition(Declared):
    """A test on attributes, or a combination of tests; exactly one form is filled in.

    ``{attribute = "industry", prefix = ["2521"]}``, ``{attribute = "new", is = true}``,
    ``{all = [...]}``, ``{any = [...]}``, ``{not = {...}}``. No expressions: nothing is evaluated.
    """

    attribute: Identifier | None = None
    is_: bool | None = Field(default=None, alias="is")
    in_: tuple[str, ...] | None = Field(default=None, alias="in")
    prefix: tuple[str, ...] | None = None
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    all: tuple[Condition, ...] | None = None
    any: tuple[Condition, ...] | None = None
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_form(self) -> Condition:
        groups = [g for g in (self.all, self.any, self.not_) if g is not None]
        tests = [
            t
            for t in (self.is_, self.in_, self.prefix, self.at_least, self.at_most, self.below)
            if t is not None
        ]
        if self.attribute is None and (len(groups) != 1 or tests):
            raise ValueError("give exactly one of all, any, not, or an attribute with one test")
        if self.attribute is not None and (groups or len(tests) != 1):
            raise ValueError(
                "an attribute takes one test: is, in, prefix, at_least, at_most, below"
            )
        return self

    def attributes(self) -> frozenset[str]:
        """Return the names of all attributes this condition asks for."""
        if self.attribute is not None:
            return frozenset({self.attribute})
        inner = (*(self.all or ()), *(self.any or ()), *((self.not_,) if self.not_ else ()))
        return frozenset().union(*(c.attributes() for c in inner))

    def tests(self) -> Iterator[Condition]:
        """Yield the single tests inside, in reading order."""
        if self.attribute is not None:
            yield self
        inner = (*(self.all or ()), *(self.any or ()), *((self.not_,) if self.not_ else ()))
        for part in inner:
            yield from part.tests()


class Area(Declared):
    """Where a clause is in force at all: some zones of an administrative layer."""

    layer: Identifier
    where: Mapping[str, tuple[str | bool, ...]] = Field(default_factory=dict)


class Scope(Declared):
    """Where a rule holds: inside the zones, outside them, or nearer to them than a distance.

    ``distance_m`` is met at ≥: a site exactly that far away keeps the distance, unless the clause
    counts the bound in (``includes_bound``: 范围内, 以内). ``outside`` holds
    for a site of which any part lies in no zone. ``area`` narrows a clause of a city's or county's
    own document to its territory.
    """

    op: Literal["within", "near", "outside"] = "within"
    distance_m: Positive | None = None
    distance_basis: Literal["text", "parameter"] = "text"
    includes_bound: bool = False
    where: Mapping[str, tuple[str | bool, ...]] = Field(default_factory=dict)
    area: Area | None = None

    @model_validator(mode="after")
    def _near_needs_distance(self) -> Scope:
        if self.includes_bound and self.distance_m is None:
            raise ValueError("includes_bound goes with distance_m")
        if (self.op == "near") != (self.distance_m is not None):
            raise ValueError('op = "near" needs distance_m, and only it takes one')
        return self


class Permit(Declared):
    """An exception that the law itself makes, and what the applicant must prove to use it.

    It beats its rule only where ``when`` is known to hold. ``document`` and ``section`` name the
    clause that makes the exception if it is not the rule's own.
    """

    id: Identifier
    when: Condition
    text: Text
    proof: Text
    status: Literal[Status.RESTRICTED, Status.CONDITIONAL, Status.COMPLIANT] = Status.CONDITIONAL
    document: Identifier | None = None
    section: Text | None = None


class Rule(Declared):
    """Clause × layer × activity → effect.

    ``text`` says in our own words what the clause demands; ``when`` selects the activity, and a
    rule without it holds for every activity. ``standing`` marks a clause that forbids occupation
    or the building itself: what exists without lawful approval counts as what ``when`` calls new,
    and can use no exception.
    ``basis = "interpretation"`` gives a hint, never more than a condition. ``successor`` is the
    rule that takes this one's place when its law ends; ``special`` marks a clause made for one
    trade or zone, which is cited before general ones of the same rank.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*(-[A-Za-z0-9.]+)+$")]
    layer: Identifier
    document: Identifier
    section: Text
    locator: str | None = None
    text: Text
    advice: Text
    effect: Effect
    basis: Literal["text", "interpretation"] = "text"
    force: Literal["hard", "medium", "soft"] = "medium"
    scope: Scope = Scope.model_construct()
    when: Condition | None = None
    permits: tuple[Permit, ...] = ()
    special: bool = False
    standing: bool = False
    in_force_from: date | None = None
    in_force_until: date | None = None
    successor: str | None = None
    candidates: tuple[str, ...] = ()
    confidence: Confidence = "high"
    verified: bool = True
    note: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _standing(cls, given: Any) -> Any:
        """Write ``standing`` out in the tests, so that what decides need not know of it."""
        if not isinstance(given, Mapping) or not given.get("standing"):
            return given
        when = or_standing(given.get("when"))
        if not is_written_out(when):
            raise ValueError("standing goes with a test of nature that leaves existing out")
        permits = if_lawful(given.get("permits", []))
        return {**given, "when": when, "permits": permits}


class Topic(Declared):
    """A field of law, the layers it is about, and from when the catalogue holds it in full.

    On an earlier day the law in force then is not all known, so nothing is clear under the topic.
    """

    id: Identifier
    title: Text
    layers: tuple[Identifier, ...]
    complete_from: date
    note: Text


class AttributeValue(Declared):
    """One permitted value of an enumerated attribute, with what users call it.

    ``trades`` are prefixes of the industry codes that can have it; none means that all can.
    """

    value: str
    title: Text
    aliases: tuple[str, ...] = ()
    trades: tuple[Annotated[str, Field(pattern=r"^\d{2,4}$")], ...] = ()


class DerivedValue(Declared):
    """The value of an enumerated attribute that follows from a code under these prefixes."""

    value: str
    prefix: tuple[str, ...]


class Derivation(Declared):
    """Deduce a missing attribute from another: prefixes that mean yes, no, or a certain value.

    A code in no list, or too coarse to tell, leaves the attribute unknown. Of a number, ``above``
    is the bound beyond which it means yes; at or below it, no.
    """

    attribute: Identifier
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    values: tuple[DerivedValue, ...] = ()
    above: float | None = None
    source: Text


class AttributeSpec(Declared):
    """A project attribute that rules may ask for.

    ``derive`` is tried first, then each of ``derive_more``; a yes or no reads ``True``, ``False``.
    """

    name: Identifier
    title: Text
    question: Text
    type: Literal["bool", "enum", "number", "code", "text"]
    unit: str | None = None
    aliases: tuple[str, ...] = ()
    values: tuple[AttributeValue, ...] = ()
    derive: Derivation | None = None
    derive_more: tuple[Derivation, ...] = ()

    def derivations(self) -> tuple[Derivation, ...]:
        """Return all ways to infer a missing value, in order."""
        return (*((self.derive,) if self.derive else ()), *self.derive_more)


class FieldSpec(Declared):
    """A column of a layer: its canonical name, and the names it goes by in official data.

    ``values`` lists the words rules know it by; a workspace translates official codes into them,
    and any other value counts as not stated.
    """

    name: Identifier
    title: Text
    type: Literal["str", "int", "float", "bool"]
    unit: str | None = None
    aliases: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    required: bool = False


class Tolerances(Declared):
    """Thresholds below which an overlap is noise or of no legal weight. Never mixed."""

    sliver_width_m: NonNegative = 0.0
    min_area_m2: NonNegative = 0.0
    min_length_m: NonNegative = 0.0


class Style(Declared):
    """How a layer is drawn."""

    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
    weight: Positive = 1.5
    fill_opacity: Annotated[float, Field(ge=0, le=1)] = 0.2
    dash: str | None = None


class Buffer(Declared):
    """A layer that is the band of given width around another layer."""

    layer: Identifier
    distance_m: Positive


class LayerSource(Declared):
    """Where the geometry comes from: a file, filtered; or a band around another layer.

    ``same_as`` names the file that this one is another drawing of: official data in place of the
    one do not replace the other.
    """

    file: str | None = None
    same_as: str | None = None
    layer: str | None = None
    band: int | None = None
    where: Mapping[str, tuple[str | bool, ...]] = Field(default_factory=dict)
    exclude: Mapping[str, tuple[str | bool, ...]] = Field(default_factory=dict)
    buffer: Buffer | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> LayerSource:
        if (self.file is None) == (self.buffer is None):
            raise ValueError("a source is either a file or a buffer of another layer")
        return self


class Layer(Declared):
    """One zoning theme. ``source`` is absent where nobody publishes the geometry: no data.

    ``decides = false`` marks a computed stand-in for a legal line that only has its total right: it
    hints like a schematic layer, and never decides until official data replace it.

    ``coverage`` says where the layer is complete, so that meeting no zone means that there is none:
    in the whole province, nowhere, or in the counties and cities of these division codes. Left out,
    it is the province for surveyed data and nowhere for all else.

    ``half_width_m`` says how far an edge that the law counts from may lie from a line drawn in the
    middle, by the word in the column ``half_width_by``, ``other`` for all other words.
    """

    id: Identifier
    name: Text
    theme: Identifier
    kind: Literal["vector", "raster"] = "vector"
    geometry: Literal["point", "line", "polygon", "cells"]
    crs: str = "EPSG:4490"
    evidence: Evidence | None = None
    positional_accuracy_m: Positive | None = None
    accuracy_field: str | None = None
    evidence_field: str | None = None
    half_width_m: Mapping[str, NonNegative] = Field(default_factory=dict)
    half_width_by: str | None = None
    decides: bool = True
    coverage: Literal["province", "nowhere"] | tuple[str, ...] | None = None
    tolerances: Tolerances = Tolerances.model_construct()
    name_field: str | None = None
    fields: tuple[FieldSpec, ...] = ()
    style: Style
    source: LayerSource | None = None
    documents: tuple[Identifier, ...] = ()
    description: Text

    @property
    def complete_in(self) -> Literal["province", "nowhere"] | tuple[str, ...]:
        """Where meeting no zone of the embedded data means that there is none."""
        if self.coverage is not None:
            return self.coverage
        return "province" if self.evidence is Evidence.SURVEYED else "nowhere"

    def _repr_html_(self) -> str:
        lang = default_lang()
        facts = {
            "about": self.description.in_(lang),
            "geometry": f"{self.kind}, {self.geometry}, {self.crs}",
            "evidence": self.evidence or "-",
            "accuracy": f"±{self.positional_accuracy_m or 0:g} m",
        }
        rows = [(message(f"layer-fact.{key}").in_(lang), value) for key, value in facts.items()]
        return table_html(f"{self.id}  {self.name.in_(lang)}", ("", ""), rows)

    @model_validator(mode="after")
    def _data_has_evidence(self) -> Layer:
        if self.source is not None and (
            self.evidence is None or self.positional_accuracy_m is None
        ):
            raise ValueError("a layer with a source needs evidence and positional_accuracy_m")
        return self
