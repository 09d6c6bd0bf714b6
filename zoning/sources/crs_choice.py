"""Which CRS a layer is in: what the user says, what the file says, and what the numbers say.

The numbers never choose, they only object: a wrong guess moves a site by hundreds of metres and
nobody would see it. They do name the candidates in which the data would lie inside Shanxi.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyproj

from zoning.errors import SourceError, Text, UsageError
from zoning.sources import crs as systems
from zoning.sources import crs_match, faults, flaws, geometry
from zoning.sources.boundary_helmert import TITLES, Frame, Helmert, frame_of
from zoning.sources.types import Raw, ReadOptions

_WORLD = (-180.0, -90.0, 180.0, 90.0)


def decide(
    raw: Raw, checked: geometry.Checked, name: str, options: ReadOptions
) -> tuple[pyproj.CRS, Text, list[Text]]:
    """Return the CRS of a layer, how it is known, and notices about it.

    Features whose axes alone are swapped are failed in ``checked``.

    Raises
    ------
    SourceError
        ``crs-missing``, ``crs-unknown``, ``datum-unsupported``, ``datum-not-applicable``,
        ``axes-swapped``, ``geojson-metre-coordinates``, ``crs-contradicts-coordinates``.
    UsageError
        ``helmert-syntax``, ``transform-and-datum``.
    """
    helmert = _parameters(name, options)
    points, rows, bounds = _centres(checked)
    crs, evidence, notices = _stated(raw, points, name, options)
    foreign = systems.unsupported_datum(crs)
    frame = frame_of(crs)
    if foreign is not None and (helmert is None or frame is None):
        local = crs.is_engineering or crs.geodetic_crs is None
        raise SourceError(
            faults.datum_unsupported(name, raw.layer, foreign, old=frame is not None, local=local)
        )
    if foreign is None:
        crs, matched = crs_match.identify(crs, systems.code(crs))
        if matched is not None:
            evidence = Text(f"{evidence.zh}；{matched.zh}", f"{evidence.en}; {matched.en}")
    if helmert is not None:
        evidence, said = _transformed(evidence, frame, helmert)
        notices.append(said)
    if options.datum is not None and not (systems.geographic(crs) or systems.web_mercator(crs)):
        raise SourceError(faults.datum_needs_degrees(name, options.datum))
    if len(points):
        notices += _doubt(raw, crs, points, bounds, name, options)
        swapped = systems.looks_swapped(crs, points)
        checked.fail(rows[swapped], lambda _: flaws.SWAPPED)
    return crs, evidence, notices


def _parameters(name: str, options: ReadOptions) -> Helmert | None:
    """Return the parameters the user gave."""
    if options.transform is None:
        return None
    if options.datum is not None:
        raise UsageError(faults.transform_and_datum(name, options.datum))
    return Helmert.parse(options.transform)


def _transformed(evidence: Text, frame: Frame | None, helmert: Helmert) -> tuple[Text, Text]:
    """Return the evidence and the notice on what became of the user's parameters."""
    if frame is None:
        return evidence, Text(
            "--transform 未使用：坐标不在 1980 西安或 1954 北京坐标系。",
            "--transform was not applied: the coordinates are neither Xi'an 80 nor Beijing 54.",
        )
    zh = f"已用 --transform {helmert.text()} 由{TITLES[frame][0]}换算到 CGCS2000"
    en = f"brought from {TITLES[frame][1]} to CGCS2000 with --transform {helmert.text()}"
    return (
        Text(f"{evidence.zh.rstrip('。')}；{zh}", f"{evidence.en.rstrip('.')}; {en}"),
        Text(
            f"{zh}；参数是否适用于当地未经核对。",
            f"The coordinates were {en}; whether the parameters hold here was not checked.",
        ),
    )


def _stated(
    raw: Raw, points: systems.Floats, name: str, options: ReadOptions
) -> tuple[pyproj.CRS, Text, list[Text]]:
    """Return the CRS that the user or the file states."""
    if raw.crs_is_decided and raw.crs is not None:
        return raw.crs, raw.crs_evidence, []
    if options.crs is not None:
        crs = systems.require(options.crs, name)
        evidence = Text("由用户指定（--crs）", "given by the user (--crs)")
        if raw.crs is None or raw.crs_is_implied or raw.crs == crs:
            return crs, evidence, []
        stated = systems.label(raw.crs)
        override = Text(
            f"文件声明的坐标系 {stated} 已被 --crs {options.crs} 取代。",
            f"--crs {options.crs} overrides the coordinate system {stated} of the file.",
        )
        return crs, evidence, [override]
    if raw.crs is not None:
        return raw.crs, raw.crs_evidence, []
    if options.datum is None:
        raise SourceError(faults.crs_missing(name, raw.layer, _choices(points, None)))
    evidence = Text(
        f"由 --datum {options.datum} 得知为经纬度", f"degrees, as --datum {options.datum} says"
    )
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
        raise SourceError(faults.axes_swapped(name, raw.layer, bounds))
    lonlat = systems.to_lonlat(crs, points)
    if systems.share_inside(lonlat, systems.SHANXI) >= 0.5:
        return []
    choices = _choices(points, crs)
    beyond = systems.share_inside(lonlat, _WORLD) < 0.5
    if beyond and raw.crs_is_implied and options.crs is None:
        raise SourceError(faults.metre_coordinates(name, bounds, choices))
    title = systems.label(crs)
    abroad = systems.share_inside(lonlat, systems.CHINA) < 0.5
    if choices and (abroad or _foreign_easting(crs, points)):
        raise SourceError(faults.crs_contradicted(name, raw.layer, title, bounds, choices))
    return [_hint(title, choices)] if choices else []


def _foreign_easting(crs: pyproj.CRS, points: systems.Floats) -> bool:
    """Return whether most eastings lie farther from the false easting than a zone reaches."""
    found = crs_match.zone(crs)
    if found is None:
        return False
    far = np.abs(points[:, 0] - found.false_easting) > crs_match.REACH_M
    return bool(far.mean() > 0.5)


def _hint(title: str, choices: list[Text]) -> Text:
    zh = "；".join(c.zh for c in choices)
    en = "; ".join(c.en for c in choices)
    return Text(
        f"按 {title} 数据落在山西以外；若坐标系写错，按下列坐标系落在山西境内：{zh}。",
        f"In {title} the data lie outside Shanxi; if that is a mistake, they would lie inside "
        f"in: {en}.",
    )


def _choices(points: systems.Floats, other_than: pyproj.CRS | None) -> list[Text]:
    """Return the CRSs in which the data would lie in Shanxi, axes swapped if need be."""
    straight = systems.candidates(points, other_than)
    if straight:
        return [c.text() for c in straight]
    turned = [c.text() for c in systems.candidates(points[:, ::-1])]
    return [
        Text(f"{t.zh}，但须先交换坐标轴", f"{t.en}, but with the axes swapped first")
        for t in turned
    ]


def _centres(checked: geometry.Checked) -> tuple[systems.Floats, npt.NDArray[np.int64], str]:
    """Return the middle of each usable feature's bounds (n, 2), its row, and the bounds of all."""
    box = geometry.bounds(checked.geometry)
    rows = np.flatnonzero(np.isfinite(box).all(axis=1))
    box = box[rows]
    # Half of each before adding: coordinates of 1e308 would overflow.
    points = np.column_stack([box[:, 0] / 2 + box[:, 2] / 2, box[:, 1] / 2 + box[:, 3] / 2])
    return points, rows, _show(box)


def _show(box: systems.Floats) -> str:
    if len(box) == 0:
        return ""
    return ", ".join(f"{v:.8g}" for v in (*box[:, :2].min(axis=0), *box[:, 2:].max(axis=0)))
