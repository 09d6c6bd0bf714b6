"""``zoning layers export``, ``zoning layers coverage`` and ``zoning map``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zoning.base.errors import UsageError, problem
from zoning.cli.catalogue import layers_app
from zoning.cli.options import LangOption, OverwriteOption
from zoning.cli.output import make_console, require_choice, require_lang, say
from zoning.messages import message

_Workspace = Annotated[Path | None, typer.Option(help=say("layers.workspace-zoning-toml"))]


@layers_app.command("export", help=say("layers.export-layer-drawing-cells"))
def export(
    name: Annotated[str, typer.Argument(help=say("layers.layer-id"))],
    kind: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", help="gpkg | geojson | fgb | parquet | shp | kml | dxf | xlsx | cog"
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=say("layers.file-write")),
    ] = None,
    workspace: _Workspace = None,
    overwrite: OverwriteOption = False,
    lang: LangOption = None,
) -> None:
    """Write one layer to a file and say where it is."""
    spoken = require_lang(lang)
    from zoning.api.layers import export_layer

    written = export_layer(name, kind, output, workspace=workspace, overwrite=overwrite)
    typer.echo(message("output.written", path=written).in_(spoken))


@layers_app.command("coverage", help=say("layers.what-there-each-layer"))
def coverage(
    by: Annotated[str, typer.Option(help="city | county")] = "city",
    csv: Annotated[Path | None, typer.Option(help=say("layers.write-csv-file-instead"))] = None,
    workspace: _Workspace = None,
    overwrite: OverwriteOption = False,
    lang: LangOption = None,
) -> None:
    """Print the matrix layer by city, or write it by county."""
    spoken = require_lang(lang)
    require_choice("--by", by, ("city", "county"))
    from zoning.api.layers import layer_coverage
    from zoning.api.outputs import TABLE, one
    from zoning.api.printing import print_coverage, write_coverage

    target = one(csv, TABLE, workspace=workspace, overwrite=overwrite) if csv else None
    table = layer_coverage("city" if by == "city" else "county", workspace=workspace)
    if target is None:
        print_coverage(table, make_console(soft_wrap=True), spoken)
        return
    write_coverage(table, target)
    typer.echo(message("output.written", path=csv).in_(spoken))


def draw(
    theme: Annotated[str | None, typer.Option(help=say("layers.theme-see-layers-list"))] = None,
    layer: Annotated[list[str] | None, typer.Option(help=say("layers.layer-id-repeatable"))] = None,
    within: Annotated[
        str | None, typer.Option("--in", metavar="PLACE", help=say("layers.in-county-city"))
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=say("layers.html-file-write"))
    ] = None,
    workspace: _Workspace = None,
    overwrite: OverwriteOption = False,
    lang: LangOption = None,
) -> None:
    """Draw the layers of a theme, or single layers, and say where the page is."""
    spoken = require_lang(lang)
    if theme is None and not layer:
        raise UsageError(problem("map-what"))
    from zoning.api.map import save_briefing_map

    place = output or Path(f"{theme or (layer or ['layers'])[0]}.html")
    drawn, without_data = save_briefing_map(
        place,
        theme,
        layers=layer or (),
        within=within,
        lang=spoken,
        workspace=workspace,
        overwrite=overwrite,
    )
    typer.echo(message("layers.drawn", path=place, names=", ".join(drawn)).in_(spoken))
    if without_data:
        typer.echo(message("layers.not-drawn", names=", ".join(without_data)).in_(spoken))


COMMANDS = {"layers": layers_app, "map": draw}
