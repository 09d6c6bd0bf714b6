"""What a report shows of itself in a notebook."""

from __future__ import annotations

from zoning.base.html import table_html
from zoning.messages import Lang, message
from zoning.model import Finding, Report, Status, counts
from zoning.show.titles import STATUS


def report_html(report: Report, lang: Lang) -> str:
    """Return one row a site: id, name, status, and how many findings of each status."""
    heads = [message(f"html.{key}").in_(lang) for key in ("site", "name", "status", "findings")]
    rows = []
    for result in report.results:
        found = counts(result.findings, _status)
        told = ", ".join(f"{STATUS[s].in_(lang)} {found[s]}" for s in Status if found[s])
        project = result.project
        rows.append((project.id, project.name, STATUS[result.status].in_(lang), told))
    return table_html(message("html.review", day=report.as_of).in_(lang), heads, rows)


def _status(finding: Finding) -> Status:
    return finding.status
