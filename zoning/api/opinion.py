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
    if alone:
        source.save(target, spoken, template=template)
        return source, [target]
    return source, list(_batch(source, target, spoken, template, f".{kind}"))


def report_template(target: str | Path, lang: Lang | None = None) -> Path:
    """Write the DOCX that opinions are made from, to be changed and handed in again.

    Parameters
    ----------
    target : path
        Ending in ``.docx``.
    lang : {"zh", "en"}, optional

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
    with whole(target) as temporary:
        temporary.write_bytes(made)
    return target


def sources(paths: Sequence[str | Path]) -> list[Path]:
    """Return the data sets that paths name; a folder stands for every data set in it.

    Parameters
    ----------
    paths : sequence of path

    Returns
    -------
    list of Path

    Raises
    ------
    SourceError
        A folder without a file.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        folder = path.is_dir() and path.suffix.lower() != ".gdb"
        found += read.data_sets(path) if folder else [path]
    return found


def _batch(
    source: Report, folder: Path, lang: Lang, template: str | Path | None, suffix: str
) -> list[Path]:
    """Write one paper a site, and one on all of them first."""
    overview = message("opinion.overview-file").in_(lang)
    written = [folder / f"{overview}{suffix}"]
    taken = {overview.casefold()}
    _save_overview(source, written[0], lang)
    for result in source.results:
        own = [r for r in source.remedies if r.project == result.project.id]
        single = replace(source, results=(result,), remedies=tuple(own))
        written.append(folder / f"{_name(result, taken)}{suffix}")
        single.save(written[-1], lang, template=template)
    return written


def _save_overview(source: Report, path: Path, lang: Lang) -> None:
    if path.suffix in papers.SUFFIXES:
        papers.save_opinion(source, source.reviewed, path, lang, overview=True)
    else:
        source.save(path, lang)


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
