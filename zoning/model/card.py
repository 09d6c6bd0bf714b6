"""The card of a site: where it stands in every zoning system, whatever a clause makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zoning.messages import Text
from zoning.model.enums import Evidence

#: Where a site stands to the zones of a layer. ``edge`` is a site that the drawing leaves outside
#: by no more than it may be wrong, ``not_shown`` one away from all zones of a layer that is a
#: sketch or not complete there: no such site is outside.
Standing = Literal["inside", "edge", "near", "failed", "no_data", "not_shown", "outside"]

#: The same, the most telling first.
STANDINGS: tuple[Standing, ...] = (
    "inside", "edge", "near", "failed", "no_data", "not_shown", "outside",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CardEntry:
    """A site at one layer.

    ``label`` is a short name beside the system's title, None where it needs no other.
    ``zones`` are the names or classes of the zones that it lies in or may lie in, or of the nearest
    one. ``distance_m`` is the geodesic distance to that zone, 0 inside, and ``line_m`` that to the
    line which a band is drawn around. ``share`` is the part of the site inside; ``unsure`` marks a
    site that reaches in by less than ``accuracy_m``. ``evidence`` is what a decision would rest
    on; ``complete`` tells that the layer is complete around the site, as far as ``near`` goes.
    ``source`` names the file or database, ``office`` who holds official data, where these are none.
    """

    layer: str
    name: Text
    label: Text | None
    standing: Standing
    zones: tuple[Text, ...] = ()
    distance_m: float | None = None
    line_m: float | None = None
    share: float = 0.0
    unsure: bool = False
    accuracy_m: float | None = None
    evidence: Evidence | None = None
    complete: bool = False
    source: str | None = None
    office: Text | None = None


@dataclass(frozen=True, slots=True)
class CardLine:
    """A site in one zoning system, by the layers that show it."""

    system: str
    title: Text
    entries: tuple[CardEntry, ...]

    @property
    def standing(self) -> Standing:
        """The most telling standing of the layers: outside only where all of them say so."""
        return min((entry.standing for entry in self.entries), key=STANDINGS.index)


@dataclass(frozen=True, slots=True)
class Card:
    """A site in every zoning system; a zone up to ``near_m`` away is told as near."""

    project: str
    near_m: float
    lines: tuple[CardLine, ...]
