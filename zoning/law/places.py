"""What is known of many sites at a layer, as columns; which of them a rule cannot tell apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from zoning.base.errors import Problem
from zoning.law.decide import FAR, WHOLE, Evidenced, Placed, placed
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
    state : str
        As of `Evidenced`.
    fault : Problem or None
        Why it is unclear of some sites whether they meet a zone.
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
    state: str = "used"
    fault: Problem | None = None
    _states: dict[float | None, tuple[Codes, list[Evidenced]]] = field(
        default_factory=dict, repr=False
    )

    def states(self, bound_m: float | None) -> tuple[Codes, list[Evidenced]]:
        """Number the sites so that a rule decides alike on all that have one number.

        What is known of one of each is returned too, as far as it bears on a decision.

        Parameters
        ----------
        bound_m : float or None
            The distance of a rule that is not the clause's own, where a rule has one.
        """
        if bound_m not in self._states:
            distance = self.distance_m if bound_m is None else self._up_to(FAR * bound_m)
            codes, used = dense(*self._mixed(bound_m, distance))
            found = [self._at(site, distance) for site in firsts(codes, len(used)).tolist()]
            self._states[bound_m] = codes, found
        return self._states[bound_m]

    def _mixed(self, bound_m: float | None, distance: NDArray[np.float64]) -> tuple[Codes, int]:
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
            flags.append((bound_m <= distance) & (distance < FAR * bound_m))
        code = self.evidence.astype(np.intp) * len(_TRI) + self.touches
        for flag in flags:
            code = code * 2 + flag
        return code, len(_EVIDENCE) * len(_TRI) * 2 ** len(flags)

    def _at(self, site: int, distance: NDArray[np.float64]) -> Evidenced:
        total = Measure(
            layer="",
            zone="",
            distance_m=float(distance[site]),
            share=float(self.share[site]),
            accuracy_m=float(self.accuracy_m[site]),
            touches=_TRI[self.touches[site]],
        )
        return Evidenced(
            _EVIDENCE[self.evidence[site]],
            total if self.measured[site] else None,
            (total,) if self.zoned[site] else (),
            self.state,
            outside=bool(self.outside[site]),
            unclear=self.fault if self.unclear[site] else None,
            shallow=bool(self.shallow[site]),
        )

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


def touch_code(touches: Tri) -> int:
    """Return the number that stands for a Tri in columns."""
    return _TRI.index(touches)


def dense(codes: Codes, most: int) -> tuple[Codes, Codes]:
    """Number codes below ``most`` anew, without gaps; return them and the old ones in order."""
    used = np.flatnonzero(np.bincount(codes, minlength=most))
    number = np.empty(most, dtype=np.intp)
    number[used] = np.arange(len(used))
    return number[codes], used


def firsts(codes: Codes, count: int) -> Codes:
    """Return where each of the numbers below ``count`` occurs first."""
    first = np.empty(count, dtype=np.intp)
    first[codes[::-1]] = np.arange(len(codes))[::-1]  # the first of each is written last
    return first


def bound_of(rule: Rule) -> float | None:
    """Return the distance of a rule that does not end where its clause says; None if it does."""
    scope = rule.scope
    return scope.distance_m if scope.distance_basis == "parameter" else None


def placed_at(
    places: Places, rule: Rule, query: Query, area: Query | None
) -> tuple[Codes | int, list[Placed]]:
    """Say what a rule comes to by the place of each site.

    Returns
    -------
    codes, placed : ndarray of int or 0, list of Placed
        By site, or for all sites, where in the list its own stands.
    """
    codes, known = _states(places, query, bound_of(rule))
    pairs: list[tuple[Evidenced, Evidenced | None]] = [(here, None) for here in known]
    if area is not None:
        more, others = _states(places, area, None)
        many = len(others)
        codes, used = dense(np.atleast_1d(codes * many + more), len(known) * many)
        pairs = [(known[pair // many], others[pair % many]) for pair in used.tolist()]
    found: dict[Placed, int] = {}
    numbers = [found.setdefault(placed(rule, *pair), len(found)) for pair in pairs]
    return np.array(numbers, dtype=np.intp)[codes] if len(found) > 1 else 0, list(found)


def _states(
    places: Places, query: Query, bound_m: float | None
) -> tuple[Codes | int, list[Evidenced]]:
    columns = places.columns(query)
    return (0, [places.at(query, 0)]) if columns is None else columns.states(bound_m)
