"""The attributes worth stating, as ``zoning ask`` prints them and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zoning.law import Question
from zoning.messages import Lang, message
from zoning.show.titles import STATUS

if TYPE_CHECKING:
    from rich.console import Console

_HEADS = ("attribute", "question", "values", "sites", "decides", "waits", "worst")


def questions_to_json(found: Sequence[Question]) -> str:
    """Return the questions as a JSON array that ends in a newline."""
    return json.dumps([_plain(q) for q in found], ensure_ascii=False, indent=2) + "\n"


def _plain(question: Question) -> dict[str, object]:
    spec = question.spec
    return {
        "attribute": spec.name,
        "title": {"zh": spec.title.zh, "en": spec.title.en},
        "question": {"zh": spec.question.zh, "en": spec.question.en},
        "type": spec.type,
        "unit": spec.unit,
        "columns": [spec.name, *spec.aliases],
        "values": [v.value for v in spec.values],
        "weight": round(question.weight, 6),
        "projects": sorted(question.projects),
        "decides": sorted(question.decides),
        "waiting_for_data": sorted(question.waiting),
        "worst": question.worst.value,
        "stands_for": sorted(question.stands_for),
    }


def print_questions(
    found: Sequence[Question], console: Console, lang: Lang, *, limit: int = 30
) -> None:
    """Print one row an attribute, and how many more there are."""
    from rich.table import Table
    from rich.text import Text as Inert

    if not found:
        console.print(message("questions.none").in_(lang))
        return
    table = Table(box=None, header_style="bold")
    for number, head in enumerate(_HEADS):
        title = message(f"questions.{head}").in_(lang)
        table.add_column(title, overflow="fold", no_wrap=number == 0)
    for question in found[:limit]:
        table.add_row(*(Inert(cell) for cell in _cells(question, lang)))
    console.print(table)
    if len(found) > limit:
        console.print(message("questions.more", count=len(found) - limit).in_(lang))


def _cells(question: Question, lang: Lang) -> tuple[str, ...]:
    spec = question.spec
    plain = {"bool": message("questions.yes-no").in_(lang), "number": spec.unit or ""}
    values = "/".join(v.title.in_(lang) for v in spec.values) or plain.get(spec.type, "")
    counts = (len(question.projects), len(question.decides), len(question.waiting))
    worst = STATUS[question.worst].in_(lang)
    return (spec.name, spec.question.in_(lang), values, *map(str, counts), worst)
