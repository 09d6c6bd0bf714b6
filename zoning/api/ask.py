"""ask: which attributes are missing, most decisive first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zoning.api.check import check
from zoning.api.explain import pick
from zoning.api.report import Report
from zoning.law import Question, questions

if TYPE_CHECKING:
    from zoning.review.sites import Sites


def ask(source: Report | Sites, project: str | None = None, **how: Any) -> tuple[Question, ...]:
    """Return the attributes that a file should state, most decisive first.

    Parameters
    ----------
    source : Report, or anything that :func:`zoning.check` takes
    project : str, optional
        Id of one site; all of them by default.
    **how
        Options of :func:`zoning.check`, for a source that is not reviewed yet.

    Returns
    -------
    tuple of Question
    """
    report = source if isinstance(source, Report) else check(source, **how)
    results = report.results if project is None else (pick(report, project),)
    return questions(results, report.reviewed.catalogue.attributes)
