"""``zoning layers`` and ``zoning data``: look at what the review rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoning.base.errors import DataError
from zoning.cli.options import LangOption
from zoning.cli.output import make_console, require_lang, say
from zoning.cli.verbs import group
from zoning.messages import message

layers_app = group("layers")
data_app = group("data")


@layers_app.command("list", help=say("catalogue.list-all-layers"))
def layers_list(lang: LangOption = None) -> None:
    """Print one row a layer."""
    spoken = require_lang(lang)
    from zoning.api.catalogue import load_catalogue
    from zoning.api.printing import print_layers

    print_layers(load_catalogue(), make_console(), spoken)


@layers_app.command("show", help=say("catalogue.show-one-layer"))
def layers_show(name: str, lang: LangOption = None) -> None:
    """Print everything the catalogue holds on a layer."""
    spoken = require_lang(lang)
    from zoning.api.catalogue import load_catalogue
    from zoning.api.printing import print_layer

    print_layer(load_catalogue(), name, make_console(), spoken)


@layers_app.command("validate", help=say("catalogue.check-every-catalogue-file"))
def layers_validate(
    folder: Annotated[
        Path | None, typer.Argument(help=say("catalogue.folder-embedded-by-default"))
    ] = None,
    lang: LangOption = None,
) -> None:
    """Read the catalogue and report every fault at once."""
    spoken = require_lang(lang)
    from zoning.api.catalogue import load_catalogue

    found = load_catalogue(folder)
    layers, rules, documents = len(found.layers), len(found.rules), len(found.documents)
    told = message("catalogue.sound", layers=layers, rules=rules, documents=documents)
    typer.echo(told.in_(spoken))


@data_app.command("verify", help=say("catalogue.hash-embedded-data-again"))
def data_verify(lang: LangOption = None) -> None:
    """Compare every embedded file with its registered hash."""
    spoken = require_lang(lang)
    from zoning.api.catalogue import registry, verify_data

    problems = verify_data()
    if problems:
        raise DataError(problems)
    typer.echo(message("data.match", count=len(registry())).in_(spoken))


COMMANDS = {"data": data_app}
