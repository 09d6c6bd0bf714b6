"""All rules over many sites: sites that a rule cannot tell apart are decided once, together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.law.decide import settle
from zoning.law.declaration import declaration, weighed
from zoning.law.places import Codes, Places, dense, states_of
from zoning.law.rulebook import RuleBook, bears
from zoning.model import (
    Finding,
    FindingTable,
    Project,
    Query,
    Rule,
    Value,
)

_Entry = tuple[Rule, tuple[str, ...], Query, Query | None]


@dataclass(eq=False)
class Decisions:
    """What the rules come to at n sites.

    Attributes
    ----------
    table : FindingTable
        The findings by site and rule.
    held : ndarray of int, shape (n, rules), or None
        The findings held off by presumed answers, as positions in ``off``; -1 for none. None
        where nothing is held off.
    off : list of Finding
    """

    projects: Sequence[Project]
    table: FindingTable
    held: NDArray[np.int32] | None
    off: list[Finding]
    _declared: dict[tuple[Any, ...], Finding] = field(default_factory=dict)

    def declaration(self, site: int) -> Finding | None:
        """Return the declaration that a site owes to presumed answers; None where it owes none."""
        if self.held is None:
            return None
        which = self.held[site]
        which = which[which >= 0]
        if not len(which):
            return None
        project = self.projects[site]
        # Sites that are alike share what is presumed of them.
        key = id(project.presumed), which.tobytes()
        found = self._declared.get(key)
        if found is None:
            found = declaration(project, [self.off[kind] for kind in which.tolist()])
            self._declared[key] = found
        return found.at(project.id, None, ())


def decide_all(
    book: RuleBook, projects: Sequence[Project], places: Places, left_out: NDArray[np.bool_]
) -> Decisions:
    """Decide every rule for every site, each case that occurs once.

    Parameters
    ----------
    book : RuleBook
    projects : sequence of Project, length n
    places : Places
        What is known of each of them at each layer.
    left_out : ndarray of bool, shape (n,)
        The sites that no rule is decided for.
    """
    return _Deciding(book, projects, places).done(left_out)


class _Deciding:
    """Fills the table of findings, one rule after another."""

    def __init__(self, book: RuleBook, projects: Sequence[Project], places: Places) -> None:
        self.book, self.projects, self.places = book, projects, places
        self.samples: list[Finding] = []
        self.kinds: dict[tuple[Any, ...], int] = {}
        self.off: list[Finding] = []
        self.doings = _Doings(projects)

    def done(self, left_out: NDArray[np.bool_]) -> Decisions:
        shape = len(self.projects), len(self.book.entries)
        codes = np.full(shape, -1, dtype=np.int32)
        held = np.full(shape, -1, dtype=np.int32) if self.doings.presumed else None
        if not left_out.all():
            for column, entry in enumerate(self.book.entries):
                kept, off = self._rule(entry)
                codes[:, column] = kept
                if held is not None and off is not None:
                    held[:, column] = off
        for cells in (codes, held):
            if cells is not None:
                cells[left_out] = -1
        queries = [query for _, _, query, _ in self.book.entries]
        table = FindingTable(
            self.samples,
            codes,
            self._made(codes, queries),
            lambda column: self.places.measures(queries[column]),
        )
        return Decisions(self.projects, table, held, self.off)

    def _rule(self, entry: _Entry) -> tuple[Any, Any]:
        """Return the kind of a rule's finding at each site, and of the one that is held off."""
        rule, names, query, area = entry
        doing, done = self.doings.of(names)
        state, count = states_of(self.places, rule, query, area)
        codes, most = dense(doing[self.doings.kind] * count + state, done * count)
        first = np.empty(most, dtype=np.intp)
        first[codes[::-1]] = np.arange(len(codes))[::-1]  # the first of each is written last
        cases = [self._case(entry, site) for site in first.tolist()]
        kept = np.array([case[0] for case in cases], dtype=np.int32)
        off = np.array([case[1] for case in cases], dtype=np.int32)
        return kept[codes], off[codes] if (off >= 0).any() else None

    def _case(self, entry: _Entry, site: int) -> tuple[int, int]:
        """Decide a rule for one site; return the kind of what is kept and of what is held off."""
        rule, names, query, area = entry
        project = self.projects[site]
        known = self.places.at(query, site)
        place = self.places.at(area, site) if area else None
        activity = self.book.assess(rule, names, project.attributes)
        found = settle(rule, project, known, activity, place)
        presumed = {answer.attribute: answer.value for answer in project.presumed}
        if not bears(found) or presumed.keys().isdisjoint(names):
            return self._kind(found), -1
        other = self.book.assess(rule, names, {**project.attributes, **presumed})
        kept, off = weighed(found, settle(rule, project, known, other, place))
        if off is not None:
            self.off.append(off)
        return self._kind(kept), len(self.off) - 1 if off is not None else -1

    def _kind(self, found: Finding | None) -> int:
        """Return the number of a finding's kind; -1 for none."""
        if found is None:
            return -1
        # What cases share is the same object, and a sample keeps it.
        shared = map(id, (found.reason, found.missing, found.problem, found.presumed))
        kind = (
            found.rule, found.status, found.code, found.layer, found.near_boundary, found.permit,
            found.best, found.worst, found.needs, found.total is None, not found.zones, *shared,
        )  # fmt: skip
        number = self.kinds.setdefault(kind, len(self.samples))
        if number == len(self.samples):
            self.samples.append(found)
        return number

    def _made(
        self, codes: NDArray[np.int32], queries: Sequence[Query]
    ) -> Callable[[int, int], Finding]:
        """Return what makes the finding of a site and rule, out of its kind and its measures."""
        samples, places = self.samples, self.places
        ids = [project.id for project in self.projects]

        def make(site: int, column: int) -> Finding:
            kind = samples[int(codes[site, column])]
            if kind.total is None:
                return kind.at(ids[site], None, ())
            return kind.at(ids[site], *places.measured(queries[column], site))

        return make


class _Doings:
    """The sites by what is known and presumed of them: most of many sites are alike."""

    def __init__(self, projects: Sequence[Project]) -> None:
        numbers: dict[tuple[Any, ...], int] = {}
        self.alike: list[Project] = []
        kind = np.empty(len(projects), dtype=np.intp)
        for index, project in enumerate(projects):
            answers = tuple((x.attribute, x.value) for x in project.presumed)
            key = (frozenset(project.attributes.items()), answers)
            number = numbers.setdefault(key, len(numbers))
            if number == len(self.alike):
                self.alike.append(project)
            kind[index] = number
        self.kind = kind
        self._presumed: list[Mapping[str, Value]] = [
            {answer.attribute: answer.value for answer in project.presumed}
            for project in self.alike
        ]
        self._columns: dict[str, tuple[Codes, int]] = {}

    @cached_property
    def presumed(self) -> bool:
        """Whether anything is presumed of any site."""
        return any(self._presumed)

    def of(self, names: Sequence[str]) -> tuple[Codes, int]:
        """Number what is known and presumed of some attributes; return the numbers and how many."""
        codes, count = np.zeros(len(self.alike), dtype=np.intp), 1
        for name in names:
            more, others = self._column(name)
            if others > 1:
                codes, count = dense(codes * others + more, count * others)
        return codes, count

    def _column(self, name: str) -> tuple[Codes, int]:
        if name not in self._columns:
            seen: dict[Any, int] = {}
            values = [
                seen.setdefault((x.attributes.get(name), p.get(name)), len(seen))
                for x, p in zip(self.alike, self._presumed, strict=True)
            ]
            self._columns[name] = np.array(values, dtype=np.intp), len(seen)
        return self._columns[name]
