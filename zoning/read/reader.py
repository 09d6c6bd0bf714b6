"""read_vector: the one way from a file to features that can be reviewed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
import shapely

from zoning.base.errors import Problem, SourceError, UsageError, problem
from zoning.base.table import Table
from zoning.messages import Text, message
from zoning.model import InputRecord, Ledger
from zoning.read import (
    feature_faults,
    file_faults,
    files,
    positions,
    rest,
    sources,
    stated,
    validity,
    values,
)
from zoning.read.crs import choice, datum, systems
from zoning.read.crs.helmert import Helmert, frame_of
from zoning.read.formats import detect
from zoning.read.readings import Floats
from zoning.read.types import Raw, Reading, ReadOptions

_log = logging.getLogger(__name__)


def read_vector(path: str | Path, options: ReadOptions | None = None) -> Reading:
    """Read a vector file, check every feature, and bring it to EPSG:4490.

    Parameters
    ----------
    path : str or Path
        A local file (or FileGDB folder), ``-`` for standard input, or ``postgresql://…`` with
        the table as ``?table=`` or ``options.layer``; other URLs and virtual paths are refused.
    options : ReadOptions, optional
        What the user states about the file.

    Returns
    -------
    Reading
        Usable features, and a problem for each one that is not.

    Raises
    ------
    SourceError
        If the file as a whole cannot be used. If every single feature fails, the file is still
        returned: its features are named one by one.
    MissingExtraError
        If the format needs a package that is not installed.
    """
    options = options or ReadOptions()
    name = str(path)
    if sources.is_database(name):
        from zoning.read.formats.database import read_address

        return finish(*read_address(name, options), options)
    with sources.located(path) as found:
        raw = read_raw(found, name, options)
        short = name if name == sources.STDIN else found.name
        return finish(raw, name, short, files.sha256(found), options)


def read_raw(found: Path, name: str, options: ReadOptions) -> Raw:
    """Read a layer as it is in the file; ``no-features`` if it is empty and was read whole."""
    # Absurd numbers are found and named later; numpy need not warn of them.
    with np.errstate(all="ignore"):
        raw = detect.read(found, name, options)
    unread = (*raw.unread, *raw.ledger.unread)
    if len(raw.geometry) == 0 and unread:
        raise SourceError(problem("nothing-read", file=name, layer=raw.layer, said=list(unread)))
    if len(raw.geometry) == 0 and options.bbox is None:
        raise SourceError(file_faults.no_features(name, raw.layer))
    return raw


def finish(raw: Raw, name: str, short: str, digest: str, options: ReadOptions) -> Reading:
    """Check and project a raw layer; ``name`` is for messages, ``short`` for the record."""
    begun = perf_counter()
    with np.errstate(all="ignore"):
        reading = _finish(raw, name, short, digest, options)
    told = (name, raw.driver, reading.record.features, len(reading.failed))
    _log.info("%s: %s, %d features, %d failed; checked in %.2f s", *told, perf_counter() - begun)
    return reading


def _finish(raw: Raw, name: str, short: str, digest: str, options: ReadOptions) -> Reading:
    attributes, cleaned = values.clean(raw.attributes)
    validity.require_size(raw.geometry, name, raw.layer)
    checked = validity.structure(raw.geometry, dict(raw.broken))
    crs, evidence, notices = choice.decide(raw, checked, name, options)
    xy = shapely.get_coordinates(checked.geometry)
    lonlat = systems.to_lonlat(crs, xy)
    frame = frame_of(crs)
    if frame is not None and options.transform is not None:
        lonlat = systems.shifted(frame, Helmert.parse(options.transform), lonlat)
    undo = _shift_out(options)
    if undo is not None:
        lonlat = undo(lonlat)
    if lonlat is not xy:
        checked.geometry = shapely.set_coordinates(checked.geometry, lonlat)
    validity.range_check(checked)
    found = stated.of(attributes, crs, undo)
    doubts, doubted, offices = stated.judged(found, checked.geometry)
    beside = rest.ledger(
        (
            positions.find("; ".join(attributes.columns), message("rest.columns")),
            *raw.beside,
        ),
        np.concatenate([shapely.bounds(checked.geometry), rest.degrees(raw.known, crs)]),
        tuple(rest.away(found, doubted)),
    )
    doubts = {**doubts, **stated.in_heights(raw.geometry, crs), **raw.doubts}
    labels = _Labels(raw, attributes)
    validity.validity(checked, labels, options.repair)
    counted = raw.ledger + values.places(attributes) + offices + beside
    ledger = counted.with_failures(len(raw.geometry), len(checked.broken))
    unread = tuple(dict.fromkeys((*raw.unread, *ledger.unread)))
    accepted = _accepted(unread, options, name)
    notices = [*raw.notices, *unread, *accepted, *cleaned, *checked.notices, *notices]
    record = InputRecord(
        name=short,
        sha256=digest,
        driver=raw.driver,
        layer=raw.layer,
        features=len(raw.geometry),
        crs=systems.label(crs),
        crs_evidence=evidence,
        encoding=raw.encoding,
        encoding_evidence=raw.encoding_evidence,
        datum=options.datum,
        notices=tuple(notices),
        unread=unread,
        ledger=ledger,
        area_m2=checked.area_m2(),
        accepted=options.accept_left_out if accepted else None,
    )
    return _reading(replace(raw, doubts=doubts), attributes, checked, record, name, labels)


def _shift_out(options: ReadOptions) -> Callable[[Floats], Floats] | None:
    """Return what takes the shift of a web map out of longitude and latitude."""
    if options.datum is None:
        return None
    undo = datum.gcj02_to_wgs84 if options.datum == "gcj02" else datum.bd09_to_wgs84
    return lambda lonlat: np.column_stack(undo(lonlat[:, 0], lonlat[:, 1]))


def _accepted(unread: tuple[Text, ...], options: ReadOptions, name: str) -> tuple[Text, ...]:
    """Say what was left out on the user's word, and why."""
    reason = options.accept_left_out
    if reason is None:
        return ()
    if not reason.strip():
        raise UsageError(problem("reason-missing", file=name))
    if not unread:
        return ()
    return (message("ledger.accepted", said=list(unread), reason=reason),)


def with_more(reading: Reading, more: Ledger, options: ReadOptions) -> Reading:
    """Return a reading with a further account of its file."""
    record = reading.record
    unread = tuple(text for text in more.unread if text not in record.unread)
    told = _accepted(unread, options, record.name)
    record = replace(
        record,
        ledger=record.ledger + more,
        unread=(*record.unread, *unread),
        notices=(*record.notices, *unread, *told),
        accepted=options.accept_left_out if told else record.accepted,
    )
    return replace(reading, record=record)


class _Labels:
    """Names of the features by row, made only for the few that need one."""

    def __init__(self, raw: Raw, attributes: Table) -> None:
        wanted = [c for c in attributes.columns if c.lower() in feature_faults.ID_NAMES]
        self._ids = {name: attributes[name] for name in wanted}
        self._positions = raw.positions

    def __call__(self, row: int) -> str:
        stated = {name: cells[row] for name, cells in self._ids.items()}
        return feature_faults.label(int(self._positions[row]), stated)


def _reading(
    raw: Raw,
    attributes: Table,
    checked: validity.Checked,
    record: InputRecord,
    name: str,
    labels: _Labels,
) -> Reading:
    """Split the rows into usable and failed ones."""
    bad = sorted(checked.broken)
    problems: list[Problem] = [
        feature_faults.of_feature(checked.broken[row], name, raw.layer, labels(row)) for row in bad
    ]
    good = np.setdiff1d(np.arange(len(raw.geometry)), np.array(bad, dtype=np.int64))
    return Reading(
        table=attributes.placed(raw.positions, checked.geometry).take(good),
        record=record,
        problems=tuple(problems),
        failed=tuple(int(raw.positions[row]) for row in bad),
        repairs=tuple(checked.repairs),
        failed_attributes={int(raw.positions[row]): values.as_dict(attributes, row) for row in bad},
        doubts={int(raw.positions[row]): text for row, text in raw.doubts.items()},
    )
