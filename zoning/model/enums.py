"""The words of the field as enums: each has one meaning everywhere."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal


class Evidence(StrEnum):
    """How the geometry of a layer came about, strongest first."""

    OFFICIAL = "official"
    SURVEYED = "surveyed"
    DERIVED = "derived"
    SCHEMATIC = "schematic"


class Status(StrEnum):
    """What a rule says of a project, most severe first."""

    VIOLATION = "violation"
    RESTRICTED = "restricted"
    UNDETERMINED = "undetermined"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"
    CONDITIONAL = "conditional"
    COMPLIANT = "compliant"

    @property
    def severity(self) -> int:
        """Rank for sorting: 6 for ``violation`` down to 0 for ``compliant``."""
        return _SEVERITY[self]


#: Looked up once per finding when millions of them are sorted.
_SEVERITY = {status: rank for rank, status in enumerate(reversed(Status))}


class Effect(StrEnum):
    """What a clause does to an activity in its zone."""

    PROHIBIT = "prohibit"
    EXIT = "exit"
    RESTRICT = "restrict"
    AVOID = "avoid"
    REQUIRE = "require"
    ENCOURAGE = "encourage"


class Tri(StrEnum):
    """Kleene's third value: an unknown attribute is neither yes nor no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


#: What would settle an open finding: an answer about the project, the official line, a survey of
#: where the line runs, a correction of the input, or law and land that the catalogue does not hold.
#: Where all hangs on presumed answers, a signature.
Need = Literal["", "answer", "official_line", "position", "correction", "not_held", "signature"]
#: A project attribute after normalisation; ``None`` never occurs, absence means unknown.
Value = bool | float | str
Confidence = Literal["high", "medium-high", "medium", "low-medium", "low"]
