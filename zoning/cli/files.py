"""``zoning inspect`` and ``zoning convert``: look into a file, and write it in another format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoning.cli.options import LangOption, OverwriteOption, reads_file
from zoning.cli.output import emit, make_console, require_choice, require_lang, say
from zoning.messages import message

if TYPE_CHECKING:
    from zoning.api.sources import ReadOptions


@reads_file
def inspect(
    file: Annotated[str, typer.Argument(help=say("files.file"))],
    options: ReadOptions,
    format_: Annotated[str, typer.Option("--format", help="table | json")] = "table",
    lang: LangOption = None,
) -> None:
    """Print what is known of a file, and how; exit code 2 where nothing of it can be used."""
    spoken = require_lang(lang)
    require_choice("--format", format_, ("table", "json"))
    from zoning.api.inspect import inspect
    from zoning.api.printing import print_inspection

    found = inspect(file, options)
    if format_ == "json":
        emit(json.dumps(found.to_dict(), ensure_ascii=False, indent=1, default=str) + "\n")
    else:
        print_inspection(found, make_console(soft_wrap=True), spoken)
    raise typer.Exit(0 if found.usable else 2)


@reads_file
def convert(
    source: Annotated[str, typer.Argument(help=say("files.input"))],
    target: Annotated[Path, typer.Argument(help=say("files.output-any"))],
    options: ReadOptions,
    to_crs: Annotated[str | None, typer.Option(help=say("files.to-crs"))] = None,
    zone: Annotated[int | None, typer.Option(help=say("files.zone-number-37-38"))] = None,
    overwrite: OverwriteOption = False,
    lang: LangOption = None,
) -> None:
    """Write the features of a file in another format, and say what the format does not keep."""
    spoken = require_lang(lang)
    from zoning.api.convert import convert

    done = convert(source, target, to_crs=to_crs, zone=zone, options=options, overwrite=overwrite)
    told = {"count": done.features, "driver": done.driver, "crs": done.crs}
    typer.echo(message("files.converted", path=done.path, **told).in_(spoken))
    for loss in done.losses:
        typer.echo(loss.in_(spoken), err=True)


COMMANDS = {"inspect": inspect, "convert": convert}
