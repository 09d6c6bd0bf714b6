"""Coordinate systems: accept them, doubt them, and bring coordinates to EPSG:4490.

Only data on CGCS2000 or WGS 84 are accepted without parameters: the two realise the same
ellipsoid and frame to below 1 m, which is below the accuracy of any zoning layer, and are treated
as one. A transformation is therefore only the inverse of the map projection: no grids, no
network, and EPSG:4326 to EPSG:4490 is the identity.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyproj
from pyproj.exceptions import CRSError, ProjError

from zoning.base import datums, gauss
from zoning.base.errors import SourceError, problem
from zoning.base.settings import CRS
from zoning.messages import Text, message
from zoning.read import file_faults
from zoning.read.crs.helmert import Frame, Helmert, shift

Floats = npt.NDArray[np.float64]

#: Longitude and latitude between which Shanxi lies, with a margin of a few km.
SHANXI = (110.2, 34.5, 114.6, 40.8)
#: The same for China, land and islands.
CHINA = (73.0, 3.0, 136.0, 54.0)

#: Longitude and latitude on CGCS2000, and on WGS 84.
_DEGREES = ("EPSG:4490", "EPSG:4326")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A CRS in which data without one might have been meant."""

    code: str
    name: Text

    def text(self) -> Text:
        """Return code and name for a message."""
        return message("systems.text", code_=self.code, name=self.name)


def _gk(code: int, width: int, meridian: int, zone: int | None) -> Candidate:
    name = (
        message("systems.without-prefix", width=width, meridian=meridian)
        if zone is None
        else message("systems.with-prefix", width=width, zone=zone)
    )
    return Candidate(f"EPSG:{code}", name)


#: What planners in Shanxi use, likeliest first. 6° without prefix at 111°E is the same
#: projection as 3° there, so it is not listed twice.
CANDIDATES = (
    Candidate("EPSG:4490", message("systems.cgcs2000-longitude-latitude")),
    _gk(4525, 3, 111, 37),
    _gk(4526, 3, 114, 38),
    _gk(4546, 3, 111, None),
    _gk(4547, 3, 114, None),
    _gk(4497, 6, 111, 19),
    _gk(4498, 6, 117, 20),
    _gk(4509, 6, 117, None),
    Candidate("EPSG:3857", message("systems.web-mercator")),
)


@lru_cache(maxsize=64)
def parse(text: str) -> pyproj.CRS:
    """Return the CRS that ``text`` (EPSG code, WKT, PROJ string) names.

    Raises
    ------
    ValueError
        If PROJ does not know it, or it is a file or URL rather than a definition.
    """
    cleaned = text.strip()
    if cleaned.isdigit():
        cleaned = f"EPSG:{cleaned}"
    # pyproj would open a file of that name; a CRS option never reads files.
    definition = cleaned.startswith("{") or "[" in cleaned
    if not definition and re.search(r"^[/.@~]|://|\+init|\.(prj|wkt|json|txt)$", cleaned):
        raise ValueError(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pyproj.CRS.from_user_input(cleaned)
    except CRSError as error:
        raise ValueError(text) from error


def require(text: str, name: str) -> pyproj.CRS:
    """Return the CRS the user gave, or raise ``crs-unknown``."""
    try:
        return parse(text)
    except ValueError as error:
        raise SourceError(file_faults.crs_unknown(name, text)) from error


def stated(text: str, name: str, given: str | None) -> tuple[pyproj.CRS | None, tuple[Text, ...]]:
    """Return the CRS that a file states, or None and a notice where ``given`` stands in for it.

    Raises
    ------
    SourceError
        ``crs-unknown``, if it cannot be understood and the user gave none.
    """
    try:
        return parse(text), ()
    except ValueError as error:
        if given is None:
            raise SourceError(file_faults.crs_unknown(name, text)) from error
        return None, (message("systems.overridden", text=" ".join(text.split())[:60], crs=given),)


def require_one(
    stated: Iterable[pyproj.CRS], crs: pyproj.CRS, name: str, layer: str | None
) -> None:
    """Refuse a file that states two coordinate systems which place its coordinates differently.

    Raises
    ------
    SourceError
        ``crs-contradiction``.
    """
    for one in stated:
        if not datums.same(one, crs):
            told = {"one": label(one), "other": f"{label(crs)}, {gauss.described(crs)}"}
            raise SourceError(problem("crs-contradiction", file=name, layer=layer, **told))


def label(crs: pyproj.CRS) -> str:
    """Return a short name: the EPSG code where there is a sure one, else the CRS's own name."""
    if crs.is_bound and crs.source_crs is not None:
        return f"{label(crs.source_crs)} + TOWGS84"
    return code(crs) or " ".join(crs.name.split())[:80]


@lru_cache(maxsize=64)
def code(crs: pyproj.CRS) -> str | None:
    """Return the authority code of a CRS that is exactly that one, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        authority = crs.to_authority(min_confidence=100)
    if authority is None and crs.is_geographic:
        # The names of desktop GIS, and whichever axis is written first.
        same = (text for text in _DEGREES if crs.equals(parse(text), ignore_axis_order=True))
        return next(same, None)
    return None if authority is None else f"{authority[0]}:{authority[1]}"


def web_mercator(crs: pyproj.CRS) -> bool:
    """Return whether this is the projection of web maps."""
    return code(crs) == "EPSG:3857"


def geographic(crs: pyproj.CRS) -> bool:
    """Return whether coordinates are degrees."""
    base = crs.source_crs if crs.is_bound else crs
    return bool(base is not None and base.is_geographic)


def shifted(frame: Frame, helmert: Helmert, lonlat: Floats) -> Floats:
    """Return degrees (n, 2) of an old frame in CGCS2000; inf where undefined."""
    change = shift(frame, helmert)
    x, y = change.transform(lonlat[:, 0], lonlat[:, 1], errcheck=False)
    return np.column_stack([x, y])


@lru_cache(maxsize=64)
def transformer(crs: pyproj.CRS) -> pyproj.Transformer | None:
    """Return what brings ``crs`` to longitude and latitude, or None for the identity."""
    base = crs.geodetic_crs
    meridian = base.prime_meridian if base is not None else None
    if crs.is_bound or base is None or (meridian is not None and meridian.longitude != 0.0):
        # Parameters given as TOWGS84 lead to WGS 84, which counts as CGCS2000.
        return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    if crs.is_geographic:
        degrees = all(abs(a.unit_conversion_factor - np.pi / 180) < 1e-12 for a in crs.axis_info)
        if degrees:
            return None
        return pyproj.Transformer.from_crs(crs, CRS, always_xy=True)
    return pyproj.Transformer.from_crs(crs, base, always_xy=True)


def to_lonlat(crs: pyproj.CRS, xy: Floats) -> Floats:
    """Return longitude and latitude (n, 2) in degrees of ``xy`` (n, 2); inf where undefined."""
    change = transformer(crs)
    if change is None or len(xy) == 0:
        return xy
    try:
        x, y = change.transform(xy[:, 0], xy[:, 1], errcheck=False)
    except ProjError:
        return np.full_like(xy, np.inf)
    return np.column_stack([x, y])


def bounds_in(crs: pyproj.CRS, box: tuple[float, float, float, float]) -> tuple[float, ...]:
    """Return the bounds in ``crs`` of a lon/lat box, edges densified so that none is cut."""
    change = transformer(crs)
    if change is None:
        return box
    return tuple(
        change.transform_bounds(
            *box, densify_pts=41, direction=pyproj.enums.TransformDirection.INVERSE
        )
    )


def share_inside(lonlat: Floats, box: tuple[float, float, float, float]) -> float:
    """Return the share of points (n, 2) that lie in a lon/lat box."""
    if len(lonlat) == 0:
        return 0.0
    with np.errstate(invalid="ignore"):
        x, y = lonlat[:, 0], lonlat[:, 1]
        inside = (x >= box[0]) & (y >= box[1]) & (x <= box[2]) & (y <= box[3])
    return float(inside.mean())


def candidates(points: Floats, other_than: pyproj.CRS | None = None) -> list[Candidate]:
    """Return the usual CRSs in which most of ``points`` (n, 2) would lie inside Shanxi."""
    found = []
    for candidate in CANDIDATES:
        crs = parse(candidate.code)
        if other_than is not None and crs == other_than:
            continue
        if share_inside(to_lonlat(crs, points), SHANXI) >= 0.5:
            found.append(candidate)
    return found


def looks_swapped(crs: pyproj.CRS, points: Floats) -> npt.NDArray[np.bool_]:
    """Return for each of ``points`` (n, 2) whether only the other axis order lies in China."""
    return _inside_china(crs, points[:, ::-1]) & ~_inside_china(crs, points)


def _inside_china(crs: pyproj.CRS, points: Floats) -> npt.NDArray[np.bool_]:
    lonlat = to_lonlat(crs, np.ascontiguousarray(points))
    with np.errstate(invalid="ignore"):
        x, y = lonlat[:, 0], lonlat[:, 1]
        inside = (x >= CHINA[0]) & (x <= CHINA[2]) & (y >= CHINA[1]) & (y <= CHINA[3])
    return np.asarray(inside, dtype=np.bool_)
