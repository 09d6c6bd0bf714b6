"""Results: numbers and decisions as frozen dataclasses, made by this package only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal

from zoning.base.errors import Problem
from zoning.messages import Text
from zoning.model.declared import Document, Rule
from zoning.model.enums import (
    Evidence,
    Need,
    Status,
    Tri,
    Value,
)
from zoning.model.findings import any_of, which
from zoning.model.ledger import NOTHING_COUNTED, Ledger
from zoning.model.profiles import Presumed
from zoning.model.remedies import Remedy


@dataclass(frozen=True, slots=True)
class InputRecord:
    """A file that was read, and how each guessable thing about it was known.

    Attributes
    ----------
    unread : tuple of Text
        The parts of it that were not read as features.
    ledger : Ledger
        What became of each of its parts.
    area_m2 : float
        Total ellipsoidal area of the polygons that can be used, m².
    accepted : str or None
        Why the user accepts that parts were not read; without a reason the file is incomplete.
    """

    name: str
    sha256: str
    driver: str
    layer: str | None
    features: int
    crs: str
    crs_evidence: Text
    encoding: str | None = None
    encoding_evidence: Text | None = None
    datum: str | None = None
    notices: tuple[Text, ...] = ()
    unread: tuple[Text, ...] = ()
    ledger: Ledger = NOTHING_COUNTED
    area_m2: float = 0.0
    accepted: str | None = None

    @property
    def incomplete(self) -> bool:
        """Whether it may hold more than was read, and nobody answers for that."""
        return bool(self.unread) and self.accepted is None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A statement of the file that contradicts a site as drawn; nothing about it is clear."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class StatedPlace:
    """A statement of the file that a site lies in a zone of one of some layers."""

    layers: tuple[str, ...]
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Project:
    """A site under review. ``geometry`` is 2-D shapely, EPSG:4490, longitude first.

    ``attributes`` holds canonical names and normalised values; an attribute that the file does
    not state is absent. ``deduced`` names those that come from another attribute. ``doubts`` say
    what the file states against the site as drawn, such as another county or another area.
    ``presumed`` is what its trade lets presume of attributes that nobody has stated, ``declared``
    in which zones the file says that it lies.
    """

    id: str
    name: str
    geometry: Any
    attributes: Mapping[str, Value]
    deduced: frozenset[str] = frozenset()
    notices: tuple[Text, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    presumed: tuple[Presumed, ...] = ()
    declared: tuple[StatedPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What is to be measured: a layer, some of its zones, and the width of a band around them."""

    layer: str
    distance_m: float = 0.0
    where: tuple[tuple[str, tuple[str | bool, ...]], ...] = ()


class _Late:
    """Has fields that are worked out when one of them is first asked for."""

    __slots__ = ("_ask",)

    def __getattr__(self, name: str) -> Any:
        """Fill the empty slots; a slot that holds a value never comes here."""
        if name.startswith("_"):
            raise AttributeError(name)
        for slot, value in self._ask(name).items():
            object.__setattr__(self, slot, value)
        return object.__getattribute__(self, name)


@dataclass(frozen=True, slots=True)
class Measure(_Late):
    """Numbers of one project × layer × zone. Areas m² (ellipsoidal), lengths m (geodesic).

    ``raw_*`` are before, the plain figures after the layer's tolerances. ``distance_m`` is 0 where
    the project meets the zone; ``depth_m`` is how deep the project reaches into it. ``geometry`` is
    the overlap in EPSG:4490, or None.
    """

    layer: str
    zone: str
    distance_m: float
    depth_m: float = 0.0
    area_m2: float = 0.0
    raw_area_m2: float = 0.0
    length_m: float = 0.0
    raw_length_m: float = 0.0
    share: float = 0.0
    accuracy_m: float = 0.0
    touches: Tri = Tri.NO
    geometry: Any = None

    @classmethod
    def later(cls, ask: Callable[[str], Mapping[str, Any]], **known: Any) -> Measure:
        """Return a measure of which some fields are known, and ``ask`` returns others by name."""
        out = object.__new__(cls)
        object.__setattr__(out, "_ask", ask)
        for name, value in known.items():
            object.__setattr__(out, name, value)
        return out

    @property
    def shallow(self) -> bool:
        """Whether the project reaches less far in than the zone's edge is known."""
        return self.accuracy_m > 0.0 and self.depth_m < self.accuracy_m


#: Stands for what was measured, in a finding that is of no place.
SOMEWHERE: Final = Measure(layer="", zone="", distance_m=float("nan"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows if an attribute turns out to be ``value``."""

    value: Text
    status: Status


@dataclass(frozen=True, slots=True)
class Missing:
    """An attribute that would decide a finding, and what would follow either way.

    An outcome says what follows from a value where the other missing attributes leave the decision
    to this one. For an attribute that is neither yes nor no, ``if_yes`` is the most and ``if_no``
    the least severe outcome.
    """

    attribute: str
    title: Text
    question: Text
    if_yes: Status
    if_no: Status
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule decided on measures, or a project that could not be read (``rule`` is None).

    ``permit`` is the id of the rule's exception that was used. ``best`` and ``worst`` are what the
    finding can still come to, whatever turns out of what is unknown; unless it is told, that is
    anything. ``needs`` says what would settle it. ``presumed`` is what has to be declared for it.
    """

    project: str
    status: Status
    reason: Text
    code: str
    rule: str | None = None
    layer: str | None = None
    total: Measure | None = None
    zones: tuple[Measure, ...] = ()
    missing: tuple[Missing, ...] = ()
    hint: bool = False
    near_boundary: bool = False
    problem: Problem | None = None
    permit: str | None = None
    best: Status = Status.COMPLIANT
    worst: Status = Status.VIOLATION
    needs: Need = ""
    presumed: tuple[Presumed, ...] = ()

    def at(self, project: str, total: Measure | None, zones: tuple[Measure, ...]) -> Finding:
        """Return the finding of the same kind at another site, with the measures there."""
        # Written out: millions of these are made, and `replace` takes three times as long.
        return Finding(
            project, self.status, self.reason, self.code, self.rule, self.layer, total, zones,
            self.missing, self.hint, self.near_boundary, self.problem, self.permit,
            self.best, self.worst, self.needs, self.presumed,
        )  # fmt: skip

    @property
    def is_open(self) -> bool:
        """Whether it is not decided, so that it may come to anything from best to worst."""
        return self.status in _OPEN or self.best is not self.worst

    @property
    def may_restrict(self) -> bool:
        """Whether it is, or can still become, a restriction or a violation."""
        found = self.worst if self.is_open else self.status
        return found.severity >= Status.RESTRICTED.severity

    @property
    def counts_as(self) -> Status:
        """What it makes of its site: a duty that is open is a duty, until all is known.

        What failed is never let pass, for it is the input that is wrong.
        """
        if self.status in (Status.UNDETERMINED, Status.NOT_CHECKED) and not self.may_restrict:
            return self.worst
        return self.status


@dataclass(frozen=True, slots=True)
class LayerRecord:
    """Which data a layer stood for in this review, and what was told when they were read.

    ``unread`` names the parts of an official source that were not read as zones; such a source is
    complete nowhere, unless the workspace accepts that for a reason (``accepted``). ``authority``
    and ``dated`` say who states what an official source holds, and when.
    """

    id: str
    name: Text
    evidence: Evidence | None
    accuracy_m: float | None
    file: str | None
    sha256: str | None
    state: Literal["used", "no_data", "failed"]
    official: bool = False
    problem: Problem | None = None
    notices: tuple[Text, ...] = ()
    unread: tuple[Text, ...] = ()
    ledger: Ledger = NOTHING_COUNTED
    accepted: str | None = None
    authority: str | None = None
    dated: date | None = None

    @property
    def incomplete(self) -> bool:
        """Whether the source may hold more than was read, and nobody answers for that."""
        return bool(self.unread) and self.accepted is None


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """All findings of one project; ``status`` is the most severe that they count as.

    ``counties`` names the county-level units that the site lies in.
    """

    project: Project
    status: Status
    findings: Sequence[Finding]
    counties: tuple[str, ...] = ()

    @property
    def hits(self) -> tuple[Finding, ...]:
        """Violations and restrictions."""
        return which(self.findings, _is_hit)

    @property
    def duties(self) -> tuple[Finding, ...]:
        """Conditions, and open findings that can come to no more than one."""
        return which(self.findings, _is_duty)

    @property
    def to_answer(self) -> tuple[Finding, ...]:
        """Open findings that may restrict and that an attribute would settle."""
        return which(self.findings, _wants_answer)

    @property
    def to_obtain(self) -> tuple[Finding, ...]:
        """Open findings that may restrict and that wait for an official line."""
        return which(self.findings, wants_line)

    @property
    def to_confirm(self) -> tuple[Finding, ...]:
        """Findings that may restrict at a line not known well enough: to be seen on the ground."""
        return which(self.findings, _wants_survey)


def _is_hit(finding: Finding) -> bool:
    return finding.status in _HIT


def _is_duty(finding: Finding) -> bool:
    return finding.counts_as is Status.CONDITIONAL


def _wants_answer(finding: Finding) -> bool:
    return finding.needs == "answer" and finding.may_restrict and not _is_hit(finding)


def wants_line(finding: Finding) -> bool:
    """Whether a finding is open, may restrict and waits for an official line."""
    return finding.needs == "official_line" and finding.may_restrict and not _is_hit(finding)


def _wants_survey(finding: Finding) -> bool:
    return finding.may_restrict and (finding.needs == "position" or finding.near_boundary)


def _undecided(finding: Finding) -> bool:
    return finding.may_restrict or finding.counts_as in _OPEN


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """Everything a review says, and everything needed to make it again.

    ``law_notes`` tell of documents that cannot be cited on the day, and of plans that ran out.
    ``incomplete`` names why it is no whole review, whatever it found: a choice of rules, no rule at
    all, an entry list that is not in force, or parts of an input that were not read.
    """

    tool_version: str
    catalogue_sha256: str
    as_of: date
    inputs: tuple[InputRecord, ...]
    layers: tuple[LayerRecord, ...]
    rules: tuple[Rule, ...]
    documents: tuple[Document, ...]
    results: tuple[ProjectResult, ...]
    notices: tuple[Text, ...] = ()
    left_out: tuple[Text, ...] = field(default_factory=tuple)
    rules_left_out: int = 0
    incomplete: tuple[Text, ...] = ()
    workspace: str | None = None
    remedies: tuple[Remedy, ...] = ()
    law_notes: tuple[Text, ...] = ()

    def __repr__(self) -> str:
        counts = Counter(result.status.value for result in self.results)
        told = ", ".join(f"{status} {count}" for status, count in counts.items())
        return f"<Report {self.as_of}: {len(self.results)} projects ({told})>"

    @property
    def status(self) -> Status:
        """The most severe status of all projects."""
        return max((r.status for r in self.results), key=lambda s: s.severity)

    @property
    def exit_code(self) -> Literal[0, 1, 3]:
        """0 conforms, 1 violation or restriction, 3 could not decide everything.

        A declaration to be signed is a condition, and yet not decided: 0 is never presumed.
        """
        if any(any_of(result.findings, _is_hit) for result in self.results):
            return 1
        undecided = any(any_of(result.findings, _undecided) for result in self.results)
        return 3 if self.incomplete or undecided else 0


#: What a site ends with that breaks a clause or needs an argument, and what is not decided.
_HIT = frozenset({Status.VIOLATION, Status.RESTRICTED})
_OPEN = frozenset({Status.UNDETERMINED, Status.FAILED, Status.NOT_CHECKED})
