"""What would cure a violation: other ground, a shorter way, or what remains of the site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zoning.model.enums import Status


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a line that must be re-routed, by chainage from the line's first vertex."""

    from_m: float
    to_m: float
    geometry: Any


@dataclass(frozen=True, slots=True)
class Move:
    """A site moved as a whole, its shape kept, and what the review of it there came to.

    ``clears_accuracy`` tells whether it also keeps clear of how well the lines are known, so that
    no violation is left by chance of the drawing. ``open_rules`` are the rules whose finding there
    is a violation, a restriction or undetermined.
    """

    shift_m: float
    bearing_deg: float
    geometry: Any
    status: Status
    open_rules: tuple[str, ...]
    clears_accuracy: bool = False


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would cure the violations of one site.

    ``rules`` are the clauses that a change of place could satisfy; ``elsewhere`` those that hold
    all over the territory, which no move cures. ``remainder`` is a polygon's part outside all
    forbidden ground. ``moves`` are the shortest that clears the lines and, where they are not
    exact, the shortest that clears them and their accuracy; each has been reviewed again without
    any violation that a move could cure, and there is none where no move of up to 5 km is enough.
    A plant in operation (``existing``) cannot be moved: nothing of this is worked out for it.
    Geometries in EPSG:4490, areas m² (ellipsoidal), lengths m (geodesic), bearing in degrees from
    north.
    """

    project: str
    rules: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    existing: bool = False
    remainder: Any = None
    remainder_m2: float = 0.0
    removed_m2: float = 0.0
    moves: tuple[Move, ...] = ()
    stretches: tuple[Stretch, ...] = ()

    @property
    def shift_m(self) -> float | None:
        """How far the shortest move goes."""
        return self.moves[0].shift_m if self.moves else None

    @property
    def bearing_deg(self) -> float | None:
        """Where the shortest move goes."""
        return self.moves[0].bearing_deg if self.moves else None

    @property
    def moved(self) -> Any:
        """The site after the shortest move."""
        return self.moves[0].geometry if self.moves else None

    @property
    def moved_status(self) -> Status | None:
        """What the review came to after the shortest move."""
        return self.moves[0].status if self.moves else None
