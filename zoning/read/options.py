"""What the user says about a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Datum = Literal["gcj02", "bd09"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user says about a file; every field is optional.

    Attributes
    ----------
    layer : str or None
        Layer, worksheet or DXF layer to read; needed where a file holds several.
    crs : str or None
        CRS of the coordinates (``"EPSG:4526"``); it overrides what the file states.
    encoding : str or None
        Encoding of the text; it overrides what the file states.
    datum : {"gcj02", "bd09"} or None
        The coordinates are shifted as Chinese web maps do; the shift is taken out.
    repair : bool
        Accept a repair of invalid geometry even where it changes the area by more than 0.01 %.
    bbox : tuple of float or None
        West, south, east, north in degrees (EPSG:4490). Only a filter for speed: what lies
        outside may be left out, what meets it never is.
    lon, lat, wkt : str or None
        Columns of a table that hold the coordinates, or the geometry as WKT.
    transform : str or None
        Parameters from Xi'an 80 or Beijing 54 to CGCS2000:
        ``"dX,dY,dZ[,rX,rY,rZ,scale][,convention]"`` in m, arc seconds and ppm, see
        :meth:`zoning.read.crs.helmert.Helmert.parse`.
    gap : float or None
        Ends of lines in a drawing no farther apart than this are joined, m; 0.01 if left out.
    nested : {"holes", "sites"} or None
        What a closed line within another is in a drawing. If left out it is taken for a hole, and
        the file counts as not wholly read.
    accept_left_out : str or None
        Why it is accepted that parts of the file are not read; every output repeats the reason.
    """

    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    datum: Datum | None = None
    repair: bool = False
    bbox: tuple[float, float, float, float] | None = None
    lon: str | None = None
    lat: str | None = None
    wkt: str | None = None
    transform: str | None = None
    gap: float | None = None
    nested: Literal["holes", "sites"] | None = None
    accept_left_out: str | None = None
