"""What changed between two epochs, by unit: areas, functions, nature of use, alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from zoning.base.units import M2_PER_HA, M2_PER_KM2, M2_PER_MU
from zoning.messages import Text, message
from zoning.stats.figures import (
    Column,
    Figures,
    Note,
    Table,
    unit_columns,
    with_warning,
)
from zoning.stats.specs import (
    Scheme,
)
from zoning.stats.supervision import (
    HARD,
    SOFT,
    Rules,
    approved_area,
    rule_notes,
    split_approved,
)
from zoning.stats.survey import Survey
from zoning.stats.tables import land_survey, monitoring
from zoning.stats.target_specs import (
    GroupRank,
    Monitoring,
)

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: The class of ground that an epoch of polygons does not cover.
OUTSIDE: Final = -1
#: Transitions, worst first.
KINDS: Final[Mapping[str, Text]] = {
    "to_construction": message("change.kinds.to-construction"),
    "to_agriculture": message("change.kinds.to-agriculture"),
    "left": message("change.kinds.left"),
    "farmland_built": message("change.kinds.farmland-built"),
    "function_lowered": message("change.kinds.function-lowered"),
    "gained": message("change.kinds.gained"),
    "improved": message("change.kinds.improved"),
    "same_rank": message("change.kinds.same-rank"),
    "unchanged": message("change.kinds.unchanged"),
}
#: A move to farming or building lowers the function, too.
_LOWERED: Final = ("function_lowered", "to_agriculture", "to_construction", "left")
_NATURE: Final = ("to_construction", "to_agriculture", "farmland_built")
SEVERITIES: Final[Mapping[str, Text]] = {
    "red": message("change.severities.red"),
    "orange": message("change.severities.orange"),
    "yellow": message("change.severities.yellow"),
    "none": message("change.severities.none"),
    "no_data": message("change.severities.no-data"),
}
COLUMNS: Final = (
    *unit_columns(),
    Column("base_ecological_km2", message("change.ecological-land-base"), "km2", 2),
    Column("current_ecological_km2", message("change.ecological-land-now"), "km2", 2),
    Column("change_km2", message("change.change"), "km2", 3),
    Column("function_lowered_km2", message("change.function-lowered"), "km2", 3),
    Column("nature_changed_km2", message("change.nature-changed"), "km2", 3),
    Column("to_construction_km2", message("change.built-on"), "km2", 3),
    Column("compared_share", message("change.share-compared"), "1", 4),
    Column("severity", message("change.severity")),
    Column("severity_title", message("change.alert")),
)
ALERT_COLUMNS: Final = (
    Column("unit", message("change.code")),
    Column("name", message("change.name")),
    Column("severity", message("change.severity")),
    Column("severity_title", message("change.alert")),
    Column("kind", message("change.kind")),
    Column("from", message("change.from")),
    Column("to", message("change.to")),
    Column("area_ha", message("change.area"), "ha", 2),
    Column("area_mu", message("change.area"), "mu", 2),
    Column("approved_ha", message("supervision.approved"), "ha", 2),
    Column("share_pct", message("change.unit-then"), "%", 3),
    Column("regime", message("supervision.regime")),
    Column("clause", message("supervision.clauses")),
)
PIECE_COLUMNS: Final = (
    Column("unit", message("change.code")),
    Column("severity", message("change.severity")),
    Column("severity_title", message("change.alert")),
    Column("kind", message("change.kind")),
    Column("from", message("change.from")),
    Column("to", message("change.to")),
    Column("area_m2", message("change.area"), "m2", 0),
    Column("area_mu", message("change.area"), "mu", 2),
    Column("lon", message("supervision.lon"), "°", 6),
    Column("lat", message("supervision.lat"), "°", 6),
    Column("approved", message("supervision.approved-flag")),
    Column("regime", message("supervision.regime")),
    Column("clause", message("supervision.clauses")),
)


@dataclass(frozen=True)
class Legend:
    """Names, ranks and nature of the classes of both epochs."""

    names: Mapping[int, Text]
    ranks: Mapping[int, GroupRank]
    survey: Survey | None = None
    groups: Mapping[int, str] = field(default_factory=dict)

    @staticmethod
    def of(scheme: Scheme, table: Monitoring, survey: Survey | None = None) -> Legend:
        """Build the legend of a land-cover scheme; ``survey`` reads the user's own codes."""
        groups = table.by_group()
        names = {c.code: Text(c.zh, c.en) for c in scheme.classes}
        edition = next((e for e in land_survey().editions if e.id == scheme.id), None)
        if edition is not None:
            survey = Survey.of(edition)
        ranks = {c.code: groups[c.group] for c in scheme.classes}
        return Legend(names, ranks, survey, {c.code: c.group for c in scheme.classes})

    @staticmethod
    def zone() -> Legend:
        """Build the legend of a zone without classes: inside, ecological."""
        inside = GroupRank(group="forest", rank=5, nature="ecological", zh="", en="")
        return Legend({0: message("change.inside")}, {0: inside})

    def name(self, code: int) -> Text:
        """Return what a class is called."""
        return self.names.get(code, message("change.outside"))

    def kind(self, base: int, current: int) -> str:
        """Return the kind of a transition."""
        if base == current:
            return "unchanged"
        if current == OUTSIDE:
            return "left"
        if base == OUTSIDE:
            return "gained"
        before, after = self.ranks[base], self.ranks[current]
        if before.nature != after.nature and after.nature == "construction":
            return "to_construction" if before.nature == "ecological" else "farmland_built"
        if before.nature == "ecological" and after.nature == "agricultural":
            return "to_agriculture"
        if after.rank < before.rank:
            return "function_lowered"
        return "improved" if after.rank > before.rank else "same_rank"

    def ecological(self, code: int) -> bool:
        """Return whether a class is ecological land."""
        return code != OUTSIDE and self.ranks[code].nature == "ecological"


def report_change(
    pairs: pd.DataFrame,
    units: GeoDataFrame,
    land: pd.Series,
    pieces: GeoDataFrame,
    legend: Legend,
    notes: Sequence[Note],
    facts: dict[str, Any],
    rules: Rules | None = None,
    approved: GeoDataFrame | None = None,
) -> Figures:
    """Turn transitions into figures, matrix and alerts.

    Parameters
    ----------
    pairs : DataFrame
        Columns ``unit``, ``base``, ``current`` (class codes), ``area_m2``.
    units : GeoDataFrame
        ``unit``, ``name``, geometry.
    land : Series
        Area of each unit in m², by unit.
    pieces : GeoDataFrame
        Changed ground: ``unit``, ``base``, ``current``, ``area_m2``, geometry in EPSG:4490.
    legend : Legend
    notes : sequence of Note
    facts : dict
    rules : Rules, optional
        What alarms; by the groups of the classes if None.
    approved : GeoDataFrame, optional
        Ground whose change was approved: it is shown apart and alarms nobody.
    """
    table = monitoring()
    rules = rules or Rules.of(None, classes=bool(legend.groups))
    pieces = split_approved(pieces, approved)
    passed = approved_area(pieces)
    pairs = pairs.assign(
        approved_m2=[
            passed.get((str(u), int(b), int(c)), 0.0)
            for u, b, c in zip(pairs["unit"], pairs["base"], pairs["current"], strict=True)
        ]
    )
    pairs = pairs.assign(
        kind=[legend.kind(b, c) for b, c in zip(pairs["base"], pairs["current"], strict=True)]
    )
    frame = _by_unit(pairs, units, land, legend, rules)
    before = [int(code) for code in pairs["base"].unique() if code != OUTSIDE]
    groups = [legend.groups.get(code) for code in before]
    notes = [
        *notes,
        Note("parameter", message("change.ranks", source=table.source)),
        *rule_notes(rules, groups),
    ]
    figures = Figures(
        topic="monitor",
        title=message("change.change-between-two-epochs"),
        columns=COLUMNS,
        frame=frame,
        notes=tuple(notes),
        tables=(
            _alerts(pairs, frame, legend, rules),
            matrix(pairs, legend),
            _pieces(pieces, pairs, legend, rules),
        ),
        facts=facts,
    )
    return with_warning(figures)


def _by_unit(
    pairs: pd.DataFrame, units: GeoDataFrame, land: pd.Series, legend: Legend, rules: Rules
) -> GeoDataFrame:
    def total(mask: Any) -> NDArray[np.float64]:
        sums = pairs[mask].groupby("unit")["area_m2"].sum().reindex(units["unit"])
        return np.asarray(sums.fillna(0.0), float) / M2_PER_KM2

    area = land.reindex(units["unit"]).to_numpy(float) / M2_PER_KM2
    compared = total(pairs["area_m2"] > 0.0)
    # Without any pair, map gives numbers or objects, which pandas takes for column names.
    base = total(pairs["base"].map(legend.ecological).astype(bool))
    current = total(pairs["current"].map(legend.ecological).astype(bool))
    figures = {
        "base_ecological_km2": base,
        "current_ecological_km2": current,
        "change_km2": current - base,
        "function_lowered_km2": total(pairs["kind"].isin(_LOWERED)),
        "nature_changed_km2": total(pairs["kind"].isin(_NATURE)),
        "to_construction_km2": total(pairs["kind"] == "to_construction"),
    }
    result = units[["unit", "name", "geometry"]].assign(land_area_km2=area)
    for name, values in figures.items():
        # Without data there is no change to report, and none to deny either.
        result[name] = np.where(compared > 0.0, values, np.nan)
    result["compared_share"] = compared / area
    levels = _worst(pairs, legend, rules)
    result["severity"] = [
        levels.get(unit, "none") if some > 0.0 else "no_data"
        for unit, some in zip(units["unit"], compared, strict=True)
    ]
    result["severity_title"] = [SEVERITIES[level] for level in result["severity"]]
    return result[[*(c.name for c in COLUMNS), "geometry"]]


def _base_area(pairs: pd.DataFrame) -> pd.Series:
    """Return m² that each unit had in the base epoch; shares are taken of it."""
    return pairs[pairs["base"] != OUTSIDE].groupby("unit")["area_m2"].sum()


def _levels(pairs: pd.DataFrame, legend: Legend, rules: Rules) -> list[str]:
    """Return the level of each transition, by all of its unit's loss of that kind and regime."""
    regimes = [rules.regime(legend.groups.get(int(b))).id for b in pairs["base"]]
    open_ = (pairs["area_m2"] - pairs["approved_m2"]).clip(lower=0.0)
    told = pairs.assign(regime=regimes, open=open_)
    sums = told.groupby(["unit", "kind", "regime"])["open"].transform("sum")
    return [
        # What was wholly approved, but for the rounding of the cut, alarms nobody.
        rules.level(legend.groups.get(int(base)), kind, total if part > 0.01 else 0.0)
        for base, kind, total, part in zip(pairs["base"], pairs["kind"], sums, open_, strict=True)
    ]


def _worst(pairs: pd.DataFrame, legend: Legend, rules: Rules) -> dict[str, str]:
    """Return the worst level of each unit."""
    order = list(SEVERITIES)
    worst: dict[str, str] = {}
    for unit, level in zip(pairs["unit"], _levels(pairs, legend, rules), strict=True):
        worst[unit] = min(worst.get(unit, "none"), level, key=order.index)
    return worst


def _alerts(pairs: pd.DataFrame, frame: GeoDataFrame, legend: Legend, rules: Rules) -> Table:
    names = dict(zip(frame["unit"], frame["name"], strict=True))
    whole = _base_area(pairs)
    rows = []
    levels = _levels(pairs, legend, rules)
    for row, level in zip(pairs.to_dict("records"), levels, strict=True):
        if level == "none" and not (row["approved_m2"] > 0.0 and row["kind"] in (*HARD, *SOFT)):
            continue
        group, area = legend.groups.get(row["base"]), row["area_m2"] - row["approved_m2"]
        rows.append(
            {
                "unit": row["unit"],
                "name": names[row["unit"]],
                "severity": level,
                "severity_title": SEVERITIES[level],
                "kind": KINDS[row["kind"]],
                "from": legend.name(row["base"]),
                "to": legend.name(row["current"]),
                "area_ha": max(area, 0.0) / M2_PER_HA,
                "area_mu": max(area, 0.0) / M2_PER_MU,
                "approved_ha": row["approved_m2"] / M2_PER_HA,
                "share_pct": 100.0 * row["area_m2"] / whole.get(row["unit"], np.inf),
                "regime": rules.regime(group).name,
                "clause": rules.clauses(group),
            }
        )
    order = list(SEVERITIES)
    rows.sort(key=lambda r: (order.index(r["severity"]), -r["area_ha"], r["unit"]))
    found = pd.DataFrame(rows, columns=[c.name for c in ALERT_COLUMNS])
    return Table("alerts", message("change.alerts"), ALERT_COLUMNS, found)


def matrix(pairs: pd.DataFrame, legend: Legend) -> Table:
    """Return the transition matrix of all units in km²; its sums are the areas of the classes."""
    columns: tuple[Column, ...]
    if pairs.empty:
        columns = (
            Column("from", message("change.matrix-corner")),
            Column("total", message("change.base-total"), "km2", 3),
        )
        nothing = pd.DataFrame({"from": [message("change.current-total")], "total": [0.0]})
        return Table("matrix", message("change.transition-matrix"), columns, nothing)
    wide = pairs.pivot_table(
        index="base", columns="current", values="area_m2", aggfunc="sum", fill_value=0.0
    )
    codes = [int(c) for c in wide.columns]
    columns = (
        Column("from", message("change.matrix-corner")),
        *(Column(f"to_{c}", legend.name(c), "km2", 3) for c in codes),
        Column("total", message("change.base-total"), "km2", 3),
    )
    body = wide.to_numpy(float) / M2_PER_KM2
    rows = [
        {"from": legend.name(int(code))}
        | {f"to_{c}": v for c, v in zip(codes, line, strict=True)}
        | {"total": line.sum()}
        for code, line in zip(wide.index, body, strict=True)
    ]
    sums = body.sum(axis=0)
    rows.append(
        {"from": message("change.matrix-total")}
        | {f"to_{c}": v for c, v in zip(codes, sums, strict=True)}
        | {"total": sums.sum()}
    )
    frame = pd.DataFrame(rows, columns=[c.name for c in columns])
    return Table("matrix", message("change.transition-matrix"), columns, frame)


def _pieces(pieces: GeoDataFrame, pairs: pd.DataFrame, legend: Legend, rules: Rules) -> Table:
    """Return the changed ground, the gravest and largest first."""
    keys = zip(pairs["unit"], pairs["base"], pairs["current"], strict=True)
    levels = dict(zip(keys, _levels(pairs, legend, rules), strict=True))
    order, rows = list(SEVERITIES), []
    for row in pieces.drop(columns="geometry").assign(shape=pieces.geometry).to_dict("records"):
        base, group = int(row["base"]), legend.groups.get(int(row["base"]))
        current, kind = int(row["current"]), legend.kind(base, int(row["current"]))
        # The edge of a unit in another CRS may touch ground that its areas do not count.
        touched = rules.level(group, kind, float(row["area_m2"]))
        level = "none" if row["approved"] else levels.get((row["unit"], base, current), touched)
        at = shapely.point_on_surface(row["shape"])
        rows.append(
            {
                "unit": row["unit"],
                "severity": level,
                "severity_title": SEVERITIES[level],
                "kind": KINDS[kind],
                "from": legend.name(base),
                "to": legend.name(current),
                "area_m2": float(row["area_m2"]),
                "area_mu": float(row["area_m2"]) / M2_PER_MU,
                "lon": float(shapely.get_x(at)),
                "lat": float(shapely.get_y(at)),
                "approved": bool(row["approved"]),
                "regime": rules.regime(group).name,
                "clause": rules.clauses(group),
                "geometry": row["shape"],
            }
        )
    rows.sort(key=lambda r: (order.index(r["severity"]), -r["area_m2"], r["unit"]))
    columns = [*(c.name for c in PIECE_COLUMNS), "geometry"]
    frame = pd.DataFrame(rows, columns=columns)
    return Table("pieces", message("change.changed-ground"), PIECE_COLUMNS, frame)
