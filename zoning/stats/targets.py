"""Figures against the targets of the documents, and beside what others have published."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from zoning.catalogue.places import plain
from zoning.messages import Text, message
from zoning.stats.chance import LEVEL
from zoning.stats.figures import (
    Column,
    Figures,
    Note,
    Table,
)
from zoning.stats.own_tables import UnitRows
from zoning.stats.tables import forest_definitions, indicators, published
from zoning.stats.target_specs import (
    Indicators,
    Target,
)
from zoning.stats.verdicts import VERDICTS, Known, factor_title, judge

#: Column of the figures that holds a computed indicator.
COMPUTED: Final[Mapping[str, tuple[str, str]]] = {
    "forest-cover": ("forest_cover", "forest_cover_pct"),
    "soil-conservation": ("soil_conservation", "soil_conservation_pct"),
}
#: 1 km² = 0.15 万亩 (15 亩 a hectare).
WAN_MU_PER_KM2: Final = 0.15
COLUMNS: Final = (
    Column("unit", message("targets.code")),
    Column("name", message("targets.name")),
    Column("indicator", message("targets.indicator")),
    Column("figure", message("targets.figure"), "1", 2),
    Column("measured_in", message("targets.unit")),
    Column("year", message("targets.year")),
    Column("base", message("targets.base"), "1", 2),
    Column("base_year", message("targets.base-year")),
    Column("target", message("targets.target"), "1", 2),
    Column("target_year", message("targets.target-year")),
    Column("gap", message("targets.gap"), "1", 2),
    Column("needed_km2", message("targets.area-needed"), "km2", 1),
    Column("needed_wan_mu", message("targets.area-needed"), "万亩", 2),
    Column("path", message("targets.path"), "1", 2),
    Column("verdict", message("targets.verdict")),
    Column("verdict_title", message("targets.words")),
    Column("probability", message("targets.probability"), "1", 2),
    Column("settles", message("targets.settles")),
    Column("reason", message("targets.reason")),
    Column("caliber", message("targets.caliber")),
    Column("binding", message("targets.force")),
    Column("place", message("targets.target-place")),
    Column("target_id", message("targets.target-id")),
    Column("document", message("targets.document")),
)
PUBLISHED_COLUMNS: Final = (
    Column("unit", message("targets.code")),
    Column("name", message("targets.name")),
    Column("computed", message("targets.computed"), "%", 2),
    Column("published", message("targets.published"), "%", 2),
    Column("difference", message("targets.difference"), "pp", 2),
    Column("low", message("figures.range-low"), "%", 2),
    Column("high", message("figures.range-high"), "%", 2),
    Column("inside", message("targets.inside")),
    Column("year", message("targets.published-year")),
    Column("caliber", message("targets.published-caliber")),
    Column("comparable", message("targets.same-caliber")),
    Column("source", message("targets.source")),
)


def with_comparisons(figures: Figures, *, targets: bool, table: Path | None) -> Figures:
    """Return the figures with published values beside them and, if asked, the targets.

    Raises
    ------
    SourceError
        The user's table has the wrong columns, values or names.
    """
    more: list[Table] = []
    notes: list[Note] = []
    beside = _published(figures)
    if len(beside.frame):
        more.append(beside)
    if targets or table is not None:
        own = frozenset(figures.frame["unit"])
        further = read_table(table, own) if table else {}
        more.append(compare(figures, indicators(), further))
        notes.append(
            Note(
                "method",
                message("targets.method", level=100.0 * LEVEL, rest=100.0 * (1.0 - LEVEL)),
            )
        )
    return replace(figures, tables=(*figures.tables, *more), notes=(*figures.notes, *notes))


def compare(figures: Figures, known: Indicators, further: Mapping[tuple[str, str], Known]) -> Table:
    """Hold every unit against its targets, or else those of its city or province.

    Parameters
    ----------
    figures : Figures
    known : Indicators
    further : mapping
        Figures of the user's table by (unit, indicator).
    """
    computed = COMPUTED.get(figures.topic)
    rows: list[dict[str, Any]] = []
    for record in figures.frame.drop(columns="geometry").to_dict("records"):
        unit = str(record["unit"])
        values = {i: k for (u, i), k in further.items() if u == unit}
        if computed is not None and record["coverage_share"] > 0.0:
            values.setdefault(computed[0], _computed(record, computed[1], figures))
        for target, own in _targets_of(unit, values, known.targets):
            value = values.get(target.indicator)
            rows += _rows(record, target, own, value, known)
    frame = pd.DataFrame(rows, columns=[c.name for c in COLUMNS])
    frame = frame.astype({"year": "Int64", "base_year": "Int64"})
    return Table("targets", message("targets.against-targets"), COLUMNS, frame)


def _computed(record: Mapping[Any, Any], column: str, figures: Figures) -> Known:
    facts, unit = figures.facts, str(record["unit"])
    return Known(
        float(record[column]),
        facts.get("landcover_year"),
        facts.get("caliber"),
        bool(facts.get("demonstration")),
        None if figures.draws is None else figures.draws.of(unit),
        float(record["coverage_share"]),
        tuple(facts.get("weak", ())),
        tuple(facts.get("doubted", ())),
        None if figures.draws is None else figures.draws.settling(unit),
    )


def _targets_of(
    unit: str, values: Mapping[str, Known], targets: Sequence[Target]
) -> Iterator[tuple[Target, bool]]:
    """Yield own targets, and those of the level above for indicators that have none."""
    own = [t for t in targets if t.place == unit]
    yield from ((t, True) for t in own)
    covered = {t.indicator for t in own}
    if len(unit) != 6 or not unit.isdigit():
        return
    for above in (f"{unit[:4]}00", f"{unit[:2]}0000"):
        if above == unit:
            continue
        found = [
            t
            for t in targets
            if t.place == above
            and t.indicator in values
            and t.indicator not in covered
            and known_share(t.indicator)
            and t.caliber in (None, values[t.indicator].caliber)
        ]
        yield from ((t, False) for t in found)
        covered |= {t.indicator for t in found}


def known_share(indicator: str) -> bool:
    """Return whether an indicator is a share: another place's area is no yardstick."""
    return indicators().of(indicator).unit == "%"


def _rows(
    record: Mapping[Any, Any], target: Target, own: bool, value: Known | None, known: Indicators
) -> Iterator[dict[str, Any]]:
    spec = known.of(target.indicator)
    for year, wanted in sorted(target.values.items()):
        found = judge(target, year, wanted, value)
        gap, verdict = found.gap, found.verdict
        if not own and verdict not in ("not_comparable", "no_figure"):
            verdict = "reference"
        area = float("nan")
        if gap is not None and spec.unit == "%":
            area = max(gap, 0.0) / 100.0 * float(record["land_area_km2"])
        elif gap is not None and spec.unit == "km2":
            area = max(gap, 0.0)
        yield {
            "unit": record["unit"],
            "name": record["name"],
            "indicator": spec.name,
            "figure": value.value if value else float("nan"),
            "measured_in": spec.unit,
            "year": value.year if value else None,
            "base": target.base[1] if target.base else float("nan"),
            "base_year": target.base[0] if target.base else None,
            "target": wanted,
            "target_year": year,
            "gap": float("nan") if gap is None else gap,
            "needed_km2": area,
            "needed_wan_mu": area * WAN_MU_PER_KM2,
            "path": float("nan") if found.path is None else found.path,
            "verdict": verdict,
            "verdict_title": VERDICTS[verdict],
            "probability": float("nan") if found.probability is None else found.probability,
            "settles": factor_title(found.settles) if found.settles else message("targets.text"),
            "reason": found.reason or message("targets.text"),
            "caliber": _caliber(target.caliber, target.caliber_inferred),
            "binding": target.binding,
            "place": target.place,
            "target_id": target.id,
            "document": target.document,
        }


def _caliber(caliber: str | None, inferred: bool) -> Text:
    if caliber is None:
        return message("targets.text")
    names: dict[str, Text] = {c.id: c.name for c in forest_definitions().calibers}
    name = names.get(caliber, message("targets.unstated"))
    return message("targets.inferred", name=name) if inferred else name


def _published(figures: Figures) -> Table:
    computed = COMPUTED.get(figures.topic)
    rows = []
    if computed is not None:
        by_unit = figures.frame.set_index("unit")
        for one in published().figures:
            if one.indicator != computed[0] or one.unit not in by_unit.index:
                continue
            value = float(by_unit.loc[one.unit, computed[1]])
            fits = one.caliber in (None, figures.facts.get("caliber"))
            low, high = (float(by_unit.loc[one.unit, f"{computed[0]}_{end}_pct"])
                         for end in ("low", "high"))  # fmt: skip
            rows.append(
                {
                    "unit": one.unit,
                    "name": by_unit.loc[one.unit, "name"],
                    "computed": value,
                    "published": one.value,
                    "difference": value - one.value if fits else float("nan"),
                    "low": low,
                    "high": high,
                    "inside": low <= one.value <= high if fits else None,
                    "year": one.year,
                    "caliber": _caliber(one.caliber, one.caliber_inferred),
                    "comparable": fits,
                    "source": one.source,
                }
            )
    frame = pd.DataFrame(rows, columns=[c.name for c in PUBLISHED_COLUMNS])
    title = message("targets.beside-published-figures")
    return Table("published", title, PUBLISHED_COLUMNS, frame)


def read_table(path: Path, own: Collection[str] = ()) -> dict[tuple[str, str], Known]:
    """Read a user's table of figures: ``unit, indicator, year, value`` and maybe ``caliber``.

    Raises
    ------
    SourceError
        The file is missing, or rows are faulty; all of them are named.
    """
    rows, names = UnitRows(path, own), {i.id for i in indicators().indicators}
    found: dict[tuple[str, str], Known] = {}
    for line, unit, row in rows:
        try:
            indicator = plain(row["indicator"])
            value, year = float(plain(row["value"])), int(plain(row["year"]))
        except (KeyError, TypeError, ValueError) as error:
            rows.fault(line, message("targets.row.unreadable", error=error))
            continue
        if indicator not in names or not np.isfinite(value):
            rows.fault(line, message("targets.row.no-indicator", known=sorted(names)))
        elif rows.once(line, (unit, indicator)):
            found[unit, indicator] = Known(value, year, plain(row.get("caliber")) or None)
    rows.settle()
    return found
