"""check_batches: a review of any size, written as it goes.

    source ──▶ batches on disk ──▶ check, batch by batch ──▶ parts of two tables, and a manifest

A batch is checked by the same walk as any review; here it is only handed on, counted and written.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from zoning.api import jobs as local
from zoning.api.desk import Desk, Plan
from zoning.api.sources import stated_if_many
from zoning.base import scratch
from zoning.base.errors import UsageError, problem
from zoning.base.progress import Progress, silent
from zoning.base.settings import default_lang
from zoning.base.signals import clearing_up
from zoning.catalogue import load_catalogue, open_workspace
from zoning.messages import Lang, Text, message
from zoning.model import Ledger
from zoning.read import ReadOptions, pieces
from zoning.review import Asked, asked_of, manifest
from zoning.review.spool import Spool, spool
from zoning.show.parts import TABLES, Part
from zoning.show.summary import Summary, print_summary, summary_of

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, repr=False)
class BatchedReview:
    """What :func:`check_batches` returns: where the parts are, and what they come to.

    Attributes
    ----------
    folder : Path or None
        Holds ``findings/`` and ``sites/``, each one table in GeoParquet, and ``manifest.json``;
        None where they were not kept.
    summary : Summary
        Counts by status, the worst sites, and the account of the source.
    """

    folder: Path | None
    summary: Summary

    @property
    def exit_code(self) -> int:
        """The worst of all batches: 1 before 3 before 0."""
        return self.summary.exit_code

    @property
    def ledger(self) -> Ledger:
        """What became of every record of the source."""
        return self.summary.ledger

    def print(self, console: Console | None = None, lang: Lang | None = None) -> None:
        """Print the summary as ``zoning check`` does."""
        if console is None:
            from rich.console import Console as Made

            console = Made()
        print_summary(self.summary, console, lang or default_lang())


def check_batches(
    sites: str | Path | Sequence[str | Path],
    folder: str | Path | None,
    *,
    batch_size: int | None = None,
    resume: bool = False,
    scheduler: str | None = None,
    jobs: int | None = None,
    as_of: date | None = None,
    options: ReadOptions | None = None,
    workspace: str | Path | None = None,
    only: Sequence[str] = (),
    themes: Sequence[str] = (),
    entry_list: str | Path | None = None,
    profiles: bool = True,
    full: bool = False,
    overwrite: bool = False,
    lang: Lang | None = None,
    progress: Progress | None = None,
) -> BatchedReview:
    """Review sites that need not fit into memory, batch by batch, into a folder.

    Parameters
    ----------
    sites : path or sequence of paths
        Files, folders or database tables. GeoParquet, GeoPackage, FlatGeobuf and PostGIS are read
        piece by piece; any other format is read whole first.
    folder : path or None
        Gets ``findings/part-00000.parquet`` and so on, the same in ``sites/``, and
        ``manifest.json``. The same review writes the same bytes, whether it was interrupted or not
        and wherever it ran. None keeps nothing but the summary.
    batch_size : int, optional
        Sites to a batch; batches hold neighbours. If left out, 1,000 to 5,000, by how many there
        are.
    resume : bool, default False
        Go on where an earlier run ended, if everything is as it was then.
    scheduler : str, optional
        Address of a Dask scheduler (``tcp://host:8786``) on whose workers the batches are checked.
    jobs : int, optional
        On so many processes of this machine; as many as its processors and memory allow and the
        number of sites is worth, if left out.
    as_of, options, workspace, only, themes, entry_list, profiles
        As for :func:`zoning.check`.
    full : bool, default False
        Also write what conforms or was not checked.
    overwrite : bool, default False
        Replace the review that the folder holds.
    lang : {"zh", "en"}, optional
        Language of the texts in the tables.
    progress : callable, optional
        Told how many sites are done, how many a second, and how long the rest will take.

    Returns
    -------
    BatchedReview

    Raises
    ------
    UsageError
        A folder that holds something else, or a review of something else.
    ZoningError
        As :func:`zoning.check`; what was written by then stays, and can be gone on with.
    """
    if batch_size is not None and batch_size < 1:
        raise UsageError(problem("bad-option", key="bad-option.batch-size", size=batch_size))
    if jobs is not None and (jobs < 1 or scheduler is not None):
        raise UsageError(problem("bad-option", key="bad-option.jobs", jobs=jobs))
    named = [sites] if isinstance(sites, str | Path) else list(sites)
    told, options = progress or silent, options or ReadOptions()
    if folder is not None:
        manifest.require_folder(Path(folder), resume=resume, overwrite=overwrite)
    asked = Asked(
        as_of or date.today(), options.datum, tuple(only), tuple(themes), profiles=profiles
    )
    layers = asked_of(load_catalogue(), asked, entry_list).layers
    opened = open_workspace(workspace, layers, asked.as_of)
    beside = _parent(Path(folder)) if folder is not None else None
    with clearing_up(), ExitStack() as stack:
        room = stack.enter_context(scratch.folder(beside))
        crew = [] if scheduler else _begun(stack, _worth(named, options, jobs))
        place = Path(folder) if folder is not None else room / "out"
        with closing(pieces.open_each(named, options)) as sources:
            laid = spool(sources, room, batch_size, told)
        plan = Plan(
            origins=laid.origins,
            options=options,
            as_of=asked.as_of,
            workspace=str(opened.path.resolve()) if opened else None,
            only=asked.only,
            themes=asked.themes,
            entry_list=str(Path(entry_list).resolve()) if entry_list is not None else None,
            profiles=profiles,
            lang=lang or default_lang(),
            full=full,
        )
        most = 1 if scheduler else min(jobs or local.processes(laid.features), len(laid.batches))
        crew = crew if len(crew) > most else _begun(stack, most)
        desk = Desk.open(plan) if most == 1 else None
        stated = desk.stated() if desk is not None else local.stated(plan, crew[0])
        run = {**stated, "batch_size": batch_size, "features": laid.features}
        kept = manifest.begin(place, run, resume=resume, tables=TABLES)
        wanted = [n for n in range(len(laid.batches)) if n not in kept.parts]
        try:
            own = crew[1 : most + 1]
            with closing(_parts(plan, desk, stated, laid, wanted, scheduler, own)) as done:
                for number, part in _counted(done, laid, kept, told):
                    kept.add(number, part.tables, part.account)
        finally:
            kept.write()
        ledger = laid.ledger({number: part["failed"] for number, part in kept.parts.items()})
        summary = summary_of(place, ledger, laid.features, kept.parts)
        kept.write(summary=summary.as_dict(plan.lang))
    if folder is None:
        return BatchedReview(None, replace(summary, folder=None))
    return BatchedReview(place, summary)


def _parent(folder: Path) -> Path:
    """Return where batches wait, beside the parts; they take the room of the source."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    return folder.parent


def _worth(sites: Sequence[str | Path], options: ReadOptions, jobs: int | None) -> int:
    """Return how many processes are worth beginning before the sites are read."""
    many = stated_if_many(list(map(str, sites)), options, local.WORTH) or 0
    return min(jobs or local.processes(many), many // local.WORTH)


def _begun(stack: ExitStack, jobs: int) -> list[local.Process]:
    """Return a process that tells what all come to, and so many for the batches; none for one.

    They load what they need while this one reads the sites.
    """
    first = [local.READY, *[local.AT_HAND] * jobs] if jobs > 1 else []
    return [stack.enter_context(local.started(jobs, statement)) for statement in first]


def _parts(
    plan: Plan,
    desk: Desk | None,
    stated: Mapping[str, Any],
    laid: Spool,
    wanted: Sequence[int],
    scheduler: str | None,
    crew: Sequence[local.Process],
) -> Generator[tuple[int, Part], None, None]:
    """Yield the parts of batches, checked on a cluster, in this process or in several."""
    if scheduler is not None:
        from zoning.api import cluster

        yield from cluster.review(scheduler, plan, stated, laid, wanted)
    elif desk is None:
        yield from local.review(crew, plan, stated, laid, wanted)
    else:
        for number in wanted:
            yield number, desk.review(laid.batch(number))


def _counted(
    done: Iterator[tuple[int, Part]], laid: Spool, kept: manifest.Manifest, progress: Progress
) -> Iterator[tuple[int, Part]]:
    """Hand the parts on, and say how many sites are done and how long the rest will take."""
    before = sum(laid.counts[number] for number in kept.parts)
    now, begun = before, perf_counter()
    progress(message("batches.checking-first", count=laid.features), now, laid.features)
    for number, part in done:
        yield number, part
        now += laid.counts[number]
        rate = (now - before) / max(perf_counter() - begun, 1e-9)
        progress(_state(now, laid.features, rate), now, laid.features)


def _state(done: int, count: int, rate: float) -> Text:
    left = timedelta(seconds=round((count - done) / rate))
    told = {"done": f"{done:,}", "count": f"{count:,}", "rate": f"{rate:,.0f}", "left": str(left)}
    return message("batches.checking", **told)
