"""What was found wrong with the rasters of a user."""

from __future__ import annotations

from dataclasses import dataclass, field

from zoning.base.errors import Problem
from zoning.messages import message
from zoning.stats.figures import Note
from zoning.stats.request import Input


@dataclass
class Doubts:
    """What was found; a refusal is a problem, a doubt a warning."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    doubted: list[str] = field(default_factory=list)

    def refuse(
        self, code: str, source: Input, role: str, key: str | None = None, **values: object
    ) -> None:
        """Add what has a certain cause; ``key`` is its wording where the code has several."""
        fault, cure = (message(f"{key or code}.{part}", **values) for part in ("fault", "cure"))
        self.problems.append(Problem(code, fault, cure, file=str(source.path), field=role))

    def doubt(self, role: str, key: str, **values: object) -> None:
        """Add what may be wrong."""
        self.doubted.append(role)
        self.notes.append(Note("warning", message(f"sanity.{key}", **values)))

    def unsure(self, source: Input, role: str) -> None:
        """Say that a raster could not be compared."""
        told = message("sanity.too-small", name=source.path.name, role=role)
        self.notes.append(Note("method", told))
