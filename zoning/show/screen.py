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
from zoning.law import standing
from zoning.messages import Lang, message
from zoning.model import Finding, FindingView, ProjectResult, Report, Status, Views
from zoning.show import lines, remedies, titles
from zoning.show.facts import by_severity, declaration, hits, name_of, period_note, worst
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
#: How many lines the screen may take for one site, and for more.
ONE, MANY = 25, 40
#: Lines that many sites may take; the questions of so many sites are weighed at the most.
_ROOM, _WEIGHED = 22, 500
#: No more hits of one site are told, and no more questions or layers.
_HITS, _ENDS, _ITEMS, _NOTICES = 4, 3, 5, 2


class Screen:
    """Builds the lines of one report for a console of some width."""

    def __init__(self, report: Report, console: Console, lang: Lang, guide: Guide) -> None:
        self.report, self.lang, self.guide = report, lang, guide
        self.console, self.encoding, self.width = console, console.encoding, console.width
        self.views = Views.of(report)
        wanted = [r for r in report.results if r.project.id in guide.sites or not guide.sites]
        self.all = wanted
        if len(wanted) > MOST_SITES:
            self.all = sorted(wanted, key=lambda r: -r.status.severity)
        self.one = len(self.all) == 1

    def _word(self, key: str, **values: object) -> str:
        return message(f"screen.{key}", **values).in_(self.lang)

    def _say(self, value: str, style: str = "") -> Styled:
        return Styled(inert(value, self.encoding), style=style, no_wrap=True, overflow="ignore")

    def sites(self) -> Iterator[Styled]:
        """Yield what failed, notices, the counts by status, and what each site turns on."""
        yield from self._failed_layers()
        notices = self.report.notices
        for notice in notices[:_NOTICES]:
            yield self._cut(self._say(notice.in_(self.lang)), self.width)
        if len(notices) > _NOTICES:
            yield self._say(self._word("more-notices", count=len(notices) - _NOTICES), DIM)
        yield from self._counts()
        used = told = 0
        for result in self.all:
            # Of many sites, as many are told as leave room for what is to be done.
            if len(self.all) > MOST_SITES and (told == MOST_SITES or used > _ROOM):
                break
            found = list(self._site(result))
            yield from found
            used, told = used + len(found), told + 1
        rest = len(self.all) - told
        if rest:
            file = self.guide.written or self._word("a-file")
            yield self._say(self._word("more-sites", count=rest, file=file), DIM)

    def _failed_layers(self) -> Iterator[Styled]:
        """Tell the layers that were given and cannot be used: nothing was cleared by them."""
        failed = [layer for layer in self.report.layers if layer.state == "failed"]
        sign, style = titles.SIGN[Status.FAILED], STYLE[Status.FAILED]
        for layer in failed[:_NOTICES]:
            fault = layer.problem.fault.in_(self.lang) if layer.problem is not None else ""
            told = self._word("layer-failed", layer=layer.name, fault=fault)
            yield self._cut(self._say(f"{sign} {told}", style), self.width)
        if len(failed) > _NOTICES:
            more = self._word("more-failed", count=len(failed) - _NOTICES)
            yield self._say(f"{sign} {more}", style)

    def _counts(self) -> Iterator[Styled]:
        """Count sites by status and duties; over the last column, say what its figures are."""
        counts = Counter(result.status for result in self.all)
        found = [status for status in Status if counts[status] and not self.one]
        head = self._say(self._word("counts-head"), DIM)
        line = Styled()
        for status in found:
            item = self._say(f"{self._status(status)} {counts[status]}", STYLE[status])
            if line.cell_len + 2 + item.cell_len > self.width:
                yield line
                line = Styled()
            line = line.append("  " if line.cell_len else "").append_text(item)
        if line.cell_len + 2 + head.cell_len > self.width:
            yield line
            line = Styled()
        yield self._spread(line, head)

    def _status(self, status: Status) -> str:
        return f"{titles.SIGN[status]} {titles.STATUS[status].in_(self.lang)}"

    def _spread(self, left: Styled, right: Styled) -> Styled:
        """Put one text at each end of the line; the left one is cut where they do not fit."""
        left = self._cut(left, max(self.width - right.cell_len - 1, 1))
        left.pad_right(max(self.width - left.cell_len - right.cell_len, 1))
        return left.append_text(right)

    def _site(self, result: ProjectResult) -> Iterator[Styled]:
        head = self._say(f"{self._status(result.status)}  ", STYLE[result.status])
        head.append_text(self._say(result.project.id, "bold"))
        if name_of(result) != result.project.id:
            head.append_text(self._say(f" {name_of(result)}", "bold"))
        where = [
            part for part in (self._places(result), self._size(result.project.geometry)) if part
        ]
        tail = self._say("  ".join(["", *where]), DIM)
        figures = self._say(self._figures(result))
        room = max(self.width - tail.cell_len - figures.cell_len - 1, 8)
        yield self._spread(self._cut(head, room).append_text(tail), figures)
        for notice in result.project.notices:
            yield from self._told(notice.in_(self.lang))
        yield from self._findings(result)
        yield from self._remedies(result)

    def _remedies(self, result: ProjectResult) -> Iterator[Styled]:
        """Tell what would cure the site, where that was asked for."""
        label = message("label.remedy").in_(self.lang)
        for remedy in self.report.remedies:
            if remedy.project == result.project.id:
                for text in remedies.lines(remedy, self.lang):
                    yield from self._told(f"{label}: {text}")

    def _places(self, result: ProjectResult) -> str:
        if len(result.counties) < 3:
            return lines.joined(result.counties, self.lang, "list")
        first, count = result.counties[0], len(result.counties)
        return self._word("counties", first=first, count=count)

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
        return self._word("point")

    def _figures(self, result: ProjectResult) -> str:
        """Return how many answers, official layers and lines to be confirmed a site needs."""
        if result.status is Status.FAILED and result.project.geometry is None:
            return "—"
        answers = standing(result).questions
        layers = {self.views(f).layer_id for f in result.to_obtain}
        confirm = {self.views(f).layer_id for f in result.to_confirm}
        counts = (answers, len(layers), len(confirm), len(result.duties))
        return " / ".join(f"{count:>2}" for count in counts)

    def _findings(self, result: ProjectResult) -> Iterator[Styled]:
        found = hits(result)
        most = _HITS if self.one else 1
        for number, finding in enumerate(found[:most], start=1):
            more = len(found) - most if number == most else 0
            yield from self._hit(finding, max(more, 0))
        if not found:
            yield from self._open(result)

    def _hit(self, finding: Finding, more: int) -> Iterator[Styled]:
        """Tell a violation or restriction: the zone, how near or how much of it, and the clause."""
        view = self.views(finding)
        tail = self._word("more-hits", count=more) if more else ""
        yield self._cited(view, self._place(view), tail)
        if self.one and view.rule is not None:
            yield from self._wrapped(view.rule.text.in_(self.lang), 6, DIM)
        note = period_note(view.document, self.report.as_of) if view.document else None
        if note is not None:
            yield from self._wrapped(note.in_(self.lang), 6, DIM)

    def _cited(self, view: FindingView, place: str, tail: str = "") -> Styled:
        """Return ``place · rule, document and section``, the document's title cut to fit."""
        left = f"    {titles.SIGN[view.finding.status]} {place} · "
        room = self.width - cell_len(left) - cell_len(tail)
        return self._marked(view.finding, left + self._citation(view, room) + tail)

    def _marked(self, finding: Finding, line: str) -> Styled:
        """Return a line whose sign has the colour of a finding's status."""
        text = self._cut(self._say(line), self.width)
        text.stylize(STYLE[finding.status], 4, 5)
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
        if finding is None or finding.counts_as is Status.COMPLIANT:
            return
        if finding.counts_as is Status.CONDITIONAL:
            signed = declaration(result)
            told = [self._say(f"    § {signed.reason.in_(self.lang)}")] if signed else []
            yield from (self._cut(line, self.width) for line in told)
            return
        if finding.problem is not None and finding.status is Status.FAILED:
            for said in (finding.problem.fault, finding.problem.cure):
                yield self._cut(self._say(f"    {said.in_(self.lang)}"), self.width)
            return
        for found in self._turning(result, finding):
            yield from self._end(found)

    def _turning(self, result: ProjectResult, first: Finding) -> list[Finding]:
        """Return the finding a site turns on; of one site, also those on other layers."""
        same = [f for f in by_severity(result.findings) if f.status is first.status]
        same.sort(key=lambda f: -f.worst.severity)
        by_layer = {self.views(f).layer_id: f for f in (*reversed(same), first)}
        rest = [f for f in same if f is by_layer[self.views(f).layer_id] and f is not first]
        return [first, *rest[: _ENDS - 1]] if self.one else [first]

    def _end(self, finding: Finding) -> Iterator[Styled]:
        """Tell the worst that an open finding can come to, its clause, and what would settle it."""
        view = self.views(finding)
        if view.rule is None:
            yield from self._told(finding.reason.in_(self.lang))
            return
        end = titles.STATUS[finding.worst].in_(self.lang)
        need = f"screen.need.{finding.needs.replace('_', '-') or 'open'}"
        asked = lines.joined((m.title.in_(self.lang) for m in finding.missing), self.lang, "list")
        name = view.layer.name if view.layer is not None else ""
        why = message(need, layer=name, asked=asked).in_(self.lang)
        head = f"    {titles.SIGN[finding.status]} {self._word('at-worst', status=end)} · "
        # The clause and what it waits for share the line.
        clause = self._citation(view, (self.width - cell_len(head)) // 2)
        yield self._marked(finding, f"{head}{clause} · {why}")
        if self.one:
            yield from self._wrapped(view.rule.text.in_(self.lang), 6, DIM)

    def _cut(self, text: Styled, width: int) -> Styled:
        """Cut a text to a width, and show that it is cut."""
        if text.cell_len <= width:
            return text
        mark = "…" if inert("…", self.encoding) == "…" else "..."
        text.truncate(max(width - cell_len(mark), 0), overflow="crop")
        return text.append(mark)

    def _told(self, text: str) -> Iterator[Styled]:
        """Tell a text under a site: whole where there is one site, else in one line."""
        if self.one:
            yield from self._wrapped(text, 4)
        else:
            yield self._cut(self._say(f"    {text}"), self.width)

    def _wrapped(self, text: str, indent: int, style: str = "") -> Iterator[Styled]:
        return wrapped(text, self.console, style, indent)

    def next(self, room: int) -> Iterator[Styled]:
        """Yield the questions, the layers with their offices, and the commands.

        Parameters
        ----------
        room : int
            How many lines there are; one question and one layer are told in any case.
        """
        most = self.all[:_WEIGHED]
        asked = decisive(most, self.guide)
        wanted = lacking(most, self.report, self.guide)
        commands = list(self._commands(bool(asked)))
        free = max(room - len(commands) - bool(asked) - bool(wanted), 2)
        questions = max(min(_ITEMS, len(asked), free - min(len(wanted), free // 2)), bool(asked))
        layers = max(min(_ITEMS, len(wanted), free - questions), bool(wanted))
        if asked:
            yield self._title("questions", len(asked), questions)
        for question in asked[:questions]:
            sites = self._sites(tuple(sorted(question.projects)))
            yield self._item(question.spec.question.in_(self.lang), sites)
        if wanted:
            yield self._title("layers", len(wanted), layers)
        for layer in wanted[:layers]:
            yield self._item(layer.name.in_(self.lang), self._whom(layer))
        yield from commands

    def _title(self, key: str, count: int, shown: int) -> Styled:
        text = self._word(key, shown=shown, count=count)
        if len(self.all) > _WEIGHED:
            text += self._word("weighed", count=_WEIGHED)
        return self._say(text, "bold")

    def _item(self, left: str, right: str) -> Styled:
        tail = self._say(f"  {right}" if right else "", DIM)
        head = self._cut(self._say(f"  · {left}"), max(self.width - tail.cell_len, 12))
        return self._cut(head.append_text(tail), self.width)

    def _whom(self, layer: Lacking) -> str:
        parts = [layer.office.in_(self.lang)] if layer.office is not None else []
        parts.append(self._word("waiting", count=layer.findings))
        return lines.joined(parts, self.lang)

    def _sites(self, ids: Sequence[str]) -> str:
        """Name the sites that something concerns, where there is more than one."""
        if len(self.all) < 2:
            return ""
        if len(ids) <= 2:
            return lines.joined(ids, self.lang, "list")
        return self._word("sites", count=len(ids))

    def _commands(self, asked: bool) -> Iterator[Styled]:
        words = self.guide.words
        if not words:
            return
        yield self._say(self._word("next"), "bold")
        told = [
            (f"zoning check {words} --details --card", "details"),
            (f"zoning check {words} --map review.html", "map"),
        ]
        if any(declaration(result) for result in self.all):
            told.insert(0, (f"zoning ask {words} --fill questions.xlsx", "fill"))
        elif asked:
            told.insert(0, (f"zoning ask {words}", "ask"))
        if any(result.to_obtain for result in self.all[:_WEIGHED]):
            told.insert(len(told) - 2, (f"zoning letters {words}", "letters"))
        for command, key in told:
            line = self._say(f"  · {command}")
            about = self._say(f"  {self._word(f'next-{key}')}", DIM)
            # A command is there to be copied, so it is never cut.
            fits = line.cell_len + about.cell_len <= self.width
            yield line.append_text(about) if fits else line


def wrapped(text: str, console: Console, style: str = "", indent: int = 0) -> Iterator[Styled]:
    """Yield a text as inert lines of a console's width."""
    for line in wrap(inert(text, console.encoding), console.width - indent):
        yield Styled(" " * indent + line, style=style, no_wrap=True, overflow="ignore")
