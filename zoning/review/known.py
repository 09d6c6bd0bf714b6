"""What was measured, as the law asks for it: by query and site, or by query for all sites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoning import law
from zoning.law.places import Columns, evidence_code, touch_code
from zoning.measure import Meetings, Relations
from zoning.model import Each, Measure, Measures, Query, Related, Tri

if TYPE_CHECKING:
    from zoning.catalogue.embedded import LoadedLayer
    from zoning.review.layers import Layers
    from zoning.review.run import Numbers


@dataclass(eq=False)
class Known:
    """What is known of the sites that were measured, at each layer."""

    layers: Layers
    numbers: Numbers
    _fixed: dict[Query, law.Evidenced | None] = field(default_factory=dict)
    _columns: dict[Query, Columns] = field(default_factory=dict)
    _measures: dict[Query, Measures] = field(default_factory=dict)

    def fixed(self, query: Query) -> law.Evidenced | None:
        """Return what a query comes to wherever a site lies; None where that depends on the site.

        What is the same for every site, such as a layer without data, is said once.
        """
        if query not in self._fixed:
            record = self.layers[query.layer].record
            same = query not in self.numbers.surveyed
            said = law.Evidenced(record.evidence, state=record.state, problem=record.problem)
            self._fixed[query] = said if same else None
        return self._fixed[query]

    def at(self, query: Query, site: int) -> law.Evidenced:
        """Return what is known of one site."""
        fixed = self.fixed(query)
        if fixed is not None:
            return fixed
        layer = self.layers[query.layer]
        surveyed = self.numbers.surveyed[query]
        found = surveyed.relations[site]
        beyond = self.numbers.uncovered.get(query)
        return law.Evidenced(
            layer.evidence_of(_met(found)),
            found.total,
            found.zones,
            layer.record.state,
            outside=beyond is not None and bool(beyond[site]),
            unclear=surveyed.fault if surveyed.unclear[site] else None,
        )

    def measured(self, query: Query, site: int) -> tuple[Measure | None, tuple[Measure, ...]]:
        """Return the measures of one site: the total and the zones."""
        found = self.numbers.surveyed[query].relations[site]
        return found.total, found.zones

    def measures(self, query: Query) -> Measures:
        """Return the measures of all sites; the same object each time."""
        if query not in self._measures:
            found = self.numbers.surveyed[query].relations
            if isinstance(found, Relations):
                made = Measures(found.near, found.beyond.of)
            else:
                made = Measures(Each(enumerate(found)), _none_beyond)
            self._measures[query] = made
        return self._measures[query]

    def columns(self, query: Query) -> Columns | None:
        """Return what is known of all sites; None where it is the same for all."""
        if self.fixed(query) is not None:
            return None
        if query not in self._columns:
            self._columns[query] = self._column(query)
        return self._columns[query]

    def _column(self, query: Query) -> Columns:
        surveyed, layer = self.numbers.surveyed[query], self.layers[query.layer]
        relations, count = surveyed.relations, len(surveyed.unclear)
        beyond = self.numbers.uncovered.get(query)
        out = Columns(
            evidence=np.full(count, evidence_code(layer.evidence_of(())), dtype=np.int8),
            touches=np.full(count, touch_code(Tri.NO), dtype=np.int8),
            measured=np.ones(count, dtype=bool),
            zoned=np.zeros(count, dtype=bool),
            outside=np.zeros(count, dtype=bool) if beyond is None else beyond,
            unclear=surveyed.unclear if surveyed.fault is not None else np.zeros(count, dtype=bool),
            distance_m=np.full(count, np.inf),
            shallow=np.zeros(count, dtype=bool),
            accuracy_m=np.zeros(count),
            share=np.zeros(count),
            beyond=relations.beyond.within if isinstance(relations, Relations) else None,
            state=layer.record.state,
            fault=surveyed.fault,
        )
        if isinstance(relations, Relations):
            _put(out, relations.near, layer)
        else:
            _fill(out, enumerate(relations), layer)
        return out


def _put(out: Columns, near: Meetings, layer: LoadedLayer) -> None:
    """Put in the sites that were measured together."""
    at = near.places
    out.touches[at], out.zoned[at], out.share[at] = near.touches, near.zoned, near.share
    out.accuracy_m[at], out.shallow[at] = near.accuracy_m, near.shallow
    out.distance_m[at] = near.gaps
    if layer.by_zone:
        for sites, zones in near.met():
            out.evidence[sites] = evidence_code(layer.evidence_of(zones))


def _none_beyond(which: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.zeros(len(which)), np.zeros(len(which))


def _fill(out: Columns, each: Iterable[tuple[int, Related]], layer: LoadedLayer) -> None:
    """Put in the sites that were measured one by one."""
    for site, found in each:
        total = found.total
        if total is None:
            out.measured[site] = False
            continue
        out.touches[site] = touch_code(total.touches)
        out.zoned[site] = bool(found.zones)
        out.distance_m[site] = total.distance_m
        out.shallow[site] = total.depth_m < total.accuracy_m
        out.accuracy_m[site], out.share[site] = total.accuracy_m, total.share
        if found.zones:
            out.evidence[site] = evidence_code(layer.evidence_of(_met(found)))


def _met(found: Related) -> list[str]:
    return [zone.zone for zone in found.zones if zone.touches is Tri.YES]
