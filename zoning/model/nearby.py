"""What was measured of many sites at one layer, as columns or site by site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from zoning.model.enums import Tri

if TYPE_CHECKING:
    from zoning.model.results import Measure

Places = NDArray[np.intp]
Floats = NDArray[np.float64]

#: The figures of a measure.
FIGURES: Final = (
    "distance_m", "depth_m", "area_m2", "raw_area_m2", "length_m", "raw_length_m", "share",
    "accuracy_m",
)  # fmt: skip
_FIGURES: Final = attrgetter(*FIGURES)


class Related(Protocol):
    """One site against one layer: the total, and each zone that it meets or may meet."""

    @property
    def total(self) -> Measure | None:
        """All zones together; None where the layer has no zones."""
        ...

    @property
    def zones(self) -> tuple[Measure, ...]:
        """Each zone."""
        ...


class Totals(NamedTuple):
    """k sites, each against all zones of a layer together.

    Attributes
    ----------
    at : ndarray of intp, shape (k,)
        Positions among the sites that were asked for, ascending.
    figures : ndarray of float64, shape (8, k)
        As `FIGURES`.
    shapes : ndarray of object, shape (k,)
        The overlaps, EPSG:4490; None where there is none.
    """

    at: Places
    figures: Floats
    shapes: NDArray[np.object_]


class Zoned(NamedTuple):
    """n zones that sites meet or may meet, site by site.

    Attributes
    ----------
    at : ndarray of intp, shape (n,)
        Positions among the sites that were asked for, ascending.
    layers, zones : list of str, length n
        Id of the layer, and name of the zone.
    distance_m : ndarray of float64, shape (n,)
    """

    at: Places
    layers: list[str]
    zones: list[str]
    distance_m: Floats


class Nearby(Protocol):
    """The sites near the zones of a layer, by position."""

    def totals(self, sites: Places) -> Totals:
        """Return what some sites come to, those of them that are near."""
        ...

    def zones_of(self, sites: Places) -> Zoned:
        """Return the zones that some sites meet, or may meet."""
        ...


class Each(dict[int, Related]):
    """Sites that were measured one by one."""

    def totals(self, sites: Places) -> Totals:
        """Return what some sites come to."""
        own = ((at, self[site].total) for at, site in enumerate(sites.tolist()))
        found = {at: total for at, total in own if total is not None}
        figures = np.array([_FIGURES(x) for x in found.values()], dtype=np.float64)
        shapes = np.full(len(found), None)
        for at, total in enumerate(found.values()):
            shape = total.geometry
            shapes[at] = None if shape is None or shape.is_empty else shape
        return Totals(np.array([*found], dtype=np.intp), figures.reshape(-1, 8).T, shapes)

    def zones_of(self, sites: Places) -> Zoned:
        """Return the zones that some sites meet, or may meet."""
        found = [
            (at, measure)
            for at, site in enumerate(sites.tolist())
            for measure in met_of(self[site].zones)
        ]
        return Zoned(
            np.array([at for at, _ in found], dtype=np.intp),
            [measure.layer for _, measure in found],
            [measure.zone for _, measure in found],
            np.array([measure.distance_m for _, measure in found], dtype=np.float64),
        )


@dataclass(frozen=True, eq=False)
class Measures:
    """n sites against one layer; a site that is not near a zone is told by a distance alone.

    Attributes
    ----------
    near : Nearby
        The sites that are near a zone.
    beyond : callable
        Returns how far from the nearest zone some of the other sites are, m, and how well that zone
        is known.
    """

    near: Nearby
    beyond: Callable[[Places], tuple[Floats, Floats]]


def met_of(zones: tuple[Measure, ...]) -> Iterator[Measure]:
    """Yield the measures of zones that a site meets, or may meet."""
    for found in zones:
        if found.touches is not Tri.NO or found.raw_area_m2 or found.raw_length_m:
            yield found
