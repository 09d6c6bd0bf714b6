"""``zoning workspace init|validate``: official layers in place of the embedded ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoning.base.errors import CatalogueError, Problem, UsageError
from zoning.cli.output import require_lang, say
from zoning.messages import Lang, message

workspace_app = typer.Typer(
    no_args_is_help=True,
    help=say("workspace.workspaces-official-data-place"),
)
_Lang = Annotated[str | None, typer.Option(help="zh | en")]
_Folder = Annotated[Path, typer.Argument(help=say("workspace.folder-zoning-toml"))]

_TEMPLATE = """\
# {title}
# {doc}

name = ""
# {required}
required = []

# [layers.ecological_redline]
# source = "STBHHX.gdb"            # {source}
# layer = "STBHHX"
# date = 2025-06-01                # {date}
# authority = ""                   # {authority}
# covers = "province"              # {covers}
# fields = {{ name = "HXMC" }}       # {fields}
# sha256 = ""                      # {sha}
"""


def register(app: typer.Typer) -> None:
    """Add the command group to the application."""
    app.add_typer(workspace_app, name="workspace")


@workspace_app.command(
    "init",
    help=say("workspace.make-zoning-toml-name"),
)
def init(
    folder: _Folder = Path(),
    files: Annotated[list[Path] | None, typer.Argument(help=say("workspace.data"))] = None,
    lang: _Lang = None,
) -> None:
    """Write a commented workspace file that :func:`validate` can check; never over an old one."""
    tongue = require_lang(lang)
    target = folder if folder.suffix == ".toml" else folder / "zoning.toml"
    if target.exists():
        fault = message("workspace.workspace-file-there-already")
        cure = message("workspace.edit-choose-another-folder")
        raise UsageError(Problem("workspace-exists", fault, cure, file=str(target)))
    from zoning import review
    from zoning.base.writing import whole

    entries = review.suggest_entries(files or [], target.parent)
    with whole(target) as part:
        part.write_text(_template(tongue) + "".join(entries), encoding="utf-8")
    typer.echo(f"已写入 {target}" if tongue == "zh" else f"Wrote {target}")


def _template(lang: Lang) -> str:
    words = {
        "title": message("workspace.words.title"),
        "doc": message("workspace.words.doc"),
        "required": message("workspace.words.required"),
        "source": message("workspace.words.source"),
        "date": message("workspace.words.date"),
        "authority": message("workspace.words.authority"),
        "covers": message("workspace.words.covers"),
        "fields": message("workspace.words.fields"),
        "sha": message("workspace.words.sha"),
    }
    return _TEMPLATE.format(**{key: text.in_(lang) for key, text in words.items()})


@workspace_app.command(
    "validate",
    help=say("workspace.check-every-official-source"),
)
def validate(folder: _Folder = Path(), lang: _Lang = None) -> None:
    """Print a line a layer and every problem; exit code 2 where there is one."""
    tongue = require_lang(lang)
    from zoning import review

    results = review.validate_workspace(folder)
    for name, lines, _ in results:
        for line in lines:
            typer.echo(f"{name}: {line.in_(tongue)}")
    problems = [problem for _, _, found in results for problem in found]
    if problems:
        raise CatalogueError(problems)
    typer.echo("工作区无误。" if tongue == "zh" else "The workspace is sound.")
