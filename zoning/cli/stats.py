"""``zoning stats``: forest cover, soil loss and soil conservation of units, and targets."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoning.base.errors import UsageError, problem
from zoning.cli.options import LangOption, OverwriteOption, QuietOption
from zoning.cli.output import (
    emit,
    make_console,
    require_choice,
    require_date,
    require_lang,
    say,
    show_progress,
)
from zoning.messages import Lang

if TYPE_CHECKING:
    from zoning.api.outputs import Target
    from zoning.api.stats import Figures


def stats(
    topic: Annotated[
        str,
        typer.Argument(
            help="forest-cover | soil-loss | soil-conservation | land-use | indicators | table"
            " | layer",
            metavar="TOPIC",
        ),
    ],
    layer: Annotated[str | None, typer.Argument(help=say("stats.layer-argument"))] = None,
    by: Annotated[
        str,
        typer.Option(help=say("stats.province-city-county-vector")),
    ] = "county",
    id_: Annotated[str | None, typer.Option("--id", help=say("stats.column-identifiers"))] = None,
    name: Annotated[str | None, typer.Option("--name", help=say("stats.column-names"))] = None,
    landcover: Annotated[
        list[Path] | None, typer.Option(help=say("stats.land-cover-raster"))
    ] = None,
    field: Annotated[str | None, typer.Option(help=say("stats.field"))] = None,
    areas: Annotated[
        str | None, typer.Option(help=say("stats.areas") + ": stated | adjusted")
    ] = None,
    control: Annotated[Path | None, typer.Option(help=say("stats.control"))] = None,
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
        typer.Option(help="ning | zhang-fu | wischmeier | zhang-fu-annual | xie | zhang-xie-liu"),
    ] = None,
    rain_start: Annotated[str | None, typer.Option(help=say("stats.first-day-daily-bands"))] = None,
    erosivity: Annotated[Path | None, typer.Option(help="R, MJ·mm/(hm²·h·a)")] = None,
    erodibility: Annotated[Path | None, typer.Option(help="K, t·hm²·h/(hm²·MJ·mm)")] = None,
    soil: Annotated[Path | None, typer.Option(help=say("stats.soil-texture-codes"))] = None,
    ls: Annotated[Path | None, typer.Option(help=say("stats.ls-raster"))] = None,
    cover: Annotated[Path | None, typer.Option(help=say("stats.vegetation-cover-0-1"))] = None,
    ndvi: Annotated[Path | None, typer.Option(help="NDVI, −1…1")] = None,
    cover_dates: Annotated[str | None, typer.Option(help=say("stats.cover-dates"))] = None,
    practice: Annotated[Path | None, typer.Option(help=say("stats.practice-codes-e"))] = None,
    zones: Annotated[Path | None, typer.Option(help=say("stats.raster-sl-190-zones"))] = None,
    zone: Annotated[
        str | None,
        typer.Option(help=say("stats.one-zone-all") + ": loess | north_rock | county"),
    ] = None,
    wind: Annotated[
        Path | None, typer.Option(help=say("stats.wind-erosion") + ", t/(km²·a)")
    ] = None,
    calibrate: Annotated[Path | None, typer.Option(help=say("stats.calibrate"))] = None,
    legend: Annotated[Path | None, typer.Option(help=say("stats.legend-file"))] = None,
    accept: Annotated[str | None, typer.Option(metavar="REASON", help=say("stats.accept"))] = None,
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
    scheduler: Annotated[str | None, typer.Option(help=say("stats.scheduler"))] = None,
    format_: Annotated[str, typer.Option("--format", help="table | csv | json")] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=".xlsx .csv .json .gpkg .geojson")
    ] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", metavar="FILE.html", help=say("stats.map-file"))
    ] = None,
    beside: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help=say("stats.beside-file"))
    ] = None,
    overwrite: OverwriteOption = False,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Compute, print and save."""
    spoken = require_lang(lang)
    if beside is not None and map_ is None:
        raise UsageError(problem("bad-option", key="bad-option.beside-alone"))
    require_choice("--format", format_, ("table", "csv", "json"))
    from zoning.api.stats import TOPICS, StatisticsRequest, statistics

    require_choice("TOPIC", topic, (*TOPICS, "layer"))
    _require_layer(topic, layer)
    request = StatisticsRequest(
        by=by, id_column=id_, name_column=name, landcover=_one_or_all(landcover), scheme=scheme,
        field=field, areas=areas, control=control, year=year,
        caliber=caliber, dem=dem, rain=rain, rain_formula=rain_formula,
        rain_start=require_date(rain_start) if rain_start else None,
        erosivity=erosivity, erodibility=erodibility, soil=soil, ls=ls, cover=cover, ndvi=ndvi,
        cover_dates=tuple(require_date(d.strip()) for d in (cover_dates or "").split(",") if d),
        practice=practice, zones=zones, zone=zone, wind=wind, factors=factors,
        calibrate=calibrate, legend=legend, accept=accept,
        length_classes=length_classes, targets=targets, table=table, loss_raster=loss_raster,
        threads=threads, overwrite=overwrite,
    )  # fmt: skip
    target, page = require_outputs(output, map_, (*request.files, layer, beside), overwrite)
    with show_progress(spoken, quiet) as progress:
        if layer is not None:
            from zoning.api.layer_stats import layer_statistics

            figures = layer_statistics(
                layer, by, id_column=id_, name_column=name, progress=progress
            )
        else:
            figures = statistics(topic, request, scheduler=scheduler, progress=progress)
    if page is not None:
        from zoning.api.map import save_figures_map

        save_figures_map(figures, page, beside, spoken)
    deliver(figures, target, format_, spoken, quiet=quiet)
    if figures.bare:
        raise typer.Exit(3)


def _one_or_all(paths: list[Path] | None) -> Path | tuple[Path, ...] | None:
    """Return a single file as it is, several as a tuple."""
    if not paths:
        return None
    return paths[0] if len(paths) == 1 else tuple(paths)


def _require_layer(topic: str, layer: str | None) -> None:
    """Refuse a layer that is missing, or that the topic has no use for."""
    if topic == "layer" and layer is None:
        raise UsageError(problem("bad-option", key="stats.layer-needed"))
    if topic != "layer" and layer is not None:
        raise UsageError(problem("bad-option", key="stats.layer-unused", topic=topic, name=layer))


def require_output(output: Path | None, read: Iterable[object], overwrite: bool) -> Target | None:
    """Refuse an output that must not be written, before any work is done."""
    return require_outputs(output, None, read, overwrite)[0]


def require_outputs(
    output: Path | None, page: Path | None, read: Iterable[object], overwrite: bool
) -> tuple[Target | None, Target | None]:
    """Refuse a table or a map that must not be written, before any work is done."""
    if output is None and page is None:
        return None, None
    from zoning.api.outputs import MAP, targets
    from zoning.api.printing import FIGURE_SUFFIXES

    wanted = {"--output": (output, FIGURE_SUFFIXES), "--map": (page, MAP)}
    asked = {name: (path, known) for name, (path, known) in wanted.items() if path is not None}
    found = targets(asked, read, overwrite=overwrite)
    return found.get("--output"), found.get("--map")


def deliver(
    figures: Figures, output: Target | None, format_: str, lang: Lang, *, quiet: bool
) -> None:
    """Save the figures, then print them."""
    from zoning.api.printing import figures_to_csv, figures_to_json, print_figures, write_figures

    if output is not None:
        write_figures(figures, output, lang)
    if quiet:
        return
    if format_ == "json":
        emit(figures_to_json(figures))
    elif format_ == "csv":
        emit(figures_to_csv(figures, lang))
    else:
        print_figures(figures, make_console(), lang)
    if figures.shortfall is not None:
        text = "".join(c if c.isprintable() else "�" for c in figures.shortfall.in_(lang))
        console = make_console(stderr=True, soft_wrap=True)
        console.print(text, style="yellow", markup=False, highlight=False)


COMMANDS = {"stats": stats}
