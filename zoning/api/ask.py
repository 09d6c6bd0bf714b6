"""ask: which attributes can still change a verdict, and what the sites come to once answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoning import review
from zoning.api.check import check, decided
from zoning.api.explain import pick
from zoning.api.report import Report
from zoning.base.progress import silent
from zoning.base.settings import default_lang
from zoning.base.targets import Target
from zoning.law import Question, Standing, questions, read_attributes, standing
from zoning.messages import Lang
from zoning.model import ProjectResult
from zoning.show.workbook import write_workbook

if TYPE_CHECKING:
    from zoning.review.sites import Sites

__all__ = [
    "Answering",
    "ProjectResult",
    "Question",
    "answer",
    "ask",
    "fill",
    "interview",
    "standings",
    "understood",
]

#: Given a site as it stands and a question, what is stated; nothing leaves it open.
Answering = Callable[[ProjectResult, Question], str | None]


def ask(
    source: Report | Sites, project: str | None = None, *, everything: bool = False, **how: Any
) -> tuple[Question, ...]:
    """Return the attributes that can still change the verdict of a site, most decisive first.

    Parameters
    ----------
    source : Report, or anything that :func:`zoning.check` takes
    project : str, optional
        Id of one site; all of them by default.
    everything : bool, default False
        Every attribute that is missing, also where it decides on a duty only, or where an official
        line is needed whatever the answer.
    **how
        Options of :func:`zoning.check`, for a source that is not reviewed yet.

    Returns
    -------
    tuple of Question
        Empty where no answer can change anything.
    """
    report = source if isinstance(source, Report) else check(source, **how)
    results = report.results if project is None else (pick(report, project),)
    return questions(results, report.reviewed.catalogue.attributes, everything=everything)


def standings(report: Report, project: str | None = None) -> tuple[Standing, ...]:
    """Say of each site how far it is decided, and what it waits for.

    Parameters
    ----------
    report : Report
    project : str, optional
        Id of one site; all of them by default.
    """
    results = report.results if project is None else (pick(report, project),)
    return tuple(standing(result) for result in results)


def answer(report: Report, answers: str | Path | Mapping[str, Mapping[str, Any]]) -> Report:
    """Return the review as it comes out with more attributes stated; nothing is measured again.

    Parameters
    ----------
    report : Report
    answers : path or mapping
        A workbook that :func:`fill` wrote, filled in, or attributes with their values by site.

    Returns
    -------
    Report

    Raises
    ------
    SourceError
        A site, an attribute or a value that there is not.
    """
    before = report.reviewed
    asked = review.answered(before.asked, answers, before.catalogue, before.readings)
    return decided(replace(before, asked=asked), silent)


def interview(
    report: Report, answering: Answering, project: str | None = None
) -> tuple[Report, int]:
    """Ask the most decisive question of a site, decide again, until no answer changes anything.

    Parameters
    ----------
    report : Report
    answering : callable
        Given a site as it stands and a question, returns what is stated, or None to leave it open.
    project : str, optional
        Id of one site; one after the other by default.

    Returns
    -------
    report : Report
        With the answers.
    asked : int
        How many questions were put.
    """
    count = 0
    for site in [result.project.id for result in report.results]:
        if project not in (None, site):
            continue
        passed: set[str] = set()
        while found := [q for q in ask(report, site) if q.spec.name not in passed]:
            name, count = found[0].spec.name, count + 1
            said = answering(pick(report, site), found[0])
            passed.add(name)
            if said:
                report = answer(report, {site: {name: said}})
    return report, count


def understood(question: Question, said: str) -> bool:
    """Whether an answer is one of the values that its attribute can have."""
    return bool(read_attributes([question.spec], {question.spec.name: said})[0])


def fill(
    report: Report,
    path: str | Path,
    project: str | None = None,
    *,
    lang: Lang | None = None,
    overwrite: bool = False,
) -> Path:
    """Write the questions as a workbook to fill in, one row a site.

    Parameters
    ----------
    report : Report
    path : path
        Ending in ``.xlsx``.
    project : str, optional
        Id of one site; all of them by default.
    lang : {"zh", "en"}, optional
        Language of the texts; that of the locale by default.
    overwrite : bool, default False
        Also replace a workbook that was filled in since, or another file.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        Another ending, or a place that cannot be written.
    MissingExtraError
        Without XlsxWriter.
    """
    results: Sequence[Any] = report.results if project is None else (pick(report, project),)
    specs = report.reviewed.catalogue.attributes
    target = Target(Path(path), report.reviewed.files, overwrite)
    return write_workbook(results, specs, target, lang or default_lang())
