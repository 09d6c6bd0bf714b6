"""The findings of many sites as a table of codes; a finding is made where one is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from zoning.model.nearby import Measures
    from zoning.model.results import Finding

_Key = TypeVar("_Key", bound=Hashable)
#: What is asked of a kind of finding: it must not depend on the site, nor on its measures.
Test = Callable[["Finding"], bool]


@dataclass(frozen=True, eq=False)
class FindingTable:
    """Findings by site and rule, each as the number of its kind.

    Findings of one kind differ in their site, its measures and a fault of the layer there, and in
    nothing else.

    Attributes
    ----------
    samples : sequence of Finding
        One finding of each kind, as of no site: what was measured is left open.
    codes : ndarray of int, shape (sites, rules)
        The kind of each finding; -1 where there is none.
    make : callable
        Returns the finding of a site and rule, by their positions.
    measures : callable
        Returns what was measured of all sites for a rule, by its position; the same object for
        rules that ask the same.
    """

    samples: Sequence[Finding]
    codes: NDArray[np.signedinteger[Any]]
    make: Callable[[int, int], Finding]
    measures: Callable[[int], Measures]
    _tests: dict[Test, NDArray[np.bool_]] = field(default_factory=dict, repr=False)
    _keys: dict[Any, tuple[NDArray[np.int32], list[Any]]] = field(default_factory=dict, repr=False)

    def kinds(self, wanted: Test) -> NDArray[np.bool_]:
        """Mark the kinds that pass a test; the last entry, for no finding, is False."""
        found = self._tests.get(wanted)
        if found is None:
            found = np.array([*(wanted(sample) for sample in self.samples), False], dtype=bool)
            self._tests[wanted] = found
        return found

    def numbered(self, key: Callable[[Finding], Any]) -> tuple[NDArray[np.int32], list[Any]]:
        """Return what a key says of the kinds: a number for each, and what the numbers mean.

        The last number, -1, is for no finding.
        """
        found = self._keys.get(key)
        if found is None:
            said: dict[Any, int] = {}
            numbers = [said.setdefault(key(sample), len(said)) for sample in self.samples]
            found = self._keys[key] = np.array([*numbers, -1], dtype=np.int32), list(said)
        return found


class SiteFindings(Sequence["Finding"]):
    """The findings of one site, most severe first; among equals the order of the rules is kept.

    Parameters
    ----------
    table : FindingTable
    row : int
        The site's place in it.
    before, after : sequence of Finding
        Those of no rule: where the site lies, what it has to declare, what is wrong with it.
    """

    __slots__ = ("_made", "_whole", "after", "before", "row", "table")

    def __init__(
        self,
        table: FindingTable,
        row: int,
        before: Sequence[Finding] = (),
        after: Sequence[Finding] = (),
    ) -> None:
        self.table, self.row = table, row
        self.before, self.after = tuple(before), tuple(after)
        self._made: dict[int, Finding] = {}
        self._whole: tuple[Finding, ...] | None = None

    def placed(self, place: int) -> Finding:
        """Return the finding of a rule, by the position of the rule.

        Those before the rules have the positions below 0, those after them the ones that follow.
        """
        width = self.table.codes.shape[1]
        if place < 0:
            return self.before[place]
        return self._finding(place) if place < width else self.after[place - width]

    def which(self, wanted: Test) -> tuple[Finding, ...]:
        """Return the findings whose kind passes a test; no others are made."""
        codes = self.table.codes[self.row]
        rules = np.flatnonzero(self.table.kinds(wanted)[codes]).tolist()
        found = [
            *(finding for finding in self.before if wanted(finding)),
            *(self._finding(rule) for rule in rules),
            *(finding for finding in self.after if wanted(finding)),
        ]
        return tuple(sorted(found, key=_severity))

    def samples(self, wanted: Test) -> tuple[Finding, ...]:
        """Return one of each kind for the findings that `which` returns, and make none.

        They are of no site, and what was measured is left open.
        """
        codes = self.table.codes[self.row]
        rules = np.flatnonzero(self.table.kinds(wanted)[codes])
        found = [
            *(finding for finding in self.before if wanted(finding)),
            *(self.table.samples[kind] for kind in codes[rules].tolist()),
            *(finding for finding in self.after if wanted(finding)),
        ]
        return tuple(sorted(found, key=_severity))

    def any(self, wanted: Test) -> bool:
        """Whether some finding passes a test of its kind."""
        if self.table.kinds(wanted)[self.table.codes[self.row]].any():
            return True
        return any(wanted(finding) for finding in (*self.before, *self.after))

    def counts(self, key: Callable[[Finding], _Key]) -> Counter[_Key]:
        """Count the findings by what a key says of their kind, in the order of the rules."""
        numbers, said = self.table.numbered(key)
        row = numbers[self.table.codes[self.row]]
        row = row[row >= 0]
        many = np.bincount(row, minlength=len(said))
        first = np.empty(len(said), dtype=np.intp)
        first[row[::-1]] = np.arange(len(row))[::-1]  # the first of each is written last
        used = np.flatnonzero(many)
        found = Counter(key(finding) for finding in self.before)
        for number in used[np.argsort(first[used])].tolist():
            found[said[number]] += int(many[number])
        found.update(key(finding) for finding in self.after)
        return found

    def most(self, rank: Callable[[Finding], Any]) -> Finding | None:
        """Return the first of the findings whose kind ranks highest."""
        ranks = self.counts(rank)
        if not ranks:
            return None
        top = max(ranks)
        numbers, said = self.table.numbered(rank)
        rules: list[int] = []
        if top in said:
            row = numbers[self.table.codes[self.row]]
            rules = np.flatnonzero(row == said.index(top)).tolist()
        found = [
            *(finding for finding in self.before if rank(finding) == top),
            *(self._finding(rule) for rule in rules),
            *(finding for finding in self.after if rank(finding) == top),
        ]
        return min(found, key=_severity)

    @staticmethod
    def first(some: Sequence[Finding], rank: Callable[[Finding], Any]) -> Finding | None:
        """Return of some findings the one that ranks highest, among equals the most severe."""
        top = max(map(rank, some), default=None)
        return min((x for x in some if rank(x) == top), key=_severity, default=None)

    def whole(self) -> tuple[Finding, ...]:
        """Return all findings."""
        if self._whole is None:
            self._whole = self.which(_every)
        return self._whole

    def _finding(self, rule: int) -> Finding:
        made = self._made.get(rule)
        if made is None:
            made = self._made[rule] = self.table.make(self.row, rule)
        return made

    def __len__(self) -> int:
        there = np.count_nonzero(self.table.codes[self.row] >= 0)
        return int(there) + len(self.before) + len(self.after)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        return self.whole()[index]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.whole())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SiteFindings | tuple):
            return self.whole() == tuple(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.whole())

    def __repr__(self) -> str:
        return repr(self.whole())

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self.whole(),)


def tables_of(
    sites: Sequence[Sequence[Finding]],
) -> list[tuple[FindingTable, NDArray[np.intp], NDArray[np.intp]]]:
    """Return the tables that the findings of many sites lie in.

    Parameters
    ----------
    sites : sequence of (sequence of Finding)

    Returns
    -------
    list of (FindingTable, ndarray of int, ndarray of int)
        A table, the positions of its sites in ``sites``, and their rows in the table.
    """
    at = [at for at, own in enumerate(sites) if isinstance(own, SiteFindings)]
    ours = [own for own in sites if isinstance(own, SiteFindings)]
    tables = {id(own.table): own.table for own in ours}
    places, rows = np.array(at, dtype=np.intp), np.array([x.row for x in ours], dtype=np.intp)
    if len(tables) == 1:
        return [(table, places, rows) for table in tables.values()]
    which = np.array([id(own.table) for own in ours], dtype=np.intp)
    return [(table, places[which == name], rows[which == name]) for name, table in tables.items()]


def loose(
    sites: Sequence[Sequence[Finding]],
) -> Iterator[tuple[tuple[int, int, int], Finding]]:
    """Yield the findings of many sites that lie in no table, each with what puts it in its place.

    That is the position of the site, how severe it is where a site is told most severe first, and
    its position there, as `SiteFindings.placed` takes it.
    """
    for at, own in enumerate(sites):
        if not isinstance(own, SiteFindings):
            yield from (((at, 0, place), finding) for place, finding in enumerate(own))
            continue
        if not own.before and not own.after:
            continue
        ends = (-len(own.before), own.before), (own.table.codes.shape[1], own.after)
        for first, some in ends:
            for place, finding in enumerate(some, start=first):
                yield (at, -finding.status.severity, place), finding


def which(findings: Sequence[Finding], wanted: Test) -> tuple[Finding, ...]:
    """Return the findings that pass a test; ``wanted`` must ask for no measure and no site.

    Parameters
    ----------
    findings : sequence of Finding
        Of one site.
    wanted : callable
        The same function for all sites of a report: what it says of each kind is kept.
    """
    if isinstance(findings, SiteFindings):
        return findings.which(wanted)
    return tuple(finding for finding in findings if wanted(finding))


def samples(findings: Sequence[Finding], wanted: Test) -> tuple[Finding, ...]:
    """Return what :func:`which` does, where nothing is asked of the site or its measures."""
    own = findings.samples if isinstance(findings, SiteFindings) else partial(which, findings)
    return own(wanted)


def any_of(findings: Sequence[Finding], wanted: Test) -> bool:
    """Whether some finding of one site passes a test, as for :func:`which`."""
    if isinstance(findings, SiteFindings):
        return findings.any(wanted)
    return any(wanted(finding) for finding in findings)


def counts(findings: Sequence[Finding], key: Callable[[Finding], _Key]) -> Counter[_Key]:
    """Count the findings of one site by something that depends on their kind alone.

    Parameters
    ----------
    findings : sequence of Finding
        Of one site.
    key : callable
        The same function for all sites of a report: what it says of each kind is kept.
    """
    if isinstance(findings, SiteFindings):
        return findings.counts(key)
    return Counter(key(finding) for finding in findings)


def most(findings: Sequence[Finding], rank: Callable[[Finding], Any]) -> Finding | None:
    """Return the finding of one site whose kind ranks highest, the first among equals.

    Parameters
    ----------
    findings : sequence of Finding
        Of one site.
    rank : callable
        As the key of :func:`counts`.
    """
    if isinstance(findings, SiteFindings):
        return findings.most(rank)
    return max(findings, key=rank, default=None)


def _every(_finding: Finding) -> bool:
    return True


def _severity(finding: Finding) -> int:
    return -finding.status.severity
