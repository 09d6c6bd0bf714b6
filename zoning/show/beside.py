"""What files hold beside the findings; the report itself knows nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoning.law import Question
from zoning.messages import Text

if TYPE_CHECKING:
    from zoning.base.table import Table


def _nobody(_layer: str) -> Text | None:
    return None


@dataclass(frozen=True)
class Beside:
    """Zones that the sites touch, questions worth answering, and who holds which layer.

    Attributes
    ----------
    zones : Table or None
        With ``layer``, ``layer_name``, ``zone``, ``evidence``, ``official`` and ``projects``.
    questions : tuple of Question
    office : callable
        Returns the office that holds the official data of a layer.
    full : bool
        Whether what conforms or was not checked is listed, too.
    """

    zones: Table | None = None
    questions: tuple[Question, ...] = ()
    office: Callable[[str], Any] = _nobody
    full: bool = False
