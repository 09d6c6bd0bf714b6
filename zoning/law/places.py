"""What is known of many sites at a layer, as columns; which of them a rule cannot tell apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from zoning.law.decide import FAR, WHOLE, Evidenced
from zoning.model import Evidence, Measure, Measures, Query, Rule, Tri

Codes = NDArray[np.intp]
_TRI = tuple(Tri)
_EVIDENCE: tuple[Evidence | None, ...] = (None, *Evidence)


class Places(Protocol):
    """What is known of each site at each layer."""

    def at(self, query: Query, site: int) -> Evidenced:
        """Return what is known of one site."""

    def measured(self, query: Query, site: int) -> tuple[Measure | None, tuple[Measure, ...]]:
        """Return the measures of one site: the total and the zones."""

    def measures(self, query: Query) -> Measures:
        """Return the measures of all sites; the same object each time."""

    def columns(self, query: Query) -> Columns | None:
        """Return what is known of all sites; None where it is the same for all."""


@dataclass(frozen=True, eq=False)
class Columns:
    """What is known of n sites at one layer: the fields of `Evidenced` and of its total.

    Attributes
    ----------
    evidence, touches : ndarray of int, shape (n,)
        Positions as `codes_of` gives them.
    measured, zoned : ndarray of bool, shape (n,)
        Whether there is a total, and whether it names zones.
    outside, unclear, shallow : ndarray of bool, shape (n,)
        ``shallow`` marks the sites that reach in less deep than the zones are known.
    distance_m, accuracy_m, share : ndarray of float, shape (n,)
        Infinity, 0 and 0 for sites that no zone is within reach of.
    beyond : callable or None
        Returns the distances of some of these sites, exact up to a limit (m); None where all are
        known.
    """

    evidence: NDArray[np.int8]
    touches: NDArray[np.int8]
    measured: NDArray[np.bool_]
    zoned: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    unclear: NDArray[np.bool_]
    shallow: NDArray[np.bool_]
    distance_m: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]
    share: NDArray[np.float64]
    beyond: Callable[[NDArray[np.intp], float], NDArray[np.float64]] | None = None
    _states: dict[float | None, tuple[Codes, int]] = field(default_factory=dict, repr=False)

    def states(self, bound_m: float | None) -> tuple[Codes, int]:
        """Number the sites so that a rule decides alike on all that have one number.

        Parameters
        ----------
        bound_m : float or None
            The distance of a rule that is not the clause's own, where a rule has one.
        """
        if bound_m not in self._states:
            self._states[bound_m] = dense(*self._mixed(bound_m))
        return self._states[bound_m]

    def _mixed(self, bound_m: float | None) -> tuple[Codes, int]:
        flags = [
            self.measured,
            self.zoned,
            self.outside,
            self.unclear,
            self.share < 1.0 - WHOLE,
            self.shallow,
            self.distance_m < self.accuracy_m,
        ]
        if bound_m is not None:
            distance = self._up_to(FAR * bound_m)
            flags.append((bound_m <= distance) & (distance < FAR * bound_m))
        code = self.evidence.astype(np.intp) * len(_TRI) + self.touches
        for flag in flags:
            code = code * 2 + flag
        return code, len(_EVIDENCE) * len(_TRI) * 2 ** len(flags)

    def _up_to(self, limit_m: float) -> NDArray[np.float64]:
        """The distances, exact up to a limit."""
        if self.beyond is None:
            return self.distance_m
        away = np.flatnonzero(np.isinf(self.distance_m))
        out = self.distance_m.copy()
        out[away] = self.beyond(away, limit_m)
        return out


def evidence_code(evidence: Evidence | None) -> int:
    """Return the number that stands for an evidence in columns."""
    return _EVIDENCE.index(evidence)


def evidence_of(code: int) -> Evidence | None:
    """Return the evidence that a number stands for."""
    return _EVIDENCE[code]


def touch_code(touches: Tri) -> int:
    """Return the number that stands for a Tri in columns."""
    return _TRI.index(touches)


def dense(codes: Codes, most: int) -> tuple[Codes, int]:
    """Number codes below ``most`` anew, without gaps; return them and how many there are."""
    used = np.bincount(codes, minlength=most) > 0
    return (np.cumsum(used) - 1)[codes], int(np.count_nonzero(used))


def bound_of(rule: Rule) -> float | None:
    """Return the distance of a rule that does not end where its clause says; None if it does."""
    scope = rule.scope
    return scope.distance_m if scope.distance_basis == "parameter" else None


def states_of(places: Places, rule: Rule, query: Query, area: Query | None) -> tuple[Any, int]:
    """Number the sites so that a rule decides alike, as to the place, on all of one number.

    Returns
    -------
    codes, count : ndarray of int or 0, int
        The number of each site, or 0 for all, and how many numbers there are.
    """
    here = places.columns(query)
    codes, count = here.states(bound_of(rule)) if here is not None else (0, 1)
    there = places.columns(area) if area is not None else None
    if there is None:
        return codes, count
    more, others = there.states(None)
    return codes * others + more, count * others
