"""outputs: what the files of a call may take the place of, before any work is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from zoning import review
from zoning.base.errors import Problem, UsageError
from zoning.base.targets import Target, collisions, suffix_problem
from zoning.messages import Lang
from zoning.read import sources

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
        With every problem at once.
    CatalogueError
        If the workspace named is faulty.
    """
    inputs = files_read(read, workspace)
    found: dict[str, Target] = {}
    problems: list[Problem] = []
    for option, (path, known) in outputs.items():
        if path is None:
            continue
        target = Target(Path(path), inputs, overwrite)
        found[option] = target
        wrong = suffix_problem(target.path, known)
        problems += [wrong] if wrong else target.problems(option)
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
    paths = [Path(x) for x in read if isinstance(x, str | Path) and sources.is_file(x)]
    return frozenset(review.files_read(paths, workspace))


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


__all__ = ["BUNDLE", "MAP", "TABLE", "WORKBOOK", "Target", "files_read", "one", "targets"]


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
