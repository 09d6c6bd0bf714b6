"""outputs: what the files of a call may take the place of, before any work is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zoning.base.errors import CatalogueError, UsageError
from zoning.base.settings import WORKSPACE
from zoning.base.targets import Target, collisions, suffix_problem
from zoning.messages import Lang
from zoning.read.files import is_file
from zoning.show import SUFFIXES as FINDINGS

#: What the suffix of each kind of output may be.
MAP = (".html", ".htm")
TABLE = (".csv",)
BUNDLE = (".zip",)
WORKBOOK = (".xlsx",)


def targets(
    outputs: Mapping[str, tuple[str | Path | None, Iterable[str]]],
    read: Iterable[Any] = (),
    *,
    workspace: str | Path | None = None,
    overwrite: bool = False,
) -> dict[str, Target]:
    """Return the outputs of a call as targets, or say which of them must not be written.

    Parameters
    ----------
    outputs : mapping
        By option: the file, None if it was not asked for, and the suffixes that it may have.
    read : iterable
        What the call reads; whatever is no path is passed over.
    workspace : path, optional
        Its file and sources count as read, too; the one in the current folder if left out.
    overwrite : bool
        Also replace files that this program did not write.

    Returns
    -------
    dict of str to Target
        By option, those that were asked for.

    Raises
    ------
    UsageError
        With every problem at once; wrong suffixes first, for which nothing need be loaded.
    CatalogueError
        If the workspace named is faulty.
    """
    asked = {
        option: (Path(path), known) for option, (path, known) in outputs.items() if path is not None
    }
    wrong = [suffix_problem(path, known) for path, known in asked.values()]
    problems = [problem for problem in wrong if problem is not None]
    inputs = frozenset() if problems else files_read(read, workspace)
    found = {option: Target(path, inputs, overwrite) for option, (path, _) in asked.items()}
    if not problems:
        problems = [x for option, target in found.items() for x in target.problems(option)]
        problems += collisions(list(found.values()))
    if problems:
        raise UsageError(problems)
    return found


def files_read(read: Iterable[Any] = (), workspace: str | Path | None = None) -> frozenset[Path]:
    """Return the files that a call reads: its inputs, and the workspace with its sources.

    Parameters
    ----------
    read : iterable
        Paths; anything else is passed over.
    workspace : path, optional
        The one in the current folder if left out; a faulty one there counts as its file alone.

    Returns
    -------
    frozenset of Path

    Raises
    ------
    CatalogueError
        If the workspace named is faulty.
    """
    here = Path(WORKSPACE if workspace is None else workspace)
    here = here / WORKSPACE if here.is_dir() else here
    found = {here, *(Path(x) for x in read if isinstance(x, str | Path) and is_file(x))}
    try:
        if workspace is not None or here.is_file():
            found |= _official_files(workspace)
    except CatalogueError:
        if workspace is not None:
            raise
    return frozenset(found | {path.resolve() for path in found})


def _official_files(workspace: str | Path | None) -> set[Path]:
    """Return the files of a workspace's sources."""
    from zoning.catalogue import load_catalogue, open_workspace

    opened = open_workspace(workspace, load_catalogue().layers)
    if opened is None:
        return set()
    entries = opened.content.entries.values()
    return {opened.path.parent / e.source for e in entries if e.source and not e.is_database}


def one(
    path: str | Path,
    known: Iterable[str],
    read: Iterable[Any] = (),
    *,
    workspace: str | Path | None = None,
    overwrite: bool = False,
) -> Target:
    """Return one output as a target; see :func:`targets`."""
    asked = {"": (path, known)}
    return targets(asked, read, workspace=workspace, overwrite=overwrite)[""]


__all__ = [
    "BUNDLE",
    "FINDINGS",
    "MAP",
    "TABLE",
    "WORKBOOK",
    "Target",
    "files_read",
    "one",
    "targets",
]


def require_basemaps(names: Sequence[str], lang: Lang) -> None:
    """Refuse basemaps that a page could not offer.

    Parameters
    ----------
    names : sequence of str
        As :meth:`zoning.api.report.Report.map` takes them.
    lang : {"zh", "en"}

    Raises
    ------
    UsageError
        No such basemap, or no key for it.
    """
    from zoning.show.map.backdrop import basemaps

    basemaps(names, lang)
