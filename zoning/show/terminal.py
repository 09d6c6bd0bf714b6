"""A report for people at a terminal: a table of all sites, then each site's findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich import box
from rich.columns import Columns
from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text as Styled

from zoning.messages import Lang, message
from zoning.model import (
    Finding,
    ProjectResult,
    Report,
    Status,
    Views,
)
from zoning.show import brief, lines, remedies, titles
from zoning.show.facts import by_severity, name_of, worst
from zoning.show.prose import Prose, inert
from zoning.show.statement import statement

_STYLE = {
    Status.VIOLATION: "bold red",
    Status.RESTRICTED: "yellow",
    Status.UNDETERMINED: "magenta",
    Status.FAILED: "bold red",
    Status.NOT_CHECKED: "cyan",
    Status.CONDITIONAL: "blue",
    Status.COMPLIANT: "green",
}
#: More open questions than this on one site are told in a line each, or by layer.
_MAX_OPEN = 3
#: Reasons that hang on a layer's place and not on the project.
_OF_PLACE = frozenset({"schematic-hit", "position"})
#: No more sites than this are printed unless details are asked for.
_MAX_SITES = 100


def print_report(report: Report, console: Console, lang: Lang, *, details: bool = False) -> None:
    """Print a report.

    Parameters
    ----------
    report : Report
        The finished review.
    console : rich.console.Console
        Where to print; its width is respected from 60 columns on.
    lang : {"zh", "en"}
        Language of the texts.
    details : bool, default False
        Print every site, compliant findings in full, and all provenance; without it the 100 most
        severe sites of a larger file, and compliant findings as a count.
    """
    _Printer(report, console, lang, details).print()


#: How findings that say nothing urgent are told, unless details are asked for.
_BRIEFLY = {
    Status.COMPLIANT: "folded",
    Status.NOT_CHECKED: "unchecked",
    Status.CONDITIONAL: "duty",
}


def _line(text: Styled) -> Padding:
    return Padding(text, (0, 0, 0, 2), expand=False)


class _Printer:
    """One run of `print_report`; holds what every part needs."""

    def __init__(self, report: Report, console: Console, lang: Lang, details: bool) -> None:
        self.report, self.console, self.lang, self.details = report, console, lang, details
        self.views = Views.of(report)
        self.shown = list(report.results)
        if len(self.shown) > _MAX_SITES and not details:
            self.shown = sorted(self.shown, key=lambda r: -r.status.severity)[:_MAX_SITES]

    def print(self) -> None:
        """Print header, summary, findings and closing statement."""
        out = self.console.print
        out(self._header())
        if self.report.rules_left_out:
            out(self._narrowed())
        for reason in self.report.incomplete:
            told = message("terminal.incomplete", said=reason)
            out(self.prose(told.in_(self.lang), "bold yellow"))
        for line in self._inputs():
            out(line)
        out(self._summary())
        out(self._counts())
        for result in self.shown:
            out(self._project(result))
        out(self._closing())

    def word(self, key: str) -> str:
        return message(f"label.{key}").in_(self.lang)

    def say(self, value: str, style: str = "") -> Styled:
        """Turn any text into an inert one: no markup, no control characters."""
        return Styled(inert(value, self.console.encoding), style=style)

    def prose(self, value: str, style: str = "") -> Prose:
        """Turn any text into an inert paragraph that wraps well in both languages."""
        return Prose(inert(value, self.console.encoding), style)

    def line(self) -> Line:
        """Draw a line across; Rich itself forgets to spare terminals without line signs."""
        plain = not self.console.encoding.startswith("utf")
        return Line(characters="-" if plain else "─", style="bright_black")

    def _header(self) -> Styled:
        report = self.report
        facts = (
            f"{self.word('as_of')} {report.as_of.isoformat()} · zoning {report.tool_version} · "
            f"{self.word('catalogue')} {report.catalogue_sha256[:12]}"
        )
        return Styled.assemble(
            self.say(self.word("title"), "bold"), "  ", self.say(facts, "bright_black")
        )

    def _narrowed(self) -> Prose:
        """Say at once that this is not a full review."""
        kept, dropped = len(self.report.rules), self.report.rules_left_out
        told = message("terminal.narrowed", kept=kept, total=kept + dropped, dropped=dropped)
        return self.prose(told.in_(self.lang), "bold yellow")

    def _inputs(self) -> Iterable[Prose]:
        for item in self.report.inputs:
            text = (
                f"{self.word('input')} {item.name} ({item.driver}, {item.features} "
                f"{self.word('features')}, {item.crs}: {item.crs_evidence.in_(self.lang)})"
            )
            yield self.prose(text, "bright_black")
            if self.details:
                yield self.prose(f"sha256 {item.sha256}", "bright_black")
            for notice in item.notices:
                yield self.prose(notice.in_(self.lang))

    def _status(self, status: Status, hint: bool = False) -> Styled:
        tail = f" · {titles.HINT.in_(self.lang)}" if hint else ""
        return self.say(
            f"{titles.SIGN[status]} {titles.STATUS[status].in_(self.lang)}{tail}", _STYLE[status]
        )

    def _summary(self) -> Table:
        table = Table(box=box.ROUNDED, pad_edge=True, expand=False)
        table.add_column(self.say(self.word("id")), overflow="fold", max_width=14)
        table.add_column(self.say(self.word("name")), overflow="fold", ratio=2)
        table.add_column(self.say(self.word("status")), no_wrap=True)
        table.add_column(self.say(self.word("worst")), overflow="fold", ratio=3)
        for result in self.shown:
            finding = worst(result.findings)
            table.add_row(
                self.prose(result.project.id),
                self.prose(result.project.name),
                self._status(result.status),
                self.prose(self._deciding(finding)),
            )
        return table

    def _counts(self) -> Group:
        """Count the sites by status, and say so where not all of them are printed."""
        counts = Counter(r.status for r in self.report.results)
        items = [
            Styled.assemble(self._status(status), f" {counts[status]}")
            for status in Status
            if counts[status]
        ]
        total, shown = len(self.report.results), len(self.shown)
        if shown == total:
            return Group(Columns(items, padding=(0, 2)))
        cut = message("terminal.cut", total=total, shown=shown).in_(self.lang)
        return Group(Columns(items, padding=(0, 2)), self.prose(cut))

    def _deciding(self, finding: Finding | None) -> str:
        """Name the clause that decides a site; a site that conforms has none."""
        if finding is None or finding.status is Status.COMPLIANT:
            return "—"
        citation = self.views(finding).citation(self.lang)
        if citation:
            return f"{finding.rule}  {citation}"
        if finding.problem is not None:
            return finding.problem.fault.in_(self.lang)
        return finding.reason.in_(self.lang)

    def _project(self, result: ProjectResult) -> Group:
        title = Styled.assemble(
            self._status(result.status), "  ", self.say(result.project.id, "bold")
        )
        if name_of(result) != result.project.id:
            title.append_text(self.say(f"  {name_of(result)}", "bold"))
        if result.counties:
            places = lines.joined(result.counties, self.lang, "list")
            title.append_text(self.say(f"  {places}", "bright_black"))
        parts: list[Styled | Prose | Line | Padding] = [self.line(), title]
        parts += [self.prose(x.in_(self.lang)) for x in result.project.notices]
        kinds: dict[str, list[Finding]] = {"folded": [], "unchecked": [], "unplaced": []}
        kinds |= {"duty": [], "open": [], "full": []}
        many_open = self._many_open(result)
        for finding in by_severity(result.findings):
            kind = self._kind(finding, many_open)
            if kind == "full":
                parts.append(Padding(self._finding(finding), (0, 0, 1, 2), expand=False))
            elif kind == "open":
                parts.append(_line(self._open(finding)))
            kinds[kind].append(finding)
        for text in brief.unchecked(self.views, kinds["unplaced"], self.lang):
            status = self._status(Status.UNDETERMINED)
            parts.append(_line(Styled.assemble(status, self.say(f"  {text}"))))
        unchecked = brief.unchecked(self.views, kinds["unchecked"], self.lang)
        parts += [_line(self._unchecked(text)) for text in unchecked]
        parts += [_line(self._duty(finding)) for finding in kinds["duty"]]
        parts += [_line(self.say(text)) for text in self._remedies(result)]
        if kinds["folded"]:
            count = len(kinds["folded"])
            parts.append(Padding(self._folded(count), (0, 0, 1, 2), expand=False))
        return Group(*parts)

    def _kind(self, finding: Finding, many_open: bool) -> str:
        """Say how a finding is told: in full, in a line, with others, or only counted."""
        if finding.status is Status.UNDETERMINED and many_open:
            return "unplaced" if finding.code in _OF_PLACE else "open"
        return "full" if self.details else _BRIEFLY.get(finding.status, "full")

    def _remedies(self, result: ProjectResult) -> Iterable[str]:
        for remedy in self.report.remedies:
            if remedy.project == result.project.id:
                for text in remedies.lines(remedy, self.lang):
                    yield f"{self.word('remedy')}: {text}"

    def _many_open(self, result: ProjectResult) -> bool:
        """Whether open questions are too many to be told at length."""
        count = sum(f.status is Status.UNDETERMINED for f in result.findings)
        return count > _MAX_OPEN and not self.details

    def _open(self, finding: Finding) -> Styled:
        """Tell an open question in a line: the clause, and what has to be known."""
        head = Styled.assemble(
            self._status(finding.status, finding.hint), self.say(f"  {finding.rule}  ", "bold")
        )
        clause, missing = brief.open_question(self.views, finding, self.lang)
        head.append_text(self.say(clause))
        return head.append_text(self.say(f" {self.word('missing')}: {missing}", "magenta"))

    def _folded(self, count: int) -> Styled:
        text = message("terminal.folded", count=count).in_(self.lang)
        return Styled.assemble(
            self.say(f"{titles.SIGN[Status.COMPLIANT]} ", _STYLE[Status.COMPLIANT]), self.say(text)
        )

    def _duty(self, finding: Finding) -> Styled:
        head = Styled.assemble(
            self._status(finding.status, finding.hint), self.say(f"  {finding.rule}  ", "bold")
        )
        text = f"{self.views(finding).citation(self.lang)}: "
        return head.append_text(self.say(text + brief.duty(self.views, finding, self.lang)))

    def _unchecked(self, text: str) -> Styled:
        return Styled.assemble(self._status(Status.NOT_CHECKED), self.say(f"  {text}"))

    def _finding(self, finding: Finding) -> Group:
        head = self._status(finding.status, finding.hint)
        if finding.rule:
            head.append_text(self.say(f"  {finding.rule}", "bold"))
        citation = self.views(finding).citation(self.lang)
        if citation:
            head.append_text(self.say(f"  {citation}"))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(style="bright_black", no_wrap=True)
        grid.add_column(overflow="fold", ratio=1)
        used = brief.exception(self.views, finding)
        exception = used.in_(self.lang) if used is not None else None
        view = self.views(finding)
        for key, value in lines.finding_lines(view, exception, self.lang, details=self.details):
            grid.add_row(self.say(self.word(key)), self.prose(value))
        return Group(head, Padding(grid, (0, 0, 0, 2), expand=False))

    def _documents(self) -> Iterable[str]:
        """Describe each document that a printed finding cites, once."""
        printed = {
            rule.document
            for result in self.shown
            for finding in result.findings
            if (rule := self.views(finding).rule) is not None
            and (self.details or finding.status is not Status.COMPLIANT)
        }
        for document in self.report.documents:
            if document.id in printed:
                yield lines.document_line(document, self.report.as_of, self.lang)

    def _closing(self) -> Group:
        parts: list[Styled | Line | Table] = [self.line()]
        cited = list(self._documents())
        if cited:
            parts += [self.say(self.word("cited"), "bold"), self._bullets(cited)]
        parts += [
            self.say(self.word("closing"), "bold"),
            self._bullets(x.text.in_(self.lang) for x in statement(self.report)),
        ]
        if self.report.notices:
            parts.append(self.say(self.word("notices"), "bold"))
            parts.append(self._bullets(x.in_(self.lang) for x in self.report.notices))
        if self.details:
            used = (x for x in self.report.layers if x.sha256)
            parts.append(self._bullets(f"{x.id}: {x.file} sha256 {x.sha256}" for x in used))
        return Group(*parts)

    def _bullets(self, texts: Iterable[str]) -> Table:
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold", ratio=1)
        for text in texts:
            grid.add_row(self.say(" ·"), self.prose(text))
        return grid
