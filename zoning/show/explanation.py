"""What ``zoning explain`` tells of one site: each rule, its tests, its place, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zoning.law import force_span, steps
from zoning.messages import Lang, message
from zoning.model import Finding, ProjectResult, Report, Rule, Status
from zoning.show.brief import presumed, question
from zoning.show.titles import SIGN, STATUS, measures, value_text

if TYPE_CHECKING:
    from zoning.catalogue import Catalogue

_SIGN = {"yes": "+", "no": "-", "unknown": "?"}


def explanation_lines(
    catalogue: Catalogue,
    report: Report,
    result: ProjectResult,
    lang: Lang,
    *,
    everything: bool = False,
) -> Iterator[str]:
    """Yield the explanation of one site's findings, line by line.

    Parameters
    ----------
    catalogue : Catalogue
        That of the review.
    report : Report
    result : ProjectResult
        The site's.
    lang : {"zh", "en"}
    everything : bool
        Also what is met, does not apply, or is not in force.

    Yields
    ------
    str
    """
    page = _Page(catalogue, report, result, lang)
    site = result.project
    yield f"{site.id}  {site.name}  {'、'.join(result.counties)}  {report.as_of}"
    yield from page.attributes()
    hidden = 0
    for finding in result.findings:
        if finding.status is Status.COMPLIANT and not everything:
            hidden += 1
            continue
        yield ""
        yield from page.finding(finding)
    yield ""
    if everything:
        yield from page.not_in_force()
    else:
        yield message("explanation.hidden", count=hidden).in_(lang)
    yield from (text.in_(lang) for text in report.left_out)


class _Page:
    """The parts of an explanation; they share the site, the rules and the language."""

    def __init__(
        self, catalogue: Catalogue, report: Report, result: ProjectResult, lang: Lang
    ) -> None:
        self.catalogue, self.report, self.site, self.lang = catalogue, report, result.project, lang
        # An entry list adds rules that only the report knows.
        self.rules = {**catalogue.rules, **{r.id: r for r in report.rules}}

    def say(self, key: str, **values: Any) -> str:
        return message(f"explanation.{key}", **values).in_(self.lang)

    def attributes(self) -> Iterator[str]:
        for name, value in sorted(self.site.attributes.items()):
            mark = self.say("inferred") if name in self.site.deduced else ""
            spec = self.catalogue.attributes[name]
            told = value_text(value, self.lang, spec)
            yield f"  {name} = {told}{mark}  {spec.title.in_(self.lang)}"

    def finding(self, finding: Finding) -> Iterator[str]:
        status = f"{SIGN[finding.status]} {STATUS[finding.status].in_(self.lang)}"
        yield f"{status}  {finding.rule or finding.layer or finding.code}"
        rule = self.rules.get(finding.rule) if finding.rule else None
        if rule is None:
            yield f"    {finding.reason.in_(self.lang)}"
            for told in presumed(finding, self.lang):
                yield f"    {told}"
            return
        document = self.catalogue.documents[rule.document]
        title = f"{document.number or ''} {document.title.in_(self.lang)}".strip()
        yield f"    {self.say('clause')}: {title} {rule.section.in_(self.lang)}"
        yield f"    {rule.text.in_(self.lang)}"
        yield f"    {self.say('why')}: {finding.reason.in_(self.lang)} [{finding.code}]"
        yield from self._tests(rule)
        yield from self._place(rule, finding)
        for missing in finding.missing:
            yield f"    {self.say('missing')}: {question(missing, self.lang)}"
        if rule.note is not None:
            yield f"    {self.say('note')}: {rule.note.in_(self.lang)}"

    def _tests(self, rule: Rule) -> Iterator[str]:
        yield f"    {self.say('activity')}:" + ("" if rule.when else self.say("any"))
        yield from self._steps(rule.when)
        for permit in rule.permits:
            yield f"    {self.say('exception')} {permit.id}: {permit.text.in_(self.lang)}"
            yield from self._steps(permit.when)
            yield f"      {self.say('proof')}: {permit.proof.in_(self.lang)}"

    def _steps(self, condition: Any) -> Iterator[str]:
        for step in steps(condition, self.site, self.catalogue.attributes):
            yield f"      {'  ' * step.depth}{_SIGN[step.result]} {step.text.in_(self.lang)}"

    def _place(self, rule: Rule, finding: Finding) -> Iterator[str]:
        scope = rule.scope
        distance = f"< {scope.distance_m:g} m" if scope.distance_m is not None else ""
        asked = distance if scope.op == "near" else self.say(scope.op)
        where = self._chosen(scope.where)
        parts = [asked, rule.layer, where]
        if scope.area is not None:
            parts.append(f"@ {scope.area.layer} {self._chosen(scope.area.where)}".rstrip())
        yield f"    {self.say('place')}: {' '.join(part for part in parts if part)}"
        total = finding.total
        if total is None:
            return
        figures = "; ".join(measures(total, self.lang)) or f"{total.distance_m:.0f} m"
        sign = _SIGN[total.touches.value]
        yield f"      {sign} {total.zone or rule.layer}: {figures} (±{total.accuracy_m:g} m)"
        for zone in finding.zones if len(finding.zones) > 1 else ():
            yield f"        {zone.zone}: {'; '.join(measures(zone, self.lang))}"

    def _chosen(self, where: Mapping[str, Sequence[str | bool]]) -> str:
        """Say which zones are meant: ``zone=core/buffer kind=nature_reserve``."""
        told = {
            name: "/".join(value_text(v, self.lang) for v in values)
            for name, values in where.items()
        }
        return " ".join(f"{name}={values}" for name, values in told.items())

    def not_in_force(self) -> Iterator[str]:
        if self.report.left_out:
            return
        cited = {rule.id for rule in self.report.rules}
        for rule in sorted(self.catalogue.rules.values(), key=lambda r: r.id):
            if rule.id in cited:
                continue
            start, end = force_span(rule, self.catalogue.documents[rule.document])
            successor = f" → {rule.successor}" if rule.successor else ""
            span = f"{start or '?'} - {end or ''}"
            yield f"  {rule.id}  {self.say('not-in-force')}: {span}{successor}"
