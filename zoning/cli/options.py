"""What a user may say of a file, the same for every command that reads one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from zoning.cli.output import require_choice, say

if TYPE_CHECKING:
    from zoning.read import ReadOptions

LayerOption = Annotated[
    str | None,
    typer.Option("--layer", help=say("options.layer-file-several")),
]
CrsOption = Annotated[str | None, typer.Option("--crs", help=say("options.crs-e-g-epsg"))]
EncodingOption = Annotated[
    str | None,
    typer.Option("--encoding", help=say("options.text-encoding-e-g")),
]
DatumOption = Annotated[
    str | None,
    typer.Option("--datum", help=say("options.shifted-coordinates-gcj02-bd09")),
]
TransformOption = Annotated[
    str | None,
    typer.Option(
        "--transform",
        help=say("options.parameters-from-old-datum"),
    ),
]
RepairOption = Annotated[bool, typer.Option("--repair", help=say("options.accept-repairs"))]
LonOption = Annotated[str | None, typer.Option("--lon", help=say("options.longitude-column"))]
LatOption = Annotated[str | None, typer.Option("--lat", help=say("options.latitude-column"))]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help=say("options.workspace-zoning-toml")),
]
EntryListOption = Annotated[
    Path | None,
    typer.Option("--entry-list", help=say("options.entry-list-control-units")),
]
WktOption = Annotated[str | None, typer.Option("--wkt", help=say("options.column-wkt"))]


def read_options(
    *,
    layer: str | None,
    crs: str | None,
    encoding: str | None,
    datum: str | None,
    transform: str | None,
    repair: bool,
    lon: str | None,
    lat: str | None,
    wkt: str | None,
) -> ReadOptions:
    """Check the options of a file and put them together."""
    if datum is not None:
        require_choice("--datum", datum, ("gcj02", "bd09"))
    from zoning.read import ReadOptions

    return ReadOptions(
        layer=layer,
        crs=crs,
        encoding=encoding,
        datum=cast("Literal['gcj02', 'bd09'] | None", datum),
        transform=transform,
        repair=repair,
        lon=lon,
        lat=lat,
        wkt=wkt,
    )
