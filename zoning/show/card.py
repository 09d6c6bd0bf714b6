"""The card of a site as text, as a table, as a frame and as JSON-ready values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from zoning.messages import Lang, message, table
from zoning.model import STANDINGS, Card, CardEntry, CardLine, Evidence, Standing
from zoning.show import schema as s
from zoning.show import titles
from zoning.show.prose import Prose, inert

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

#: A sign beside each standing, so that nothing hangs on colour; all of them exist in GBK.
SIGN: dict[Standing, str] = {
    "inside": "●", "edge": "◎", "near": "○", "failed": "E", "no_data": "-", "not_shown": "?",
    "outside": "√",
}  # fmt: skip
_STYLE: dict[Standing, str] = {
    "inside": "bold", "edge": "bold", "near": "", "failed": "bold red", "no_data": "bright_black",
    "not_shown": "bright_black", "outside": "green",
}  # fmt: skip
#: Columns of `card_frame`.
COLUMNS = (
    "project_id", "system", "system_title", "layer", "layer_name", "standing", "zones",
    "distance_m", "line_m", "share", "unsure", "accuracy_m", "evidence", "complete", "source",
    "office",
)  # fmt: skip


def card_dict(card: Card) -> list[s.CardLineDict]:
    """Return a card as JSON-ready values; names of layers, sources and offices stand elsewhere."""
    return [
        {
            "system": line.system,
            "standing": line.standing,
            "layers": [_entry_dict(entry) for entry in line.entries],
        }
        for line in card.lines
    ]


def _entry_dict(entry: CardEntry) -> s.CardEntryDict:
    found: s.CardEntryDict = {"layer": entry.layer, "standing": entry.standing}
    if entry.zones:
        found["zones"] = [zone.zh for zone in entry.zones]
    if entry.distance_m is not None:
        found["distance_m"] = round(entry.distance_m, 3)
    if entry.line_m is not None:
        found["line_m"] = round(entry.line_m, 3)
    if entry.share:
        found["share"] = round(entry.share, 6)
    if entry.unsure:
        found["unsure"] = True
    if entry.accuracy_m is not None:
        found["accuracy_m"] = round(entry.accuracy_m, 3)
    if entry.evidence is not None:
        found["evidence"] = entry.evidence.value
        found["complete"] = entry.complete
    return found


def card_frame(cards: Iterable[Card], lang: Lang) -> pd.DataFrame:
    """Return one row a site and layer, with the columns `COLUMNS`."""
    import pandas as pd

    rows = [
        _row(card, line, entry, lang)
        for card in cards
        for line in card.lines
        for entry in line.entries
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(card: Card, line: CardLine, entry: CardEntry, lang: Lang) -> tuple[Any, ...]:
    zones = table(lang)["separator.list"].join(zone.in_(lang) for zone in entry.zones)
    return (
        card.project, line.system, line.title.in_(lang), entry.layer, entry.name.in_(lang),
        entry.standing, zones, entry.distance_m, entry.line_m, entry.share, entry.unsure,
        entry.accuracy_m, entry.evidence, entry.complete, entry.source,
        entry.office.in_(lang) if entry.office is not None else None,
    )  # fmt: skip


def standing(value: Standing, lang: Lang) -> str:
    """Return what a standing is called."""
    return message(f"card.standing.{value.replace('_', '-')}").in_(lang)


def groups(line: CardLine) -> list[tuple[Standing, list[CardEntry]]]:
    """Return the layers of a system by where the site stands, the most telling first."""
    found = [(kind, [e for e in line.entries if e.standing == kind]) for kind in STANDINGS]
    return [(kind, entries) for kind, entries in found if entries]


def told(kind: Standing, entries: Sequence[CardEntry], lang: Lang) -> str:
    """Return the layers of one standing in a sentence: zone, distance, and how sure that is."""
    words = table(lang)
    if kind != "no_data":
        return words["separator.semicolon"].join(_told(entry, lang) for entry in entries)
    names = words["separator.list"].join(label for e in entries if (label := _label(e, lang)))
    offices = dict.fromkeys(e.office.in_(lang) for e in entries if e.office is not None)
    if not offices:
        return names
    whom = words["separator.list"].join(offices)
    return message("card.ask", layers=names, office=whom).in_(lang)


def line_text(line: CardLine, lang: Lang) -> str:
    """Return a whole system in one text: each standing, and the layers of it."""
    words = table(lang)
    return words["separator.semicolon"].join(
        f"{standing(kind, lang)}{words['separator.colon']}{told(kind, entries, lang)}"
        for kind, entries in groups(line)
    )


def _label(entry: CardEntry, lang: Lang) -> str:
    return entry.label.in_(lang) if entry.label is not None else ""


def _told(entry: CardEntry, lang: Lang) -> str:
    """Return one layer: ``basin: Jinci Spring, 49.5% of the site (derived, ±4,100 m)``."""
    words = table(lang)
    # Of a layer away from the site, its nearest zone is not what the card is about.
    here = entry.zones if entry.standing in ("inside", "edge", "near") else ()
    zones = words["separator.list"].join(zone.in_(lang) for zone in here)
    parts = [part for part in (_label(entry, lang), zones) if part]
    head = [words["separator.colon"].join(parts)] if parts else []
    return words["separator.comma"].join([*head, *_figures(entry, lang)]) + _basis(entry, lang)


def _figures(entry: CardEntry, lang: Lang) -> Iterable[str]:
    if entry.standing == "inside":
        if 0 < entry.share < 0.9995:
            yield f"{entry.share:.1%}"
        if entry.line_m:
            yield message("card.line", distance=titles.length(entry.line_m, lang)).in_(lang)
        if entry.unsure:
            yield message("card.unsure").in_(lang)
    elif entry.distance_m is not None and math.isfinite(entry.distance_m):
        key = "card.away" if entry.standing in ("edge", "near") else "card.nearest"
        yield message(key, distance=titles.length(entry.distance_m, lang)).in_(lang)
    if entry.standing in ("near", "outside") and not entry.complete:
        yield message("card.incomplete").in_(lang)


def _basis(entry: CardEntry, lang: Lang) -> str:
    """Say how sure an entry is, and name the file of official data, in brackets."""
    parts = []
    if entry.evidence is not None:
        parts.append(titles.EVIDENCE[entry.evidence].in_(lang))
    if entry.accuracy_m:
        parts.append(titles.accuracy(entry.accuracy_m, lang))
    if entry.source is not None and entry.evidence is Evidence.OFFICIAL:
        parts.append(PurePosixPath(entry.source).name)
    told = table(lang)["separator.list"].join(parts)
    return message("card.basis", basis=told).in_(lang) if told else ""


def print_cards(cards: Sequence[Card], console: Console, lang: Lang) -> None:
    """Print a line a zoning system and standing, for each card under the site's id."""
    from rich.table import Table
    from rich.text import Text

    for card in cards:
        near = titles.length(card.near_m, lang)
        title = message("card.title", near=near).in_(lang)
        console.print(Text(f"{inert(card.project, console.encoding)}  {title}", style="bold"))
        grid = Table.grid(padding=(0, 2, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold", ratio=1)
        for line in card.lines:
            name = line.title.in_(lang)
            for kind, entries in groups(line):
                sign = Text(f"{SIGN[kind]} {standing(kind, lang)}", style=_STYLE[kind])
                said = inert(told(kind, entries, lang), console.encoding)
                grid.add_row(Prose(name), sign, Prose(said, _STYLE[kind]))
                name = ""
        console.print(grid)
        console.print(Prose(message("card.closing").in_(lang), "bright_black"))
        console.print()
