"""A container names the system of its coordinates in several places: all of them must agree."""

from __future__ import annotations

from pathlib import Path

from zoning.base.errors import SourceError, problem
from zoning.read.crs import choice, systems
from zoning.read.formats import fgb_ledger, sqlite_ledger
from zoning.read.types import Raw, ReadOptions


def require(raw: Raw, path: Path, name: str, options: ReadOptions, kind: str) -> None:
    """Refuse a layer whose container contradicts the system that it is read by.

    Parameters
    ----------
    raw : Raw
        The layer, or a part of it.
    path : Path
    name : str
        For messages.
    options : ReadOptions
        A user who states the system knows better.
    kind : {"gpkg", "flatgeobuf"}

    Raises
    ------
    SourceError
        ``crs-contradiction``.
    """
    if options.crs is not None:
        return
    if kind == "flatgeobuf":
        choice.require_one(fgb_ledger.systems(path), raw, name)
        return
    if raw.layer is None or raw.crs is None:
        return
    named = sqlite_ledger.systems(path, raw.layer)
    unknown = next((text for text in named if text.startswith("srs_id")), None)
    if unknown is not None:
        told = {"one": unknown, "other": systems.label(raw.crs)}
        raise SourceError(problem("crs-contradiction", file=name, layer=raw.layer, **told))
    choice.require_one(named, raw, name)
