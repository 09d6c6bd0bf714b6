"""What a boundary-point TXT holds once it is read: frozen values, and the limits of reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import pyproj
from numpy.typing import NDArray

from zoning.base.errors import Problem, problem
from zoning.messages import Text

Floats = NDArray[np.float64]
Shape = Literal["polygon", "line", "point"]

#: A longer line is not a line of this format; it is reported, not parsed.
MAX_LINE_BYTES: Final = 8192
#: Problems of one code kept word for word; a hostile file could otherwise hold millions.
MAX_PROBLEMS: Final = 1000
#: Stated and computed area may differ by this share (0.1 %).
AREA_TOLERANCE: Final = 1e-3
#: What stands for a point whose name is no number.
UNNUMBERED: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """A run of points of one ring number.

    Attributes
    ----------
    number : str
        The ring number (圈号) as written. It only groups points; it does not make a hole.
    points : ndarray of shape (n, 2)
        Easting and northing in the file's CRS, m, without the repeated closing point.
    closed : bool
        Whether the file repeats the first point at the end.
    """

    number: str
    points: Floats
    closed: bool


@dataclass(frozen=True, slots=True)
class StatedArea:
    """The area written in the plot line, and in which unit it makes sense.

    Attributes
    ----------
    value : float
        The number as written.
    unit : {"m2", "ha", "mu", "km2"}
        Unit in which it was taken.
    m2 : float
        The same in m².
    decided_by : {"suffix", "agreement", "nearest"}
        The file names the unit; or the computed area agrees in this unit; or it agrees in none
        and this one is nearest.
    """

    value: float
    unit: Literal["m2", "ha", "mu", "km2"]
    m2: float
    decided_by: Literal["suffix", "agreement", "nearest"]


@dataclass(frozen=True, slots=True, eq=False)
class Plot:
    """One plot (地块) that could be read.

    Attributes
    ----------
    number, name, map_sheet, use, land_class : str or None
        地块编号, 地块名称, 图幅号, 地块用途, 地类编码; None where the file leaves them empty.
    shape : {"polygon", "line", "point"}
        记录图形属性.
    points : ndarray of shape (n, 2)
        Easting and northing of all rings one after another, without closing points.
    ring_offsets : ndarray of shape (rings + 1,)
        Where each ring begins in ``points``, and the end of the last.
    ring_numbers : tuple of str
        Ring numbers as written.
    ring_closed : bytes
        1 for each ring whose first point the file repeats at the end, else 0.
    geometry : shapely geometry
        In the file's projected CRS, m, easting first.
    area_m2 : float
        Ellipsoidal area on CGCS2000, m²; 0 for lines and points.
    plane_area_m2 : float
        Area in the projection plane, m².
    stated_area : StatedArea or None
        What the file says.
    stated_points : int or None
        界址点数 as written.
    line : int
        Line number of the plot line, from 1.
    """

    number: str | None
    name: str | None
    map_sheet: str | None
    use: str | None
    land_class: str | None
    shape: Shape
    points: Floats
    ring_offsets: NDArray[np.int64]
    ring_numbers: tuple[str, ...]
    ring_closed: bytes
    geometry: Any
    area_m2: float
    plane_area_m2: float
    stated_area: StatedArea | None
    stated_points: int | None
    line: int

    @property
    def rings(self) -> tuple[Ring, ...]:
        """The rings one by one, made on demand: a plot can have a million."""
        pieces = np.split(self.points, self.ring_offsets[1:-1])
        closed = map(bool, self.ring_closed)
        return tuple(map(Ring, self.ring_numbers, pieces, closed))


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryFile:
    """A boundary-point TXT as read.

    Attributes
    ----------
    name : str
        Path as given, or ``<bytes>``.
    header : Mapping of str to str
        All ``key=value`` lines outside the coordinates, in file order.
    crs : pyproj.CRS
        Projected CRS of the plots' geometry.
    crs_evidence, encoding_evidence : Text
        How CRS and encoding were known.
    zone, degree : int or None
        Gauss–Krüger zone number and width (3 or 6); None if ``crs`` was given and is no such zone.
    prefixed : bool
        Whether eastings carry the zone number in front.
    encoding : str
        Python codec name.
    plots : tuple of Plot
        The plots that could be read.
    problems : tuple of Problem
        One or more for each plot that could not be read; ``feature`` names the plot.
    warnings : tuple of Problem
        Named doubts about plots that were read, e.g. ``txt-area-disagrees``.
    notices : tuple of Text
        What was tolerated, for the report.
    to_lonlat : pyproj.Transformer
        From ``crs`` to CGCS2000 longitude and latitude, degrees.
    stray : int
        Lines that look like points and belong to no plot.
    """

    name: str
    header: Mapping[str, str]
    crs: pyproj.CRS
    crs_evidence: Text
    zone: int | None
    degree: int | None
    prefixed: bool
    encoding: str
    encoding_evidence: Text
    plots: tuple[Plot, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    notices: tuple[Text, ...]
    to_lonlat: pyproj.Transformer
    stray: int = 0


@dataclass(slots=True)
class Faults:
    """Collects problems, keeping at most ``MAX_PROBLEMS`` of each code."""

    file: str
    found: list[Problem] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)

    def add(
        self,
        code: str,
        fault: Text,
        cure: Text,
        *,
        line: int | None = None,
        plot: str | None = None,
        column: str | None = None,
    ) -> None:
        """Add one problem at a line of the file, a plot and a column, as far as known."""
        self.count[code] += 1
        if self.count[code] > MAX_PROBLEMS:
            return
        place = self.file if line is None else f"{self.file}:{line}"
        self.found.append(Problem(code, fault, cure, file=place, feature=plot, field=column))

    def all(self) -> tuple[Problem, ...]:
        """Return what was kept, and one problem for each code of which some were left out."""
        more = [
            problem("txt-more", file=self.file, n=n - MAX_PROBLEMS, code_=code)
            for code, n in self.count.items()
            if n > MAX_PROBLEMS
        ]
        return (*self.found, *more)


def number_of(name: bytes) -> int:
    """Return the number in ``J12`` or ``12``, or `UNNUMBERED`."""
    digits = name.strip().lstrip(b"Jj")
    return int(digits) if digits.isdigit() and len(digits) < 18 else UNNUMBERED


def excerpt(text: str, limit: int = 60) -> str:
    """Return text that is safe to print in a message: one line, printable, short."""
    clean = "".join(c if c.isprintable() else "�" for c in text[: limit + 1])
    return clean if len(clean) <= limit else clean[:limit] + "…"
