"""Which coordinate systems are CGCS2000: by the datum's name and by the ellipsoid's numbers.

CGCS2000, WGS 84 and the ITRF realise one frame to below a metre, which is below the accuracy of any
zoning layer, and are treated as one. Every other datum is tens of metres off or more, also those
that share the ellipsoid: local systems of cities and the datums of other countries are defined on
GRS 80, too. So both must say it, the name and the numbers; sites, official layers, tables and
rasters are judged here alike.
"""

from __future__ import annotations

import math
import re
import warnings
from functools import lru_cache
from typing import Any, Final

import pyproj
from pyproj.exceptions import CRSError

from zoning.base import gauss
from zoning.base.errors import Problem, problem
from zoning.base.patterns import pattern

#: (semi-major axis, inverse flattening) of CGCS2000 / GRS 80 and of WGS 84.
_MODERN: Final = ((6378137.0, 298.257222101), (6378137.0, 298.257223563))
#: Those of Xi'an 80 (IAG 1975) and Beijing 54 (Krassowsky 1940).
_OLD: Final = ((6378140.0, 298.257), (6378245.0, 298.3))
#: Names of the datums before CGCS2000: Xi'an 80, Beijing 54 and their ellipsoids.
_OLD_NAME: Final = pattern(
    r"xi.?an.?(19)?80|西安.?(19)?80|80.?西安|国家.?80|(?<!\d)(19)?80年?(国家|大地|坐标)|"
    r"beijing.?(19)?54|peking.?(19)?54|(?<![a-z])bj.?54|new.beijing|"
    r"北京.?(19)?54|54.?(年)?北京|(?<!\d)(19)?54年?(国家|大地|坐标)|北京坐标系|"
    r"pulkovo|krass?o[vw]s|(?<![a-z])s.?(19)?42(?!\d)|iag.?75",
    re.IGNORECASE,
)
_MODERN_NAME: Final = pattern(
    r"cgcs.?2000|china.?2000|china.geodetic.coordinate.system.2000|(国家|大地|中国).{0,6}2000|"
    r"2000.{0,2}(国家|中国|大地|坐标)|(?<!to)wgs.?(19)?84(?!\d)|world.geodetic.system.(19)?84|"
    r"(?<![a-z])itrf|terrestrial.reference.frame|(?<![a-z])igs\d\d",
    re.IGNORECASE,
)
#: The shifted coordinates of web maps, which no ellipsoid tells.
_WEB_MAP: Final = pattern(r"gcj.?0?2|bd.?09|火星|百度", re.IGNORECASE)
#: A datum that is not named: by PROJ where none is given, by GIS programs, or as its ellipsoid.
_NAMELESS: Final = pattern(
    r"^(d_)?(unknown|unnamed|undefined|user.defined|custom|not.specified|unspecified)|"
    r"^(d_)?(未知|未命名|自定义)|"
    r"^(d_)?(grs.?(19)?80|geodetic.reference.system.(of.)?1980)$",
    re.IGNORECASE,
)
#: Metres on the ground that one arc second, and one part in a million, of a shift amount to.
_SECOND_M, _PPM_M = 31.0, 6.4


def names_another(text: str) -> bool:
    """Whether a text names a datum before CGCS2000, or the shifted coordinates of web maps."""
    return _OLD_NAME.search(text) is not None or _WEB_MAP.search(text) is not None


def without_empty_shift(crs: pyproj.CRS) -> pyproj.CRS:
    """Return a CRS without a ``TOWGS84`` of zeros, which is a form filled in and no transformation.

    Programs write seven zeros where they know no parameters; what a surveyor determined is never
    zero, and less than a metre in all would make no difference. A grid named ``@null`` is none.
    """
    if not crs.is_bound or crs.source_crs is None or crs.coordinate_operation is None:
        return crs
    values = crs.coordinate_operation.towgs84
    if not values:
        grids = [grid.short_name for grid in crs.coordinate_operation.grids]
        return crs.source_crs if grids == ["@null"] else crs
    metres = [1.0] * 3 + [_SECOND_M] * 3 + [_PPM_M]
    moved = math.fsum(abs(v) * m for v, m in zip(values, metres, strict=False))
    return crs.source_crs if moved < 1.0 else crs


def unusable(
    crs: pyproj.CRS, file: str, layer: str | None = None, *, given: bool = False
) -> Problem | None:
    """Return why coordinates of a CRS cannot be taken for CGCS2000, or None.

    Parameters
    ----------
    crs : pyproj.CRS
        Without an empty shift. A definition with parameters of its own (``TOWGS84``) is accepted
        where the datum is another one: who wrote them answers for them.
    file : str
    layer : str, optional
    given : bool
        The user stated the CRS. Then a datum without a name is taken by its ellipsoid.

    Returns
    -------
    Problem or None
        ``crs-contradiction``, ``datum-contradiction`` or ``datum-unsupported``.
    """
    found = _judge(crs, given)
    if found is None:
        return None
    code, key, told = found
    return problem(code, key=key, file=file, layer=layer, **dict(told))


_Verdict = tuple[str, str, tuple[tuple[str, str], ...]]


@lru_cache(maxsize=128)
def _judge(crs: pyproj.CRS, given: bool) -> _Verdict | None:
    """Return code, wording and values of what is wrong with a CRS."""
    base = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    unlike = _registered_otherwise(base) or gauss.contradiction(base)
    if unlike is not None:
        return "crs-contradiction", "crs-contradiction", unlike
    geodetic, ellipsoid = base.geodetic_crs, base.ellipsoid
    if geodetic is None or ellipsoid is None or base.is_geocentric:
        return _unsupported("local", base.name)
    datum = geodetic.datum.name if geodetic.datum is not None else geodetic.name
    names = (datum, geodetic.name, ellipsoid.name, base.name)
    if is_on(geodetic, _MODERN):
        return _by_name(names, shifted=crs.is_bound, given=given)
    if crs.is_bound:
        return None
    return _unsupported("old" if is_on(geodetic, _OLD) else "other", datum)


def _by_name(names: tuple[str, ...], *, shifted: bool, given: bool) -> _Verdict | None:
    """Judge the names on a modern ellipsoid: of datum, geodetic CRS, ellipsoid and CRS."""
    datum, geodetic, ellipsoid, title = names
    old = next((name for name in names if _OLD_NAME.search(name)), None)
    if old is not None:
        told = (("named", old), ("ellipsoid", ellipsoid))
        return "datum-contradiction", "datum-contradiction", told
    web = next((name for name in names if _WEB_MAP.search(name)), None)
    if web is not None:
        return _unsupported("web-map", web)
    nameless = _NAMELESS.search(datum) is not None
    named = (datum, geodetic, title) if nameless else (datum,)
    if any(_MODERN_NAME.search(name) for name in named):
        shift = ("datum-contradiction", "datum-contradiction.shift", (("named", datum),))
        return shift if shifted else None
    if shifted or (nameless and given):
        return None
    return _unsupported("nameless" if nameless else "other", datum)


def _unsupported(kind: str, datum: str) -> _Verdict:
    key = "datum-unsupported" if kind == "old" else f"datum-unsupported.{kind}"
    return "datum-unsupported", key, (("datum", datum),)


def is_on(crs: pyproj.CRS, ellipsoids: tuple[tuple[float, float], ...]) -> bool:
    """Say whether a CRS is on one of some ellipsoids, given by semi-major axis, m, and 1/f."""
    if crs.ellipsoid is None:
        return False
    a, rf = crs.ellipsoid.semi_major_metre, crs.ellipsoid.inverse_flattening
    return any(abs(a - a0) < 1e-3 and abs(rf - rf0) < 1e-6 for a0, rf0 in ellipsoids)


def _registered_otherwise(crs: pyproj.CRS) -> tuple[tuple[str, str], ...] | None:
    """Say that a definition carries the EPSG code of another one."""
    stated = crs.to_json_dict().get("id", {})
    if stated.get("authority") != "EPSG":
        return None
    code = f"EPSG:{stated.get('code')}"
    try:
        registered = pyproj.CRS.from_user_input(code)
    except CRSError:
        return None
    if same(crs, registered):
        return None
    return (("one", f"{code} {registered.name}"), ("other", gauss.described(crs)))


def same(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    """Say whether two definitions give coordinates one place, names and axis order aside."""
    if one.ellipsoid is None or other.ellipsoid is None:
        return one.name == other.name
    shape = ((other.ellipsoid.semi_major_metre, other.ellipsoid.inverse_flattening),)
    alike = is_on(one, shape) or (is_on(one, _MODERN) and is_on(other, _MODERN))
    if one.is_projected != other.is_projected or not alike:
        return False
    if not one.is_projected:
        return True
    first, second = gauss.zone(one), gauss.zone(other)
    if first is not None and second is not None:
        return first == second
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs = (c.coordinate_operation for c in (one, other))
    if ours is None or theirs is None or (first is None) != (second is None):
        return False
    return _numbers(ours) == _numbers(theirs)


def _numbers(operation: Any) -> list[float]:
    """Return the parameters of a projection that are not zero, in their order of size."""
    found = (float(p.value) * p.unit_conversion_factor for p in operation.params)
    return sorted(round(v, 9) for v in found if v)
