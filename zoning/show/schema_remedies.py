"""What would cure a site, as it stands in the JSON report."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

StatusName = Literal[
    "violation", "restricted", "undetermined", "failed", "not_checked", "conditional", "compliant"
]

#: Refuses keys that are not listed.
closed = with_config(ConfigDict(extra="forbid"))


@closed
class StretchDict(TypedDict):
    """A stretch of a line to re-route."""

    from_m: float
    to_m: float
    geometry: dict[str, Any] | None


@closed
class MoveDict(TypedDict):
    """The site moved as a whole, and what the review of it there came to."""

    shift_m: float
    bearing_deg: float
    clears_accuracy: bool
    status: StatusName
    open_rules: list[str]
    geometry: dict[str, Any] | None


@closed
class RemedyDict(TypedDict):
    """What would cure the violations of one site; geometries are GeoJSON in EPSG:4490."""

    project: str
    rules: list[str]
    elsewhere: Annotated[list[str], Field(description="violations that no move cures")]
    remainder_m2: float | None
    removed_m2: float | None
    remainder: dict[str, Any] | None
    shift_m: float | None
    bearing_deg: float | None
    moved: dict[str, Any] | None
    moved_status: StatusName | None
    existing: Annotated[bool, Field(description="a plant in operation, which no move cures")]
    moves: list[MoveDict]
    stretches: list[StretchDict]
