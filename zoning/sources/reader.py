"""read_vector: the one way from a file to features that can be reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyproj
import shapely

from zoning.errors import Problem, SourceError, Text
from zoning.model import InputRecord
from zoning.settings import CRS
from zoning.sources import crs as systems
from zoning.sources import datum, faults, files, flaws, formats, geometry, textual
from zoning.sources.types import Raw, Reading, ReadOptions

_IMPLIED = systems.parse("OGC:CRS84")


def read_vector(path: str | Path, options: ReadOptions | None = None) -> Reading:
    """Read a vector file, check every feature, and bring it to EPSG:4490.

    Parameters
    ----------
    path : str or Path
        A local file (or FileGDB folder); URLs and virtual paths are refused.
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
    found = files.local(path)
    raw = formats.read(found, name, options)
    if len(raw.geometry) == 0 and options.bbox is None:
        raise SourceError(faults.no_features(name, raw.layer))
    return finish(raw, name, found.name, files.sha256(found), options)


def finish(raw: Raw, name: str, short: str, digest: str, options: ReadOptions) -> Reading:
    """Check and project a raw layer; ``name`` is for messages, ``short`` for the record."""
    attributes, cleaned = textual.clean(raw.attributes)
    checked = geometry.structure(raw.geometry, dict(raw.broken))
    crs, evidence, notices = _system(raw, checked, name, options)
    xy = shapely.get_coordinates(checked.geometry)
    lonlat = systems.to_lonlat(crs, xy)
    if options.datum is not None:
        undo = datum.gcj02_to_wgs84 if options.datum == "gcj02" else datum.bd09_to_wgs84
        lonlat = np.column_stack(undo(lonlat[:, 0], lonlat[:, 1]))
    if lonlat is not xy:
        checked.geometry = shapely.set_coordinates(checked.geometry, lonlat)
    geometry.range_check(checked)
    labels = _Labels(raw, attributes)
    geometry.validity(checked, labels, options.repair)
    notices = [*raw.notices, *cleaned, *checked.notices, *notices]
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
    )
    return _reading(raw, attributes, checked, record, name, labels)


class _Labels:
    """Names of the features by row, made only for the few that need one."""

    def __init__(self, raw: Raw, attributes: pd.DataFrame) -> None:
        wanted = [c for c in attributes.columns if str(c).lower() in flaws.ID_NAMES]
        self._ids = attributes[wanted]
        self._positions = raw.positions

    def __call__(self, row: int) -> str:
        values: Mapping[str, Any] = dict(self._ids.iloc[row])
        return flaws.label(int(self._positions[row]), values)


def _reading(
    raw: Raw,
    attributes: pd.DataFrame,
    checked: geometry.Checked,
    record: InputRecord,
    name: str,
    labels: _Labels,
) -> Reading:
    """Split the rows into usable and failed ones."""
    bad = sorted(checked.broken)
    problems: list[Problem] = [
        flaws.problem(checked.broken[row], name, raw.layer, labels(row)) for row in bad
    ]
    good = np.setdiff1d(np.arange(len(raw.geometry)), np.array(bad, dtype=np.int64))
    frame = geopandas.GeoDataFrame(
        attributes.iloc[good].set_axis(raw.positions[good], axis="index"),
        geometry=np.asarray(checked.geometry[good], dtype=object),
        crs=CRS,
    )
    return Reading(
        frame=frame,
        record=record,
        problems=tuple(problems),
        failed=tuple(int(raw.positions[row]) for row in bad),
        repairs=tuple(checked.repairs),
        failed_attributes={
            int(raw.positions[row]): textual.as_dict(attributes, row) for row in bad
        },
    )


def _system(
    raw: Raw, checked: geometry.Checked, name: str, options: ReadOptions
) -> tuple[pyproj.CRS, Text, list[Text]]:
    """Decide the CRS, and raise where numbers and statement contradict each other."""
    points, rows = _centres(checked)
    notices: list[Text] = []
    if options.crs is not None:
        crs = systems.require(options.crs, name)
        evidence = Text("由用户指定（--crs）", "given by the user (--crs)")
        if raw.crs is not None and not raw.crs_is_implied and raw.crs != crs:
            stated = systems.label(raw.crs)
            notices.append(
                Text(
                    f"文件声明的坐标系 {stated} 已被 --crs {options.crs} 取代。",
                    f"--crs {options.crs} overrides the coordinate system {stated} of the file.",
                )
            )
    elif raw.crs is not None:
        crs, evidence = raw.crs, raw.crs_evidence
    elif options.datum is not None:
        crs = _IMPLIED
        evidence = Text(
            f"由 --datum {options.datum} 得知为经纬度", f"degrees, as --datum {options.datum} says"
        )
    else:
        raise SourceError(faults.crs_missing(name, raw.layer, _choices(points, None)))
    _refuse(raw, crs, points, name, options)
    swapped = systems.looks_swapped(crs, points)
    checked.fail(rows[swapped], lambda _: flaws.SWAPPED)
    return crs, evidence, notices


def _refuse(
    raw: Raw, crs: pyproj.CRS, points: systems.Floats, name: str, options: ReadOptions
) -> None:
    """Raise what is wrong with the file as a whole, most specific fault first."""
    foreign = systems.unsupported_datum(crs)
    if foreign is not None:
        raise SourceError(faults.datum_unsupported(name, raw.layer, foreign))
    if options.datum is not None and not (systems.geographic(crs) or crs == systems.parse("3857")):
        raise SourceError(faults.datum_needs_degrees(name, options.datum))
    if len(points) == 0:
        return
    bounds = _show(points)
    if systems.looks_swapped(crs, points).all():
        raise SourceError(faults.axes_swapped(name, raw.layer, bounds))
    lonlat = systems.to_lonlat(crs, points)
    if systems.share_inside(lonlat, systems.CHINA) >= 0.5:
        return
    implied = raw.crs_is_implied and options.crs is None
    beyond = 1.0 - systems.share_inside(lonlat, (-180.0, -90.0, 180.0, 90.0))
    choices = _choices(points, crs)
    if implied and beyond > 0.5:
        raise SourceError(faults.metre_coordinates(name, bounds, choices))
    if choices:
        raise SourceError(
            faults.crs_contradicted(name, raw.layer, systems.label(crs), bounds, choices)
        )


def _choices(points: systems.Floats, other_than: pyproj.CRS | None) -> list[Text]:
    """Return the CRSs in which the data would lie in Shanxi, axes swapped if need be."""
    straight = systems.candidates(points, other_than)
    if straight:
        return [c.text() for c in straight]
    turned = [c.text() for c in systems.candidates(points[:, ::-1], None)]
    return [
        Text(f"{t.zh}，但须先交换坐标轴", f"{t.en}, but with the axes swapped first")
        for t in turned
    ]


def _centres(checked: geometry.Checked) -> tuple[systems.Floats, np.ndarray[Any, Any]]:
    """Return the middle of each usable feature's bounds (n, 2), and its row."""
    box = shapely.bounds(checked.geometry)
    rows = np.flatnonzero(np.isfinite(box).all(axis=1))
    box = box[rows]
    # Half of each before adding: coordinates of 1e308 would overflow.
    return np.column_stack([box[:, 0] / 2 + box[:, 2] / 2, box[:, 1] / 2 + box[:, 3] / 2]), rows


def _show(points: systems.Floats) -> str:
    low, high = points.min(axis=0), points.max(axis=0)
    return f"{low[0]:.7g}, {low[1]:.7g}, {high[0]:.7g}, {high[1]:.7g}"
