"""Which CRS a layer is in: what the user says, what the file says, and what the numbers say.

The numbers never choose, they only object: a wrong guess moves a site by hundreds of metres and
nobody would see it. They do name the candidates in which the data would lie inside Shanxi.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyproj
from pyproj.exceptions import ProjError

from zoning.base import datums, gauss
from zoning.base.errors import SourceError, UsageError
from zoning.messages import Text, alternatives, message
from zoning.read import feature_faults, file_faults, validity
from zoning.read.crs import systems
from zoning.read.crs.helmert import (
    TITLES,
    Frame,
    Helmert,
    frame_of,
)
from zoning.read.types import Raw, ReadOptions

_WORLD = (-180.0, -90.0, 180.0, 90.0)
#: How the CRS of a file is known.
STATED = message("ogr.file-s-own-definition")
NONE = message("ogr.file-states-none")


def of_file(text: str | None) -> pyproj.CRS | None:
    """Return the CRS that a file states, or None where it states none that is known."""
    if not text:
        return None
    try:
        crs = systems.parse(text)
    except ValueError:
        return None
    # GeoPackage's srs_id 0 and -1 mean "undefined"; GDAL hands them out as made-up systems.
    return None if "undefined" in crs.name.lower() else crs


def require_one(definitions: Iterable[str], raw: Raw, name: str) -> None:
    """Refuse a layer with a definition of its CRS that contradicts the one it is read by."""
    known = (crs for crs in map(of_file, definitions) if crs is not None)
    if raw.crs is not None:
        systems.require_one(known, raw.crs, name, raw.layer)


def decide(
    raw: Raw, checked: validity.Checked, name: str, options: ReadOptions
) -> tuple[pyproj.CRS, Text, list[Text]]:
    """Return the CRS of a layer, how it is known, and notices about it.

    Features whose axes alone are swapped are failed in ``checked``.

    Raises
    ------
    SourceError
        ``crs-missing``, ``crs-unknown``, ``crs-contradiction``, ``datum-unsupported``,
        ``datum-contradiction``, ``datum-not-applicable``,
        ``axes-swapped``, ``geojson-metre-coordinates``, ``crs-contradicts-coordinates``.
    UsageError
        ``helmert-syntax``, ``transform-and-datum``.
    """
    helmert = _parameters(name, options)
    points, rows, bounds = _centres(checked)
    crs, evidence, notices = _stated(raw, points, name, options)
    crs = datums.without_empty_shift(crs)
    frame = frame_of(crs)
    foreign = datums.unusable(crs, name, raw.layer, given=options.crs is not None)
    if foreign is not None and (
        foreign.code != "datum-unsupported" or helmert is None or frame is None
    ):
        raise SourceError(foreign)
    if foreign is None:
        _sound(crs, name)
        crs, matched = gauss.identify(crs, systems.code(crs))
        if matched is not None:
            evidence = message("choice.text-2", evidence=evidence, matched=matched)
    if helmert is not None:
        evidence, said = _transformed(evidence, frame, helmert)
        notices.append(said)
    if options.datum is not None and not (systems.geographic(crs) or systems.web_mercator(crs)):
        raise SourceError(file_faults.datum_needs_degrees(name, options.datum))
    if len(points):
        notices += _doubt(raw, crs, points, bounds, name, options)
        swapped = systems.looks_swapped(crs, points)
        checked.fail(rows[swapped], lambda _: feature_faults.SWAPPED)
    return crs, evidence, notices


def _sound(crs: pyproj.CRS, name: str) -> None:
    """Refuse a CRS whose projection PROJ does not know."""
    try:
        systems.transformer(crs)
    except ProjError as error:
        raise SourceError(file_faults.crs_unknown(name, systems.label(crs))) from error


def _parameters(name: str, options: ReadOptions) -> Helmert | None:
    """Return the parameters the user gave."""
    if options.transform is None:
        return None
    if options.datum is not None:
        raise UsageError(file_faults.transform_and_datum(name, options.datum))
    return Helmert.parse(options.transform)


def _transformed(evidence: Text, frame: Frame | None, helmert: Helmert) -> tuple[Text, Text]:
    """Return the evidence and the notice on what became of the user's parameters."""
    if frame is None:
        return evidence, message("choice.transform-was-applied-coordinates")
    how = message("choice.brought", transform=helmert.text(), frame=TITLES[frame])
    return (
        message(
            "choice.text",
            evidence=Text(evidence.zh.rstrip("。"), evidence.en.rstrip(".")),
            detail=how,
        ),
        message("choice.coordinates-were-whether-parameters", detail=how),
    )


def _stated(
    raw: Raw, points: systems.Floats, name: str, options: ReadOptions
) -> tuple[pyproj.CRS, Text, list[Text]]:
    """Return the CRS that the user or the file states."""
    if raw.crs_is_decided and raw.crs is not None:
        return raw.crs, raw.crs_evidence, []
    if options.crs is not None:
        crs = systems.require(options.crs, name)
        evidence = message("choice.given-by-user-crs")
        if raw.crs is None or raw.crs_is_implied or raw.crs == crs:
            return crs, evidence, []
        stated = systems.label(raw.crs)
        override = message("choice.crs-overrides-coordinate-system", stated=stated, crs=options.crs)
        return crs, evidence, [override]
    if raw.crs is not None:
        return raw.crs, raw.crs_evidence, []
    if options.datum is None:
        raise SourceError(file_faults.crs_missing(name, raw.layer, _choices(points, None)))
    evidence = message("choice.degrees-datum-says", datum=options.datum)
    return systems.parse("OGC:CRS84"), evidence, []


def _doubt(
    raw: Raw,
    crs: pyproj.CRS,
    points: systems.Floats,
    bounds: str,
    name: str,
    options: ReadOptions,
) -> list[Text]:
    """Raise where the numbers contradict the CRS; return a notice where they only might."""
    if systems.looks_swapped(crs, points).all():
        raise SourceError(file_faults.axes_swapped(name, raw.layer, bounds))
    lonlat = systems.to_lonlat(crs, points)
    if systems.share_inside(lonlat, systems.SHANXI) >= 0.5:
        return []
    choices = _choices(points, crs)
    beyond = systems.share_inside(lonlat, _WORLD) < 0.5
    if beyond and raw.crs_is_implied and options.crs is None:
        raise SourceError(file_faults.metre_coordinates(name, bounds, choices))
    title = systems.label(crs)
    abroad = systems.share_inside(lonlat, systems.CHINA) < 0.5
    if choices and (abroad or _foreign_easting(crs, points)):
        raise SourceError(file_faults.crs_contradicted(name, raw.layer, title, bounds, choices))
    return [_hint(title, choices)] if choices else []


def _foreign_easting(crs: pyproj.CRS, points: systems.Floats) -> bool:
    """Return whether most eastings lie farther from the false easting than a zone reaches."""
    found = gauss.zone(crs)
    if found is None:
        return False
    far = np.abs(points[:, 0] - found.false_easting) > gauss.REACH_M
    return bool(far.mean() > 0.5)


def _hint(title: str, choices: list[Text]) -> Text:
    listed = alternatives(choices)
    return message("choice.data-lie-outside-shanxi", title=title, detail=listed)


def _choices(points: systems.Floats, other_than: pyproj.CRS | None) -> list[Text]:
    """Return the CRSs in which the data would lie in Shanxi, axes swapped if need be."""
    straight = systems.candidates(points, other_than)
    if straight:
        return [c.text() for c in straight]
    turned = [c.text() for c in systems.candidates(points[:, ::-1])]
    return [message("choice.but-axes-swapped-first", t=t) for t in turned]


def _centres(checked: validity.Checked) -> tuple[systems.Floats, npt.NDArray[np.int64], str]:
    """Return the middle of each usable feature's bounds (n, 2), its row, and the bounds of all."""
    box = validity.bounds(checked.geometry)
    rows = np.flatnonzero(np.isfinite(box).all(axis=1))
    box = box[rows]
    # Half of each before adding: coordinates of 1e308 would overflow.
    points = np.column_stack([box[:, 0] / 2 + box[:, 2] / 2, box[:, 1] / 2 + box[:, 3] / 2])
    return points, rows, _show(box)


def _show(box: systems.Floats) -> str:
    if len(box) == 0:
        return ""
    return ", ".join(f"{v:.8g}" for v in (*box[:, :2].min(axis=0), *box[:, 2:].max(axis=0)))
