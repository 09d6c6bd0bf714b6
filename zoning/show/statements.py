"""The closing statement: everything this review did not check or could not decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from zoning.messages import Text, message
from zoning.model import Finding, Missing, Report, Status, Views, indicative, tallied

Kind = Literal[
    "scope", "no_data", "layer_failed", "not_checked", "undetermined", "failed", "left_out",
    "incomplete", "indicative",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence about what was not checked, and the reason as a stable word."""

    kind: Kind
    text: Text


def statement(report: Report) -> tuple[Statement, ...]:
    """Return everything the review did not check, so that silence never reads as conformity.

    Parameters
    ----------
    report : Report
        The finished review.

    Returns
    -------
    tuple of Statement
        The scope first, then layers without data, rules, missing attributes, unreadable
        features, what the catalogue leaves out, and the standing of the evidence.
    """
    return (
        _scope(report),
        *_layers(report),
        *_not_checked(report),
        *_undetermined(report),
        *_failed(report),
        *(Statement("left_out", text) for text in report.left_out),
        *(Statement("incomplete", text) for text in report.incomplete),
        *_indicative(report),
    )


def _scope(report: Report) -> Statement:
    rules, documents = len(report.rules), len({r.document for r in report.rules})
    return Statement(
        "scope",
        message(
            "statement.review-covers-no-other",
            rules=rules,
            documents=documents,
        ),
    )


def _layers(report: Report) -> list[Statement]:
    found = []
    for layer in report.layers:
        rules = sorted(r.id for r in report.rules if r.layer == layer.id)
        if layer.state == "used":
            continue
        tail = message("statement.rules-not-checked", rules=rules) if rules else None
        if layer.state == "no_data":
            text = message("statement.there-no-data-layer", name=layer.name, tail=tail)
            found.append(Statement("no_data", text))
        else:
            why = layer.problem if layer.problem else message("separator.full-stop")
            text = message("statement.layer-could-read", name=layer.name, tail=tail, why=why)
            found.append(Statement("layer_failed", text))
    return found


def _not_checked(report: Report) -> list[Statement]:
    """One sentence a rule and reason; layers without data have been named already."""
    views = Views.of(report)

    def untold(finding: Finding) -> tuple[str, Text] | None:
        layer = views(finding).layer
        named = layer is not None and layer.state != "used"
        if finding.status is not Status.NOT_CHECKED or named:
            return None
        return finding.rule or finding.layer or finding.code, finding.reason

    found = {
        tally.key: tally.findings
        for tally in tallied([result.findings for result in report.results], untold)
    }
    return [
        Statement(
            "not_checked",
            message(
                "statement.text",
                subject=subject,
                reason=reason,
                count=count,
            ),
        )
        for (subject, reason), count in found.items()
    ]


def _undetermined(report: Report) -> list[Statement]:
    """One sentence an attribute, with the number of projects that lack it."""
    projects: dict[str, tuple[Text, NDArray[np.bool_]]] = {}
    for tally in tallied([result.findings for result in report.results], _lacking):
        for missing in tally.key:
            title, where = projects.get(missing.attribute, (missing.title, tally.sites))
            projects[missing.attribute] = title, where | tally.sites
    return [
        Statement(
            "undetermined",
            message(
                "statement.attribute-missing-rules-ask",
                title=title,
                attribute=attribute,
                count=int(where.sum()),
            ),
        )
        for attribute, (title, where) in projects.items()
    ]


def _lacking(finding: Finding) -> tuple[Missing, ...] | None:
    return (finding.missing or None) if finding.status is Status.UNDETERMINED else None


def _failed(report: Report) -> list[Statement]:
    count = sum(r.status is Status.FAILED and r.project.geometry is None for r in report.results)
    if not count:
        return []
    return [
        Statement(
            "failed",
            message("statement.features-not-reviewed", count=count),
        )
    ]


def _indicative(report: Report) -> list[Statement]:
    used = [x for x in report.layers if x.state == "used" and indicative(x)]
    if not used:
        return []
    return [
        Statement(
            "indicative",
            message(
                "statement.without-official-data-what",
                count=len(used),
            ),
        )
    ]
