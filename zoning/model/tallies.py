"""How many findings of many sites are alike, counted without making one of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from zoning.model.findings import FindingTable, SiteFindings

if TYPE_CHECKING:
    from zoning.model.results import Finding

_Key = TypeVar("_Key", bound=Hashable)


@dataclass(slots=True, eq=False)
class Counted(Generic[_Key]):
    """How many findings something is true of, and which sites have one (ndarray of bool)."""

    key: _Key
    first: int
    findings: int
    sites: NDArray[np.bool_]


def tallied(
    sites: Sequence[Sequence[Finding]], key: Callable[[Finding], _Key]
) -> list[Counted[_Key]]:
    """Count the findings of many sites by something that depends on their kind alone.

    Parameters
    ----------
    sites : sequence of (sequence of Finding)
        The findings of each site.
    key : callable
        What a finding counts as.

    Returns
    -------
    list of Counted
        In the order in which the keys are met, site by site.
    """
    found: dict[_Key, Counted[_Key]] = {}
    for said, first, many, where in _parts(sites, key):
        counted = found.get(said)
        if counted is None:
            counted = found[said] = Counted(said, first, 0, np.zeros(len(sites), dtype=bool))
        counted.first, counted.findings = min(first, counted.first), counted.findings + many
        counted.sites[where] = True
    return sorted(found.values(), key=lambda counted: counted.first)


def _parts(
    sites: Sequence[Sequence[Finding]], key: Callable[[Finding], _Key]
) -> Iterator[tuple[_Key, int, int, int | NDArray[np.bool_]]]:
    """Yield a key, where it is met first, how often, and at which sites."""
    tables: dict[int, tuple[FindingTable, list[int]]] = {}
    width = 1 + max((_width(findings) for findings in sites), default=0)
    for place, findings in enumerate(sites):
        if isinstance(findings, SiteFindings):
            tables.setdefault(id(findings.table), (findings.table, []))[1].append(place)
            loose = [(0, f) for f in findings.before]
            loose += [(width - 1, f) for f in findings.after]
        else:
            loose = list(enumerate(findings))
        for at, finding in loose:
            yield key(finding), place * width + at, 1, place
    for table, places in tables.values():
        rows = [found.row for p in places if isinstance(found := sites[p], SiteFindings)]
        numbers, said = table.numbered(key)
        ids = numbers[table.codes[rows]]
        row, column = np.nonzero(ids >= 0)
        number = ids[row, column]
        where = np.array(places, dtype=np.intp)[row]
        first = np.empty(len(said), dtype=np.intp)
        first[number[::-1]] = (where * width + column)[::-1]  # the first is written last
        there = np.zeros((len(said), len(sites)), dtype=bool)
        there[number, where] = True
        many = np.bincount(number, minlength=len(said))
        for each in np.flatnonzero(many).tolist():
            yield said[each], int(first[each]), int(many[each]), there[each]


def _width(findings: Sequence[Finding]) -> int:
    if isinstance(findings, SiteFindings):
        return int(findings.table.codes.shape[1])
    return len(findings)
