"""explain: every rule considered for one site, and why it holds or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zoning import model
from zoning.api.check import check
from zoning.api.report import Report
from zoning.base.errors import Problem, UsageError
from zoning.base.settings import default_lang
from zoning.messages import Lang, message
from zoning.model import ProjectResult
from zoning.show.explanation import explanation_lines

if TYPE_CHECKING:
    from zoning.review.sites import Sites

#: No more sites than this are named where one has to be chosen.
_MAX_IDS = 20


@dataclass(frozen=True)
class Explanation:
    """The findings of one site with the report they come from.

    Attributes
    ----------
    report : Report
    result : ProjectResult
        Findings in order of severity.
    """

    report: Report
    result: ProjectResult

    def lines(self, lang: Lang | None = None, *, everything: bool = False) -> Iterator[str]:
        """Yield the explanation line by line, as ``zoning explain`` prints it.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
        everything : bool
            Also what is met, does not apply, or is not in force.

        Yields
        ------
        str
        """
        catalogue, spoken = self.report.reviewed.catalogue, lang or default_lang()
        yield from explanation_lines(
            catalogue, self.report, self.result, spoken, everything=everything
        )


def explain(source: Report | Sites, project: str | None = None, **how: Any) -> Explanation:
    """Explain the findings of one site.

    Parameters
    ----------
    source : Report, or anything that :func:`zoning.check` takes
    project : str, optional
        Id of the site; not needed where there is only one.
    **how
        Options of :func:`zoning.check`, for a source that is not reviewed yet.

    Returns
    -------
    Explanation

    Raises
    ------
    UsageError
        No such site, or several and none chosen.
    """
    report = source if isinstance(source, Report) else check(source, **how)
    return Explanation(report, pick(report, project))


def pick(report: model.Report, project: str | None) -> ProjectResult:
    """Return the site asked for, or the only one; else say which there are."""
    ids = [r.project.id for r in report.results]
    if project is None and len(ids) == 1:
        return report.results[0]
    if project in ids:
        return report.results[ids.index(project)]
    code = "unknown-project"
    fault = message("explain.file-holds-no-site", project=project)
    if project is None:
        code, fault = "project-needed", message("explain.file-holds-sites-name", count=len(ids))
    cut = message("explain.so-many-in-all", count=len(ids)) if len(ids) > _MAX_IDS else None
    cure = message("explain.give-project-one", shown=ids[:_MAX_IDS], cut=cut)
    raise UsageError(Problem(code, fault, cure, field="--project"))
