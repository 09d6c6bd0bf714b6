"""``zoning check``: review sites and say what violates which clause."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoning.base.errors import Problem, UsageError
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
from zoning.cli.output import (
    emit,
    make_console,
    require_choice,
    require_date,
    require_lang,
    say,
)
from zoning.messages import Lang, Text, message

if TYPE_CHECKING:
    from zoning.pipeline import Progress, Review

_HELP = say("check.review-sites-file-what")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("check", help=_HELP)(check)


def check(
    files: Annotated[list[Path], typer.Argument(help=say("check.vector-files"))],
    format_: Annotated[str, typer.Option("--format", help=say("check.print-table-json"))] = "table",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=say("check.write-findings-here")),
    ] = None,
    map_: Annotated[Path | None, typer.Option("--map", help=say("check.offline-map-html"))] = None,
    as_of: Annotated[str | None, typer.Option(help=say("check.law-which-day-today"))] = None,
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
        typer.Option("--workspace", "-w", help=say("check.workspace-zoning-toml")),
    ] = None,
    repair: RepairOption = False,
    rules: Annotated[
        str | None,
        typer.Option(help=say("check.these-rules-only-r002")),
    ] = None,
    themes: Annotated[
        str | None,
        typer.Option(help=say("check.these-themes-only-e")),
    ] = None,
    entry_list: Annotated[
        Path | None,
        typer.Option(help=say("check.entry-list-control-units")),
    ] = None,
    remedy: Annotated[
        bool, typer.Option("--remedy", help=say("check.say-what-would-cure"))
    ] = False,
    details: Annotated[
        bool, typer.Option("--details", help=say("check.list-what-conforms-too"))
    ] = False,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=say("check.print-nothing"))] = False,
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
        fault = message("check.empty", option=option)
        cure = message("check.name-some-leave-option")
        raise UsageError(Problem("bad-option", fault, cure))
    return found


def _check_targets(output: Path | None, map_: Path | None, files: list[Path]) -> None:
    """Refuse targets that cannot be written before any work is done."""
    problems: list[Problem] = []
    for option, target in (("--output", output), ("--map", map_)):
        if target is None:
            continue
        if target.resolve() in {f.resolve() for f in files}:
            fault = message("check.would-overwrite-input", option=option)
            cure = message("check.choose-another-name")
            problems.append(Problem("target-is-input", fault, cure, file=str(target)))
        elif target.is_dir():
            fault = message("check.names-folder", option=option)
            cure = message("check.give-file-name")
            problems.append(Problem("target-is-folder", fault, cure, file=str(target)))
    if output is not None and map_ is not None and output.resolve() == map_.resolve():
        fault = message("check.output-map-same-file")
        cure = message("check.choose-another-name")
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
    from zoning import show

    if format_ == "json":
        emit(show.to_json(review))
        return

    show.print_report(review, make_console(), lang, details=details)
