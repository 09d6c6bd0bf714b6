"""``zoning rules``: list, show, date and compare the clauses that a review rests on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from zoning.base.errors import UsageError, problem
from zoning.cli.options import LangOption, reviews
from zoning.cli.output import emit, make_console, require_lang, say
from zoning.cli.verbs import group
from zoning.messages import message

rules_app = group("rules")
_Side = Annotated[str, typer.Argument(help=say("rules.date-catalogue-folder"))]


@rules_app.command("list", help=say("rules.list-all-rules"))
def rules_list(
    theme: Annotated[str | None, typer.Option(help=say("rules.one-theme-only"))] = None,
    lang: LangOption = None,
) -> None:
    """Print one row a rule."""
    spoken = require_lang(lang)
    from zoning.api.catalogue import load_catalogue
    from zoning.api.printing import print_rules

    print_rules(load_catalogue(), make_console(), spoken, theme=theme)


@rules_app.command("show", help=say("rules.show-one-rule"))
def rules_show(
    name: str,
    text: Annotated[bool, typer.Option("--text", help=say("rules.article-text"))] = False,
    lang: LangOption = None,
) -> None:
    """Print a rule with its clause, document, exceptions and dates."""
    spoken = require_lang(lang)
    from zoning.api.catalogue import load_catalogue
    from zoning.api.printing import print_rule

    print_rule(load_catalogue(), name, make_console(), spoken)
    if text:
        from zoning.api.law_text import law_text

        found = law_text(name)
        for article in found:
            heading = message("law-text.article", law=article.law, edition=article.edition)
            typer.echo(f"\n{heading.in_(spoken)}\n{article.text}")
        if not found:
            typer.echo(message("law-text.not-held").in_(spoken))


@rules_app.command("timeline", help=say("rules.when-law-changes"))
def rules_timeline(
    since: Annotated[str | None, typer.Option(help=say("rules.from-day-on"))] = None,
    until: Annotated[str | None, typer.Option(help=say("rules.up-day"))] = None,
    lang: LangOption = None,
) -> None:
    """Print each day and document on which the citable law changes."""
    spoken = require_lang(lang)
    first, last = _day("--since", since), _day("--until", until)
    from zoning.api.catalogue import load_catalogue
    from zoning.api.printing import timeline_lines

    for line in timeline_lines(load_catalogue(), spoken, since=first, until=last):
        typer.echo(line)


@rules_app.command("table", help=say("rules.write-docs-rules-md"))
def rules_table() -> None:
    """Print the table of all rules and candidate clauses in Markdown."""
    from zoning.api.catalogue import load_candidates, load_catalogue
    from zoning.api.printing import rules_page

    emit(rules_page(load_catalogue(), load_candidates()))


@rules_app.command("new", help=say("rules.new-help"))
def rules_new(
    entry: Annotated[Path, typer.Argument(help=say("rules.entry-file"))],
    into: Annotated[str, typer.Option(help=say("rules.into-file"))] = "own_rules",
    repository: Annotated[Path | None, typer.Option(help=say("rules.repository"))] = None,
    lang: LangOption = None,
) -> None:
    """Add the rules of a file to the catalogue and say which files to look at."""
    spoken = require_lang(lang)
    from zoning.api.new_rule import new_rule

    made = new_rule(entry, into=into, repository=repository)
    names, files = [rule.id for rule in made.rules], [str(path) for path in made.files]
    typer.echo(message("rules.added", names=names, files=files).in_(spoken))


@rules_app.command("diff", help=say("rules.who-change-law-affects"))
@reviews
def rules_diff(
    old: _Side,
    new: _Side,
    files: Annotated[list[Path], typer.Argument(help=say("rules.project-files"))],
    how: dict[str, Any],
    everything: Annotated[
        bool, typer.Option("--all", help=say("rules.also-clauses-lack-data"))
    ] = False,
    lang: LangOption = None,
) -> None:
    """Print the findings that differ; exit 1 if there are any."""
    spoken = require_lang(lang)
    from zoning.api.printing import print_changes
    from zoning.api.rules import compare_law

    sides = (_side(old), _side(new))
    changes, hidden = compare_law(files, *sides, everything=everything, **how)
    print_changes(changes, hidden, make_console(), spoken)
    raise typer.Exit(1 if changes else 0)


def _side(value: str) -> date | Path:
    """Take a date, or the folder of another catalogue."""
    folder = Path(value)
    return folder if folder.is_dir() else _day("OLD/NEW", value) or folder


def _day(option: str, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        key = "bad-date.option"
        raise UsageError(problem("bad-date", key=key, option=option, value=value)) from None


COMMANDS = {"rules": rules_app}
