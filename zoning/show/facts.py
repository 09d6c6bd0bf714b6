"""Small questions that several outputs ask of a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from zoning.messages import Text, message
from zoning.model import (
    Document,
    Finding,
    ProjectResult,
    Report,
    Status,
    most,
    which,
)


def worst(findings: Sequence[Finding]) -> Finding | None:
    """Return the finding that decides on a site, the first among equals."""
    return most(findings, rank)


def rank(finding: Finding) -> tuple[int, int]:
    """Return how much a finding decides on its site: what it counts as, then what it may be."""
    return finding.counts_as.severity, finding.worst.severity


def hits(result: ProjectResult) -> list[Finding]:
    """Return the violations and restrictions of a site, most severe first, clauses before hints."""
    return by_severity(result.hits)


def declaration(result: ProjectResult) -> Finding | None:
    """Return the declaration that a site owes to presumed answers; None where it owes none."""
    return next(iter(which(result.findings, _to_sign)), None)


def _to_sign(finding: Finding) -> bool:
    return finding.needs == "signature"


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    """Sort findings, most severe first; clauses before hints; otherwise in their own order."""
    return sorted(findings, key=lambda f: (-f.status.severity, f.hint))


def matters(finding: Finding) -> bool:
    """Say whether a finding is more than a clause that conforms or could not be checked."""
    return finding.status not in (Status.COMPLIANT, Status.NOT_CHECKED)


def overall(report: Report) -> Status | None:
    """Return the most severe status of all projects, or None without any project."""
    return report.status if report.results else None


def period_note(document: Document, as_of: date) -> Text | None:
    """Say that a plan's period has ended, or that the document has a successor."""
    if document.period is not None and document.period[1] < as_of:
        end = document.period[1].isoformat()
        return message("facts.plan-s-period-ended", end=end)
    if document.in_force_until is not None and document.in_force_until < as_of:
        end = document.in_force_until.isoformat()
        return message("facts.document-ceased-force-on", end=end)
    return None


def name_of(result: ProjectResult) -> str:
    """Return the project's name, or its id where it has none."""
    return result.project.name or result.project.id
