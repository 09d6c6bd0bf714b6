"""What sites come to, as values that another process can be sent: numbers, and a few findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from zoning.model.enums import Status
from zoning.model.findings import FindingTable, SiteFindings
from zoning.model.results import Finding, Project, ProjectResult


@dataclass(frozen=True, eq=False)
class Packed:
    """The results of n sites whose findings lie in one table.

    Attributes
    ----------
    samples : sequence of Finding
        As of `FindingTable`.
    codes : ndarray of int, shape (n, rules)
    sites : sequence of (Status, counties, before, after), length n
    """

    samples: Sequence[Finding]
    codes: NDArray[np.signedinteger[Any]]
    sites: Sequence[tuple[Status, tuple[str, ...], tuple[Finding, ...], tuple[Finding, ...]]]


def packed(results: Sequence[ProjectResult]) -> Packed:
    """Return results, which were decided together, as values without what was measured."""
    found = [result.findings for result in results]
    own = [x for x in found if isinstance(x, SiteFindings)]
    table = own[0].table
    rows = [x.row for x in own if x.table is table]
    assert rows == list(range(len(results))) == list(range(len(table.codes)))
    told = zip(results, own, strict=True)
    return Packed(
        samples=table.samples,
        codes=table.codes,
        sites=[(x.status, x.counties, f.before, f.after) for x, f in told],
    )


def unpacked(
    some: Packed, projects: Sequence[Project], make: Callable[[int, int], Finding]
) -> Iterator[ProjectResult]:
    """Yield the results of projects.

    Parameters
    ----------
    some : Packed
    projects : sequence of Project, length n
    make : callable
        Returns the finding of a site and rule, by their positions, with what was measured.
    """
    table = FindingTable(some.samples, some.codes, make, _elsewhere)
    for row, (project, told) in enumerate(zip(projects, some.sites, strict=True)):
        status, counties, before, after = told
        findings = SiteFindings(table, row, before, after)
        yield ProjectResult(project, status, findings, counties)


def _elsewhere(_rule: int) -> NoReturn:
    raise RuntimeError("what was measured of all sites is held by other processes")
