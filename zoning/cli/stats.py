"""``zoning stats``: forest cover, soil loss and soil conservation of units, and targets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoning.cli.check import _progress
from zoning.cli.words import emit, make_console, require_choice, require_date, require_lang, say
from zoning.errors import Lang, Problem, Text, UsageError

if TYPE_CHECKING:
    from zoning.statistics import Figures

_HELP = say(
    """统计各县(市、省或任意单元)的森林覆盖率、土壤流失与水土保持率,并与目标对照。

    主题:forest-cover 森林覆盖率;soil-loss 土壤流失(CSLE);soil-conservation 水土保持率。

    不给栅格时用内嵌的粗分辨率数据,结果仅供参考;给出 10–30 m 数据即用之。

    退出码:0 各单元都有数据;2 用法或文件有误;3 有单元没有数据(加 --quiet 也一样)。

    示例:

      zoning stats forest-cover --by city

      zoning stats forest-cover --landcover wc.tif --scheme worldcover --year 2021 --targets

      zoning stats soil-conservation --dem dem.tif --landcover clcd.tif --scheme clcd -o 结果.xlsx
    """,
    """Forest cover, soil loss and soil conservation of counties, cities, the province or any units.

    Topics: forest-cover; soil-loss (CSLE); soil-conservation (share of land below light erosion).

    Without rasters of your own, coarse embedded ones are used and the figures are indicative.

    Exit codes: 0 all units have data; 2 wrong usage or file; 3 units without data (with --quiet,
    too).

    Examples:

      zoning stats forest-cover --by city

      zoning stats forest-cover --landcover wc.tif --scheme worldcover --year 2021 --targets

      zoning stats soil-conservation --dem dem.tif --landcover clcd.tif --scheme clcd -o out.xlsx
    """,
)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("stats", help=_HELP)(stats)


def stats(
    topic: Annotated[
        str, typer.Argument(help="forest-cover | soil-loss | soil-conservation", metavar="TOPIC")
    ],
    by: Annotated[
        str,
        typer.Option(
            help=say(
                "province、city、county 或矢量文件", "province, city, county, or a vector file"
            )
        ),
    ] = "county",
    id_: Annotated[
        str | None, typer.Option("--id", help=say("该文件的标识字段", "its column of identifiers"))
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help=say("该文件的名称字段", "its column of names"))
    ] = None,
    landcover: Annotated[
        Path | None, typer.Option(help=say("土地覆盖栅格", "land-cover raster"))
    ] = None,
    scheme: Annotated[
        str | None,
        typer.Option(help="igbp | worldcover | globeland30 | clcd | fromglc | dynamicworld | …"),
    ] = None,
    year: Annotated[
        int | None, typer.Option(help=say("土地覆盖的年份", "year the land cover shows"))
    ] = None,
    caliber: Annotated[
        str, typer.Option(help=say("森林口径", "forest caliber") + ": third_survey | statutory")
    ] = "third_survey",
    dem: Annotated[Path | None, typer.Option(help=say("高程栅格，米", "elevation, m"))] = None,
    rain: Annotated[
        Path | None,
        typer.Option(
            help=say("12 个月雨量栅格、逐日栅格或 CSV，毫米", "rain, mm: 12 months, days, CSV")
        ),
    ] = None,
    rain_formula: Annotated[
        str | None,
        typer.Option(help="zhang-fu | wischmeier | zhang-fu-annual | xie | zhang-xie-liu"),
    ] = None,
    rain_start: Annotated[
        str | None, typer.Option(help=say("逐日栅格的首日", "first day of daily bands"))
    ] = None,
    erosivity: Annotated[Path | None, typer.Option(help="R, MJ·mm/(hm²·h·a)")] = None,
    erodibility: Annotated[Path | None, typer.Option(help="K, t·hm²·h/(hm²·MJ·mm)")] = None,
    soil: Annotated[
        Path | None, typer.Option(help=say("土壤质地编码栅格", "soil texture codes"))
    ] = None,
    ls: Annotated[Path | None, typer.Option(help=say("LS 栅格", "LS raster"))] = None,
    cover: Annotated[
        Path | None, typer.Option(help=say("植被盖度 0–1", "vegetation cover, 0 to 1"))
    ] = None,
    ndvi: Annotated[Path | None, typer.Option(help="NDVI, −1…1")] = None,
    practice: Annotated[
        Path | None, typer.Option(help=say("工程措施编码栅格(E)", "practice codes for E"))
    ] = None,
    zones: Annotated[
        Path | None, typer.Option(help=say("侵蚀类型区栅格", "raster of SL 190 zones"))
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(help=say("全部单元同一类型区", "one zone for all") + ": loess | north_rock"),
    ] = None,
    wind: Annotated[
        Path | None, typer.Option(help=say("风力侵蚀模数栅格", "wind erosion") + ", t/(km²·a)")
    ] = None,
    factors: Annotated[
        Path | None, typer.Option(help=say("替换参数的 TOML", "TOML that replaces parameters"))
    ] = None,
    length_classes: Annotated[
        str, typer.Option(help=say("坡长指数分界", "thresholds of m") + ": degree | percent")
    ] = "degree",
    targets: Annotated[
        bool, typer.Option("--targets", help=say("与规划目标对照", "hold against the targets"))
    ] = False,
    table: Annotated[
        Path | None,
        typer.Option(
            help=say("其他指标的 CSV", "CSV of further figures") + ": unit,indicator,year,value"
        ),
    ] = None,
    loss_raster: Annotated[
        Path | None, typer.Option(help=say("保存流失模数栅格", "keep the loss raster here"))
    ] = None,
    threads: Annotated[int | None, typer.Option(help=say("线程数", "threads"))] = None,
    format_: Annotated[str, typer.Option("--format", help="table | csv | json")] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=".xlsx .csv .json .gpkg .geojson")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help=say("不打印表格与进度", "print nothing"))
    ] = False,
) -> None:
    """Compute, print and save."""
    tongue = require_lang(lang)
    require_choice("--format", format_, ("table", "csv", "json"))
    from zoning import pipeline
    from zoning.statistics import TOPICS, Request

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
    from zoning.report.figures import check_suffix

    check_suffix(output)
    given = {
        value.resolve()
        for holder in holders
        for value in getattr(holder, "__dict__", {}).values()
        if isinstance(value, Path)
    }
    if output.resolve() in given:
        fault = Text("--output 会覆盖输入文件。", "--output would overwrite an input.")
        cure = Text("换一个文件名。", "Choose another name.")
        raise UsageError(Problem("target-is-input", fault, cure, file=str(output)))


def deliver(
    figures: Figures, output: Path | None, format_: str, lang: Lang, *, quiet: bool
) -> None:
    """Save the figures, then print them."""
    from zoning.report import figures as out

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
