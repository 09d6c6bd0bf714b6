"""``zoning cache list|clear``: what is kept of layers between reviews."""

from __future__ import annotations

from datetime import datetime

import typer

from zoning.cli.options import LangOption
from zoning.cli.output import require_lang, say
from zoning.cli.verbs import group
from zoning.messages import message

cache_app = group("cache")


@cache_app.command("list", help=say("cache.list-help"))
def list_(lang: LangOption = None) -> None:
    """Print a line a layer, then folder and size."""
    spoken = require_lang(lang)
    from zoning.api.cache import cache_folder, list_cache

    folder = cache_folder()
    if folder is None:
        typer.echo(message("cache.off").in_(spoken))
        return
    found = list_cache()
    for entry in found:
        kept = datetime.fromtimestamp(entry.modified).astimezone()
        told = f"{entry.size / 1e6:9.1f} MB  {kept:%Y-%m-%d %H:%M}  {entry.layer or '-'}"
        typer.echo(f"{told}  {entry.source}")
    size = sum(entry.size for entry in found) / 1e6
    typer.echo(message("cache.total", folder=folder, size=size).in_(spoken))


@cache_app.command("clear", help=say("cache.clear-help"))
def clear(lang: LangOption = None) -> None:
    """Remove what is kept and say how much that was."""
    spoken = require_lang(lang)
    from zoning.api.cache import clear_cache

    count, size = clear_cache()
    typer.echo(message("cache.cleared", count=count, size=size / 1e6).in_(spoken))


COMMANDS = {"cache": cache_app}
