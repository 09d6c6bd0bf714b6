"""What a user may say of a file, the same for every command that reads one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from zoning.cli.words import require_choice, say

if TYPE_CHECKING:
    from zoning.sources import ReadOptions

LayerOption = Annotated[
    str | None,
    typer.Option("--layer", help=say("多图层文件中的图层", "Layer of a file with several")),
]
CrsOption = Annotated[
    str | None, typer.Option("--crs", help=say("坐标系，如 EPSG:4526", "CRS, e.g. EPSG:4526"))
]
EncodingOption = Annotated[
    str | None,
    typer.Option("--encoding", help=say("文字编码，如 GBK", "Text encoding, e.g. GBK")),
]
DatumOption = Annotated[
    str | None,
    typer.Option(
        "--datum", help=say("坐标偏移：gcj02 或 bd09", "Shifted coordinates: gcj02 or bd09")
    ),
]
TransformOption = Annotated[
    str | None,
    typer.Option(
        "--transform",
        help=say(
            "旧坐标系的转换参数 dX,dY,dZ[,rX,rY,rZ,尺度]",
            "Parameters from an old datum: dX,dY,dZ[,rX,rY,rZ,scale]",
        ),
    ),
]
RepairOption = Annotated[
    bool, typer.Option("--repair", help=say("接受改变面积的几何修复", "Accept repairs"))
]
LonOption = Annotated[str | None, typer.Option("--lon", help=say("经度列", "Longitude column"))]
LatOption = Annotated[str | None, typer.Option("--lat", help=say("纬度列", "Latitude column"))]
WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help=say("官方数据的工作区", "Workspace (zoning.toml)")),
]
EntryListOption = Annotated[
    Path | None,
    typer.Option(
        "--entry-list", help=say("管控单元准入清单(CSV)", "Entry list of control units, CSV")
    ),
]
WktOption = Annotated[str | None, typer.Option("--wkt", help=say("WKT 列", "Column of WKT"))]


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
    from zoning.sources import ReadOptions

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
