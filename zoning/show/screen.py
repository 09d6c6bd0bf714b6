"""The one screen: each site in two lines, then what to answer, whom to ask, and what to call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text as Styled

from zoning.base import geodesy, units
from zoning.messages import Lang, message
from zoning.model import Finding, FindingView, ProjectResult, Report, Status, Views
from zoning.show import lines, titles
from zoning.show.facts import hits, name_of, period_note, worst
from zoning.show.guide import Guide, Lacking, decisive, lacking
from zoning.show.prose import inert, wrap

STYLE = {
    Status.VIOLATION: "bold red",
    Status.RESTRICTED: "yellow",
    Status.UNDETERMINED: "magenta",
    Status.FAILED: "bold red",
    Status.NOT_CHECKED: "cyan",
    Status.CONDITIONAL: "blue",
    Status.COMPLIANT: "green",
}
DIM = "bright_black"
#: No more sites than this are told of on the screen, the most severe first.
MOST_SITES = 10
#: Up to so many sites, what is said of each need not be one line.
_FEW = 2
#: How many hits, questions and layers are told of few sites, and of more.
_HITS, _ITEMS = {True: 4, False: 1}, {True: 5, False: 3}


class Screen:
    """Builds the lines of one report for a console of some width."""

    def __init__(self, report: Report, console: Console, lang: Lang, guide: Guide) -> None:
        self.report, self.lang, self.guide = report, lang, guide
        self.encoding, self.width = console.encoding, console.width
        self.views = Views.of(report)
        wanted = [r for r in report.results if r.project.id in guide.sites or not guide.sites]
        self.all = wanted
        self.shown = (
            sorted(wanted, key=lambda r: -r.status.severity)[:MOST_SITES]
            if len(wanted) > MOST_SITES
            else wanted
        )
        self.few = len(self.shown) <= _FEW

    def word(self, key: str, **values: object) -> str:
        return message(f"screen.{key}", **values).in_(self.lang)

    def say(self, value: str, style: str = "") -> Styled:
        return Styled(inert(value, self.encoding), style=style, no_wrap=True, overflow="ignore")

    def sites(self) -> Iterator[Styled]:
        """Yield the counts by status, and one to five lines a site."""
        yield self._counts()
        for result in self.shown:
            yield from self._site(result)
        rest = len(self.all) - len(self.shown)
        if rest:
            file = self.guide.written or self.word("a-file")
            yield self.say(self.word("more-sites", count=rest, file=file), DIM)

    def _counts(self) -> Styled:
        """Count sites by status and duties; over the last column, say what its figures are."""
        counts = Counter(result.status for result in self.all)
        line = Styled("  ").join(
            self.say(f"{self.status(status)} {counts[status]}", STYLE[status])
            for status in Status
            if counts[status]
        )
        head = self.say(self.word("counts-head"), DIM)
        return self._spread(line, head)

    def status(self, status: Status) -> str:
        return f"{titles.SIGN[status]} {titles.STATUS[status].in_(self.lang)}"

    def _spread(self, left: Styled, right: Styled) -> Styled:
        """Put one text at each end of the line; the left one is cut where they do not fit."""
        room = max(self.width - right.cell_len - 1, 1)
        left.truncate(room, overflow="ellipsis", pad=True)
        return left.append(" ").append_text(right)

    def _site(self, result: ProjectResult) -> Iterator[Styled]:
        head = self.say(f"{self.status(result.status)}  ", STYLE[result.status])
        head.append_text(self.say(result.project.id, "bold"))
        if name_of(result) != result.project.id:
            head.append_text(self.say(f" {name_of(result)}", "bold"))
        where = [part for part in (self._places(result), self._size(result.project.geometry)) if part]
        tail = self.say("  ".join(["", *where]), DIM)
        figures = self.say(self._figures(result))
        room = max(self.width - tail.cell_len - figures.cell_len - 1, 8)
        if head.cell_len > room:
            head.truncate(room, overflow="ellipsis")
        yield self._spread(head.append_text(tail), figures)
        for notice in result.project.notices:
            yield from self._wrapped(notice.in_(self.lang), 2)
        yield from self._findings(result)

    def _places(self, result: ProjectResult) -> str:
        if len(result.counties) < 3:
            return lines.joined(result.counties, self.lang, "list")
        first, more = result.counties[0], len(result.counties) - 1
        return self.word("counties", first=first, more=more)

    def _size(self, shape: Any) -> str:
        if shape is None or shape.is_empty:
            return ""
        one = np.array([shape], dtype=object)
        kind = int(shapely.get_dimensions(shape))
        if kind == 2:
            value = units.ha(float(geodesy.areas(one)[0]))
            return message("quantity.hectares", value=f"{value:,.2f}").in_(self.lang)
        if kind == 1:
            return titles.length(float(geodesy.lengths(one)[0]), self.lang)
        return self.word("point")

    def _figures(self, result: ProjectResult) -> str:
        """Return how many answers, official layers and lines to be confirmed a site needs."""
        if result.status is Status.FAILED and result.project.geometry is None:
            return "—"
        answers = {m.attribute for f in result.to_answer for m in f.missing}
        layers = {self.views(f).layer_id for f in result.to_obtain}
        confirm = {self.views(f).layer_id for f in result.to_confirm}
        counts = (len(answers), len(layers), len(confirm), len(result.duties))
        return " / ".join(f"{count:>2}" for count in counts)

    def _findings(self, result: ProjectResult) -> Iterator[Styled]:
        found = hits(result)
        most = _HITS[self.few]
        for number, finding in enumerate(found[:most], start=1):
            more = len(found) - most if number == most else 0
            yield from self._hit(finding, max(more, 0))
        if not found:
            yield from self._open(result)

    def _hit(self, finding: Finding, more: int) -> Iterator[Styled]:
        """Tell a violation or restriction: the zone, how near or how much of it, and the clause."""
        view = self.views(finding)
        tail = self.word("more-hits", count=more) if more else ""
        yield self._cited(view, self._place(view), tail)
        if self.few and view.rule is not None:
            yield from self._wrapped(view.rule.text.in_(self.lang), 6, DIM)
        note = period_note(view.document, self.report.as_of) if view.document else None
        if note is not None:
            yield from self._wrapped(note.in_(self.lang), 6, DIM)

    def _cited(self, view: FindingView, place: str, tail: str = "") -> Styled:
        """Return ``place · rule, document and section``, the document's title cut to fit."""
        sign = titles.SIGN[view.finding.status]
        left = f"    {sign} {place} · "
        room = self.width - cell_len(left) - cell_len(tail)
        text = self.say(left + self._citation(view, room) + tail)
        text.truncate(self.width, overflow="ellipsis")
        text.stylize(STYLE[view.finding.status], 4, 5)
        return text

    def _citation(self, view: FindingView, room: int) -> str:
        rule, document = view.rule, view.document
        if rule is None:
            return view.finding.reason.in_(self.lang)
        section = rule.section.in_(self.lang)
        full = f"{rule.id} {view.citation(self.lang)}"
        if cell_len(full) <= room or document is None:
            return full
        title = document.number or document.title.in_(self.lang)
        kept = room - cell_len(f"{rule.id} … {section}")
        if kept < 6:
            return f"{rule.id} {section}" if cell_len(f"{rule.id} {section}") <= room else rule.id
        return f"{rule.id} {set_cell_size(title, kept).rstrip()}… {section}"

    def _place(self, view: FindingView) -> str:
        """Return the zone with the distance to it or the overlap, and how well it is known."""
        total, layer = view.finding.total, view.layer
        names = list(dict.fromkeys(x.zone for x in view.finding.zones if x.zone))
        told = lines.joined(names[:2], self.lang, "list") + ("…" if len(names) > 2 else "")
        if not told and layer is not None:
            told = layer.name.in_(self.lang)
        if total is None:
            return told
        figure = titles.figure(total, self.lang)
        accuracy = view.accuracy_m
        sure = titles.accuracy(accuracy, self.lang) if accuracy else ""
        return " ".join(part for part in (told, figure, sure) if part)

    def _open(self, result: ProjectResult) -> Iterator[Styled]:
        """Tell what a site without a hit turns on: a fault and its cure, or its worst end."""
        finding = worst(result.findings)
        if finding is None or finding.counts_as in (Status.CONDITIONAL, Status.COMPLIANT):
            return
        if finding.problem is not None and finding.status is Status.FAILED:
            for said in (finding.problem.fault, finding.problem.cure):
                yield self.say(self._cut(f"    {said.in_(self.lang)}"))
            return
        view = self.views(finding)
        if view.rule is None:
            yield from self._wrapped(finding.reason.in_(self.lang), 4)
            return
        end = titles.STATUS[finding.worst].in_(self.lang)
        need = f"screen.need.{finding.needs.replace('_', '-')}" if finding.needs else "screen.need.open"
        asked = lines.joined((m.title.in_(self.lang) for m in finding.missing), self.lang, "list")
        name = view.layer.name if view.layer is not None else ""
        why = message(need, layer=name, asked=asked).in_(self.lang)
        yield self._cited(view, self.word("at-worst", status=end, why=why))

    def _cut(self, text: str) -> str:
        """Cut a text to the width of the console."""
        plain = inert(text, self.encoding)
        if cell_len(plain) <= self.width:
            return plain
        return set_cell_size(plain, self.width - 1).rstrip() + "…"

    def _wrapped(self, text: str, indent: int, style: str = "") -> Iterator[Styled]:
        for line in wrap(inert(text, self.encoding), self.width - indent):
            yield self.say(" " * indent + line, style)

    def next(self) -> Iterator[Styled]:
        """Yield the questions, the layers with their offices, and the commands."""
        most = _ITEMS[self.few]
        asked = decisive(self.shown, self.guide)
        if asked:
            yield self._title("questions", len(asked), most)
        for question in asked[:most]:
            sites = self._sites(tuple(sorted(question.projects)))
            yield self._item(question.spec.question.in_(self.lang), sites)
        wanted = lacking(self.shown, self.report, self.guide)
        if wanted:
            yield self._title("layers", len(wanted), most)
        for layer in wanted[:most]:
            yield self._item(layer.name.in_(self.lang), self._whom(layer))
        yield from self._commands()

    def _title(self, key: str, count: int, most: int) -> Styled:
        shown = min(count, most)
        return self.say(self.word(key, shown=shown, count=count), "bold")

    def _item(self, left: str, right: str) -> Styled:
        tail = self.say(f"  {right}" if right else "", DIM)
        head = self.say(f"  · {left}")
        head.truncate(max(self.width - tail.cell_len, 12), overflow="ellipsis")
        line = head.append_text(tail)
        line.truncate(self.width, overflow="ellipsis")
        return line

    def _whom(self, layer: Lacking) -> str:
        parts = [layer.office.in_(self.lang)] if layer.office is not None else []
        parts.append(self.word("waiting", count=len(layer.findings)))
        return lines.joined([*parts, *filter(None, [self._sites(layer.sites)])], self.lang)

    def _sites(self, ids: Sequence[str]) -> str:
        """Name the sites that something concerns, where there is more than one."""
        if len(self.all) < 2:
            return ""
        if len(ids) <= 2:
            return lines.joined(ids, self.lang, "list")
        return self.word("sites", count=len(ids))

    def _commands(self) -> Iterator[Styled]:
        words = self.guide.words
        if not words:
            return
        yield self.say(self.word("next"), "bold")
        told = [(f"zoning check {words} --details", "details"), (f"zoning check {words} --card", "card"),
                (f"zoning check {words} --map review.html", "map")]  # fmt: skip
        if any(result.to_answer for result in self.shown):
            told.insert(0, (f"zoning ask {words}", "ask"))
        for command, key in told:
            yield self._item(command, self.word(f"next-{key}"))

