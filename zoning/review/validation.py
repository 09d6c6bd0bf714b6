"""The workspace validator: every official source checked as a review would use it, and more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from zoning import measure
from zoning.base.errors import Problem, ZoningError, problem
from zoning.catalogue.load import load_catalogue
from zoning.catalogue.workspace import open_workspace
from zoning.messages import Text, message
from zoning.model import InputRecord, LayerRecord, OfficialLayer
from zoning.review import divisions, official, official_fields
from zoning.review.layers import Layers

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


class Verdict(NamedTuple):
    """What was found about one official source: what it holds, what is odd, what is wrong."""

    layer: str
    facts: tuple[Text, ...]
    remarks: tuple[Problem, ...]
    problems: tuple[Problem, ...]


def validate_workspace(path: str | Path, day: date | None = None) -> list[Verdict]:
    """Check every entry of a workspace, by the tests that a review makes on a day.

    Returns
    -------
    list of Verdict
        Problems name file, layer, field and cure; a review would not decide on that source.
        Remarks stop nothing by themselves.

    Raises
    ------
    CatalogueError
        If the workspace file itself is faulty.
    """
    catalogue = load_catalogue()
    opened = open_workspace(path, catalogue.layers, day)
    assert opened is not None  # a path was given, so a missing file has been raised
    layers = Layers(catalogue, opened)
    return [_verdict(layers, name, entry) for name, entry in opened.content.entries.items()]


def _verdict(layers: Layers, name: str, entry: OfficialLayer) -> Verdict:
    assert layers.opened is not None
    layer = layers.catalogue.layers[name]
    try:
        frame, record = official.read_official(layer, entry, layers.opened.path.parent)
    except ZoningError as error:
        return Verdict(name, (), (), tuple(replace(p, layer=name) for p in error.problems))
    facts = _facts(frame, entry, record)
    problems: list[Problem] = []
    loaded = layers[name]
    if loaded.record.problem is not None:
        problems.append(loaded.record.problem)
    if name in ("counties", "province"):
        lacking = divisions.remarks(entry, name, layers.missing(name))
        return Verdict(name, facts, (*_unread(loaded.record), *lacking), tuple(problems))
    examined = layers.examined(layer, entry, frame)
    problems += [p for p in examined.faults(layers.catalogue.rules) if p not in problems]
    remarks = [p for p in examined.remarks() if p not in problems]
    remarks += divisions.remarks(entry, name, layers.missing(name))
    return Verdict(name, facts, (*_unread(loaded.record), *remarks), tuple(problems))


def _unread(record: LayerRecord) -> Iterator[Problem]:
    """Name the parts of a source that count as not read."""
    if record.incomplete:
        said = list(record.unread)
        yield problem("source-incomplete", file=record.file, layer=record.id, said=said)


def _facts(
    frame: GeoDataFrame, entry: OfficialLayer, record: InputRecord | None
) -> tuple[Text, ...]:
    area = float(measure.areas(frame.geometry.to_numpy()).sum()) / 1e6
    place = official_fields.shown(entry)
    said = [entry.authority, str(entry.date) if entry.date else ""]
    origin = ", ".join([s for s in said if s] + ([f"sha256 {record.sha256}"] if record else []))
    told = message(
        "validation.zones-km", place=place, frame_count=len(frame), area=area, origin=origin
    )
    return (told, *(record.notices if record else ()))
