"""``zoning letters``: requests to the offices that hold the data a review lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zoning.cli.options import LangOption, OverwriteOption, QuietOption, reviews
from zoning.cli.output import require_lang, say, show_progress
from zoning.messages import message


@reviews
def letters(
    files: Annotated[list[Path], typer.Argument(help=say("check.vector-files"))],
    how: dict[str, Any],
    output: Annotated[Path, typer.Option("--output", "-o", help=say("letters.folder"))] = Path(
        "letters"
    ),
    overwrite: OverwriteOption = False,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write the letters; they are in Chinese unless another language is asked for."""
    spoken = require_lang(lang)
    from zoning.api.letters import letters
    from zoning.api.opinion import sources

    with show_progress(spoken, quiet) as progress:
        _, written = letters(
            sources(files), output, lang=lang or "zh", overwrite=overwrite, progress=progress, **how
        )
    if quiet:
        return
    for path in written:
        typer.echo(message("output.written", path=path).in_(spoken))
    if not any(path.suffix == ".docx" for path in written):
        typer.echo(message("letters.none").in_(spoken))


COMMANDS = {"letters": letters}
