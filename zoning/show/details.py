"""Every finding of a report, site by site, and what they rest on: what the screen leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text as Styled

from zoning.messages import Lang, message
from zoning.model import Finding, LayerRecord, ProjectResult, Report, Status, Views
from zoning.show import brief, lines, remedies, titles
from zoning.show.facts import by_severity, declaration, hits, name_of, worst
from zoning.show.guide import Guide, lacking
from zoning.show.prose import Prose, inert
from zoning.show.receipt import receipt
from zoning.show.screen import DIM, STYLE
from zoning.show.statements import statement

Parts: TypeAlias = Iterator[RenderableType]


class Details:
    """Builds the details of one report for a console."""

    def __init__(self, report: Report, console: Console, lang: Lang, guide: Guide) -> None:
        self.report, self.lang, self.guide = report, lang, guide
        self.encoding = console.encoding
        self.views = Views.of(report)
        self.shown = [r for r in report.results if r.project.id in guide.sites or not guide.sites]

    def _word(self, key: str, **values: object) -> str:
        return message(f"details.{key}", **values).in_(self.lang)

    def _prose(self, text: str, style: str = "") -> Prose:
        """Return an inert paragraph that wraps well in both languages."""
        return Prose(inert(text, self.encoding), style)

    def _say(self, text: str, style: str = "") -> Styled:
        return Styled(inert(text, self.encoding), style=style)

    def parts(self) -> Parts:
        """Yield a section a site, then duties, documents, and what was not checked."""
        for result in self.shown:
            yield from self._site(result)
        yield self._rule()
        yield from self._duties()
        yield from self._closing()

    def _rule(self) -> Line:
        # Rich itself forgets to spare terminals without line signs.
        plain = not self.encoding.startswith("utf")
        return Line(characters="-" if plain else "─", style=DIM)

    def _status(self, status: Status, hint: bool = False) -> Styled:
        tail = f" · {titles.HINT.in_(self.lang)}" if hint else ""
        return self._say(
            f"{titles.SIGN[status]} {titles.STATUS[status].in_(self.lang)}{tail}", STYLE[status]
        )

    def _site(self, result: ProjectResult) -> Parts:
        yield self._rule()
        title = self._status(result.status).append_text(self._say(f"  {result.project.id}", "bold"))
        if name_of(result) != result.project.id:
            title.append_text(self._say(f"  {name_of(result)}", "bold"))
        places = lines.joined(result.counties, self.lang, "list")
        yield title.append_text(self._say(f"  {places}" if places else "", DIM))
        yield from (self._line(x.in_(self.lang)) for x in result.project.notices)
        for finding in (*hits(result), *_others(result)):
            yield Padding(self._finding(finding), (0, 0, 1, 2), expand=False)
        yield from self._to_answer(result)
        yield from self._to_obtain(result)
        yield from self._to_confirm(result)
        yield from self._declaration(result)
        yield from self._unheld(result)
        for text in self._remedies(result):
            yield self._line(text)
        if result.duties:
            yield self._line(self._word("duties-counted", count=len(result.duties)))
        yield from self._met(result)

    def _line(self, text: str, style: str = "", indent: int = 2) -> Padding:
        return Padding(self._prose(text, style), (0, 0, 0, indent), expand=False)

    def _head(self, text: str) -> Padding:
        return self._line(text, "bold")

    def _finding(self, finding: Finding) -> Group:
        """Tell a finding in full: clause, figures, data, advice."""
        view = self.views(finding)
        head = self._status(finding.status, finding.hint)
        cited = f"{finding.rule or ''}  {view.citation(self.lang)}".strip()
        head.append_text(self._say(f"  {cited}" if cited else "", "bold"))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style=DIM, no_wrap=True)
        grid.add_column(overflow="fold", ratio=1)
        used = brief.exception(self.views, finding)
        exception = used.in_(self.lang) if used is not None else None
        for key, value in lines.finding_lines(view, exception, self.lang, details=True):
            label = message(f"label.{key}").in_(self.lang)
            grid.add_row(self._say(label), self._prose(value))
        return Group(head, Padding(grid, (0, 0, 0, 2), expand=False))

    def _clause(self, finding: Finding) -> str:
        """Return a finding in a line: rule, document and section, and what the clause demands."""
        cited = self.views(finding).citation(self.lang)
        text = brief.duty(self.views, finding, self.lang)
        return (
            message("details.clause", rule=finding.rule or "", cited=cited, text=text)
            .in_(self.lang)
            .strip()
        )

    def _to_answer(self, result: ProjectResult) -> Parts:
        """Tell each clause that waits for an answer, under the question asked most."""
        open_ = result.to_answer
        if not open_:
            return
        yield self._head(self._word("to-answer", count=len(open_)))
        asked: dict[str, None] = {}
        for finding in by_severity(open_):
            end = titles.STATUS[finding.worst].in_(self.lang)
            text = self._word("at-worst", clause=self._clause(finding), status=end)
            yield self._line(f"? {text}", indent=4)
            for missing in finding.missing:
                asked[brief.question(missing, self.lang)] = None
        for question in asked:
            yield self._line(f"· {question}", DIM, indent=4)

    def _to_obtain(self, result: ProjectResult) -> Parts:
        """Tell the official layers wanted with their offices; clauses where a zone is drawn."""
        wanted = lacking([result], self.report, self.guide)
        if not wanted:
            return
        decides = worst(result.findings)
        waiting: dict[str, list[Finding]] = {}
        for finding in result.to_obtain:
            waiting.setdefault(str(self.views(finding).layer_id), []).append(finding)
        yield self._head(self._word("to-obtain", count=len(wanted)))
        for layer in wanted:
            findings = waiting[layer.layer]
            held = layer.name
            if layer.office is not None:
                held = message("details.held", name=layer.name, office=layer.office)
            end = titles.STATUS[max((f.worst for f in findings), key=lambda s: s.severity)].in_(
                self.lang
            )
            text = self._word("wanted", name=held, count=len(findings), status=end)
            yield self._line(f"· {text}", indent=4)
            drawn = [f for f in findings if f.status is Status.UNDETERMINED or f is decides]
            for number, finding in enumerate(by_severity(tuple(drawn))):
                if number == 0:
                    yield from self._place(finding)
                yield self._line(f"? {self._clause(finding)}", indent=6)

    def _place(self, finding: Finding) -> Parts:
        """Tell the figures and data of a finding, which its neighbours on the layer share."""
        view = self.views(finding)
        told = titles.measures(finding.total, self.lang) if finding.total is not None else []
        if view.layer is not None:
            told = [*told, lines.basis(view, view.layer, self.lang)]
        if told:
            yield self._line(lines.joined(told, self.lang, "semicolon"), DIM, indent=6)

    def _to_confirm(self, result: ProjectResult) -> Parts:
        """Tell what a survey of the line would settle; what is told already, by number only."""
        found = result.to_confirm
        if not found:
            return
        yield self._head(self._word("to-confirm", count=len(found)))
        for finding in by_severity(tuple(f for f in found if f.needs == "position")):
            yield self._line(f"? {self._clause(finding)}", indent=4)
            yield from self._place(finding)
        above = [f.rule for f in found if f.needs != "position" and f.rule is not None]
        if above:
            yield self._line(self._word("told-above", rules=above), indent=4)

    def _unheld(self, result: ProjectResult) -> Parts:
        """Tell what is open because nothing is held of it here."""
        for finding in result.findings:
            if finding.needs == "not_held" and finding.rule is None:
                yield self._line(f"- {finding.reason.in_(self.lang)}")

    def _declaration(self, result: ProjectResult) -> Parts:
        """Tell what is presumed of the trade, and why; it holds once it is signed."""
        found = declaration(result)
        if found is None:
            return
        yield self._head(f"§ {found.reason.in_(self.lang)}")
        for text in brief.presumed(found, self.lang):
            yield self._line(f"· {text}", DIM, indent=4)

    def _remedies(self, result: ProjectResult) -> Iterable[str]:
        label = message("label.remedy").in_(self.lang)
        for remedy in self.report.remedies:
            if remedy.project == result.project.id:
                for text in remedies.lines(remedy, self.lang):
                    yield f"{label}: {text}"

    def _met(self, result: ProjectResult) -> Parts:
        """Count what is met or not about the site, and name what it passes by a measured figure."""
        met = [f for f in result.findings if f.status is Status.COMPLIANT]
        if not met:
            return
        yield self._line(f"√ {message('terminal.folded', count=len(met)).in_(self.lang)}")
        for finding in met:
            if finding.total is not None and finding.total.distance_m > 0:
                view = self.views(finding)
                figures = titles.measures(finding.total, self.lang)
                cited = f"{finding.rule or ''} {view.citation(self.lang)}".strip()
                told = lines.joined(figures, self.lang, "semicolon")
                yield self._line(f"{cited}: {finding.reason.in_(self.lang)} {told}", DIM, indent=4)

    def _duties(self) -> Parts:
        """Tell every duty once, with the sites that it binds."""
        bound: dict[str, list[str]] = {}
        for result in self.shown:
            for finding in result.duties:
                if finding.needs == "signature":
                    continue  # told with its site, for no two are the same
                bound.setdefault(self._clause(finding), []).append(result.project.id)
        if not bound:
            return
        yield self._say(self._word("duties", count=len(bound)), "bold")
        yield self._bullets(
            (
                f"{text} [{lines.joined(dict.fromkeys(ids), self.lang, 'list')}]"
                for text, ids in bound.items()
            ),
            titles.SIGN[Status.CONDITIONAL],
        )

    def _documents(self) -> Iterator[str]:
        """Describe each document that a printed clause comes from, once."""
        printed = {
            rule.document
            for result in self.shown
            for finding in (*result.hits, *result.duties, *result.to_answer, *result.to_obtain)
            if (rule := self.views(finding).rule) is not None
        }
        for document in self.report.documents:
            if document.id in printed:
                yield lines.document_line(document, self.report.as_of, self.lang)

    def _closing(self) -> Parts:
        cited = list(self._documents())
        if cited:
            yield self._say(message("label.cited").in_(self.lang), "bold")
            yield self._bullets(cited)
        yield self._say(message("label.closing").in_(self.lang), "bold")
        yield self._bullets(self._not_checked())
        if self.report.notices:
            yield self._say(message("label.notices").in_(self.lang), "bold")
            yield self._bullets(x.in_(self.lang) for x in self.report.notices)
        yield self._bullets(self._files())

    def _not_checked(self) -> Iterator[str]:
        """Say what no site's section tells: the scope, and the layers without data in one go."""
        told = {"no_data", "not_checked", "undetermined"}
        yield from (x.text.in_(self.lang) for x in statement(self.report) if x.kind not in told)
        empty = [x.name for x in self.report.layers if x.state == "no_data"]
        if empty:
            yield self._word("no-data", count=len(empty), names=empty)

    def _files(self) -> Iterator[str]:
        """Name the files that were read, with their hashes."""
        for record in self.report.inputs:
            yield receipt(record, self.lang, whole=True)
        named = (layer for layer in self.report.layers if layer.sha256 or layer.authority)
        yield from dict.fromkeys(map(_origin, named))

    def _bullets(self, texts: Iterable[str], sign: str = "·") -> Table:
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold", ratio=1)
        for text in texts:
            grid.add_row(self._say(f" {sign}"), self._prose(text))
        return grid


def _origin(layer: LayerRecord) -> str:
    """Name the file of a layer with its hash, and who stands for an official one since when."""
    digest = f"{layer.file} sha256 {layer.sha256}" if layer.sha256 else layer.file
    said = (digest, layer.authority, str(layer.dated) if layer.dated else None)
    return ", ".join(part for part in said if part)


def _others(result: ProjectResult) -> list[Finding]:
    """Return what is neither a hit, nor told by what it waits for, nor a duty, nor met.

    These are faults of the input and law or land that is not held; nothing is left out.
    """
    groups = (result.hits, result.to_answer, result.to_obtain, result.duties)
    told = {id(finding) for group in groups for finding in group}
    told |= {id(f) for f in result.to_confirm if f.needs == "position"}
    rest = [f for f in result.findings if id(f) not in told and f.status is not Status.COMPLIANT]
    return by_severity(tuple(rest))
