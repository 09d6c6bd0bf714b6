"""inspect: all that can be said of a file, also of one that cannot be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from zoning.base.errors import Problem, SourceError
from zoning.messages import Text, message
from zoning.read import files, sources, validity, values
from zoning.read.corners import heeded
from zoning.read.crs import systems
from zoning.read.formats import detect
from zoning.read.reader import finish, read_raw
from zoning.read.types import (
    Raw,
    Reading,
    ReadOptions,
    Repair,
)

#: Examples of a field's values, and their length.
_EXAMPLES, _LENGTH = 3, 40

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """A layer of the file; ``features`` and ``geometry`` are None where not cheap to know."""

    name: str
    geometry: str | None = None
    features: int | None = None


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """An attribute: the types of its values, how many there are, and some of them."""

    name: str
    types: tuple[str, ...]
    filled: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is, how that is known, and what ``zoning check`` would do with it.

    Attributes
    ----------
    file, sha256, driver, layer : str or None
        The file and the layer that was read; driver and layer are None if none could be.
    layers : tuple of LayerInfo
        All layers of a format that can hold several.
    features, usable, failed : int
        Number of features, and of those that can and cannot be reviewed.
    crs, crs_evidence, encoding, encoding_evidence
        As in :class:`zoning.model.InputRecord`; None where not known.
    extent : tuple of float or None
        West, south, east, north of the usable features, degrees in EPSG:4490.
    raw_extent : tuple of float or None
        Bounds of the coordinates as they stand in the file.
    geometry_types : mapping of str to int
        Number of features of each geometry type, ``"None"`` for those without.
    fields : tuple of FieldInfo
    problems : tuple of Problem
        Faults of the file, or of the failed features.
    repairs : tuple of Repair
    notices : tuple of Text
    verdict : Text
        What ``zoning check`` would do.
    """

    file: str
    sha256: str
    driver: str | None = None
    layer: str | None = None
    layers: tuple[LayerInfo, ...] = ()
    features: int = 0
    usable: int = 0
    failed: int = 0
    crs: str | None = None
    crs_evidence: Text | None = None
    encoding: str | None = None
    encoding_evidence: Text | None = None
    extent: Box | None = None
    raw_extent: Box | None = None
    geometry_types: tuple[tuple[str, int], ...] = ()
    fields: tuple[FieldInfo, ...] = ()
    problems: tuple[Problem, ...] = ()
    repairs: tuple[Repair, ...] = ()
    notices: tuple[Text, ...] = ()
    verdict: Text = field(default_factory=lambda: message("inspection.text"))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        found = asdict(self)
        found["geometry_types"] = dict(self.geometry_types)
        return found


def inspect(path: str | Path, options: ReadOptions | None = None) -> Inspection:
    """Look into a file without reviewing it.

    Parameters
    ----------
    path : str or Path
        A local file or FileGDB folder, ``-`` for standard input, or a ``postgresql://`` address.
    options : ReadOptions, optional
        As for :func:`zoning.read.read_vector`.

    Returns
    -------
    Inspection
        Faults of content are part of it.

    Raises
    ------
    SourceError
        Only if there is no file to look into: missing, unreadable, not local, empty.
    MissingExtraError
        If the format needs a package that is not installed.
    """
    options = options or ReadOptions()
    name = str(path)
    if sources.is_database(name):
        from zoning.read.formats.database import read_address

        raw, name, short, digest = read_address(name, options)
        return _finished(Inspection(file=name, sha256=digest), raw, short, options)
    with sources.located(path) as found:
        short = name if name == sources.STDIN else found.name
        base = Inspection(file=name, sha256=files.sha256(found))
        try:
            listed = tuple(LayerInfo(*row) for row in detect.layers(found, name))
            base = replace(base, layers=listed)
            raw = read_raw(found, name, options)
        except SourceError as error:
            return replace(base, problems=error.problems, verdict=_refused(error.problems))
        return _finished(base, raw, short, options)


def _finished(base: Inspection, raw: Raw, short: str, options: ReadOptions) -> Inspection:
    """Add what the file says and what the checks find."""
    base = _described(base, raw)
    try:
        reading = heeded(finish(raw, base.file, short, base.sha256, options), options)
    except SourceError as error:
        return replace(
            base,
            problems=error.problems,
            failed=base.features,
            verdict=_refused(error.problems),
        )
    return _checked(base, reading)


def _described(base: Inspection, raw: Raw) -> Inspection:
    """Add what the file itself says."""
    attributes, _ = values.clean(raw.attributes)
    kinds = Counter(str(g.geom_type) if g is not None else "None" for g in raw.geometry)
    return replace(
        base,
        driver=raw.driver,
        layer=raw.layer,
        features=len(raw.geometry),
        crs=systems.label(raw.crs) if raw.crs is not None else None,
        crs_evidence=raw.crs_evidence,
        encoding=raw.encoding,
        encoding_evidence=raw.encoding_evidence,
        raw_extent=_box(raw.geometry),
        geometry_types=tuple(sorted(kinds.items())),
        fields=tuple(_field(str(c), attributes[c]) for c in attributes.columns),
        notices=(*raw.notices, *raw.unread),
    )


def _checked(base: Inspection, reading: Reading) -> Inspection:
    """Add what the checks found."""
    record = reading.record
    return replace(
        base,
        usable=len(reading.table),
        failed=len(reading.failed),
        crs=record.crs,
        crs_evidence=record.crs_evidence,
        extent=_box(reading.table.geometry),
        problems=reading.problems,
        repairs=reading.repairs,
        notices=record.notices,
        verdict=_verdict(reading),
    )


def _box(shapes: Any) -> Box | None:
    """Return the bounds of all geometries that have finite ones."""
    box = validity.bounds(np.asarray(shapes, dtype=object))
    box = box[np.isfinite(box).all(axis=1)]
    if len(box) == 0:
        return None
    low, high = box[:, :2].min(axis=0), box[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _field(name: str, values: Iterable[Any]) -> FieldInfo:
    filled = [v for v in values if v is not None]
    examples = list(dict.fromkeys(str(v)[:_LENGTH] for v in filled[:1000]))[:_EXAMPLES]
    types = sorted({type(v).__name__ for v in filled})
    return FieldInfo(name, tuple(types), len(filled), tuple(examples))


def _verdict(reading: Reading) -> Text:
    """Return what ``zoning check`` does with a file that can be read."""
    usable, failed = len(reading.table), len(reading.failed)
    if failed == 0:
        return message("inspection.reviews-all", usable=usable)
    if usable == 0:
        return message("inspection.reviews-none", failed=failed)
    return message("inspection.reviews-some", usable=usable, failed=failed)


def _refused(problems: tuple[Problem, ...]) -> Text:
    codes = ", ".join(dict.fromkeys(p.code for p in problems))
    return message("inspection.zoning-check-would-refuse", codes=codes)


__all__ = ["FieldInfo", "Inspection", "LayerInfo", "inspect"]
