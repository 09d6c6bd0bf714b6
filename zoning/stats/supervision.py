"""Monitoring as supervision: which regime a loss falls under, how grave it is, by which clause.

The rules are data (``layers/tables/supervision.toml``); see docs/decisions/0151.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from zoning.base.geodesy import areas as polygon_areas
from zoning.base.settings import CRS
from zoning.base.units import M2_PER_HA
from zoning.messages import Text, message
from zoning.stats.figures import Column, Note, Table
from zoning.stats.tables import supervision
from zoning.stats.target_specs import (
    Regime,
    Supervision,
)

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: What is built on, or taken out of a zone: the gravest losses.
HARD: Final = ("to_construction", "left", "farmland_built")
#: Losses that lower what the land does.
SOFT: Final = ("to_agriculture", "function_lowered")
#: Anything of every class.
_EVERY: Final = "*"
#: The regime of ground whose group no regime names, and of zones without classes.
_STRICTEST: Final = "redline"

NET_COLUMNS: Final = (
    Column("unit", message("change.code")),
    Column("name", message("change.name")),
    Column("base_ha", message("supervision.base"), "ha", 2),
    Column("lost_ha", message("supervision.lost"), "ha", 2),
    Column("approved_ha", message("supervision.approved"), "ha", 2),
    Column("added_ha", message("supervision.added"), "ha", 2),
    Column("net_ha", message("supervision.net"), "ha", 2),
)


@dataclass(frozen=True)
class Rules:
    """The rules in force for one comparison.

    Attributes
    ----------
    table : Supervision
    only : str or None
        Id of the regime that all ground falls under; by group if None.
    """

    table: Supervision
    only: str | None = None

    @staticmethod
    def of(regime: str | None, *, classes: bool) -> Rules:
        """Return the rules for a regime asked for; zones without classes are taken for redline.

        Raises
        ------
        UsageError
            There is no such regime.
        """
        table = supervision()
        if regime is not None:
            return Rules(table, table.regime(regime).id)
        return Rules(table, None if classes else _STRICTEST)

    def regime(self, group: str | None) -> Regime:
        """Return the regime of ground of a group."""
        if self.only is not None:
            return self.table.regime(self.only)
        found = (r for r in self.table.regimes if group is not None and group in r.groups)
        return next(found, self.table.regime(_STRICTEST))

    def level(self, group: str | None, kind: str, area_m2: float) -> str:
        """Return how grave a loss is: ``red``, ``orange``, ``yellow`` or ``none``.

        Parameters
        ----------
        group : str or None
            Group of the ground before; None for a zone without classes.
        kind : str
            Kind of the transition, see :data:`zoning.stats.change.KINDS`.
        area_m2 : float
            All of a unit's loss of this kind and regime, without what was approved.
        """
        if kind not in (*HARD, *SOFT) or area_m2 <= 0.0:
            return "none"
        rule = self.regime(group)
        if area_m2 < rule.orange_m2:
            return "yellow"
        return "red" if kind in HARD and area_m2 >= rule.red_m2 else "orange"

    def clauses(self, group: str | None) -> Text:
        """Return the clauses behind a regime, in words."""
        parts = [message("supervision.clause", document=c.document, locator=c.locator,
                         words=Text(c.zh, c.en)) for c in self.regime(group).clauses]  # fmt: skip
        return Text("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))


def split_approved(pieces: GeoDataFrame, approved: GeoDataFrame | None) -> GeoDataFrame:
    """Cut changed ground by approved adjustments; a column ``approved`` tells the two apart.

    Parameters
    ----------
    pieces : GeoDataFrame
        ``unit``, ``base``, ``current``, ``area_m2``, geometry in EPSG:4490.
    approved : GeoDataFrame or None
        Ground whose change an authority has approved.
    """
    if approved is None or pieces.empty:
        return pieces.assign(approved=False)
    ground = shapely.union_all(approved.geometry.to_numpy())
    inside = shapely.intersection(pieces.geometry.to_numpy(), ground)
    outside = shapely.difference(pieces.geometry.to_numpy(), ground)
    parts = []
    for shapes, flag in ((inside, True), (outside, False)):
        area = polygon_areas(shapes)
        keep = area > 0.0
        parts.append(
            geopandas.GeoDataFrame(
                pieces.drop(columns="geometry").assign(area_m2=area, approved=flag)[keep],
                geometry=np.asarray(shapes[keep], dtype=object), crs=CRS,
            )
        )  # fmt: skip
    return geopandas.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=CRS)


def approved_area(pieces: GeoDataFrame) -> Mapping[tuple[str, int, int], float]:
    """Return m² of approved change by unit, class before and class after."""
    told = pieces[pieces["approved"]]
    sums = told.groupby(["unit", "base", "current"])["area_m2"].sum()
    return {(str(u), int(b), int(c)): float(v) for (u, b, c), v in sums.items()}


def net_by_county(
    base: GeoDataFrame,
    current: GeoDataFrame,
    counties: GeoDataFrame,
    approved: GeoDataFrame | None,
) -> Table:
    """Set what counties lost of a zone against what they gained, approved adjustments apart.

    Parameters
    ----------
    base, current : GeoDataFrame
        The zone in both epochs, EPSG:4490.
    counties : GeoDataFrame
        ``unit``, ``name``, geometry.
    approved : GeoDataFrame or None
        Ground whose change an authority has approved.

    Returns
    -------
    Table
        Hectares by county: net = added − lost, of lost ground how much was approved.
    """
    before, after = (shapely.union_all(f.geometry.to_numpy()) for f in (base, current))
    lost, added = shapely.difference(before, after), shapely.difference(after, before)
    none = shapely.Polygon()
    passed = none if approved is None else shapely.union_all(approved.geometry.to_numpy())
    grounds = counties.geometry.to_numpy()
    each = {
        "base_ha": before, "lost_ha": lost,
        "approved_ha": shapely.intersection(lost, passed), "added_ha": added,
    }  # fmt: skip
    frame = counties[["unit", "name"]].reset_index(drop=True)
    for name, shape in each.items():
        frame[name] = _within(shape, grounds) / M2_PER_HA
    frame["net_ha"] = frame["added_ha"] - frame["lost_ha"]
    touched = frame[list(each)].sum(axis=1) > 0.0
    frame = frame[touched].sort_values(["net_ha", "unit"]).reset_index(drop=True)
    return Table("net", message("supervision.net-by-county"), NET_COLUMNS, frame)


def _within(shape: Any, grounds: NDArray[Any]) -> NDArray[np.float64]:
    """Return m² of a shape in each ground."""
    parts = shapely.get_parts(shape)
    found = np.zeros(len(grounds))
    if not len(parts):
        return found
    ground, part = shapely.STRtree(parts).query(grounds, predicate="intersects")
    np.add.at(found, ground, polygon_areas(shapely.intersection(grounds[ground], parts[part])))
    return found


def rule_notes(rules: Rules, groups: Sequence[str | None]) -> list[Note]:
    """Say from what area the regimes in use alarm, and why."""
    used = {rules.regime(group).id: rules.regime(group) for group in groups}
    notes = []
    for rule in used.values():
        told = message("supervision.thresholds", name=rule.name, orange=rule.orange_m2,
                       orange_mu=rule.orange_m2 / 666.67, red=rule.red_m2,
                       red_mu=rule.red_m2 / 666.67,
                       source=Text(rule.threshold_source, rule.threshold_source))  # fmt: skip
        notes.append(Note("parameter", told))
    return notes
