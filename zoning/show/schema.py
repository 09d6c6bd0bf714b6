"""The shape of ``--format json`` as types; the published JSON schema is generated from them.

Every object refuses keys that are not listed here, so the types, the output and
``docs/report.schema.json`` cannot drift apart unnoticed.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from zoning.model import Confidence, Need, Value
from zoning.show.schema_remedies import RemedyDict, StatusName
from zoning.show.schema_remedies import closed as _closed

SCHEMA_VERSION: Final = 2
SCHEMA_ID = "urn:zoning:report:2"

StandingName = Literal["inside", "edge", "near", "failed", "no_data", "not_shown", "outside"]
EvidenceName = Literal["official", "surveyed", "derived", "schematic"]
Sha256 = Annotated[str, Field(description="SHA-256, hexadecimal")]
IsoDate = Annotated[str, Field(description="ISO 8601 date", pattern=r"^\d{4}-\d{2}-\d{2}$")]
Metres = Annotated[float, Field(description="m, geodesic on CGCS2000")]
ReasonId = Annotated[str, Field(description="id of a reason")]
SquareMetres = Annotated[float, Field(description="m², ellipsoidal on CGCS2000")]


@_closed
class TextDict(TypedDict):
    """A sentence in Chinese and in English."""

    zh: str
    en: str


@_closed
class ProblemDict(TypedDict):
    """One fault: what is wrong, where, and the cure."""

    code: str
    fault: TextDict
    cure: TextDict
    file: str | None
    layer: str | None
    feature: str | None
    field: str | None


@_closed
class ToolDict(TypedDict):
    """The program that made the report."""

    name: Literal["zoning"]
    version: str


@_closed
class SetAsideDict(TypedDict):
    """Parts of an input that were not read, by one rule."""

    count: int
    reason: TextDict
    may_hold: Annotated[bool, Field(description="whether a site or zone might be among them")]


@_closed
class TallyDict(TypedDict):
    """What became of the parts of one kind; seen = read + failed + set aside."""

    kind: str
    seen: Annotated[int, Field(description="counted by other means than they are read by")]
    read: int
    failed: int
    set_aside: list[SetAsideDict]


@_closed
class InputDict(TypedDict):
    """A file that was read."""

    name: str
    sha256: Sha256
    driver: str
    layer: str | None
    features: int
    crs: str
    crs_evidence: TextDict
    encoding: str | None
    encoding_evidence: TextDict | None
    datum: str | None
    notices: list[TextDict]
    unread: Annotated[list[TextDict], Field(description="parts of the file that were not read")]
    ledger: list[TallyDict]
    area_m2: SquareMetres
    accepted: Annotated[
        str | None, Field(description="why it is accepted that parts were not read")
    ]


@_closed
class LayerDict(TypedDict):
    """Which data a layer stood for."""

    id: str
    name: TextDict
    state: Literal["used", "no_data", "failed"]
    evidence: Literal["official", "surveyed", "derived", "schematic"] | None
    indicative: Annotated[bool, Field(description="true below official: not a legal boundary")]
    official: bool
    accuracy_m: Metres | None
    file: str | None
    sha256: Sha256 | None
    problem: ProblemDict | None
    notices: list[TextDict]
    unread: Annotated[list[TextDict], Field(description="parts of the source that were not read")]
    ledger: list[TallyDict]
    accepted: Annotated[
        str | None, Field(description="why it is accepted that parts were not read")
    ]
    authority: Annotated[str | None, Field(description="who states what an official source holds")]
    date: Annotated[IsoDate | None, Field(description="when that was stated")]


@_closed
class DocumentDict(TypedDict):
    """A law, plan or standard."""

    id: str
    title: TextDict
    number: str | None
    issuer: TextDict
    level: str
    published: IsoDate | None
    in_force_from: IsoDate | None
    in_force_until: IsoDate | None
    period: list[IsoDate] | None
    superseded_by: str | None
    source: str
    confidence: Confidence
    verified: bool
    note: TextDict | None
    as_of_note: Annotated[
        TextDict | None, Field(description="set where the document or its period has ended")
    ]


@_closed
class PermitDict(TypedDict):
    """An exception that the law makes, and the proof the applicant must bring to use it."""

    id: str
    text: TextDict
    proof: TextDict
    status: Literal["restricted", "conditional", "compliant"]
    document: str | None
    section: TextDict | None


@_closed
class TerritoryDict(TypedDict):
    """The administrative area in which a clause is in force."""

    layer: str
    where: dict[str, list[str | bool]]


@_closed
class RuleDict(TypedDict):
    """Clause × layer × activity → effect."""

    id: str
    layer: str
    document: str
    section: TextDict
    locator: str | None
    text: TextDict
    advice: TextDict
    effect: Literal["prohibit", "exit", "restrict", "avoid", "require", "encourage"]
    basis: Literal["text", "interpretation"]
    force: Literal["hard", "medium", "soft"]
    operation: Literal["within", "near", "outside"]
    distance_m: Metres | None
    distance_basis: Literal["text", "parameter"]
    zones_where: dict[str, list[str | bool]]
    territory: TerritoryDict | None
    permits: list[PermitDict]
    special: bool
    successor: str | None
    candidates: list[str]
    in_force_from: IsoDate | None
    in_force_until: IsoDate | None
    confidence: Confidence
    verified: bool
    note: TextDict | None


@_closed
class MeasureDict(TypedDict):
    """Numbers of one project × layer × zone; ``raw_*`` are before the layer's tolerances."""

    layer: str
    zone: str
    distance_m: Metres | None
    depth_m: Metres | None
    area_m2: SquareMetres | None
    raw_area_m2: SquareMetres | None
    length_m: Metres | None
    raw_length_m: Metres | None
    share: Annotated[float | None, Field(description="of the project, 0 to 1")]
    accuracy_m: Metres | None
    touches: Literal["yes", "no", "unknown"]


@_closed
class OutcomeDict(TypedDict):
    """What follows from one value, where the decision is left to this attribute."""

    value: TextDict
    status: StatusName


@_closed
class MissingDict(TypedDict):
    """An attribute that would decide a finding, and both outcomes."""

    attribute: str
    title: TextDict
    question: TextDict
    if_yes: StatusName
    if_no: StatusName
    outcomes: list[OutcomeDict]


@_closed
class GroupDict(TypedDict):
    """Findings of one status and reason that the short form does not list one by one."""

    status: StatusName
    reason: ReasonId
    layer: str | None
    rules: list[str]


@_closed
class PresumedDict(TypedDict):
    """An answer that the kind of project lets presume, and the rules that it holds off."""

    attribute: str
    title: TextDict
    value: Value
    told: TextDict
    reason: TextDict
    profile: TextDict
    rules: list[str]


@_closed
class FindingDict(TypedDict):
    """A rule decided on measures; ``rule`` is null where the project could not be read."""

    status: StatusName
    code: str
    rule: str | None
    layer: str | None
    reason: ReasonId
    hint: Annotated[bool, Field(description="from an interpretation: never a violation")]
    best: Annotated[StatusName, Field(description="the best that it can still come to")]
    worst: Annotated[StatusName, Field(description="the worst that it can still come to")]
    needs: Annotated[Need, Field(description="what would settle it; empty where it is decided")]
    near_boundary: Annotated[bool, Field(description="within the layer's positional accuracy")]
    indicative: Annotated[bool, Field(description="the layer is not official data")]
    total: Annotated[str | None, Field(description="id of a measure")]
    zones: Annotated[list[str], Field(description="ids of measures")]
    missing: Annotated[list[str], Field(description="ids of questions")]
    presumed: Annotated[
        list[str], Field(description="ids of presumptions: answers to be stated or declared")
    ]
    permit: Annotated[str | None, Field(description="the exception of the rule that was used")]
    problem: ProblemDict | None


@_closed
class CardEntryDict(TypedDict):
    """A site at one layer; what is absent does not apply. Lengths in m, ``share`` from 0 to 1."""

    layer: str
    standing: StandingName
    zones: NotRequired[list[str]]
    distance_m: NotRequired[Annotated[float, Field(description="to the nearest zone, 0 inside")]]
    line_m: NotRequired[Annotated[float, Field(description="to the line of a band")]]
    share: NotRequired[float]
    unsure: NotRequired[Annotated[bool, Field(description="inside by less than the accuracy")]]
    accuracy_m: NotRequired[float]
    evidence: NotRequired[EvidenceName]
    complete: NotRequired[Annotated[bool, Field(description="complete around the site")]]


@_closed
class CardLineDict(TypedDict):
    """A site in one zoning system; ``standing`` is the most telling of its layers."""

    system: str
    standing: StandingName
    layers: list[CardEntryDict]


@_closed
class ProjectDict(TypedDict):
    """A site with its findings; ``status`` is the most severe that they count as.

    An open finding whose worst is a condition counts as a condition.
    """

    id: str
    name: str
    status: StatusName
    counties: Annotated[list[str], Field(description="county-level units the site lies in")]
    geometry_type: str | None
    bounds: Annotated[
        list[float] | None, Field(description="west, south, east, north; degrees, EPSG:4490")
    ]
    attributes: dict[str, Value]
    deduced: Annotated[list[str], Field(description="attributes taken from another attribute")]
    notices: list[TextDict]
    findings: list[FindingDict]
    others: Annotated[list[str], Field(description="short form: ids of groups of findings")]
    card: NotRequired[
        Annotated[list[CardLineDict], Field(description="where the site stands, by system")]
    ]


@_closed
class StatementDict(TypedDict):
    """One sentence about what was not checked."""

    kind: Literal[
        "scope", "no_data", "layer_failed", "not_checked", "undetermined", "failed", "left_out",
        "incomplete",
        "indicative",
    ]  # fmt: skip
    text: TextDict


@_closed
class ReportDict(TypedDict):
    """A siting review: all findings, and everything needed to make it again."""

    schema_version: Literal[2]
    form: Annotated[
        Literal["short", "full"],
        Field(description="full: every finding, rule and document; short: those that matter"),
    ]
    tool: ToolDict
    catalogue_sha256: Sha256
    as_of: IsoDate
    status: Annotated[StatusName | None, Field(description="the most severe; null: no project")]
    exit_code: Literal[0, 1, 3]
    counts: Annotated[dict[StatusName, int], Field(description="projects by status")]
    inputs: list[InputDict]
    layers: list[LayerDict]
    documents: Annotated[list[DocumentDict], Field(description="those that the rules cite")]
    rules: Annotated[list[RuleDict], Field(description="in the short form those of the findings")]
    reasons: Annotated[dict[str, TextDict], Field(description="by the ids that findings name")]
    questions: Annotated[dict[str, MissingDict], Field(description="by the ids in missing")]
    measures: Annotated[dict[str, MeasureDict], Field(description="by the ids in total and zones")]
    presumptions: Annotated[dict[str, PresumedDict], Field(description="by the ids in presumed")]
    groups: Annotated[dict[str, GroupDict], Field(description="by the ids in others")]
    projects: list[ProjectDict]
    statement: Annotated[list[StatementDict], Field(description="everything not checked")]
    remedies: list[RemedyDict]
    notices: list[TextDict]


def json_schema() -> dict[str, Any]:
    """Return the JSON schema (draft 2020-12) of ``zoning check --format json``."""
    body = TypeAdapter(ReportDict).json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **body,
    }
