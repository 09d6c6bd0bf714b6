"""``zoning workspace init|validate``: official layers in place of the embedded ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoning.cli.words import require_lang, say
from zoning.errors import CatalogueError, Lang, Problem, Text, UsageError

workspace_app = typer.Typer(
    no_args_is_help=True,
    help=say(
        "工作区：用官方数据替换内嵌图层(zoning.toml)",
        "Workspaces: official data in place of embedded layers (zoning.toml)",
    ),
)
_Lang = Annotated[str | None, typer.Option(help="zh | en")]
_Folder = Annotated[
    Path, typer.Argument(help=say("文件夹或 zoning.toml(默认当前)", "Folder or zoning.toml"))
]

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
    help=say(
        "新建 zoning.toml；给出数据文件时按文件名与图层名猜图层并填好。\n\n"
        "示例：zoning workspace init . STBHHX.shp YJJBNTTB.gpkg",
        "Make a zoning.toml; name data files to have entries filled in.\n\n"
        "Example: zoning workspace init . STBHHX.shp YJJBNTTB.gpkg",
    ),
)
def init(
    folder: _Folder = Path(),
    files: Annotated[list[Path] | None, typer.Argument(help=say("官方数据", "Data"))] = None,
    lang: _Lang = None,
) -> None:
    """Write a commented workspace file that :func:`validate` can check; never over an old one."""
    tongue = require_lang(lang)
    target = folder if folder.suffix == ".toml" else folder / "zoning.toml"
    if target.exists():
        fault = Text("工作区文件已经存在。", "The workspace file is there already.")
        cure = Text("直接编辑它，或换一个文件夹。", "Edit it, or choose another folder.")
        raise UsageError(Problem("workspace-exists", fault, cure, file=str(target)))
    from zoning import joints
    from zoning.output import whole

    entries = joints.suggest_entries(files or [], target.parent)
    with whole(target) as part:
        part.write_text(_template(tongue) + "".join(entries), encoding="utf-8")
    typer.echo(f"已写入 {target}" if tongue == "zh" else f"Wrote {target}")


def _template(lang: Lang) -> str:
    words = {
        "title": Text("zoning 工作区：官方数据", "zoning workspace: official data"),
        "doc": Text("说明见 docs/workspace.md", "explained in docs/workspace.md"),
        "required": Text("缺少则审查不完整的图层", "layers a complete review cannot lack"),
        "source": Text(
            "文件(相对本文件)或 postgresql://…", "file beside this one, or postgresql://…"
        ),
        "date": Text("数据的日期", "date of the data"),
        "authority": Text("发布机关", "who issued them"),
        "covers": Text('"province" 或六位行政区代码', '"province" or six-digit division codes'),
        "fields": Text("目录字段 = 数据列名", "catalogue's name = column"),
        "sha": Text("可选：锁定文件版本", "optional: pin the version"),
    }
    return _TEMPLATE.format(**{key: text.in_(lang) for key, text in words.items()})


@workspace_app.command(
    "validate",
    help=say(
        "检查工作区的全部官方数据，一次列出所有问题。",
        "Check every official source of a workspace and list every fault at once.",
    ),
)
def validate(folder: _Folder = Path(), lang: _Lang = None) -> None:
    """Print a line a layer and every problem; exit code 2 where there is one."""
    tongue = require_lang(lang)
    from zoning import joints

    results = joints.validate_workspace(folder)
    for name, lines, _ in results:
        for line in lines:
            typer.echo(f"{name}: {line.in_(tongue)}")
    problems = [problem for _, _, found in results for problem in found]
    if problems:
        raise CatalogueError(problems)
    typer.echo("工作区无误。" if tongue == "zh" else "The workspace is sound.")
