"""The attributes worth stating, as ``zoning ask`` prints them and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from zoning.law import Question, Standing, allowed
from zoning.messages import Lang, message
from zoning.model import AttributeSpec, ProjectResult, Status
from zoning.show.prose import Prose, inert
from zoning.show.titles import STATUS

if TYPE_CHECKING:
    from rich.console import Console

#: No more sites than this are named beside a question.
_NAMED = 8


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
    found: Sequence[Question],
    sites: Sequence[Standing],
    console: Console,
    lang: Lang,
    *,
    limit: int = 30,
    everything: bool = False,
) -> None:
    """Print each question in two lines, how many more there are, and how far each site is decided.

    Parameters
    ----------
    found : sequence of Question
    sites : sequence of Standing
    console : Console
    lang : {"zh", "en"}
    limit : int
        No more questions than this.
    everything : bool
        Whether the questions are all that a file lacks, not those alone that change a verdict.
    """
    for line in _lines(found, sites, lang, limit, "every" if everything else "head"):
        console.print(Prose(inert(line, console.encoding)))


def _lines(
    found: Sequence[Question], sites: Sequence[Standing], lang: Lang, limit: int, head: str
) -> Iterator[str]:
    if found:
        yield message(f"questions.{head}", count=len(found)).in_(lang)
    elif sites:
        yield message("questions.none").in_(lang)
    for number, question in enumerate(found[:limit], start=1):
        yield from question_lines(number, question, lang)
    if len(found) > limit:
        yield message("questions.more", count=len(found) - limit).in_(lang)
    for site in sites:
        yield standing_line(site, lang)


def question_lines(number: int, question: Question, lang: Lang) -> Iterator[str]:
    """Yield a question with its column, and what may be answered for which sites."""
    spec = question.spec
    told = {"number": number, "title": spec.title, "column": column(spec, lang)}
    yield message("questions.title", **told, question=spec.question).in_(lang)
    names = sorted(question.projects)
    more = ["…"] if len(names) > _NAMED else []
    detail = message(
        "questions.detail",
        values=allowed(spec),
        worst=STATUS[question.worst],
        sites=[*names[:_NAMED], *more],
    )
    yield f"   {detail.in_(lang)}"


def column(spec: AttributeSpec, lang: Lang) -> str:
    """Return the name a column may have: in Chinese the first alias that is Chinese."""
    chinese = (alias for alias in spec.aliases if not alias.isascii())
    return next(chinese, spec.name) if lang == "zh" else spec.name


def standing_line(site: Standing, lang: Lang) -> str:
    """Return how far a site is decided, and what it waits for, in a line."""
    result = site.result
    told = {"site": _site(result), "status": STATUS[result.status]}
    if not site.closed:
        found = message("questions.open", **told, count=site.questions)
    elif result.status in (Status.VIOLATION, Status.RESTRICTED):
        found = message("questions.decided", **told)
    elif site.layers:
        found = message("questions.waits", **told, count=len(site.layers))
    else:
        found = message("questions.no-answer", **told)
    if not site.declared:
        return found.in_(lang)
    declared = message("questions.declared", count=site.declared)
    return message("questions.both", first=found, second=declared).in_(lang)


def _site(result: ProjectResult) -> str:
    project = result.project
    return project.id if project.name == project.id else f"{project.id} {project.name}"


def print_standings(sites: Iterable[Standing], console: Console, lang: Lang) -> None:
    """Print how far each site is decided."""
    for site in sites:
        console.print(Prose(inert(standing_line(site, lang), console.encoding)))
