"""What would cure a site's violations, as sentences and as JSON."""

from __future__ import annotations

import json
from typing import Any

import shapely

from zoning.messages import Lang
from zoning.model import Remedy
from zoning.show import schema as s
from zoning.show import titles

_WINDS = (
    ("北", "N"), ("东北", "NE"), ("东", "E"), ("东南", "SE"),
    ("南", "S"), ("西南", "SW"), ("西", "W"), ("西北", "NW"),
)  # fmt: skip


def lines(remedy: Remedy, lang: Lang) -> list[str]:
    """Return one sentence a way out, and one for what no change of place cures."""
    zh = lang == "zh"
    out: list[str] = []
    if remedy.remainder is not None:
        left, cut = titles.area(remedy.remainder_m2, lang), titles.area(remedy.removed_m2, lang)
        out.append(
            f"退出禁止区域后还剩 {left}，退出 {cut}。"
            if zh
            else f"Outside all forbidden ground {left} remains; {cut} would have to go."
        )
    out += [_stretch(found.from_m, found.to_m, lang) for found in remedy.stretches]
    if remedy.shift_m is not None and remedy.bearing_deg is not None:
        out.append(_shift(remedy, remedy.shift_m, remedy.bearing_deg, lang))
    elif remedy.rules and not remedy.stretches:
        out.append("5 公里内平移无法消除。" if zh else "No move of up to 5 km removes them.")
    if remedy.elsewhere:
        names = ("、" if zh else ", ").join(remedy.elsewhere)
        out.append(
            f"与位置无关、移动无法消除：{names}。"
            if zh
            else f"Not a matter of place, no move cures: {names}."
        )
    return out


def _shift(remedy: Remedy, shift_m: float, bearing_deg: float, lang: Lang) -> str:
    wind = _WINDS[round(bearing_deg / 45.0) % 8]
    distance = titles.length(shift_m, lang)
    status = ""
    if remedy.moved_status is not None:
        status = titles.STATUS[remedy.moved_status].in_(lang)
    if lang == "zh":
        return (
            f"保持形状整体平移 {distance}，方位角 {bearing_deg:.0f}°（{wind[0]}），"
            f"即消除全部空间违反；移动后复审结论：{status}。"
        )
    return (
        f"Moved as a whole by {distance} at bearing {bearing_deg:.0f}° ({wind[1]}), the site has "
        f"no spatial violation left; reviewed there: {status}."
    )


def _stretch(from_m: float, to_m: float, lang: Lang) -> str:
    start, end = f"K{from_m / 1000:.3f}", f"K{to_m / 1000:.3f}"
    size = titles.length(to_m - from_m, lang)
    if lang == "zh":
        return f"改线 {start} 至 {end}（{size}）。"
    return f"Re-route {start} to {end} ({size})."


def to_dict(remedy: Remedy) -> s.RemedyDict:
    """Return a remedy as JSON-ready values, geometries as GeoJSON in EPSG:4490."""
    status = remedy.moved_status
    return {
        "project": remedy.project,
        "rules": list(remedy.rules),
        "elsewhere": list(remedy.elsewhere),
        "remainder_m2": _number(remedy.remainder_m2, remedy.remainder),
        "removed_m2": _number(remedy.removed_m2, remedy.remainder),
        "remainder": _geometry(remedy.remainder),
        "shift_m": None if remedy.shift_m is None else round(remedy.shift_m, 3),
        "bearing_deg": None if remedy.bearing_deg is None else round(remedy.bearing_deg, 3),
        "moved": _geometry(remedy.moved),
        "moved_status": status.value if status is not None else None,
        "stretches": [
            {
                "from_m": round(found.from_m, 3),
                "to_m": round(found.to_m, 3),
                "geometry": _geometry(found.geometry),
            }
            for found in remedy.stretches
        ],
    }


def _number(value: float, geometry: Any) -> float | None:
    return None if geometry is None else round(value, 3)


def _geometry(geometry: Any) -> dict[str, Any] | None:
    if geometry is None:
        return None
    rounded = shapely.set_precision(geometry, 1e-8, mode="pointwise")
    found: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return found
