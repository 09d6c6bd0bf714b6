"""A report for people at a terminal: one screen, and behind it every finding."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text as Styled

from zoning.messages import Lang, message
from zoning.model import Report, indicative
from zoning.show.guide import Guide
from zoning.show.receipt import short_receipt
from zoning.show.screen import DIM, MANY, ONE, Screen, wrapped


def print_report(
    report: Report,
    console: Console,
    lang: Lang,
    *,
    details: bool = False,
    guide: Guide | None = None,
) -> None:
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
        After the one screen, print every finding of every site, and all provenance.
    guide : Guide, optional
        What the report does not hold itself: offices, attributes, the command that was given.
    """
    guide = guide if guide is not None else Guide()
    screen = Screen(report, console, lang, guide)
    top = [*_head(report, console, lang), *screen.sites()]
    for line in top:
        console.print(line, overflow="ignore", crop=False)
    if details:
        from zoning.show.details import Details  # loads what one screen does not need

        for part in Details(report, console, lang, guide).parts():
            console.print(part)
        return
    foot = list(_foot(report, console, lang))
    room = (ONE if screen.one else MANY) - len(top) - len(foot)
    for line in (*screen.next(room), *foot):
        console.print(line, overflow="ignore", crop=False)


def _head(report: Report, console: Console, lang: Lang) -> Iterator[Styled]:
    """Yield what was asked, what was read, and why it is no whole review where it is none."""
    asked = message(
        "screen.title",
        day=report.as_of.isoformat(),
        version=report.tool_version,
        catalogue=report.catalogue_sha256[:12],
    )
    yield from wrapped(asked.in_(lang), console, "bold")
    for record in report.inputs:
        yield from wrapped(short_receipt(record, lang), console, DIM)
        for notice in record.notices:
            yield from wrapped(notice.in_(lang), console)
    if report.rules_left_out:
        kept, dropped = len(report.rules), report.rules_left_out
        told = message("terminal.narrowed", kept=kept, total=kept + dropped, dropped=dropped)
        yield from wrapped(told.in_(lang), console, "bold yellow")
    for reason in report.incomplete:
        told = message("terminal.incomplete", said=reason)
        yield from wrapped(told.in_(lang), console, "bold yellow")


def _foot(report: Report, console: Console, lang: Lang) -> Iterator[Styled]:
    """Yield what the data are worth."""
    open_data = sum(indicative(x) for x in report.layers if x.state == "used")
    if open_data:
        told = message("screen.indicative", count=open_data)
        yield from wrapped(told.in_(lang), console, DIM)
