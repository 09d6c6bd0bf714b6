"""``zoning check``: review sites and say what violates which clause."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoning.cli.options import (
    CrsOption,
    DatumOption,
    EncodingOption,
    LatOption,
    LayerOption,
    LonOption,
    RepairOption,
    TransformOption,
    WktOption,
    read_options,
)
from zoning.cli.words import emit, make_console, require_choice, require_date, require_lang, say
from zoning.errors import Lang, Problem, Text, UsageError

if TYPE_CHECKING:
    from zoning.pipeline import Progress, Review

_HELP = say(
    """审查选址文件,列出违反、受限、无法判定和未检查的条款。

    退出码:0 符合;1 有违反或受限;2 用法或文件有误;3 有无法判定或未检查的条款。

    示例:

      zoning check project.geojson

      zoning check 地块.shp --crs EPSG:4526 --map 审查图.html --output 结果.gpkg

      zoning check sites.gpkg --layer plots --as-of 2026-11-21 --format json > report.json
    """,
    """Review the sites of a file: what violates, restricts, or could not be decided, and why.

    Exit codes: 0 conforms; 1 violation or restriction; 2 wrong usage or unreadable file;
    3 something could not be decided or was not checked.

    Examples:

      zoning check project.geojson

      zoning check plots.shp --crs EPSG:4526 --map review.html --output findings.gpkg

      zoning check sites.gpkg --layer plots --as-of 2026-11-21 --format json > report.json
    """,
)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("check", help=_HELP)(check)


def check(
    files: Annotated[list[Path], typer.Argument(help=say("矢量文件", "Vector files"))],
    format_: Annotated[
        str, typer.Option("--format", help=say("屏幕输出：table 或 json", "Print table or json"))
    ] = "table",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=say("把结果与重叠几何写入文件", "Write findings here")),
    ] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", help=say("离线地图 HTML", "Offline map, HTML"))
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help=say("按哪一天的法律(默认今天)", "Law of which day (today)"))
    ] = None,
    layer: LayerOption = None,
    crs: CrsOption = None,
    encoding: EncodingOption = None,
    datum: DatumOption = None,
    transform: TransformOption = None,
    lon: LonOption = None,
    lat: LatOption = None,
    wkt: WktOption = None,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help=say("官方数据的工作区", "Workspace (zoning.toml)")),
    ] = None,
    repair: RepairOption = False,
    rules: Annotated[
        str | None,
        typer.Option(
            help=say("只审这些条款，逗号分隔，可用 *", "These rules only: R002-*,YRL-26*")
        ),
    ] = None,
    themes: Annotated[
        str | None,
        typer.Option(help=say("只审这些主题，逗号分隔", "These themes only, e.g. water,karst")),
    ] = None,
    entry_list: Annotated[
        Path | None,
        typer.Option(help=say("管控单元准入清单(CSV)", "Entry list of control units, CSV")),
    ] = None,
    remedy: Annotated[
        bool, typer.Option("--remedy", help=say("给出怎样改才符合", "Say what would cure it"))
    ] = False,
    details: Annotated[
        bool, typer.Option("--details", help=say("也列出符合的条款", "List what conforms, too"))
    ] = False,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help=say("不打印表格与进度", "Print nothing"))
    ] = False,
) -> None:
    """Run a review and print it; the exit code says how it ended."""
    tongue = require_lang(lang)
    require_choice("--format", format_, ("table", "json"))
    day = require_date(as_of)
    _check_targets(output, map_, files)
    from zoning import pipeline

    options = read_options(
        layer=layer,
        crs=crs,
        encoding=encoding,
        datum=datum,
        transform=transform,
        repair=repair,
        lon=lon,
        lat=lat,
        wkt=wkt,
    )
    with _progress(tongue, quiet) as tell:
        review = pipeline.check(
            files,
            as_of=day,
            options=options,
            workspace=workspace,
            only=_words("--rules", rules),
            themes=_words("--themes", themes),
            remedy=remedy,
            entry_list=entry_list,
            progress=tell,
        )
        if output is not None:
            review.save(output, tongue)
        if map_ is not None:
            review.save_map(map_, tongue)
    _print(review, format_, tongue, quiet=quiet, details=details)
    raise typer.Exit(review.exit_code)


def _words(option: str, value: str | None) -> tuple[str, ...]:
    """Take a list apart; an empty one is a mistake, for it would silently review everything."""
    found = tuple(word.strip() for word in (value or "").split(",") if word.strip())
    if value is not None and not found:
        fault = Text(f"{option} 是空的。", f"{option} is empty.")
        cure = Text("给出名称，或去掉这个选项。", "Name some, or leave the option out.")
        raise UsageError(Problem("bad-option", fault, cure))
    return found


def _check_targets(output: Path | None, map_: Path | None, files: list[Path]) -> None:
    """Refuse targets that cannot be written before any work is done."""
    problems: list[Problem] = []
    for option, target in (("--output", output), ("--map", map_)):
        if target is None:
            continue
        if target.resolve() in {f.resolve() for f in files}:
            fault = Text(f"{option} 会覆盖输入文件。", f"{option} would overwrite an input.")
            cure = Text("换一个文件名。", "Choose another name.")
            problems.append(Problem("target-is-input", fault, cure, file=str(target)))
        elif target.is_dir():
            fault = Text(f"{option} 指向一个目录。", f"{option} names a folder.")
            cure = Text("给出文件名。", "Give a file name.")
            problems.append(Problem("target-is-folder", fault, cure, file=str(target)))
    if output is not None and map_ is not None and output.resolve() == map_.resolve():
        fault = Text("--output 与 --map 是同一个文件。", "--output and --map are the same file.")
        cure = Text("换一个文件名。", "Choose another name.")
        problems.append(Problem("targets-collide", fault, cure, file=str(map_)))
    if problems:
        raise UsageError(problems)


@contextlib.contextmanager
def _progress(lang: Lang, quiet: bool) -> Iterator[Progress | None]:
    """Show progress on stderr where a person is watching."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=make_console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(what: Text, done: int, total: int) -> None:
            from rich.markup import escape

            bar.update(task, description=escape(what.in_(lang)), completed=done, total=total)

        yield tell


def _print(review: Review, format_: str, lang: Lang, *, quiet: bool, details: bool) -> None:
    if quiet:
        return
    from zoning import report

    if format_ == "json":
        emit(report.to_json(review))
        return

    report.print_report(review, make_console(), lang, details=details)
