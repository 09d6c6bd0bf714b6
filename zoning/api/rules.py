"""rules: who a change of law affects."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoning.api.check import check
from zoning.api.report import Report
from zoning.catalogue import load_catalogue
from zoning.law import Change, compare
from zoning.model import Status

if TYPE_CHECKING:
    from zoning.review.sites import Sites


def compare_law(
    sites: Sites, old: date | Path, new: date | Path, *, everything: bool = False, **how: Any
) -> tuple[list[Change], int]:
    """Review sites under two states of the law and return the findings that differ.

    Parameters
    ----------
    sites : anything that :func:`zoning.check` takes
    old, new : date or path
        A day, or the folder of another catalogue.
    everything : bool
        Also changes between clauses that lack data.
    **how
        Options of :func:`zoning.check`; ``as_of`` is the day for a catalogue folder.

    Returns
    -------
    changes : list of Change
    hidden : int
        How many changes concern clauses that lack data.
    """
    found = compare(_reviewed(sites, old, how), _reviewed(sites, new, how))
    idle = {None, Status.NOT_CHECKED}
    changes = [c for c in found if everything or not {c.old, c.new} <= idle]
    return changes, len(found) - len(changes)


def _reviewed(sites: Sites, side: date | Path, how: dict[str, Any]) -> Report:
    if isinstance(side, date):
        return check(sites, **{**how, "as_of": side})
    return check(sites, catalogue=load_catalogue(side), **how)
