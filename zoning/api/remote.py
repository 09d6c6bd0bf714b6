"""A batch checked in another process: what is sent there, and what comes back."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from zoning.api.desk import Desk, Plan
from zoning.base import errors
from zoning.base.errors import MissingExtraError, Problem, UsageError, ZoningError, problem
from zoning.review.spool import Batch
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


def caught(work: Callable[..., T], values: tuple[Any, ...]) -> T | Faults:
    """Return what a task comes to, or what it raised on purpose."""
    try:
        return work(*values)
    except ZoningError as error:
        return Faults(type(error).__name__, error.problems)


#: What this process has opened, by what was asked; a worker serves one review after another.
_OPEN: dict[bytes, Desk] = {}
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
