"""How far the nearest zone is from sites that none is within reach of, told when it is asked for.

The law asks of most sites at most layers only that no zone is within reach. How far the nearest one
is matters where a finding is shown, and where a distance is not the clause's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zoning.measure.meetings import NOTHING
from zoning.measure.pairs import STRETCH, Floats, Places, nearest
from zoning.measure.zones import SiteSet, Zones, ZoneSet
from zoning.model import Measure, Tri

#: After so many sites were asked for one by one, the rest are worked out together.
_SINGLY = 20
_NO_PAIRS = np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp), np.empty(0)


class Beyond:
    """The nearest zone of each site.

    Parameters
    ----------
    sites : SiteSet
        None of them very large.
    zones : Zones
        At least one.
    """

    def __init__(self, sites: SiteSet, zones: Zones) -> None:
        self._sites, self._zones = sites, zones
        count = len(sites.geometries)
        self._distance = np.full(count, np.nan)
        self._accuracy, self._name = np.zeros(count), np.full(count, None)
        self._asked = 0

    def put(self, distance: Floats, accuracy: Floats, names: list[str]) -> None:
        """Take what is known of all sites already."""
        self._distance, self._accuracy = distance, accuracy
        self._name[:] = names

    def __len__(self) -> int:
        return len(self._distance)

    def measure(self, layer: str, site: int) -> Measure:
        """Return the measure of a site beyond reach; how far that is is worked out when asked."""
        if np.isnan(self._distance[site]):
            return Measure.later(
                lambda _: self._figures(site),
                layer=layer,
                touches=Tri.NO,
                share=0.0,
                **NOTHING,
            )
        return Measure(layer, **self._figures(site))

    def _figures(self, site: int) -> Mapping[str, Any]:
        if np.isnan(self._distance[site]):
            self._asked += 1
            self._find(np.array([site]) if self._asked <= _SINGLY else np.arange(len(self._name)))
        return {
            "zone": self._name[site],
            "distance_m": float(self._distance[site]),
            "accuracy_m": float(self._accuracy[site]),
        }

    def of(self, which: Places) -> tuple[Floats, Floats]:
        """Return how far the nearest zones of some sites are, m, and how well these are known."""
        self._find(which)
        return self._distance[which], self._accuracy[which]

    def within(self, which: Places, limit_m: float) -> Floats:
        """Return the distances of some sites, m: infinity for those plainly beyond a limit."""
        sites = self._sites.subset(which)
        out = np.full(len(which), np.inf)
        if len(which):
            zones = self._zones.within(sites, limit_m)
            reach = limit_m * STRETCH + 1e-6
            found, _ = zones.tree.query(sites.frames, predicate="dwithin", distance=reach)
            close = np.unique(found)
            # What lies within the limit is the nearest there is.
            distance, where = nearest(sites.subset(close), zones, _NO_PAIRS, None)
            here = distance <= limit_m
            self._put(which[close[here]], distance[here], zones, where[here])
            out[close[here]] = distance[here]
        return out

    def _find(self, which: Places) -> None:
        new = which[np.isnan(self._distance[which])]
        if not len(new):
            return
        sites = self._sites.subset(new)
        zones = self._zones.near(sites, 0.0)
        distance, where = nearest(sites, zones, _NO_PAIRS, None)
        self._put(new, distance, zones, where)

    def _put(self, which: Places, distance: Floats, zones: ZoneSet, where: Places) -> None:
        self._distance[which], self._accuracy[which] = distance, zones.accuracy_m[where]
        self._name[which] = [zones.names[zone] for zone in where.tolist()]
