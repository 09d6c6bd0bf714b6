"""report: the review as the opinion that goes into the file, as DOCX, PDF, HTML or XLSX."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoning import read
from zoning.api.check import check
from zoning.api.report import Report
from zoning.base.errors import UsageError, problem
from zoning.base.settings import default_lang
from zoning.base.targets import Target
from zoning.base.writing import whole
from zoning.messages import Lang, message
from zoning.model import ProjectResult
from zoning.show import papers

if TYPE_CHECKING:
    from zoning.review.sites import Sites

__all__ = ["report", "report_template", "sources"]

#: What an opinion can be written as.
SUFFIXES = (*papers.SUFFIXES, ".xlsx")
#: What a file name cannot hold on some machine, or would hide.
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\s]+|^[.~]+|[.~]+$')
_LONGEST = 60


def report(
    source: Report | Sites,
    target: str | Path,
    *,
    lang: Lang | None = None,
    template: str | Path | None = None,
    kind: str = "docx",
    overwrite: bool = False,
    **how: Any,
) -> tuple[Report, list[Path]]:
    """Write the review opinion on sites.

    Parameters
    ----------
    source : Report, or anything that :func:`zoning.check` takes
        Also a folder: every data set in it.
    target : path
        ``.docx``, ``.pdf``, ``.html`` or ``.xlsx`` for one paper on all sites. Anything else is a
        folder: one paper a site, and an overview.
    lang : {"zh", "en"}, optional
    template : path, optional
        A DOCX as :func:`report_template` writes it, changed as you like.
    kind : {"docx", "pdf", "html", "xlsx"}
        What is written into a folder.
    overwrite : bool, default False
        Also replace files that this program did not write; never what was read.
    **how
        Options of :func:`zoning.check`, for a source that is not reviewed yet.

    Returns
    -------
    report : Report
    written : list of Path
        The files, the same bytes for the same review; a PDF holds when it was made.

    Raises
    ------
    UsageError
        A suffix that is not known, a template that cannot be used, a place that cannot be
        written, or a PDF without LibreOffice.
    MissingExtraError
        Without the extra ``report``.
    """
    target, spoken = Path(target), lang or default_lang()
    alone = target.suffix.lower() in SUFFIXES and not target.is_dir()
    if f".{kind}" not in SUFFIXES or (target.suffix and not alone and not target.is_dir()):
        known = list(SUFFIXES)
        raise UsageError(problem("paper-suffix", file=str(target), known=known))
    if not isinstance(source, Report):
        if isinstance(source, str | Path):
            source = sources([source])
        source = check(source, **{"remedy": True, **how})
    saving: dict[str, Any] = {"lang": spoken, "overwrite": overwrite}
    if alone:
        source.save(target, template=template, **saving)
        return source, [target]
    return source, _batch(source, target, template, f".{kind}", saving)


def report_template(
    target: str | Path, lang: Lang | None = None, *, overwrite: bool = False
) -> Path:
    """Write the DOCX that opinions are made from, to be changed and handed in again.

    Parameters
    ----------
    target : path
        Ending in ``.docx``.
    lang : {"zh", "en"}, optional
    overwrite : bool, default False
        Also replace a file that this program did not write, or a template that was changed.

    Returns
    -------
    Path

    Raises
    ------
    UsageError
        The name does not end in ``.docx``, or the place cannot be written.
    MissingExtraError
        Without the extra ``report``.
    """
    target, spoken = Path(target), lang or default_lang()
    if target.suffix.lower() != ".docx":
        raise UsageError(problem("paper-suffix", file=str(target), known=[".docx"]))
    made = papers.opinion_template(spoken)
    with whole(Target(target, overwrite=overwrite)) as temporary:
        temporary.write_bytes(made)
    return target


def sources(paths: Sequence[str | Path]) -> list[str | Path]:
    """Return the data sets that paths name; a folder stands for every data set in it.

    Parameters
    ----------
    paths : sequence of path

    Returns
    -------
    list of path
        What is no folder stays as it was given.

    Raises
    ------
    SourceError
        A folder without a file.
    """
    found: list[str | Path] = []
    for path in paths:
        place = Path(path)
        folder = place.is_dir() and place.suffix.lower() != ".gdb"
        found += read.data_sets(place) if folder else [path]
    return found


def _batch(
    source: Report,
    folder: Path,
    template: str | Path | None,
    suffix: str,
    saving: dict[str, Any],
) -> list[Path]:
    """Write one paper a site, and one on all of them first."""
    overview = message("opinion.overview-file").in_(saving["lang"])
    written = [folder / f"{overview}{suffix}"]
    taken = {overview.casefold()}
    source.save(written[0], overview=True, **saving)
    for result in source.results:
        own = [r for r in source.remedies if r.project == result.project.id]
        single = replace(source, results=(result,), remedies=tuple(own))
        written.append(folder / f"{_name(result, taken)}{suffix}")
        single.save(written[-1], template=template, **saving)
    return written


def _name(result: ProjectResult, taken: set[str]) -> str:
    """Return a file name for a site that no other has, fit for every file system."""
    parts = dict.fromkeys(p for p in (result.project.id, result.project.name) if p)
    stem = _UNFIT.sub("_", "_".join(parts))[:_LONGEST].strip("_. ") or "_"
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}_{number}"
    taken.add(name.casefold())
    return name
