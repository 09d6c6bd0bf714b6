"""``zoning monitor``: what changed between two epochs, with alerts by severity."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoning.cli.check import _progress
from zoning.cli.stats import check_output, deliver
from zoning.cli.words import require_choice, require_lang, say

_HELP = say(
    """比较两期图层或栅格,逐个红线图斑或县给出增减、功能与性质变化、转移矩阵与预警。

    退出码:0 没有红色或橙色预警;1 有;2 用法或文件有误;3 有单元没有数据。

    示例:

      zoning monitor clcd_2019.tif clcd_2023.tif --scheme clcd --by county -o 变化.gpkg

      zoning monitor 红线_2020.shp 红线_2024.shp

      zoning monitor dltb_2020.gpkg dltb_2024.gpkg --field DLBM --scheme third_survey
    """,
    """Compare two epochs of a layer or raster: area, function and nature of each redline patch or
    county, transition matrix, alerts.

    Exit codes: 0 no red or orange alert; 1 some; 2 wrong usage or file; 3 units without data.

    Examples:

      zoning monitor clcd_2019.tif clcd_2023.tif --scheme clcd --by county -o change.gpkg

      zoning monitor redline_2020.shp redline_2024.shp

      zoning monitor dltb_2020.gpkg dltb_2024.gpkg --field DLBM --scheme third_survey
    """,
)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("monitor", help=_HELP)(monitor)


def monitor(
    base: Annotated[Path, typer.Argument(help=say("基期", "earlier epoch"))],
    current: Annotated[Path, typer.Argument(help=say("现期", "later epoch"))],
    by: Annotated[
        str | None,
        typer.Option(help=say("province、city、county 或矢量文件", "province, city, county, FILE")),
    ] = None,
    scheme: Annotated[
        str | None, typer.Option(help=say("类别图例", "legend of the classes"))
    ] = None,
    field: Annotated[
        str | None, typer.Option(help=say("矢量的类别字段", "column of classes (vector)"))
    ] = None,
    min_area: Annotated[
        float, typer.Option(min=0.0, help=say("变化图斑最小面积，m²", "least changed piece, m²"))
    ] = 0.0,
    threads: Annotated[int | None, typer.Option(min=1, help=say("线程数", "threads"))] = None,
    format_: Annotated[str, typer.Option("--format", help="table | csv | json")] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=".xlsx .csv .json .gpkg .geojson")
    ] = None,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help=say("不打印表格与进度", "print nothing"))
    ] = False,
) -> None:
    """Compare, print and save; the exit code says how it ended."""
    tongue = require_lang(lang)
    require_choice("--format", format_, ("table", "csv", "json"))
    from zoning import pipeline
    from zoning.statistics import Epochs

    epochs = Epochs(base, current, scheme, field, min_area, threads)
    check_output(output, epochs)
    with _progress(tongue, quiet) as tell:
        figures = pipeline.monitor(epochs, by, progress=tell)
    deliver(figures, output, format_, tongue, quiet=quiet)
    levels = set(figures.frame["severity"])
    if levels & {"red", "orange"}:
        raise typer.Exit(1)
    raise typer.Exit(3 if "no_data" in levels else 0)
