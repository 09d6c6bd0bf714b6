"""``zoning layers`` and ``zoning data``: look at what the review rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoning.base.errors import DataError
from zoning.cli.output import make_console, require_lang, say
from zoning.messages import Lang

if TYPE_CHECKING:
    from rich.console import Console

    from zoning.catalogue.load import Catalogue
    from zoning.model import Layer

layers_app = typer.Typer(no_args_is_help=True, help=say("catalogue.catalogue-layers"))
data_app = typer.Typer(no_args_is_help=True, help=say("catalogue.embedded-data"))

_Lang = Annotated[str | None, typer.Option(help="zh | en")]


def register(app: typer.Typer) -> None:
    """Add the command groups to the application."""
    app.add_typer(layers_app, name="layers")
    app.add_typer(data_app, name="data")


def _catalogue() -> Catalogue:
    from zoning.catalogue.load import load_catalogue

    return load_catalogue()


def _console() -> Console:

    return make_console()


@layers_app.command("list", help=say("catalogue.list-all-layers"))
def layers_list(lang: _Lang = None) -> None:
    """Print one row a layer."""
    from rich.table import Table

    tongue = require_lang(lang)
    catalogue = _catalogue()
    table = Table(box=None, header_style="bold")
    heads = (
        ("图层", "名称", "主题", "证据", "精度", "条款")
        if tongue == "zh"
        else ("layer", "name", "theme", "evidence", "accuracy", "rules")
    )
    for head in heads:
        table.add_column(head, overflow="fold")
    none = "无数据" if tongue == "zh" else "no data"
    for layer in catalogue.layers.values():
        accuracy = layer.positional_accuracy_m
        table.add_row(
            layer.id,
            layer.name.in_(tongue),
            layer.theme,
            layer.evidence.value if layer.evidence else none,
            f"±{accuracy:.0f} m" if accuracy else "",
            str(len(catalogue.rules_of(layer.id)) or ""),
        )
    _console().print(table)


@layers_app.command("show", help=say("catalogue.show-one-layer"))
def layers_show(name: str, lang: _Lang = None) -> None:
    """Print everything the catalogue holds on a layer."""
    tongue = require_lang(lang)
    catalogue = _catalogue()
    console = _console()
    layer = catalogue.layer(name)
    for key, value in _layer_facts(catalogue, layer, tongue):
        console.print(f"[bold]{key}[/bold]  ", end="")
        console.print(value, markup=False)
    _print_calibration(layer, tongue)
    for rule in catalogue.rules_of(name):
        console.print(f"  {rule.id}  {rule.text.in_(tongue)}", markup=False)


def _layer_facts(catalogue: Catalogue, layer: Layer, lang: Lang) -> list[tuple[str, str]]:
    source = layer.source
    origin = say("catalogue.no-public-data")
    registered: dict[str, Any] = {}
    if source is not None and source.file is not None:
        from zoning.catalogue.embedded import registry

        origin = f"data/{source.file}"
        registered = dict(registry().get(source.file, {}))
    elif source is not None and source.buffer is not None:
        origin = f"{source.buffer.layer} + {source.buffer.distance_m:g} m"
    accuracy = f"±{layer.positional_accuracy_m:g} m" if layer.positional_accuracy_m else "-"
    zh = lang == "zh"
    documents = [catalogue.documents[d].title.in_(lang) for d in layer.documents]
    facts = [
        ("id", layer.id),
        ("名称" if zh else "name", f"{layer.name.zh} / {layer.name.en}"),
        ("说明" if zh else "about", layer.description.in_(lang)),
        ("几何" if zh else "geometry", f"{layer.kind}, {layer.geometry}, {layer.crs}"),
        ("证据" if zh else "evidence", layer.evidence.value if layer.evidence else "-"),
        ("精度" if zh else "accuracy", accuracy),
        ("来源" if zh else "source", origin),
        ("文件依据" if zh else "documents", "; ".join(documents) or "-"),
    ]
    if layer.evidence is not None and not layer.decides:
        rule = "只提示，不判定" if zh else "hints only, never decides"
        facts.append(("判定" if zh else "decides", rule))
    names = ("processing", "accuracy_note", "licence", "sha256") if registered else ()
    labels = (
        ("方法", "精度说明", "许可", "sha256")
        if zh
        else ("method", "accuracy of", "licence", "sha256")
    )
    made = [f"{s['package']}=={s['version']}" for s in registered.get("source", [])]
    packages = ", ".join(dict.fromkeys(made))
    facts += [(k, str(registered.get(n, "-"))) for k, n in zip(labels, names, strict=False)]
    return facts + ([("取自" if zh else "made from", packages)] if packages else [])


def _print_calibration(layer: Layer, lang: Lang) -> None:
    """Print what each zone was calibrated to and how far it missed, where the data say so."""
    from math import isnan

    from zoning.catalogue.embedded import load_layer

    frame = load_layer(layer).frame
    stated = [
        c for c in ("published_km2", "area_published_km2") if frame is not None and c in frame
    ]
    if frame is None or not stated or "residual_pct" not in frame:
        return
    typer.echo(
        "校准 名称 / 面积 km² / 公布 km² / 残差 %"
        if lang == "zh"
        else "calibration: name / area km2 / published km2 / residual %"
    )
    for row in frame.sort_values("area_km2", ascending=False).to_dict("records"):
        figures = [row["area_km2"], row[stated[0]], row["residual_pct"]]
        cells = " / ".join("-" if f is None or isnan(f) else f"{f:,.2f}" for f in figures)
        typer.echo(f"  {row[layer.name_field or 'name']} / {cells}")
    typer.echo(f"  = {frame['area_km2'].sum():,.2f} km²")


@layers_app.command("validate", help=say("catalogue.check-every-catalogue-file"))
def layers_validate(
    folder: Annotated[
        Path | None, typer.Argument(help=say("catalogue.folder-embedded-by-default"))
    ] = None,
    lang: _Lang = None,
) -> None:
    """Read the catalogue and report every fault at once."""
    from zoning.catalogue.load import load_catalogue

    tongue = require_lang(lang)
    catalogue = load_catalogue(folder)
    numbers = (len(catalogue.layers), len(catalogue.rules), len(catalogue.documents))
    typer.echo(
        "目录无误：{} 个图层，{} 条规则，{} 份文件。".format(*numbers)
        if tongue == "zh"
        else "The catalogue is sound: {} layers, {} rules, {} documents.".format(*numbers)
    )


@data_app.command("verify", help=say("catalogue.hash-embedded-data-again"))
def data_verify(lang: _Lang = None) -> None:
    """Compare every embedded file with its registered hash."""
    from zoning.catalogue.embedded import registry, verify_data

    tongue = require_lang(lang)
    problems = verify_data()
    if problems:
        raise DataError(problems)
    count = len(registry())
    typer.echo(
        f"{count} 个数据文件与登记一致。" if tongue == "zh" else f"{count} data files match."
    )
