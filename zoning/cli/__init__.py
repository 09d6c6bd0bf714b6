"""The command line: parse, call the pipeline, print, exit code. No geometry in here."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

from zoning.cli import (
    ask,
    catalogue,
    check,
    explain,
    files,
    layers,
    monitor,
    rules,
    stats,
    workspace,
)
from zoning.cli.words import asked_lang, print_error, say
from zoning.errors import ZoningError
from zoning.settings import VERSION

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help=say(
        "山西省生态分区工具：审查选址，查看图层与条款。",
        "Ecological zoning of Shanxi: review a site, look at layers and clauses.",
    ),
    epilog=say(
        "示例：zoning check project.geojson --map review.html",
        "Example: zoning check project.geojson --map review.html",
    ),
)


#: Newer Typer carries its own copy of click, older Typer imports it; this is whichever is in use.
_BadCall: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"zoning {VERSION}")
        raise typer.Exit


@app.callback()
def main(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help=say("显示版本", "Show version")
    ),
) -> None:
    """Hold the options that stand before a command."""


check.register(app)
files.register(app)
workspace.register(app)
catalogue.register(app)
rules.register(app)
explain.register(app)
ask.register(app)
layers.register(app, catalogue.layers_app)
stats.register(app)
monitor.register(app)


def run() -> None:
    """Entry point: every expected fault becomes a message and an exit code, never a traceback."""
    try:
        code = app(standalone_mode=False)
    except ZoningError as error:
        print_error(error, asked_lang(sys.argv[1:]), _stderr())
        sys.exit(2)
    except _BadCall as error:
        error.show()  # type: ignore[attr-defined]
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    sys.exit(code if isinstance(code, int) else 0)


def _stderr() -> Console:
    from rich.console import Console

    return Console(stderr=True, soft_wrap=True)
