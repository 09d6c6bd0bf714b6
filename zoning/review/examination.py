"""What is wrong or odd about an official source: asked by every review and by the validator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.errors import Problem, problem
from zoning.messages import Text
from zoning.model import Layer, OfficialLayer, Rule
from zoning.review import official_fields
from zoning.review.misplaced import misplaced
from zoning.review.official_values import TOLD, alike, classed

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: No more features of a source are named than this.
_NAMED = 20
#: Share of a source's features that may be odd before the source is taken for unfit.
_HANDFUL = 0.1
#: A zone reaches into a county where it lies farther inside than its line is known (degrees).
_EDGE_DEG = 0.005


@dataclass(frozen=True)
class Examined:
    """An official source that could be read, and what it is compared with.

    ``counties`` are all county-level units; ``covered`` and ``denied`` mark those in which the
    workspace states that the source is complete, and that there is no zone. ``partial`` tells that
    a database sent the surroundings of some sites only. ``accuracy_m`` is how well the lines of the
    counties are known.
    """

    layer: Layer
    entry: OfficialLayer
    frame: GeoDataFrame
    counties: GeoDataFrame
    covered: NDArray[np.bool_]
    denied: NDArray[np.bool_]
    partial: bool = False
    accuracy_m: float = 0.0

    def faults(self, rules: Mapping[str, Rule]) -> Iterator[Problem]:
        """Yield what keeps a review from deciding on this source."""
        yield from self._unsigned()
        yield from self._no_class_column(rules)
        yield from self.contradictions()
        yield from self._alike(rules)
        yield from self._unclassified(many=True)
        if _many(~self._inside):
            yield self._beyond()

    def remarks(self) -> Iterator[Problem]:
        """Yield what a reader should know, though it stops nothing by itself."""
        yield from self._unsigned()
        if not self.entry.covers and not self.entry.none_in:
            yield self._problem("workspace-coverage-not-stated", field="covers")
        yield from self._repeated()
        yield from self._unclassified(many=False)
        if self.partial:
            return
        if not self._inside.all() and not _many(~self._inside):
            yield self._beyond()
        yield from self._bare_cities()

    def misplaced(self) -> tuple[Text, ...]:
        """Say which zones lie elsewhere than their own record states, or far from everything."""
        return misplaced(self.frame, self.counties, self.accuracy_m)

    def _problem(
        self, code: str, field: str | None = None, feature: str | None = None, **values: Any
    ) -> Problem:
        found = problem(code, file=official_fields.shown(self.entry), layer=self.layer.id, **values)
        return replace(found, field=field, feature=feature)

    @cached_property
    def _shapes(self) -> NDArray[Any]:
        return np.asarray(self.frame.geometry.array, dtype=object)

    @cached_property
    def _pairs(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """County and zone of each pair that meets."""
        tree = shapely.STRtree(self._shapes)
        county, zone = tree.query(self.counties.geometry.to_numpy(), predicate="intersects")
        return county, zone

    @cached_property
    def _inside(self) -> NDArray[np.bool_]:
        """Which zones lie in the province, at least in part."""
        inside = np.zeros(len(self._shapes), dtype=bool)
        inside[self._pairs[1]] = True
        return inside

    def _unsigned(self) -> Iterator[Problem]:
        """Name what a statement about absence lacks; without it nothing is stated."""
        if self.entry.early:
            dated = str(self.entry.date)
            yield self._problem("workspace-statement-early", "date", date=dated)
        lacking = [name for name in self.entry.unsigned if name != "date" or not self.entry.early]
        if lacking:
            yield self._problem(
                "workspace-statement-unsigned", "covers", lacking=lacking, count=len(lacking)
            )

    def _no_class_column(self, rules: Mapping[str, Rule]) -> Iterator[Problem]:
        """Name the columns that rules pick zones by and the source does not have."""
        asked: dict[str, list[str]] = {}
        for rule in rules.values():
            if rule.layer == self.layer.id:
                for column in rule.scope.where:
                    asked.setdefault(column, []).append(rule.id)
        for column, by in sorted(asked.items()):
            if len(self.frame) and column not in self.frame:
                yield self._problem("workspace-class-missing", column, column=column, rules=by)

    def _alike(self, rules: Mapping[str, Rule]) -> Iterator[Problem]:
        """Name words that may stand for one that rules ask for."""
        for column, words, asked in alike(self.layer, self.frame, rules.values()):
            rows = self.frame[column].isin(words).to_numpy()
            yield self._problem(
                "zones-alike",
                column,
                column=column,
                asked=asked[:TOLD],
                words=words[:TOLD],
                frame_count=len(rows),
                doubtful=int(rows.sum()),
            )

    def contradictions(self) -> Iterator[Problem]:
        """Name counties that hold zones though the workspace states that there are none."""
        county, zone = self._pairs
        denied = self.denied[county]
        if not denied.any():
            return
        inner = shapely.buffer(self.counties.geometry.to_numpy(), -_EDGE_DEG)
        reaches = shapely.intersects(inner[county[denied]], self._shapes[zone[denied]])
        names = sorted(set(self.counties["name"].to_numpy()[county[denied][reaches]].tolist()))
        if names:
            yield self._problem("workspace-none-in-contradicted", "none_in", names=names)

    def _unclassified(self, *, many: bool) -> Iterator[Problem]:
        """Name columns whose values no rule knows, in many zones or in a handful."""
        for spec in self.layer.fields:
            if not classed(spec) or spec.name not in self.frame or not len(self.frame):
                continue
            empty = self.frame[spec.name].isna().to_numpy()
            if empty.any() and _many(empty) is many:
                yield self._problem(
                    "workspace-unknown-code",
                    spec.name,
                    frame_count=len(self.frame),
                    count=int(empty.sum()),
                    name=spec.name,
                    words=", ".join(classed(spec)),
                    ids=_ids(empty),
                )

    def _beyond(self) -> Problem:
        return self._problem(
            "workspace-outside-province",
            frame_count=len(self.frame),
            beyond=int((~self._inside).sum()),
            ids=_ids(~self._inside),
        )

    def _repeated(self) -> Iterator[Problem]:
        """Name zones that are drawn twice; their area would be counted twice in a table."""
        _, box, count = np.unique(
            shapely.bounds(self._shapes), axis=0, return_inverse=True, return_counts=True
        )
        rows = np.flatnonzero(count[box] > 1)
        if not len(rows):
            return
        drawn = shapely.to_wkb(shapely.normalize(self._shapes[rows]))
        _, first, inverse = np.unique(drawn, return_index=True, return_inverse=True)
        twice = np.flatnonzero(first[inverse] != np.arange(len(rows)))
        for at in twice[:_NAMED]:
            like = int(rows[first[inverse[at]]]) + 1
            feature = str(int(rows[at]) + 1)
            yield self._problem(
                "workspace-duplicate-geometry",
                feature=feature,
                like=like,
                twice_count=len(twice),
            )

    def _bare_cities(self) -> Iterator[Problem]:
        """Name covered cities without a single zone: the file may hold only part of them."""
        met = np.zeros(len(self.counties), dtype=bool)
        met[self._pairs[0]] = True
        asked = self.covered & ~self.denied
        cities = self.counties["city"].to_numpy(dtype=object)
        empty = sorted(set(cities[asked]) - set(cities[asked & met]))
        if empty:
            yield self._problem("workspace-coverage", "covers", empty=empty)


def _many(rows: NDArray[np.bool_]) -> bool:
    """Whether what is odd is more than a handful, so that the source itself is in doubt."""
    return bool(len(rows)) and float(rows.mean()) > _HANDFUL


def _ids(rows: NDArray[np.bool_]) -> str:
    """Number features from 1, as the source holds them."""
    found = (np.flatnonzero(rows) + 1).tolist()
    shown = ", ".join(map(str, found[:_NAMED]))
    return f"{shown}, …" if len(found) > _NAMED else shown
