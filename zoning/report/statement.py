"""The closing statement: everything this review did not check or could not decide."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from zoning.errors import Text
from zoning.model import Report, Status
from zoning.report.facts import Facts, indicative

Kind = Literal[
    "scope", "no_data", "layer_failed", "not_checked", "undetermined", "failed", "left_out",
    "indicative",
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
        *_indicative(report),
    )


def _scope(report: Report) -> Statement:
    rules, documents = len(report.rules), len({r.document for r in report.rules})
    return Statement(
        "scope",
        Text(
            f"本次只核查了 {documents} 份文件的 {rules} 条规则；其他法律、规划和标准没有核查。",
            f"This review covers {_count(rules, 'rule')} of {_count(documents, 'document')}; no "
            "other law, plan or standard was checked.",
        ),
    )


def _layers(report: Report) -> list[Statement]:
    found = []
    for layer in report.layers:
        rules = sorted(r.id for r in report.rules if r.layer == layer.id)
        if layer.state == "used":
            continue
        tail_zh = f"，未核查的规则：{'、'.join(rules)}" if rules else ""
        tail_en = f"; rules not checked: {', '.join(rules)}" if rules else ""
        if layer.state == "no_data":
            text = Text(
                f"图层“{layer.name.zh}”没有数据{tail_zh}。",
                f'There is no data for the layer "{layer.name.en}"{tail_en}.',
            )
            found.append(Statement("no_data", text))
        else:
            why_zh = f"：{layer.problem.line('zh')}" if layer.problem else ""
            why_en = f": {layer.problem.line('en')}" if layer.problem else ""
            text = Text(
                f"图层“{layer.name.zh}”读取失败{tail_zh}{why_zh or '。'}",
                f'The layer "{layer.name.en}" could not be read{tail_en}{why_en or "."}',
            )
            found.append(Statement("layer_failed", text))
    return found


def _not_checked(report: Report) -> list[Statement]:
    """One sentence a rule and reason; layers without data have been named already."""
    facts = Facts.of(report)
    counts: Counter[tuple[str, Text]] = Counter()
    for result in report.results:
        for finding in result.findings:
            layer = facts.layer(finding)
            named = layer is not None and layer.state != "used"
            if finding.status is Status.NOT_CHECKED and not named:
                counts[(finding.rule or finding.layer or finding.code, finding.reason)] += 1
    return [
        Statement(
            "not_checked",
            Text(
                f"{subject}（{count} 个项目）：{reason.zh}",
                f"{subject} ({_count(count, 'project')}): {reason.en}",
            ),
        )
        for (subject, reason), count in counts.items()
    ]


def _undetermined(report: Report) -> list[Statement]:
    """One sentence an attribute, with the number of projects that lack it."""
    projects: dict[str, tuple[Text, set[str]]] = {}
    for result in report.results:
        for finding in result.findings:
            for missing in finding.missing if finding.status is Status.UNDETERMINED else ():
                entry = projects.setdefault(missing.attribute, (missing.title, set()))
                entry[1].add(result.project.id)
    return [
        Statement(
            "undetermined",
            Text(
                f"{len(ids)} 个项目缺少属性“{title.zh}”（{attribute}），有关规则无法判定。",
                f'The attribute "{title.en}" ({attribute}) is missing for '
                f"{_count(len(ids), 'project')}; the rules that ask for it are undecided.",
            ),
        )
        for attribute, (title, ids) in projects.items()
    ]


def _failed(report: Report) -> list[Statement]:
    count = sum(r.status is Status.FAILED and r.project.geometry is None for r in report.results)
    if not count:
        return []
    return [
        Statement(
            "failed",
            Text(
                f"{count} 个要素有数据错误，没有核查；原因见各自的结果。",
                f"{_count(count, 'feature')} could not be read and "
                f"{'was' if count == 1 else 'were'} not reviewed; see the reason under each.",
            ),
        )
    ]


def _indicative(report: Report) -> list[Statement]:
    used = [x for x in report.layers if x.state == "used" and indicative(x)]
    if not used:
        return []
    return [
        Statement(
            "indicative",
            Text(
                f"{len(used)} 个图层不是官方数据：据此得出的结论仅供参考，不是法定边界，"
                "须以主管部门的矢量成果复核。",
                f"{_count(len(used), 'layer')} without official data: what "
                "rests on them is indicative, not a legal boundary; have it confirmed with the "
                "authority's own vectors.",
            ),
        )
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
