"""Layers for people: the list, and everything the catalogue holds on one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

from zoning.catalogue.embedded import load_layer, registry
from zoning.catalogue.words import official_words
from zoning.messages import Lang, message
from zoning.model import Layer
from zoning.show.tables import print_facts, print_table

if TYPE_CHECKING:
    from rich.console import Console

    from zoning.catalogue import Catalogue

_LIST = ("layer", "name", "theme", "evidence", "accuracy", "rules")


def print_layers(catalogue: Catalogue, console: Console, lang: Lang) -> None:
    """Print one row a layer."""
    none = message("layers-table.no-data").in_(lang)
    rows = [
        (
            layer.id,
            layer.name.in_(lang),
            layer.theme,
            layer.evidence.value if layer.evidence else none,
            f"±{layer.positional_accuracy_m:.0f} m" if layer.positional_accuracy_m else "",
            str(len(catalogue.rules_of(layer.id)) or ""),
        )
        for layer in catalogue.layers.values()
    ]
    print_table(console, [f"layers-table.{head}" for head in _LIST], rows, lang)


def print_layer(catalogue: Catalogue, name: str, console: Console, lang: Lang) -> None:
    """Print what the catalogue holds on a layer, its calibration, and its rules."""
    layer = catalogue.layer(name)
    facts = _facts(catalogue, layer, lang)
    print_facts(console, ((f"layer-fact.{key}", value) for key, value in facts), lang)
    for line in (*_fields(layer, lang), *_calibration(layer, lang)):
        console.print(line, markup=False, soft_wrap=True)
    for rule in catalogue.rules_of(name):
        console.print(f"  {rule.id}  {rule.text.in_(lang)}", markup=False)


def _facts(catalogue: Catalogue, layer: Layer, lang: Lang) -> Iterator[tuple[str, str]]:
    source = layer.source
    origin = message("layer-fact.no-public-data").in_(lang)
    registered: Mapping[str, Any] = {}
    if source is not None and source.file is not None:
        origin = f"data/{source.file}"
        registered = registry().get(source.file, {})
    elif source is not None and source.buffer is not None:
        origin = f"{source.buffer.layer} + {source.buffer.distance_m:g} m"
    documents = [catalogue.documents[d].title.in_(lang) for d in layer.documents]
    yield "id", layer.id
    yield "name", f"{layer.name.zh} / {layer.name.en}"
    yield "about", layer.description.in_(lang)
    yield "geometry", f"{layer.kind}, {layer.geometry}, {layer.crs}"
    yield "evidence", layer.evidence.value if layer.evidence else "-"
    accuracy = layer.positional_accuracy_m
    yield "accuracy", f"±{accuracy:g} m" if accuracy else "-"
    yield "source", origin
    if source is not None:
        stated = layer.complete_in
        codes = stated if isinstance(stated, str) else None
        told = message(f"layer-fact.complete-{codes}").in_(lang) if codes else ", ".join(stated)
        yield "complete", told
    yield "documents", "; ".join(documents) or "-"
    if layer.evidence is not None and not layer.decides:
        yield "decides", message("layer-fact.hints-only").in_(lang)
    if registered:
        for key in ("processing", "accuracy_note", "licence", "sha256"):
            yield key.replace("_", "-"), str(registered.get(key, "-"))
    made = [f"{s['package']}=={s['version']}" for s in registered.get("source", [])]
    if made:
        yield "made-from", ", ".join(dict.fromkeys(made))


def _fields(layer: Layer, lang: Lang) -> Iterator[str]:
    """Tell the columns of official data: name, what else they are called, and the classes."""
    usual = official_words().get(layer.id)
    if layer.fields:
        yield message("layer-fact.fields").in_(lang)
    for spec in layer.fields:
        words = usual.classes.get(spec.name, {}) if usual else {}
        called = {v: [w for w, value in words.items() if value == v] for v in spec.values}
        classes = "; ".join(f"{v} ({', '.join(c)})" if c else v for v, c in called.items())
        mark = "*" if spec.required else ""
        names = ", ".join((spec.name + mark, *spec.aliases))
        told = {"names": names, "title": spec.title, "type": spec.type}
        classes = f" = {classes}" if classes else ""
        yield message("layer-fact.column", classes=classes, **told).in_(lang)


def _calibration(layer: Layer, lang: Lang) -> Iterator[str]:
    """Say what each zone was calibrated to and how far it missed, where the data say so."""
    frame = load_layer(layer).frame
    stated = [
        c for c in ("published_km2", "area_published_km2") if frame is not None and c in frame
    ]
    if frame is None or not stated or "residual_pct" not in frame:
        return
    yield message("layer-fact.calibration").in_(lang)
    for row in frame.sort_values("area_km2", ascending=False).to_dict("records"):
        figures = [row["area_km2"], row[stated[0]], row["residual_pct"]]
        cells = " / ".join("-" if f is None or isnan(f) else f"{f:,.2f}" for f in figures)
        yield f"  {row[layer.name_field or 'name']} / {cells}"
    yield f"  = {frame['area_km2'].sum():,.2f} km²"
