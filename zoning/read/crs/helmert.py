"""Seven-parameter transformation of the old national frames to CGCS2000.

Ellipsoids: CGCS2000 GB 22021-2008; Xi'an 80: IAG 1975 (a = 6378140 m, 1/f = 298.257);
Beijing 54: Krassowsky 1940 (a = 6378245 m, 1/f = 298.3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import pyproj

from zoning.base import units
from zoning.base.errors import UsageError, problem
from zoning.messages import Text, message

Frame = Literal["cgcs2000", "xian80", "beijing54"]
Degree = Literal[3, 6]
Convention = Literal["position_vector", "coordinate_frame"]

#: Semi-major axis (m) and inverse flattening.
ELLIPSOIDS: Final[dict[Frame, tuple[float, float]]] = {
    "cgcs2000": (units.SEMI_MAJOR_M, units.INVERSE_FLATTENING),
    "xian80": (6378140.0, 298.257),
    "beijing54": (6378245.0, 298.3),
}
TITLES: Final[dict[Frame, Text]] = {
    "cgcs2000": message("frame.cgcs2000"),
    "xian80": message("frame.xian80"),
    "beijing54": message("frame.beijing54"),
}


@dataclass(frozen=True, slots=True)
class Helmert:
    """Seven parameters from an old frame to CGCS2000.

    Attributes
    ----------
    dx, dy, dz : float
        Translation, m.
    rx, ry, rz : float
        Rotation, arc seconds.
    scale : float
        Scale difference, ppm.
    convention : {"position_vector", "coordinate_frame"}
        Sense of the rotations (布尔沙模型 as Chinese software gives it is ``coordinate_frame``).
    """

    dx: float
    dy: float
    dz: float
    rx: float = 0.0
    ry: float = 0.0
    rz: float = 0.0
    scale: float = 0.0
    convention: Convention = "coordinate_frame"

    @classmethod
    def parse(cls, text: str) -> Helmert:
        """Read ``dX,dY,dZ[,rX,rY,rZ,scale][,convention]``.

        Raises
        ------
        UsageError
            If the numbers are not 3 or 7 finite ones, or the convention is unknown.
        """
        parts = [p.strip() for p in text.replace("，", ",").split(",")]
        convention: Convention = "coordinate_frame"
        if parts[-1] in ("position_vector", "coordinate_frame"):
            convention = "position_vector" if parts[-1] == "position_vector" else convention
            parts.pop()
        try:
            numbers = [float(p) for p in parts]
        except ValueError:
            numbers = []
        if len(numbers) not in (3, 7) or not all(math.isfinite(n) for n in numbers):
            raise UsageError(problem("helmert-syntax", text=text))
        dx, dy, dz, rx, ry, rz, scale = (*numbers, 0.0, 0.0, 0.0, 0.0)[:7]
        return cls(dx, dy, dz, rx, ry, rz, scale, convention)

    def text(self) -> str:
        """Return the parameters as :meth:`parse` reads them."""
        numbers = (self.dx, self.dy, self.dz, self.rx, self.ry, self.rz, self.scale)
        return ",".join([*(f"{n:.10g}" for n in numbers), self.convention])


def frame_of(crs: pyproj.CRS) -> Frame | None:
    """Return the old national frame whose ellipsoid a CRS is on, or None."""
    if crs.ellipsoid is None or crs.is_bound:
        return None
    a, rf = crs.ellipsoid.semi_major_metre, crs.ellipsoid.inverse_flattening
    for frame, (a0, rf0) in ELLIPSOIDS.items():
        if frame != "cgcs2000" and abs(a - a0) < 1e-3 and abs(rf - rf0) < 1e-6:
            return frame
    return None


def shift(frame: Frame, helmert: Helmert) -> pyproj.Transformer:
    """Return the transformer from degrees in an old frame to degrees in CGCS2000."""
    steps = ["+proj=pipeline", "+step +proj=unitconvert +xy_in=deg +xy_out=rad"]
    steps += _helmert(frame, helmert)
    steps.append("+step +proj=unitconvert +xy_in=rad +xy_out=deg")
    return pyproj.Transformer.from_pipeline(" ".join(steps))


def _helmert(frame: Frame, h: Helmert) -> list[str]:
    """Return the steps from longitude and latitude, radians, to those in CGCS2000."""
    (a, rf), (b, rb) = ELLIPSOIDS[frame], ELLIPSOIDS["cgcs2000"]
    return [
        f"+step +proj=cart +a={a!r} +rf={rf!r}",
        f"+step +proj=helmert +x={h.dx!r} +y={h.dy!r} +z={h.dz!r} +rx={h.rx!r} +ry={h.ry!r} "
        f"+rz={h.rz!r} +s={h.scale!r} +convention={h.convention}",
        f"+step +inv +proj=cart +a={b!r} +rf={rb!r}",
    ]


def to_lonlat(
    frame: Frame, meridian: int, false_easting: int, helmert: Helmert | None
) -> pyproj.Transformer:
    """Return the transformer from Gauss–Krüger easting, northing to CGCS2000 lon, lat, degrees.

    The pipeline is spelt out, so that PROJ picks no regional grid or ballpark shift by itself.
    """
    a, rf = ELLIPSOIDS[frame]
    steps = [
        "+proj=pipeline",
        f"+step +inv +proj=tmerc +lat_0=0 +lon_0={meridian} +k=1 +x_0={false_easting} +y_0=0 "
        f"+a={a!r} +rf={rf!r}",
    ]
    if helmert is not None and frame != "cgcs2000":
        steps += _helmert(frame, helmert)
    steps.append("+step +proj=unitconvert +xy_in=rad +xy_out=deg")
    return pyproj.Transformer.from_pipeline(" ".join(steps))
