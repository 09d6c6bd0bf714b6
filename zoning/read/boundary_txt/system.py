"""From header and coordinates to one coordinate system, on evidence; contradictions are refused.

Zone arithmetic of the Gauss–Krüger projection in China: 3° zone n has its central meridian at 3n°
(n = 25–45), 6° zone n at 6n − 3° (n = 13–23); the two ranges do not meet, so a zone number tells
the width. EPSG codes: registry blocks 4491–4554 (CGCS2000), 2327–2390 (Xian 1980), 2401–2442 and
21413–21463 (Beijing 1954).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import pyproj

from zoning.base import datums
from zoning.base.errors import SourceError, problem
from zoning.messages import Text, message
from zoning.read.boundary_txt import refusals
from zoning.read.boundary_txt.types import excerpt
from zoning.read.crs.helmert import (
    TITLES,
    Degree,
    Frame,
    Helmert,
    frame_of,
    shift,
    to_lonlat,
)

#: EPSG code = block + zone number, by datum, width, and whether the easting carries the zone.
_BLOCKS: Final[dict[tuple[Frame, Degree, bool], int]] = {
    ("cgcs2000", 3, True): 4488,
    ("cgcs2000", 3, False): 4509,
    ("cgcs2000", 6, True): 4478,
    ("cgcs2000", 6, False): 4489,
    ("xian80", 3, True): 2324,
    ("xian80", 3, False): 2345,
    ("xian80", 6, True): 2314,
    ("xian80", 6, False): 2325,
    ("beijing54", 3, True): 2376,
    ("beijing54", 3, False): 2397,
    ("beijing54", 6, True): 21400,
    ("beijing54", 6, False): 21440,
}
#: Geographic CRS of the old frames.
_DEGREES: Final[dict[Frame, int]] = {"xian80": 4610, "beijing54": 4214}
_ZONES: Final[dict[Degree, range]] = {3: range(25, 46), 6: range(13, 24)}


@dataclass(frozen=True, slots=True)
class System:
    """A Gauss–Krüger zone: frame, width, number, and whether eastings carry the number."""

    frame: Frame
    degree: Degree
    zone: int
    prefixed: bool

    @property
    def epsg(self) -> int:
        """EPSG code of the projected CRS."""
        return _BLOCKS[self.frame, self.degree, self.prefixed] + self.zone

    @property
    def meridian(self) -> int:
        """Central meridian, degrees east."""
        return 3 * self.zone if self.degree == 3 else 6 * self.zone - 3

    @property
    def false_easting(self) -> int:
        """What is added to eastings, m: 500 km, and the zone number in front."""
        return 500_000 + (1_000_000 * self.zone if self.prefixed else 0)


@dataclass(frozen=True, slots=True)
class Located:
    """The decision: CRS, transformer to CGCS2000 lon/lat, zone if it is one, evidence, notices."""

    crs: pyproj.CRS
    to_lonlat: pyproj.Transformer
    system: System | None
    evidence: Text
    notices: tuple[Text, ...] = ()


@cache
def system_of_epsg() -> Mapping[int, System]:
    """Return the zone that each EPSG code of the blocks stands for."""
    return {
        block + zone: System(frame, degree, zone, prefixed)
        for (frame, degree, prefixed), block in _BLOCKS.items()
        for zone in _ZONES[degree]
    }


def degree_of(zone: int) -> Degree | None:
    """Return the width of the zone with this number, or None if there is none in China."""
    for degree, numbers in _ZONES.items():
        if zone in numbers:
            return degree
    return None


def locate(
    name: str,
    header: Mapping[str, str],
    prefixes: Counter[int],
    *,
    crs: str | int | pyproj.CRS | None,
    transform: Helmert | None,
) -> Located:
    """Decide the CRS of a file.

    Parameters
    ----------
    name : str
        File name for messages.
    header : Mapping
        Header entries.
    prefixes : Counter
        How many plots have which zone number in front of the easting; 0 stands for none.
    crs : str, int or pyproj.CRS, optional
        Chosen by the caller; overrides the header, not the prefix of the eastings.
    transform : Helmert, optional
        Seven parameters to CGCS2000, for Xi'an 80 and Beijing 54.

    Raises
    ------
    SourceError
        If frame or zone are unknown or contradict each other, or the frame is an old one and no
        parameters are given.
    """
    if crs is not None:
        return _by_caller(name, header, prefixes, crs, transform)
    frame = _frame(name, header, prefixes)
    _check_projection(name, header)
    stated, width = _stated_zone(name, header), _stated_degree(name, header)
    seen = next((zone for zone, _ in prefixes.most_common() if zone), None)
    if stated and seen and stated not in prefixes and 0 not in prefixes:
        raise SourceError(
            refusals.contradiction(name, f"带号={stated}", f"横坐标前两位 {seen}", stated, seen)
        )
    zone = stated or seen
    if zone is None:
        raise SourceError(refusals.no_zone(name, zone_candidates(frame, width)))
    degree = degree_of(zone)
    if degree is None or (width and width != degree):
        raise SourceError(
            refusals.contradiction(
                name, f"几度分带={width or '?'}", f"带号 {zone}", width or "?", zone
            )
        )
    system = System(frame, degree, zone, 0 not in prefixes)
    found = _evidence(header, stated, seen)
    located = _located(name, system, transform, found)
    return replace(located, notices=_parameters_unused(header, transform))


def _located(name: str, system: System, transform: Helmert | None, why: Text) -> Located:
    if system.frame != "cgcs2000" and transform is None:
        raise SourceError(refusals.old_frame(name, system.frame))
    crs = pyproj.CRS.from_epsg(system.epsg)
    pipeline = to_lonlat(system.frame, system.meridian, system.false_easting, transform)
    return Located(crs, pipeline, system, why)


def _by_caller(
    name: str,
    header: Mapping[str, str],
    prefixes: Counter[int],
    crs: str | int | pyproj.CRS,
    transform: Helmert | None,
) -> Located:
    """Take the caller's CRS, unless the eastings' own zone number contradicts it."""
    try:
        chosen = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise SourceError(refusals.bad_crs(name, str(crs))) from error
    said = header.get("坐标系", "")
    header_says = message("system.header-says", said=excerpt(said)) if said else None
    why = message("system.given-by-caller", crs=chosen.to_string(), header_says=header_says)
    system = system_of_epsg().get(chosen.to_epsg() or 0)
    overrides = _overrides(header, chosen, system)
    old = _old(header)
    if system is None:
        return replace(_elsewhere(name, chosen, old, transform, why), notices=overrides)
    if old is not None and system.frame == "cgcs2000":
        # The option may name the zone; that the numbers are in the old frame it cannot change.
        system = replace(system, frame=old)
    seen = [zone for zone in prefixes if zone]
    if seen and system.zone not in seen and 0 not in prefixes:
        raise SourceError(
            refusals.contradiction(
                name, f"--crs {chosen.to_string()}", f"横坐标前两位 {seen[0]}", system.zone, seen[0]
            )
        )
    # With or without the zone number in front is a matter of writing, and the file shows which.
    located = _located(name, replace(system, prefixed=0 not in prefixes), transform, why)
    return replace(located, notices=overrides)


def _elsewhere(
    name: str, chosen: pyproj.CRS, old: Frame | None, transform: Helmert | None, why: Text
) -> Located:
    """Take a CRS that is no zone of the national grids: degrees, a PROJ definition, or other."""
    chosen = datums.without_empty_shift(chosen)
    frame = frame_of(chosen) or old
    unusable = datums.unusable(chosen, name, given=True)
    if unusable is not None and frame is None:
        raise SourceError(unusable)
    if chosen.is_bound:  # the caller's definition carries parameters of its own
        pipeline = pyproj.Transformer.from_crs(chosen, "EPSG:4326", always_xy=True)
        return Located(chosen, pipeline, None, why)
    if frame is None:
        pipeline = pyproj.Transformer.from_crs(chosen, "EPSG:4490", always_xy=True)
        return Located(chosen, pipeline, None, why)
    if transform is None or not chosen.is_geographic:
        raise SourceError(refusals.old_frame(name, frame))
    return Located(pyproj.CRS.from_epsg(_DEGREES[frame]), shift(frame, transform), None, why)


def _old(header: Mapping[str, str]) -> Frame | None:
    """Return the old frame that the header names, if it names no newer one beside it."""
    found = _frames(header.get("坐标系", ""))
    return found[0] if found and "cgcs2000" not in found else None


def _overrides(
    header: Mapping[str, str], chosen: pyproj.CRS, system: System | None
) -> tuple[Text, ...]:
    """Return a notice where the caller's CRS says other than the header does."""
    frames = _frames(header.get("坐标系", ""))
    try:
        zone, width = _stated_zone("", header), _stated_degree("", header)
    except SourceError:
        zone, width = None, None  # unreadable there, and overridden anyway
    if system is None:
        agrees = not frames and zone is None
    else:
        agrees = (
            frames in ([], [system.frame])
            and zone in (None, system.zone)
            and width in (None, system.degree)
        )
    if agrees:
        return ()
    stated = [TITLES[frame] for frame in frames]
    if zone is not None:
        stated.append(message("system.zone", zone=zone))
    elif width is not None:
        stated.append(message("system.zones", width=width))
    said = " ".join(chosen.to_string().split())[:60]
    return (
        message(
            "system.crs-overrides-coordinate-system",
            said=said,
            detail=stated,
        ),
    )


def _fold(value: str) -> str:
    return unicodedata.normalize("NFKC", value).replace(" ", "").lower()


def _frame(name: str, header: Mapping[str, str], prefixes: Iterable[int]) -> Frame:
    """Read 坐标系; refuse what is missing, unknown or names two frames at once."""
    said = header.get("坐标系", "")
    found = _frames(said)
    if len(found) == 1:
        return found[0]
    raise SourceError(refusals.no_frame(name, said, candidates(prefixes)))


def _frames(said: str) -> list[Frame]:
    """Return the frames that a text names."""
    text = _fold(said)
    tests: dict[Frame, str] = {
        "cgcs2000": r"2000|cgcs",
        "xian80": r"1980|西安|xi'?an|(?<!\d)80",
        "beijing54": r"1954|北京|beijing|(?<!\d)54",
    }
    return [frame for frame, pattern in tests.items() if re.search(pattern, text)]


def _check_projection(name: str, header: Mapping[str, str]) -> None:
    """Refuse another projection than Gauss–Krüger, and another unit than the metre."""
    for key, good in (
        ("投影类型", r"高斯|gauss|横轴墨卡托|transverse"),
        ("计量单位", r"^(米|m|meters?|metres?)|平方|公顷|亩"),
    ):
        said = header.get(key, "")
        if said and not re.search(good, _fold(said)):
            raise SourceError(
                problem("txt-projection", file=name, field=key, key_=key, said=excerpt(said))
            )


def _stated_zone(name: str, header: Mapping[str, str]) -> int | None:
    """Read 带号, or the central meridian written there or in 中央子午线."""
    width = _stated_degree(name, header)
    for key in ("带号", "中央子午线", "中央经线"):
        said = header.get(key, "")
        numbers = [int(n) for n in re.findall(r"(?<![\d.])\d{1,6}(?![\d])", _fold(said))]
        for n in numbers:
            if key == "带号" and degree_of(n):
                return n
            if 75 <= n <= 135 and n % 3 == 0:
                six = width == 6 and (n + 3) % 6 == 0
                return (n + 3) // 6 if six else n // 3
        if numbers:
            raise SourceError(refusals.bad_value(name, key, said, "13–23、25–45", "13–23 or 25–45"))
    return None


def _stated_degree(name: str, header: Mapping[str, str]) -> Degree | None:
    """Read 几度分带."""
    said = header.get("几度分带", "") or header.get("分带", "")
    text = _fold(said).replace("三", "3").replace("六", "6")
    found = re.search(r"\d+(\.\d+)?", text)
    if found is None:
        return None
    if found[0] in ("3", "3.0"):
        return 3
    if found[0] in ("6", "6.0"):
        return 6
    raise SourceError(refusals.bad_value(name, "几度分带", said, "3 或 6", "3 or 6"))


def _evidence(header: Mapping[str, str], stated: int | None, seen: int | None) -> Text:
    return message(
        "system.evidence",
        said=excerpt(header.get("坐标系", "")),
        stated=message("system.evidence-stated", zone=stated) if stated else None,
        seen=message("system.evidence-seen", zone=seen)
        if seen
        else message("system.evidence-none"),
    )


def _parameters_unused(header: Mapping[str, str], transform: Helmert | None) -> tuple[Text, ...]:
    """Say that the header's own transformation parameters were not applied."""
    said = header.get("转换参数", "")
    if transform is not None or not re.search(r"[1-9]", said):
        return ()
    return (message("system.header-s-were-applied", said=excerpt(said)),)


def candidates(prefixes: Iterable[int]) -> str:
    """Return the CRS codes worth trying, given the zone numbers seen before the eastings."""
    seen = sorted({zone for zone in prefixes if degree_of(zone)})
    if not seen:
        return "EPSG:4546 (111°E), EPSG:4547 (114°E)"
    systems = [System("cgcs2000", degree_of(zone) or 3, zone, True) for zone in seen]
    return ", ".join(f"EPSG:{s.epsg} ({s.meridian}°E)" for s in systems[:3])


def zone_candidates(frame: Frame, width: Degree | None) -> str:
    """Return the codes of Shanxi's zones, for eastings without zone number."""
    known: tuple[tuple[Degree, int], ...] = ((3, 37), (3, 38), (6, 19), (6, 20))
    options = [System(frame, d, z, False) for d, z in known if width in (None, d)]
    return ", ".join(f"EPSG:{s.epsg} ({s.meridian}°E)" for s in options)
