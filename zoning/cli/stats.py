"""``zoning stats``: forest cover, soil loss and soil conservation of units, and targets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoning.base.errors import Problem, UsageError
from zoning.cli.check import _progress
from zoning.cli.output import (
    emit,
    make_console,
    require_choice,
    require_date,
    require_lang,
    say,
)
from zoning.messages import Lang, message

if TYPE_CHECKING:
    from zoning.stats import Figures

_HELP = say("stats.forest-cover-soil-loss")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("stats", help=_HELP)(stats)


def stats(
    topic: Annotated[
        str, typer.Argument(help="forest-cover | soil-loss | soil-conservation", metavar="TOPIC")
    ],
    by: Annotated[
        str,
        typer.Option(help=say("stats.province-city-county-vector")),
    ] = "county",
    id_: Annotated[str | None, typer.Option("--id", help=say("stats.column-identifiers"))] = None,
    name: Annotated[str | None, typer.Option("--name", help=say("stats.column-names"))] = None,
    landcover: Annotated[Path | None, typer.Option(help=say("stats.land-cover-raster"))] = None,
    scheme: Annotated[
        str | None,
        typer.Option(help="igbp | worldcover | globeland30 | clcd | fromglc | dynamicworld | …"),
    ] = None,
    year: Annotated[int | None, typer.Option(help=say("stats.year-land-cover-shows"))] = None,
    caliber: Annotated[
        str, typer.Option(help=say("stats.forest-caliber") + ": third_survey | statutory")
    ] = "third_survey",
    dem: Annotated[Path | None, typer.Option(help=say("stats.elevation-m"))] = None,
    rain: Annotated[
        Path | None,
        typer.Option(help=say("stats.rain-mm-12-months")),
    ] = None,
    rain_formula: Annotated[
        str | None,
        typer.Option(help="zhang-fu | wischmeier | zhang-fu-annual | xie | zhang-xie-liu"),
    ] = None,
    rain_start: Annotated[str | None, typer.Option(help=say("stats.first-day-daily-bands"))] = None,
    erosivity: Annotated[Path | None, typer.Option(help="R, MJ·mm/(hm²·h·a)")] = None,
    erodibility: Annotated[Path | None, typer.Option(help="K, t·hm²·h/(hm²·MJ·mm)")] = None,
    soil: Annotated[Path | None, typer.Option(help=say("stats.soil-texture-codes"))] = None,
    ls: Annotated[Path | None, typer.Option(help=say("stats.ls-raster"))] = None,
    cover: Annotated[Path | None, typer.Option(help=say("stats.vegetation-cover-0-1"))] = None,
    ndvi: Annotated[Path | None, typer.Option(help="NDVI, −1…1")] = None,
    practice: Annotated[Path | None, typer.Option(help=say("stats.practice-codes-e"))] = None,
    zones: Annotated[Path | None, typer.Option(help=say("stats.raster-sl-190-zones"))] = None,
    zone: Annotated[
        str | None,
        typer.Option(help=say("stats.one-zone-all") + ": loess | north_rock"),
    ] = None,
    wind: Annotated[
        Path | None, typer.Option(help=say("stats.wind-erosion") + ", t/(km²·a)")
    ] = None,
    factors: Annotated[
        Path | None, typer.Option(help=say("stats.toml-replaces-parameters"))
    ] = None,
    length_classes: Annotated[
        str, typer.Option(help=say("stats.thresholds-m") + ": degree | percent")
    ] = "degree",
    targets: Annotated[
        bool, typer.Option("--targets", help=say("stats.hold-against-targets"))
    ] = False,
    table: Annotated[
        Path | None,
        typer.Option(help=say("stats.csv-further-figures") + ": unit,indicator,year,value"),
    ] = None,
    loss_raster: Annotated[
        Path | None, typer.Option(help=say("stats.keep-loss-raster-here"))
    ] = None,
    threads: Annotated[int | None, typer.Option(help=say("stats.threads"))] = None,
    format_: Annotated[str, typer.Option("--format", help="table | csv | json")] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=".xlsx .csv .json .gpkg .geojson")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=say("stats.print-nothing"))] = False,
) -> None:
    """Compute, print and save."""
    tongue = require_lang(lang)
    require_choice("--format", format_, ("table", "csv", "json"))
    from zoning import pipeline
    from zoning.stats import TOPICS, Request

    require_choice("TOPIC", topic, TOPICS)
    request = Request(
        by=by, id_column=id_, name_column=name, landcover=landcover, scheme=scheme, year=year,
        caliber=caliber, dem=dem, rain=rain, rain_formula=rain_formula,
        rain_start=require_date(rain_start) if rain_start else None,
        erosivity=erosivity, erodibility=erodibility, soil=soil, ls=ls, cover=cover, ndvi=ndvi,
        practice=practice, zones=zones, zone=zone, wind=wind, factors=factors,
        length_classes=length_classes, targets=targets, table=table, loss_raster=loss_raster,
        threads=threads,
    )  # fmt: skip
    check_output(output, request)
    with _progress(tongue, quiet) as tell:
        figures = pipeline.statistics(topic, request, progress=tell)
    deliver(figures, output, format_, tongue, quiet=quiet)
    if figures.bare:
        raise typer.Exit(3)


def check_output(output: Path | None, *holders: object) -> None:
    """Refuse an output that cannot be written, or that is one of the inputs."""
    if output is None:
        return
    from zoning.show.figures import check_suffix

    check_suffix(output)
    given = {
        value.resolve()
        for holder in holders
        for value in getattr(holder, "__dict__", {}).values()
        if isinstance(value, Path)
    }
    if output.resolve() in given:
        fault = message("stats.output-would-overwrite-input")
        cure = message("stats.choose-another-name")
        raise UsageError(Problem("target-is-input", fault, cure, file=str(output)))


def deliver(
    figures: Figures, output: Path | None, format_: str, lang: Lang, *, quiet: bool
) -> None:
    """Save the figures, then print them."""
    from zoning.show import figures as out

    if output is not None:
        out.write_figures(figures, output, lang)
    if quiet:
        return
    if format_ == "json":
        emit(out.figures_to_json(figures))
    elif format_ == "csv":
        emit(out.figures_to_csv(figures, lang))
    else:
        out.print_figures(figures, make_console(), lang)
    said = figures.shortfall
    if said is not None:
        text = "".join(c if c.isprintable() else "�" for c in said.in_(lang))
        console = make_console(stderr=True, soft_wrap=True)
        console.print(text, style="yellow", markup=False, highlight=False)
