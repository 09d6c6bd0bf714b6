"""All rules over many sites: sites that a rule cannot tell apart are decided once, together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoning.base.same import Same
from zoning.law.activity import Activity
from zoning.law.decide import Placed, concluded
from zoning.law.declaration import declaration, weighed
from zoning.law.places import Codes, Places, dense, firsts, placed_at
from zoning.law.rulebook import Entry, RuleBook, bears
from zoning.model import (
    Finding,
    FindingTable,
    Project,
    Query,
    Rule,
    Tri,
    Value,
)

#: What a rule comes to on what is known, and with the presumed answers that it asks for.
_Assessed = tuple[Activity, Activity | None]


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
    _declared: dict[tuple[Any, ...], Finding | None] = field(default_factory=dict)

    def declaration(self, site: int) -> Finding | None:
        """Return the declaration that a site owes to presumed answers; None where it owes none."""
        if self.held is None:
            return None
        project, row = self.projects[site], self.held[site]
        # Sites that are alike share what is presumed of them.
        key = id(project.presumed), row.tobytes()
        if key not in self._declared:
            off = [self.off[kind] for kind in row[row >= 0].tolist()]
            self._declared[key] = declaration(project, off) if off else None
        found = self._declared[key]
        return found and found.at(project.id, None, ())


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
        self._placed: dict[int, tuple[Codes | int, list[Placed]]] = {}
        self._assessed: dict[Same, tuple[Codes | int, list[_Assessed]]] = {}

    def done(self, left_out: NDArray[np.bool_]) -> Decisions:
        entries = self.book.entries
        shape = len(self.projects), len(entries)
        codes = np.full(shape, -1, dtype=np.int32)
        held = np.full(shape, -1, dtype=np.int32) if any(self.doings.presumed) else None
        if not left_out.all():
            for column, entry in enumerate(entries):
                codes[:, column], off = self._rule(entry)
                if held is not None and off is not None:
                    held[:, column] = off
        for cells in (codes, held):
            if cells is not None:
                cells[left_out] = -1
        queries = [entry.query for entry in entries]
        table = FindingTable(
            self.samples,
            codes,
            self._made(codes, queries),
            lambda column: self.places.measures(queries[column]),
        )
        return Decisions(self.projects, table, held, self.off)

    def _rule(self, entry: Entry) -> tuple[Any, Any]:
        """Return the kind of a rule's finding, and of the one that is held off, if any is: for each
        site, or one for all."""
        place = self._placed.get(entry.place)
        if place is None:
            place = placed_at(self.places, entry.rule, entry.query, entry.area)
            self._placed[entry.place] = place
        doing = self._assessed.get(entry.like)
        if doing is None:
            doing = self._assessed[entry.like] = self._assess(entry)
        (where, placed), (what, assessed) = place, doing
        if len(placed) == len(assessed) == 1:
            kept, off = self._case(entry.rule, assessed[0], placed[0])
            return kept, off if off >= 0 else None
        most = len(assessed) * len(placed)
        codes, used = dense(np.atleast_1d(what * len(placed) + where), most)
        cases = [
            self._case(entry.rule, assessed[case // len(placed)], placed[case % len(placed)])
            for case in used.tolist()
        ]
        kept, off = np.array(cases, dtype=np.int32).T
        return kept[codes], off[codes] if (off >= 0).any() else None

    def _assess(self, entry: Entry) -> tuple[Codes | int, list[_Assessed]]:
        """Return what is known, and what is presumed, of what sites do, as a rule asks it."""
        doings = self.doings
        doing, first = doings.of(entry.names)
        found: dict[tuple[int, int], int] = {}
        assessed: list[_Assessed] = []
        numbers = []
        for at in first.tolist():
            stated, presumed = doings.alike[at].attributes, doings.presumed[at]
            known, other = self.book.assess(entry, stated), None
            if known.applies is not Tri.NO and not presumed.keys().isdisjoint(entry.names):
                other = self.book.assess(entry, {**stated, **presumed})
            number = found.setdefault((id(known), id(other)), len(found))
            if number == len(assessed):
                assessed.append((known, other))
            numbers.append(number)
        if len(assessed) == 1:
            return 0, assessed
        return np.array(numbers, dtype=np.intp)[doing][doings.kind], assessed

    def _case(self, rule: Rule, assessed: _Assessed, place: Placed) -> tuple[int, int]:
        """Decide a rule; return the kind of what is kept and of what is held off."""
        known, other = assessed
        found = concluded(rule, place, known)
        if other is None or not bears(found):
            return self._kind(found), -1
        kept, off = weighed(found, concluded(rule, place, other))
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
        same: dict[tuple[int, int], int] = {}
        self.alike: list[Project] = []
        kind = np.empty(len(projects), dtype=np.intp)
        for index, project in enumerate(projects):
            # Sites whose columns say the same share what was read of them.
            shared = id(project.attributes), id(project.presumed)
            number = same.get(shared)
            if number is None:
                answers = tuple((x.attribute, x.value) for x in project.presumed)
                key = frozenset(project.attributes.items()), answers
                number = same[shared] = numbers.setdefault(key, len(numbers))
                if number == len(self.alike):
                    self.alike.append(project)
            kind[index] = number
        self.kind = kind
        self.presumed: list[Mapping[str, Value]] = [
            {answer.attribute: answer.value for answer in project.presumed}
            for project in self.alike
        ]
        self._columns: dict[str, tuple[Codes, int]] = {}

    def of(self, names: Sequence[str]) -> tuple[Codes, Codes]:
        """Number those alike by what is known and presumed of some attributes.

        Where each number occurs first is returned too.
        """
        codes, count = np.zeros(len(self.alike), dtype=np.intp), 1
        for name in names if len(self.alike) > 1 else ():
            more, others = self._column(name)
            if others > 1:
                codes, used = dense(codes * others + more, count * others)
                count = len(used)
        return codes, firsts(codes, count)

    def _column(self, name: str) -> tuple[Codes, int]:
        if name not in self._columns:
            seen: dict[Any, int] = {}
            values = [
                seen.setdefault((x.attributes.get(name), p.get(name)), len(seen))
                for x, p in zip(self.alike, self.presumed, strict=True)
            ]
            self._columns[name] = np.array(values, dtype=np.intp), len(seen)
        return self._columns[name]
