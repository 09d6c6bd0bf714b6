"""``zoning workspace init|validate``: official layers in place of the embedded ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoning.base.errors import CatalogueError
from zoning.cli.options import LangOption
from zoning.cli.output import require_lang, say
from zoning.cli.verbs import group
from zoning.messages import message

workspace_app = group("workspace")
_Folder = Annotated[Path, typer.Argument(help=say("workspace.folder-zoning-toml"))]


@workspace_app.command("init", help=say("workspace.make-zoning-toml-name"))
def init(
    folder: _Folder = Path(),
    files: Annotated[list[Path] | None, typer.Argument(help=say("workspace.data"))] = None,
    lang: LangOption = None,
) -> None:
    """Write a commented workspace file that :func:`validate` can check; never over an old one."""
    spoken = require_lang(lang)
    from zoning.api.workspace import init_workspace

    target = init_workspace(folder, files or [], spoken)
    typer.echo(message("output.written", path=target).in_(spoken))


@workspace_app.command("validate", help=say("workspace.check-every-official-source"))
def validate(folder: _Folder = Path(), lang: LangOption = None) -> None:
    """Print a line a layer and every problem; exit code 2 where there is one."""
    spoken = require_lang(lang)
    from zoning.api.workspace import validate_workspace

    results = validate_workspace(folder)
    for found in results:
        for fact in found.facts:
            typer.echo(f"{found.layer}: {fact.in_(spoken)}")
        for remark in found.remarks:
            typer.echo(message("workspace.remark", said=remark.line(spoken)).in_(spoken), err=True)
    problems = [problem for found in results for problem in found.problems]
    if problems:
        raise CatalogueError(problems)
    typer.echo(message("workspace.sound").in_(spoken))


COMMANDS = {"workspace": workspace_app}
