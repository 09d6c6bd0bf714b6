"""``zoning inspect`` and ``zoning convert``: look into a file, and write boundary points."""

from __future__ import annotations

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
    require_lang,
    say,
)
from zoning.messages import Lang, message

if TYPE_CHECKING:
    from zoning.read import Inspection

_Lang = Annotated[str | None, typer.Option(help="zh | en")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command(
        "inspect",
        help=say("files.look-into-file-driver"),
    )(inspect)
    app.command(
        "convert",
        help=say("files.convert-boundary-point-txt"),
    )(convert)


def inspect(
    file: Annotated[Path, typer.Argument(help=say("files.file"))],
    layer: LayerOption = None,
    crs: CrsOption = None,
    encoding: EncodingOption = None,
    datum: DatumOption = None,
    transform: TransformOption = None,
    repair: RepairOption = False,
    lon: LonOption = None,
    lat: LatOption = None,
    wkt: WktOption = None,
    format_: Annotated[str, typer.Option("--format", help="table | json")] = "table",
    lang: _Lang = None,
) -> None:
    """Print what is known of a file, and how; exit code 2 where nothing of it can be used."""
    tongue = require_lang(lang)
    require_choice("--format", format_, ("table", "json"))
    from zoning import read

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
    found = read.inspect(file, options)
    if format_ == "json":
        import json

        emit(json.dumps(found.to_dict(), ensure_ascii=False, indent=1, default=str) + "\n")
    else:
        _print(found, tongue)
    raise typer.Exit(0 if found.usable else 2)


def _print(found: Inspection, lang: Lang) -> None:

    console = make_console(soft_wrap=True)
    for key, value in _facts(found, lang):
        console.print(f"[bold]{key}[/bold]  ", end="")
        console.print(_inert(value), markup=False)
    for problem in found.problems[:50]:
        console.print("× ", style="red", end="")
        console.print(_inert(problem.line(lang)), markup=False)
    if len(found.problems) > 50:
        console.print(f"… +{len(found.problems) - 50}")
    for notice in found.notices:
        console.print(_inert(f"· {notice.in_(lang)}"), markup=False)
    console.print(_inert(found.verdict.in_(lang)), markup=False)


def _facts(found: Inspection, lang: Lang) -> list[tuple[str, str]]:
    zh = lang == "zh"
    why = found.crs_evidence.in_(lang) if found.crs_evidence else ""
    read_as = found.encoding_evidence.in_(lang) if found.encoding_evidence else ""
    layers = ", ".join(
        f"{x.name} ({x.geometry or '?'}, {'?' if x.features is None else x.features})"
        for x in found.layers
    )
    extent = ", ".join(f"{v:.5f}" for v in found.extent) if found.extent else "-"
    rows = [
        ("文件" if zh else "file", f"{found.file}  sha256 {found.sha256}"),
        ("驱动" if zh else "driver", found.driver or "-"),
        ("图层" if zh else "layers", layers or found.layer or "-"),
        ("要素" if zh else "features", _counts(found, zh)),
        ("几何" if zh else "geometry", ", ".join(f"{k} {v}" for k, v in found.geometry_types)),
        ("坐标系" if zh else "CRS", f"{found.crs or '-'}  {why}"),
        ("编码" if zh else "encoding", f"{found.encoding or '-'}  {read_as}"),
        ("范围" if zh else "extent", extent),
    ]
    head = "字段" if zh else "field"
    for info in found.fields:
        example = ", ".join(info.examples)
        rows.append((head, f"{info.name} ({'/'.join(info.types)}, {info.filled}): {example}"))
    return rows


def _counts(found: Inspection, zh: bool) -> str:
    if zh:
        return f"{found.features} 个，可审查 {found.usable} 个，不可用 {found.failed} 个"
    return f"{found.features}, usable {found.usable}, failed {found.failed}"


def _inert(text: str) -> str:
    """Take control characters out of what a file says of itself."""
    return "".join(c if c.isprintable() else "�" for c in text)


def convert(
    source: Annotated[Path, typer.Argument(help=say("files.input"))],
    target: Annotated[Path, typer.Argument(help=say("files.output-txt"))],
    zone: Annotated[int, typer.Option(help=say("files.zone-number-37-38"))] = 38,
    layer: LayerOption = None,
    crs: CrsOption = None,
    encoding: EncodingOption = None,
    datum: DatumOption = None,
    transform: TransformOption = None,
    repair: RepairOption = False,
    lon: LonOption = None,
    lat: LatOption = None,
    wkt: WktOption = None,
    lang: _Lang = None,
) -> None:
    """Write the features of a file as plots of a boundary-point file."""
    tongue = require_lang(lang)
    if target.suffix.lower() != ".txt":
        fault = message("files.output-has-end-txt")
        cure = message("files.use-txt-name")
        raise UsageError(Problem("bad-target", fault, cure, file=str(target)))
    if target.resolve() == source.resolve():
        fault = message("files.output-would-overwrite-input")
        cure = message("files.choose-another-name")
        raise UsageError(Problem("target-is-input", fault, cure, file=str(target)))
    from zoning import read
    from zoning.base.errors import SourceError
    from zoning.read.boundary_txt.write import write_boundary_txt

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
    reading = read.read_vector(source, options)
    if reading.problems:
        raise SourceError(reading.problems)
    write_boundary_txt(reading.frame, target, zone=zone, source=str(source))
    count = len(reading.frame)
    typer.echo(
        f"已写入 {target}：{count} 个地块。"
        if tongue == "zh"
        else f"Wrote {target}: {count} plots."
    )
