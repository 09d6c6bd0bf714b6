"""The verbs of the command line: where each one lives, and what help says of it in one line.

Only the verb that was called is imported and given its parameters; the others stand in the list of
commands by name and help alone, since reading the parameters of two dozen functions takes a fifth
of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final, NamedTuple

import typer

from zoning.cli.output import say


class Verb(NamedTuple):
    """A command, or a group of commands, and the module of ``zoning.cli`` that holds it."""

    module: str
    help: str
    is_group: bool = False


VERBS: Final[Mapping[str, Verb]] = {
    "workspace": Verb("workspace", say("workspace.workspaces-official-data-place"), True),
    "layers": Verb("layers", say("catalogue.catalogue-layers"), True),
    "data": Verb("catalogue", say("catalogue.embedded-data"), True),
    "cache": Verb("cache", say("cache.help"), True),
    "rules": Verb("rules", say("rules.catalogue-rules"), True),
    "check": Verb("check", say("check.review-sites-file-what")),
    "replay": Verb("check", say("check.replay-help")),
    "verify": Verb("check", say("check.verify-help")),
    "report": Verb("report", say("report.help")),
    "letters": Verb("letters", say("letters.help")),
    "inspect": Verb("files", say("files.look-into-file-driver")),
    "convert": Verb("files", say("files.convert-boundary-point-txt")),
    "explain": Verb("explain", say("explain.say-one-site-rule")),
    "ask": Verb("explain", say("ask.list-attributes-file-lacks")),
    "map": Verb("layers", say("layers.draw-layers-web-page")),
    "stats": Verb("stats", say("stats.forest-cover-soil-loss")),
    "monitor": Verb("monitor", say("monitor.compare-two-epochs-layer")),
}


def group(name: str) -> typer.Typer:
    """Return a group of commands that is still empty."""
    return typer.Typer(no_args_is_help=True, help=VERBS[name].help)


def add_verbs(app: typer.Typer, called: str | None = None) -> None:
    """Add every verb to the application.

    Parameters
    ----------
    app : typer.Typer
    called : str, optional
        The one to load; every one of them if left out. One that does not exist loads none.
    """
    for name, verb in VERBS.items():
        if called in (None, name):
            found: Any = import_module(f"zoning.cli.{verb.module}").COMMANDS[name]
        else:
            found = group(name) if verb.is_group else _unloaded
        _add(app, name, found)


def _add(app: typer.Typer, name: str, found: typer.Typer | Callable[..., Any]) -> None:
    if isinstance(found, typer.Typer):
        for command in found.registered_commands:
            command.short_help = _first(command.help or "")
        app.add_typer(found, name=name, short_help=_first(VERBS[name].help))
    else:
        said = VERBS[name].help
        app.command(name, help=said, short_help=_first(said))(found)


def _first(text: str) -> str:
    """Return the first paragraph of a help text; left to itself, the parser cuts it short."""
    return text.partition("\n\n")[0]


def _unloaded() -> None:
    """Stand for a command that was not called."""
