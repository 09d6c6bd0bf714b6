"""Units at the edge: everything inside is in m and m²; these names convert for people.

Sources
-------
1 亩 = 10000/15 m² (国务院关于在我国统一实行法定计量单位的命令, 1984, annex: 亩 defined through the
hectare, 15 亩 = 1 ha). CGCS2000 ellipsoid: GB 22021-2008, a = 6378137 m, f = 1/298.257222101.
"""

from __future__ import annotations

from typing import Final

#: CGCS2000 semi-major axis, m.
SEMI_MAJOR_M: Final = 6378137.0
#: CGCS2000 inverse flattening.
INVERSE_FLATTENING: Final = 298.257222101
#: CGCS2000 first eccentricity squared.
ECCENTRICITY2: Final = (2.0 - 1.0 / INVERSE_FLATTENING) / INVERSE_FLATTENING

M2_PER_HA: Final = 10_000.0
M2_PER_KM2: Final = 1_000_000.0
M2_PER_MU: Final = 10_000.0 / 15.0


def ha(area_m2: float) -> float:
    """Convert m² to hectares (公顷)."""
    return area_m2 / M2_PER_HA


def mu(area_m2: float) -> float:
    """Convert m² to mu (亩)."""
    return area_m2 / M2_PER_MU


def km2(area_m2: float) -> float:
    """Convert m² to km²."""
    return area_m2 / M2_PER_KM2


def km(length_m: float) -> float:
    """Convert m to km."""
    return length_m / 1000.0
