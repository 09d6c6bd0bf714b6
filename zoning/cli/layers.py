"""``zoning layers export``, ``zoning layers coverage`` and ``zoning map``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoning.base.errors import UsageError, problem
from zoning.cli.output import require_choice, require_lang, say
from zoning.messages import Lang

if TYPE_CHECKING:
    from pandas import DataFrame

_Lang = Annotated[str | None, typer.Option(help="zh | en")]
_Workspace = Annotated[Path | None, typer.Option(help=say("layers.workspace-zoning-toml"))]
#: What the matrix shows for each state of a layer in a unit.
_SIGNS = {
    "official": "O",
    "surveyed": "S",
    "derived": "D",
    "schematic": "~",
    "empty": ".",
    "none": "-",
}


def register(app: typer.Typer, layers_app: typer.Typer) -> None:
    """Add ``map`` to the application, ``export`` and ``coverage`` to its ``layers`` group."""
    layers_app.command(
        "export",
        help=say("layers.export-layer-drawing-cells"),
    )(export)
    layers_app.command(
        "coverage",
        help=say("layers.what-there-each-layer"),
    )(coverage)
    app.command(
        "map",
        help=say("layers.draw-layers-web-page"),
    )(draw)


def export(
    name: Annotated[str, typer.Argument(help=say("layers.layer-id"))],
    kind: Annotated[
        str, typer.Option("--format", "-f", help="gpkg | geojson | fgb | parquet | shp | cog")
    ] = "gpkg",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=say("layers.file-write")),
    ] = None,
    workspace: _Workspace = None,
    lang: _Lang = None,
) -> None:
    """Write one layer to a file and say where it is."""
    from zoning.pipeline import export_layer

    tongue = require_lang(lang)
    written = export_layer(name, kind, output, workspace=workspace)
    typer.echo(f"已写出 {written}" if tongue == "zh" else f"Wrote {written}")


def coverage(
    by: Annotated[str, typer.Option(help="city | county")] = "city",
    csv: Annotated[Path | None, typer.Option(help=say("layers.write-csv-file-instead"))] = None,
    workspace: _Workspace = None,
    lang: _Lang = None,
) -> None:
    """Print the matrix layer by city, or write it by county."""
    from zoning.pipeline import layer_coverage

    tongue = require_lang(lang)
    require_choice("--by", by, ("city", "county"))
    table = layer_coverage(by, workspace=workspace)
    if csv is not None:
        from zoning.base.writing import whole

        with whole(csv) as temporary:
            table.to_csv(temporary, index_label="layer", encoding="utf-8-sig")
        typer.echo(f"已写出 {csv}" if tongue == "zh" else f"Wrote {csv}")
        return
    _print_matrix(table, tongue)


def _print_matrix(table: DataFrame, lang: Lang) -> None:
    """Print one line a layer: a sign a city, or the signs of all counties in a row."""
    wide = len(table.columns) > 20
    first = max(map(len, table.index)) + 1
    if not wide:
        # Two characters of a city's name take four columns of the terminal.
        heads = [str(column).removesuffix("市")[:2] for column in table.columns]
        typer.echo(" " * first + " ".join(heads))
    for name, row in table.iterrows():
        signs = [_SIGNS[value] for value in row]
        line = "".join(signs) if wide else "".join(f"{sign:<5}" for sign in signs)
        typer.echo(f"{name:<{first}}{line}".rstrip())
    typer.echo(
        "O 官方  S 实测  D 推算  ~ 示意  . 有数据但此处没有分区  - 无数据"
        if lang == "zh"
        else "O official  S surveyed  D derived  ~ schematic  . data, but no zone here  - no data"
    )


def draw(
    theme: Annotated[str | None, typer.Option(help=say("layers.theme-see-layers-list"))] = None,
    layer: Annotated[list[str] | None, typer.Option(help=say("layers.layer-id-repeatable"))] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=say("layers.html-file-write"))
    ] = None,
    workspace: _Workspace = None,
    lang: _Lang = None,
) -> None:
    """Draw the layers of a theme, or single layers, and say where the page is."""
    from zoning.pipeline import save_layer_map

    tongue = require_lang(lang)
    if (theme is None) == (not layer):
        raise UsageError(problem("map-what"))
    place = output or Path(f"{theme or (layer or ['layers'])[0]}.html")
    names, left = save_layer_map(
        place, theme=theme, names=layer or (), lang=tongue, workspace=workspace
    )
    listed = ", ".join(names)
    typer.echo(f"已写出 {place}:{listed}" if tongue == "zh" else f"Wrote {place}: {listed}")
    if left:
        none = ", ".join(left)
        typer.echo(f"无数据，未画：{none}" if tongue == "zh" else f"No data, not drawn: {none}")
