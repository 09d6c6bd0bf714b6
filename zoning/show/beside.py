"""What files hold beside the findings; the report itself knows nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoning.law import Question
from zoning.messages import Lang, Text

if TYPE_CHECKING:
    from zoning.model import Report
    from zoning.show.gathered import Gathered
    from zoning.show.geopackage import Content


def _nobody(_layer: str) -> Text | None:
    return None


@dataclass(frozen=True)
class Beside:
    """Zones that the sites touch, questions worth answering, and who holds which layer.

    Attributes
    ----------
    zones : callable or None
        Returns the zones, some at a time as they become known.
    questions : tuple of Question
    office : callable
        Returns the office that holds the official data of a layer.
    full : bool
        Whether what conforms or was not checked is listed, too.
    told : Gathered or None
        The tables of the report, where they are gathered already.
    """

    zones: Callable[[], Iterable[Content]] | None = None
    questions: tuple[Question, ...] = ()
    office: Callable[[str], Any] = _nobody
    full: bool = False
    told: Gathered | None = None

    def gathered(self, report: Report, lang: Lang) -> Gathered:
        """Return the tables of a report."""
        if self.told is not None:
            return self.told
        from zoning.show.gathered import gather

        return gather(report, lang, full=self.full)
