"""``zoning explain`` and ``zoning ask``: why a rule holds, and what would be worth knowing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zoning.cli.options import LangOption, reviews
from zoning.cli.output import emit, make_console, require_choice, require_lang, say


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("explain", help=say("explain.say-one-site-rule"))(explain)
    app.command("ask", help=say("ask.list-attributes-file-lacks"))(ask)


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
    lang: LangOption = None,
) -> None:
    """Print one row an attribute."""
    spoken = require_lang(lang)
    require_choice("--format", format_, ("table", "json"))
    from zoning.api.ask import ask
    from zoning.api.printing import print_questions, questions_to_json

    found = ask(files, project, **how)
    if format_ == "json":
        emit(questions_to_json(found[:limit]))
    else:
        print_questions(found, make_console(), spoken, limit=limit)
