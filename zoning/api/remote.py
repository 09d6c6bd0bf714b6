"""Sites checked in another process: what is sent there, and what comes back."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from zoning import measure
from zoning.api.desk import Desk, Plan
from zoning.base import errors
from zoning.base.errors import MissingExtraError, Problem, UsageError, ZoningError, problem
from zoning.base.progress import silent
from zoning.catalogue import load_catalogue
from zoning.model import Project
from zoning.model.packed import Packed, packed
from zoning.review.spool import Batch
from zoning.review.touched import Met, Places, cut_zones, met_zones
from zoning.show.gathered import Gathered, gather, sendable
from zoning.show.geopackage import Content, zone_content
from zoning.show.parts import Part

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Faults:
    """What a task raised on purpose, in values that survive the way back."""

    kind: str
    problems: tuple[Problem, ...]

    def error(self) -> ZoningError:
        """Return the error, to be raised here."""
        kind = getattr(errors, self.kind, ZoningError)
        return ZoningError(self.problems) if kind is MissingExtraError else kind(self.problems)


@dataclass(frozen=True)
class Share:
    """What a process returns of some sites: what they come to, their tables, and their zones."""

    results: Packed
    told: Gathered
    met: Met


def caught(work: Callable[..., T], values: tuple[Any, ...]) -> T | Faults:
    """Return what a task comes to, or what it raised on purpose."""
    try:
        return work(*values)
    except ZoningError as error:
        return Faults(type(error).__name__, error.problems)


#: What this process has opened, by what was asked; a worker serves one review after another.
_OPEN: dict[bytes, Desk] = {}
#: All sites of a review and where they lie, in a copy of the process that read them.
_SITES: list[Project] = []
_PLACES: list[Places] = []
#: Prepared geometries are not for two threads at once.
ONE = threading.Lock()


def stated(plan: Plan) -> dict[str, Any]:
    """Return what this process comes to; see :meth:`Desk.stated`."""
    return Desk.open(plan).stated()


def review(plan: Plan, asked: Mapping[str, Any], batch: Batch) -> Part:
    """Check a batch in this process.

    Parameters
    ----------
    plan : Plan
    asked : mapping
        What the asking process comes to; see :meth:`Desk.stated`.
    batch : Batch

    Raises
    ------
    UsageError
        ``cluster-differs`` where this process comes to something else.
    ZoningError
        What the batch itself raises.
    """
    with ONE:
        return opened(plan, asked).review(batch)


def ready(*, loops: bool = False) -> None:
    """Load what every task needs, and compiled loops, if many sites are to come."""
    load_catalogue()
    if loops:
        measure.load_loops()


def hold(plan: Plan, desk: Desk, projects: Sequence[Project]) -> None:
    """Take what a plan names as another process opened it, of which this one is a copy."""
    desk.layers.progress = silent
    _OPEN[pickle.dumps(plan)] = desk
    _SITES[:] = projects
    _PLACES[:] = [Places.of(projects)]


def share_of(
    plan: Plan,
    stated: Mapping[str, Any],
    which: Sequence[int],
    projects: Sequence[Project] | None = None,
) -> Share:
    """Review some sites in this process.

    Parameters
    ----------
    plan : Plan
    stated : mapping
        What the asking process comes to; see :meth:`Desk.stated`.
    which : sequence of int
        Positions among all sites; each of them has a place.
    projects : sequence of Project, optional
        These sites; by default this process holds all, see :func:`hold`.

    Raises
    ------
    UsageError
        ``cluster-differs`` where this process comes to something else.
    """
    with ONE:
        desk = opened(plan, stated)
        own = [_SITES[at] for at in which] if projects is None else projects
        report = desk.decided((), own)
        told = sendable(gather(report, plan.lang, full=plan.full))
        found = Share(packed(report.results), told, met_zones(report.results))
        desk.layers.zone_sets.forget()
    return found


def zones_of(
    plan: Plan, stated: Mapping[str, Any], met: Met, places: Places | None = None
) -> Content:
    """Cut zones around sites in this process, as :func:`share_of` decides on them."""
    with ONE:
        layers = opened(plan, stated).layers
        return zone_content(cut_zones(met, places or _PLACES[0], layers), plan.lang)


def opened(plan: Plan, asked: Mapping[str, Any]) -> Desk:
    """Return what a plan names, opened once in this process; :data:`ONE` is to be held.

    Raises
    ------
    UsageError
        ``cluster-differs`` where this process comes to something else.
    """
    key = pickle.dumps(plan)
    if key not in _OPEN:
        _OPEN.clear()
        desk = Desk.open(plan)
        own = desk.stated()
        differs = [name for name in asked if asked[name] != own.get(name)]
        if differs:
            raise UsageError(problem("cluster-differs", names=differs))
        _OPEN[key] = desk
    return _OPEN[key]
