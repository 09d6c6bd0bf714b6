"""What all batches of a review come to: counts, the account of the source, the worst sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text as Styled

from zoning.base.errors import DataError, problem
from zoning.messages import Lang, Text, message
from zoning.model import Ledger, Status
from zoning.show import titles
from zoning.show.parts import worst_of
from zoning.show.prose import inert
from zoning.show.screen import DIM, STYLE


@dataclass(frozen=True)
class Summary:
    """What a review in batches comes to.

    Attributes
    ----------
    folder : Path or None
        Where the parts are, None if they were not kept.
    parts, sites, findings : int
    counts : mapping of Status to int
        Sites by status, the most severe first.
    exit_code : int
        The worst of all batches: 1 before 3 before 0.
    ledger : Ledger
        Records seen are those read, failed and set aside.
    incomplete : tuple of str
        Why it is no whole review, in the language of the parts; each reason once.
    worst : tuple of mapping
        The most severe sites.
    """

    folder: Path | None
    parts: int
    sites: int
    findings: int
    counts: Mapping[Status, int]
    exit_code: int
    ledger: Ledger
    incomplete: tuple[str, ...]
    worst: tuple[Mapping[str, Any], ...]

    def as_dict(self, lang: Lang) -> dict[str, Any]:
        """Return the summary as plain values for the manifest."""
        return {
            "sites": self.sites,
            "findings": self.findings,
            "status": {status.value: count for status, count in self.counts.items()},
            "exit_code": self.exit_code,
            "ledger": [
                {
                    "kind": tally.kind,
                    "seen": tally.seen,
                    "read": tally.read,
                    "failed": tally.failed,
                    "set_aside": [
                        {"count": part.count, "reason": part.reason.in_(lang)}
                        for part in tally.set_aside
                    ],
                }
                for tally in self.ledger.tallies
            ],
            "incomplete": list(self.incomplete),
            "worst": list(self.worst),
        }


def summary_of(
    folder: Path, ledger: Ledger, features: int, parts: Mapping[int, Mapping[str, Any]]
) -> Summary:
    """Add up the accounts of all batches.

    Parameters
    ----------
    folder : Path
    ledger : Ledger
        Of all sources.
    features : int
        How many features they hold.
    parts : mapping
        Accounts by number of the batch.

    Raises
    ------
    DataError
        ``batches-unbalanced`` where the batches do not add up to the source: nothing is said then.
    """
    accounts = [parts[number] for number in sorted(parts)]
    sites = sum(part["sites"] for part in accounts)
    if sites != features:
        told = {"features": features, "sites": sites}
        raise DataError(problem("batches-unbalanced", file=str(folder), **told))
    every = {status: sum(p["status"].get(status.value, 0) for p in accounts) for status in Status}
    ordered = sorted(every, key=lambda status: -status.severity)
    codes = {part["exit_code"] for part in accounts}
    return Summary(
        folder=folder,
        parts=len(accounts),
        sites=sites,
        findings=sum(part["findings"] for part in accounts),
        counts={status: every[status] for status in ordered if every[status]},
        exit_code=next((code for code in (1, 3) if code in codes), 0),
        ledger=ledger,
        incomplete=tuple(dict.fromkeys(text for part in accounts for text in part["incomplete"])),
        worst=tuple(worst_of(accounts)),
    )


def print_summary(summary: Summary, console: Console, lang: Lang) -> None:
    """Print a summary on one screen.

    Parameters
    ----------
    summary : Summary
    console : rich.console.Console
    lang : {"zh", "en"}
    """
    for line in _lines(summary, console, lang):
        if line.cell_len > console.width:
            line.truncate(console.width, overflow="ellipsis")
        console.print(line, overflow="ignore", crop=False)


def _lines(summary: Summary, console: Console, lang: Lang) -> Iterator[Styled]:
    def styled(text: Text, style: str = "") -> Styled:
        told = inert(text.in_(lang), console.encoding)
        return Styled(told, style=style, no_wrap=True, overflow="ignore")

    yield styled(message("batches.title", sites=summary.sites, parts=summary.parts), "bold")
    counts = Styled()
    for status, count in summary.counts.items():
        told = f"{titles.SIGN[status]} {titles.STATUS[status].in_(lang)} {count:,}  "
        counts.append(inert(told, console.encoding), STYLE[status])
    yield counts
    for tally in summary.ledger.tallies:
        aside = sum(rule.count for rule in tally.set_aside)
        kind = message(f"ledger.kind.{tally.kind}")
        part = {"seen": tally.seen, "read": tally.read, "failed": tally.failed, "aside": aside}
        yield styled(message("batches.ledger", kind=kind, **part), DIM)
    for text in summary.incomplete:
        yield styled(message("batches.incomplete", reason=text), "yellow")
    if summary.worst:
        yield styled(message("batches.worst", count=len(summary.worst)), "bold")
    for site in summary.worst:
        yield _site(site, console)
    if summary.folder is None:
        yield styled(message("batches.not-kept", findings=summary.findings))
        return
    yield styled(message("batches.where", folder=str(summary.folder), findings=summary.findings))


def _site(site: Mapping[str, Any], console: Console) -> Styled:
    status = Status(site["status"])
    name = site["project_name"]
    told = [site["project_id"], *([name] if name != site["project_id"] else [])]
    cited = f"{site['rule']} {site['citation'] or ''}" if site["rule"] else site["reason"] or ""
    line = Styled(no_wrap=True, overflow="ignore")
    line.append(f"  {inert(titles.SIGN[status], console.encoding)} ", STYLE[status])
    line.append(inert(" ".join(told), console.encoding), "bold")
    return line.append(f" · {inert(cited.strip(), console.encoding)}")
