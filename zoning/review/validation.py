"""The workspace validator: every official source checked as a review would use it, and more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from zoning import measure, read
from zoning.base.errors import Problem, ZoningError, problem
from zoning.catalogue.load import Catalogue, load_catalogue
from zoning.catalogue.workspace import open_workspace
from zoning.messages import Text, message
from zoning.model import Layer, OfficialLayer
from zoning.review import official
from zoning.review.layers import Layers

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Verdict = tuple[str, tuple[Text, ...], tuple[Problem, ...]]


def validate_workspace(path: str | Path) -> list[Verdict]:
    """Check every entry of a workspace.

    Returns
    -------
    list of (layer id, facts, problems)
        Facts are what was read; problems name file, layer, field and cure.

    Raises
    ------
    CatalogueError
        If the workspace file itself is faulty.
    """
    catalogue = load_catalogue()
    opened = open_workspace(path, catalogue.layers)
    assert opened is not None  # a path was given, so a missing file has been raised
    layers = Layers(catalogue, opened)
    out: list[Verdict] = []
    for name, entry in opened.content.layers.items():
        layer = catalogue.layers[name]
        try:
            frame, digest = official.read_official(layer, entry, opened.path.parent)
        except ZoningError as error:
            out.append((name, (), tuple(replace(p, layer=name) for p in error.problems)))
            continue
        facts = _facts(frame, entry, digest)
        out.append((name, facts, tuple(_problems(layers, layer, entry, frame))))
    return out


def _facts(frame: GeoDataFrame, entry: OfficialLayer, digest: str | None) -> tuple[Text, ...]:
    area = float(measure.areas(frame.geometry.to_numpy()).sum()) / 1e6
    place = official.shown(entry)
    origin = f"{entry.authority}, {entry.date}" + (f", sha256 {digest}" if digest else "")
    return (
        message(
            "validation.zones-km", place=place, frame_count=len(frame), area=area, origin=origin
        ),
    )


def _problems(
    layers: Layers, layer: Layer, entry: OfficialLayer, frame: GeoDataFrame
) -> Iterator[Problem]:
    place = official.shown(entry)
    yield from _duplicates(layer, place, frame)
    yield from _unclassified(layer, entry, frame)
    yield from _coverage(layers, layer, place, frame)


def _duplicates(layer: Layer, place: str, frame: GeoDataFrame) -> Iterator[Problem]:
    """Name zones that are drawn twice; their area would be counted twice in a table."""
    shapes = shapely.normalize(frame.geometry.to_numpy())
    _, first, inverse = np.unique(shapely.to_wkb(shapes), return_index=True, return_inverse=True)
    twice = np.flatnonzero(first[inverse] != np.arange(len(shapes)))
    for row in twice[:20]:
        like = first[inverse[row]] + 1
        yield problem(
            "workspace-duplicate-geometry",
            file=place,
            layer=layer.id,
            feature=str(row + 1),
            like=like,
            twice_count=len(twice),
        )


def _unclassified(layer: Layer, entry: OfficialLayer, frame: GeoDataFrame) -> Iterator[Problem]:
    """Name columns rules ask for whose values no rule knows."""
    for spec in layer.fields:
        if not spec.values or spec.name not in frame:
            continue
        count = int(frame[spec.name].isna().sum())
        if count:
            words = ", ".join(spec.values)
            yield problem(
                "workspace-unknown-code",
                file=official.shown(entry),
                layer=layer.id,
                field=spec.name,
                frame_count=len(frame),
                count=count,
                name=spec.name,
                words=words,
            )


def _coverage(layers: Layers, layer: Layer, place: str, frame: GeoDataFrame) -> Iterator[Problem]:
    """Compare where the data lie with where the workspace says they are complete."""
    province = shapely.union_all(layers.need("province").geometry.to_numpy())
    shapes = frame.geometry.to_numpy()
    shapely.prepare(province)
    beyond = int((~shapely.intersects(province, shapes)).sum())
    if beyond:
        yield problem(
            "workspace-outside-province",
            file=place,
            layer=layer.id,
            frame_count=len(frame),
            beyond=beyond,
        )
    yield from _empty_counties(layers, layer, place, frame)


def _empty_counties(
    layers: Layers, layer: Layer, place: str, frame: GeoDataFrame
) -> Iterator[Problem]:
    """Name covered cities without a single zone: the file may hold only part of the province."""
    cover = layers.cover(layer.id)
    counties = layers.counties
    inner = shapely.point_on_surface(counties.geometry.to_numpy())
    inside = np.ones(len(counties), bool) if cover is None else shapely.contains(cover, inner)
    tree = shapely.STRtree(frame.geometry.to_numpy())
    met = np.zeros(len(counties), dtype=bool)
    met[tree.query(counties.geometry.to_numpy(), predicate="intersects")[0]] = True
    bare = counties.assign(met=met)[inside].groupby("city")["met"].any()
    empty = sorted(bare.index[~bare])
    if empty:
        yield problem(
            "workspace-coverage", file=place, layer=layer.id, field="covers", empty=list(empty)
        )


def suggest_entries(files: Sequence[Path], folder: Path) -> list[str]:
    """Return a workspace entry for each file, its layer guessed from names and columns."""
    catalogue = load_catalogue()
    out: list[str] = []
    for path in files:
        found = read.inspect(path)
        columns = {info.name.casefold() for info in found.fields}
        layer = _guess(catalogue, f"{path.stem} {found.layer or ''}", columns)
        place = path if path.is_absolute() else Path(_relative(path, folder))
        out.append(_ENTRY.format(layer=layer or "LAYER_ID", source=place, sha256=found.sha256))
    return out


_ENTRY = """
[layers.{layer}]
source = '{source}'
date = 1900-01-01
authority = ""
covers = "province"
sha256 = "{sha256}"
"""

#: Layer names of the national data standards (国土空间规划数据库标准, 三调) and what they are here.
_STANDARD = {
    "STBHHX": "ecological_redline",
    "YJJBNT": "permanent_basic_farmland",
    "CZKFBJ": "urban_growth_boundary",
    "GKDY": "control_units",
    "XZQ": "counties",
}


def _guess(catalogue: Catalogue, name: str, columns: set[str]) -> str | None:
    upper = name.upper()
    for word, standard in _STANDARD.items():
        if word in upper and standard in catalogue.layers:
            return standard
    scores: dict[str, int] = {}
    for layer in catalogue.layers.values():
        if layer.id in name.casefold() or layer.name.zh in name:
            return layer.id
        # Short aliases such as MC and MJ stand in every official table and tell nothing.
        scores[layer.id] = sum(
            any(a.casefold() in columns for a in spec.aliases if len(a) > 4)
            for spec in layer.fields
        )
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= 2 else None


def _relative(path: Path, folder: Path) -> str:
    import os

    return os.path.relpath(path, folder)
