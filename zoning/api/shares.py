"""check_shared: one review whose sites are measured and decided by several processes.

    sites ──▶ shares of neighbours ──▶ a process each: numbers, decisions, tables ──▶ one report

What looks at more than one site stays here: ids, the account, questions, zones and the statement.
What is written is joined from the tables of the shares, and is what one process would write.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning import review
from zoning.api import copies, remote
from zoning.api import jobs as local
from zoning.api.check import Again, decided, reviewed_of
from zoning.api.desk import Desk, Plan
from zoning.api.report import Report, Shared
from zoning.base.progress import Progress, silent
from zoning.base.signals import clearing_up
from zoning.messages import Lang, message
from zoning.model import Finding, Project, ProjectResult, SiteFindings
from zoning.model.packed import unpacked
from zoning.read import Reading, ReadOptions
from zoning.review import Asked
from zoning.review.effort import divided
from zoning.review.touched import Met, Places
from zoning.show.gathered import Gathered, gather, joined
from zoning.show.geopackage import Content

#: No share holds many more sites: each takes some 300 kB of memory while it is measured.
_MOST: Final = 5_000
#: So many of the most severe sites are made again together: the screen tells of no more.
_AHEAD: Final = 10
#: Zones are cut so many at once as are met about so often.
_ZONES: Final = 10_000
_Places = NDArray[np.intp]
#: Processes, or what copies this one for these sites once everything is opened.
_Crew: TypeAlias = Sequence[local.Process] | Callable[[Sequence[Project]], Sequence[local.Process]]


@dataclass(frozen=True)
class Wanted:
    """What is written of a review: known from the beginning, so that each process can tell it."""

    lang: Lang
    full: bool = False


def check_shared(
    sites: Sequence[str],
    jobs: int,
    wanted: Wanted,
    *,
    as_of: date | None = None,
    options: ReadOptions | None = None,
    only: Sequence[str] = (),
    themes: Sequence[str] = (),
    profiles: bool = True,
    entry_list: str | Path | None = None,
    progress: Progress | None = None,
    share: int = _MOST,
    **how: Any,
) -> Report:
    """Review sites as :func:`zoning.check`, on several processes of this machine.

    Parameters
    ----------
    sites : sequence of str
        Files, folders or database tables.
    jobs : int
        Processes besides this one.
    wanted : Wanted
        The language and extent in which the report is going to be saved, and in no other.
    as_of, options, only, themes, profiles, entry_list, progress
        As for :func:`zoning.check`.
    share : int
        No process is given more sites at once.
    **how
        ``workspace`` and ``answers`` of :func:`zoning.check`.

    Returns
    -------
    Report
        As :func:`zoning.check` returns it. Findings that are told one by one are measured again
        here: maps, bundles and JSON of all sites are for a review in one process.

    Raises
    ------
    DataError
        ``process-lost`` where a process ended by itself.
    ZoningError
        As :func:`zoning.check`.
    """
    told, options = progress or silent, options or ReadOptions()
    asked = Asked(
        as_of or date.today(), options.datum, tuple(only), tuple(themes), profiles=profiles
    )
    with clearing_up(), ExitStack() as stack:
        # They load what every share needs while this one reads the sites.
        begin = [] if copies.possible() else [local.started(jobs, local.READY) for _ in range(jobs)]
        crew = [stack.enter_context(process) for process in begin]
        reviewed = reviewed_of(sites, asked, options, told, entry_list=entry_list, **how)
        opened = reviewed.layers.opened
        plan = Plan(
            origins=(),
            options=options,
            as_of=asked.as_of,
            workspace=str(opened.path.resolve()) if opened else None,
            entry_list=str(Path(entry_list).resolve()) if entry_list is not None else None,
            only=asked.only,
            themes=asked.themes,
            profiles=profiles,
            lang=wanted.lang,
            full=wanted.full,
            bbox=reviewed.layers.bbox,
        )
        desk = Desk(plan, reviewed.catalogue, reviewed.layers, reviewed.asked)

        def copied(projects: Sequence[Project]) -> Sequence[local.Process]:
            first = partial(remote.hold, plan, desk, projects)
            return stack.enter_context(copies.copied(jobs, first))

        out = _Shares(crew or copied, jobs, desk, share, told)
        report = decided(reviewed, told, elsewhere=out)
        return replace(report, shared=out.shared(report, stack.pop_all()))


class _Shares:
    """Hands out the sites of a review, and puts together what comes back."""

    def __init__(self, crew: _Crew, jobs: int, desk: Desk, most: int, progress: Progress) -> None:
        self.crew, self.jobs, self.most, self.progress = crew, jobs, most, progress
        self.copies = callable(crew)  # which have the sites already
        self.plan, self.stated, self.layers = desk.plan, desk.stated(), desk.layers
        self.parts: list[tuple[_Places, Gathered]] = []
        self.met: list[tuple[_Places, Met]] = []

    def __call__(
        self,
        projects: Sequence[Project],
        readings: Sequence[Reading],
        again: Again,
        meanwhile: Callable[[], object],
    ) -> tuple[ProjectResult, ...]:
        """Return the results of all projects, in their order."""
        shares = self._divided(projects)
        found: dict[int, ProjectResult] = {}
        made = _Made(projects, again)

        def task(number: int) -> local.Task:
            which = shares[number].tolist()
            sent = None if self.copies else [projects[x] for x in which]
            return remote.share_of, (self.plan, self.stated, which, sent)

        self.progress(message("check.measuring"), 0, len(projects))
        if callable(self.crew):
            # What a first site asks for is then opened, and is so in every copy.
            again([projects[x] for x in shares[0][:1]] if shares else [])
            self.crew = self.crew(projects)
        with closing(local.spread(self.crew, range(len(shares)), task, "share")) as done:
            meanwhile()
            for number, share in done:
                at = shares[number]
                own = unpacked(share.results, [projects[x] for x in at], partial(made, at))
                found |= zip(at.tolist(), own, strict=True)
                self.parts.append((at, share.told))
                self.met.append((at, share.met))
                self.progress(message("check.measuring"), len(found), len(projects))
        unread = [at for at, project in enumerate(projects) if project.geometry is None]
        found |= zip(unread, review.failures(projects, readings), strict=True)
        # No site may be lost on the way: the order is that of the sites, each once.
        results = tuple(found.pop(at) for at in range(len(projects)))
        assert not found
        made.expect(results)
        return results

    def _divided(self, projects: Sequence[Project]) -> list[_Places]:
        """Return the positions of neighbours, in file order; what has no place is in none."""
        placed = [at for at, project in enumerate(projects) if project.geometry is not None]
        bounds = shapely.bounds([projects[at].geometry for at in placed]).reshape(-1, 4)
        count = max(self.jobs, ceil(len(placed) / self.most))
        whole = np.array(placed, dtype=np.intp)
        return [whole[own] for own in divided(bounds, self.layers, count, self.most)]

    def shared(self, report: Report, ending: ExitStack) -> Shared:
        """Return what is written of the whole review; its zones end the processes."""
        unread = [at for at, x in enumerate(report.results) if x.project.geometry is None]
        if unread:
            some = replace(report, results=tuple(report.results[at] for at in unread))
            own = gather(some, self.plan.lang, full=self.plan.full)
            self.parts.append((np.array(unread, dtype=np.intp), own))
        lots = Met.joined(self.met).lots(_ZONES) if self.met else []
        projects = [result.project for result in report.results]
        places = None if self.copies else Places.of(projects)
        zones = _Zones(self._cut(lots, places), len(lots), ending)
        told = joined(self.parts, [project.geometry for project in projects])
        self.parts, self.met = [], []  # held twice otherwise, while the file is written
        return Shared(self.plan.lang, self.plan.full, told, zones)

    def _cut(
        self, lots: Sequence[Met], places: Places | None
    ) -> Generator[tuple[int, Content], None, None]:
        """Have the zones beside all sites cut, some at a time; each process takes every so many,
        for those before are written first."""

        def task(number: int) -> local.Task:
            return remote.zones_of, (self.plan, self.stated, lots[number], places)

        assert not callable(self.crew)
        turns = [x for own in range(self.jobs) for x in range(own, len(lots), self.jobs)]
        return local.spread(self.crew, turns, task, "share")


class _Zones:
    """The zones beside the sites. Other processes cut them while the rest is written, and end
    when they are asked for, or when nobody can ask any more."""

    def __init__(
        self, cutting: Generator[tuple[int, Content], None, None], lots: int, crew: ExitStack
    ) -> None:
        self.cutting, self.lots = cutting, lots
        self.ending = weakref.finalize(self, crew.close)
        self.cut: dict[int, Content] = {}

    def __call__(self) -> Iterator[Content]:
        """Yield them in order, each lot as soon as it and all before it are cut."""
        for number in range(self.lots):
            try:
                while number not in self.cut:
                    self.cut |= [next(self.cutting)]
            except BaseException:
                self.ending()
                raise
            yield self.cut[number]
        self.ending()


class _Made:
    """Findings with what was measured, for the few sites that are told one by one."""

    def __init__(self, projects: Sequence[Project], again: Again) -> None:
        self.projects, self.again = projects, again
        self.ahead: list[int] = []
        self.known: dict[int, Sequence[Finding]] = {}

    def expect(self, results: Sequence[ProjectResult]) -> None:
        """Take the most severe sites for those that are asked for next."""
        ranked = sorted(range(len(results)), key=lambda at: -results[at].status.severity)
        some = [at for at in ranked[:_AHEAD] if results[at].project.geometry is not None]
        self.ahead = some

    def __call__(self, at: _Places, row: int, rule: int) -> Finding:
        """Return the finding of a site of a share and a rule."""
        site = int(at[row])
        if site not in self.known:
            some = list(dict.fromkeys([site, *self.ahead]))
            results = self.again([self.projects[x] for x in some])
            self.known |= {x: own.findings for x, own in zip(some, results, strict=True)}
            self.ahead = []
        found = self.known[site]
        assert isinstance(found, SiteFindings)
        return found.placed(rule)
