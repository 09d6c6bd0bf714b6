"""``zoning explain`` and ``zoning ask``: why a rule holds, and what would be worth knowing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoning.cli.options import LangOption, OverwriteOption, reviews
from zoning.cli.output import emit, make_console, require_choice, require_lang, say
from zoning.messages import Lang, message

if TYPE_CHECKING:
    from zoning.api.ask import Answering, ProjectResult, Question


@reviews
def explain(
    file: Annotated[Path, typer.Argument(help=say("explain.vector-file"))],
    how: dict[str, Any],
    project: Annotated[
        str | None, typer.Option("--project", "-p", help=say("explain.id-site"))
    ] = None,
    rule: Annotated[list[str] | None, typer.Option(help=say("explain.these-rules-allowed"))] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=say("explain.also-rules-do-apply"))
    ] = False,
    lang: LangOption = None,
) -> None:
    """Print the trace of every rule considered for one site."""
    spoken = require_lang(lang)
    from zoning.api.explain import explain

    for line in explain(file, project, only=tuple(rule or ()), **how).lines(
        spoken, everything=everything
    ):
        typer.echo(line)


@reviews
def ask(
    files: Annotated[list[Path], typer.Argument(help=say("ask.vector-files"))],
    how: dict[str, Any],
    project: Annotated[
        str | None, typer.Option("--project", "-p", help=say("ask.one-site-only"))
    ] = None,
    format_: Annotated[str, typer.Option("--format", help=say("ask.table-json"))] = "table",
    limit: Annotated[int, typer.Option(min=1, help=say("ask.at-most-so-many"))] = 30,
    everything: Annotated[bool, typer.Option("--all", help=say("ask.every-attribute"))] = False,
    fill: Annotated[Path | None, typer.Option(help=say("ask.workbook-to-fill"))] = None,
    interactive: Annotated[
        bool, typer.Option("--interactive", "-i", help=say("ask.in-the-terminal"))
    ] = False,
    overwrite: OverwriteOption = False,
    lang: LangOption = None,
) -> None:
    """Print the questions, put them one by one, or write them as a workbook."""
    spoken = require_lang(lang)
    require_choice("--format", format_, ("table", "json"))
    if fill is not None:
        from zoning.api.outputs import WORKBOOK, targets

        read = (*files, how.get("entry_list"), how.get("answers"))
        asked = {"--fill": (fill, WORKBOOK)}
        targets(asked, read, workspace=how.get("workspace"), overwrite=overwrite)
    from zoning.api import ask as asking
    from zoning.api.check import check
    from zoning.api.printing import print_questions, print_standings, questions_to_json

    report, console = check(files, **how), make_console()
    if interactive:
        report, count = asking.interview(report, _prompt(spoken), project)
        typer.echo(message("ask.asked", count=count).in_(spoken))
        print_standings(asking.standings(report, project), console, spoken)
        return
    if fill is not None:
        asking.fill(report, fill, project, lang=spoken, overwrite=overwrite)
        typer.echo(message("ask.written", file=str(fill)).in_(spoken))
        return
    found = asking.ask(report, project, everything=everything)
    if format_ == "json":
        emit(questions_to_json(found[:limit]))
        return
    sites = asking.standings(report, project)
    print_questions(found, sites, console, spoken, limit=limit, everything=everything)


def _prompt(lang: Lang) -> Answering:
    """Return what puts a question at the terminal: an empty line leaves it open."""
    from zoning.api.ask import understood
    from zoning.api.printing import question_lines

    asked = message("ask.prompt").in_(lang)
    seen: Counter[str] = Counter()

    def put(result: ProjectResult, question: Question) -> str | None:
        project = result.project
        seen[project.id] += 1
        if seen[project.id] == 1:
            typer.echo(f"{project.id} {project.name}")
        for line in question_lines(seen[project.id], question, lang):
            typer.echo(line)
        while True:
            said = str(typer.prompt(asked, default="", show_default=False)).strip()
            if not said or understood(question, said):
                return said or None
            typer.echo(message("ask.not-understood").in_(lang))

    return put


COMMANDS = {"explain": explain, "ask": ask}
