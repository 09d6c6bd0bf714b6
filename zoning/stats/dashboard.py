"""Every indicator of the documents by place: value, target, path, gap, verdict, publisher."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from zoning.base.geodesy import areas as polygon_areas
from zoning.base.units import M2_PER_KM2
from zoning.catalogue.places import plain
from zoning.messages import Text, message
from zoning.stats.figures import Column, Figures, Note, Table, unit_columns
from zoning.stats.own_tables import UnitRows
from zoning.stats.tables import indicator_system, indicators
from zoning.stats.target_specs import (
    StatedTarget,
    System,
    Target,
)
from zoning.stats.verdicts import VERDICTS, Known, judge

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Which office publishes the figure of an indicator of ``indicators.toml``.
_OFFICES: Final[Mapping[str, str]] = {
    "forest_cover": "forestry", "soil_conservation": "water", "grass_cover": "forestry",
    "wetland_protection": "forestry", "protected_share": "forestry", "public_forest": "forestry",
    "erosion_control": "water", "park_radius": "housing",
}  # fmt: skip
_LAND: Final = "natural_resources"
_COUNTED: Final[Mapping[str, str]] = {
    "met": "met", "not_met": "not_met", "undetermined": "undetermined", "missing": "no_figure",
}  # fmt: skip
COLUMNS: Final = (
    *unit_columns(),
    Column("targets", message("dashboard.targets"), "1", 0),
    Column("met", message("targets.verdicts.met"), "1", 0),
    Column("not_met", message("targets.verdicts.not-met"), "1", 0),
    Column("undetermined", message("targets.verdicts.undetermined"), "1", 0),
    Column("missing", message("targets.verdicts.no-figure"), "1", 0),
)
ROW_COLUMNS: Final = (
    Column("unit", message("targets.code")),
    Column("name", message("targets.name")),
    Column("target_id", message("targets.target-id")),
    Column("indicator", message("targets.indicator")),
    Column("measured_in", message("targets.unit")),
    Column("binding", message("targets.force")),
    Column("caliber", message("targets.caliber")),
    Column("base", message("targets.base"), "1", 2),
    Column("base_year", message("targets.base-year")),
    Column("figure", message("targets.figure"), "1", 2),
    Column("year", message("targets.year")),
    Column("target", message("targets.target"), "1", 2),
    Column("target_year", message("targets.target-year")),
    Column("path", message("targets.path"), "1", 2),
    Column("gap", message("targets.gap"), "1", 2),
    Column("verdict", message("targets.verdict")),
    Column("verdict_title", message("targets.words")),
    Column("reason", message("targets.reason")),
    Column("office", message("dashboard.office")),
    Column("document", message("targets.document")),
)


def dashboard(units: GeoDataFrame, table: Path | None) -> Figures:
    """Hold the user's figures against every target of the documents.

    Parameters
    ----------
    units : GeoDataFrame
        ``unit`` (six digits), ``name``, geometry in EPSG:4490; targets of the province stand
        with any of its units.
    table : Path, optional
        CSV or XLSX: ``unit, indicator, year, value`` and maybe ``caliber``; ``indicator`` is the
        id of a target or of an indicator.

    Returns
    -------
    Figures
        A row a place with counts; table ``dashboard`` with a row a target and year.
    """
    given = read_figures(table, frozenset(units["unit"])) if table is not None else {}
    names = dict(zip(units["unit"], units["name"], strict=True))
    names.setdefault("140000", message("dashboard.province"))
    rows = [row for target in _every() if target.place in names
            for row in _rows(target, names[target.place], given)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[c.name for c in ROW_COLUMNS])
    # Those with a figure first; of equals the order of the documents.
    frame = frame.sort_values("figure", key=lambda f: f.isna(), kind="stable", ignore_index=True)
    frame = frame.astype({"year": "Int64", "base_year": "Int64", "target_year": "Int64"})
    found = units[["unit", "name", "geometry"]].copy()
    found["land_area_km2"] = polygon_areas(units.geometry.to_numpy()) / M2_PER_KM2
    counts = frame.groupby(["unit", "verdict"]).size().unstack(fill_value=0)
    counts = counts.reindex(index=found["unit"], fill_value=0)
    for column, verdict in _COUNTED.items():
        found[column] = counts[verdict].to_numpy() if verdict in counts else 0
    found["targets"] = counts.sum(axis=1).to_numpy()
    return Figures(
        topic="indicators",
        title=message("dashboard.title"),
        columns=COLUMNS,
        frame=found[[*(c.name for c in COLUMNS), "geometry"]],
        notes=tuple(_notes(frame)),
        tables=(Table("dashboard", message("dashboard.title"), ROW_COLUMNS, frame),),
        facts={"table": None if table is None else table.name, "embedded": False},
    )


def _every() -> Iterator[StatedTarget]:
    """Yield the targets of both tables, those of ``indicators.toml`` in the same form."""
    known = indicators()
    for target in known.targets:
        spec = known.of(target.indicator)
        yield StatedTarget(
            id=target.id, name=spec.name, unit=spec.unit, place=target.place, sense=target.sense,
            base=target.base, values=target.values, stated=target.stated, binding=target.binding,
            office=_OFFICES.get(target.indicator, _LAND), document=target.document,
            caliber=target.caliber, indicator=target.indicator,
        )  # fmt: skip
    yield from indicator_system().targets


def _rows(
    target: StatedTarget, name: Any, given: Mapping[tuple[str, str], Known]
) -> Iterator[dict[str, Any]]:
    offices = {o.id: Text(o.zh, o.en) for o in indicator_system().offices}
    value = given.get((target.place, target.id))
    if value is None and target.indicator is not None:
        value = given.get((target.place, target.indicator))
    common = {
        "unit": target.place, "name": name, "target_id": target.id, "indicator": target.name,
        "measured_in": target.unit, "binding": target.binding, "caliber": target.caliber or "",
        "base": target.base[1] if target.base else np.nan,
        "base_year": target.base[0] if target.base else None,
        "figure": value.value if value else np.nan, "year": value.year if value else None,
        "office": offices[target.office], "document": target.document,
    }  # fmt: skip
    plain = Target(
        id=target.id, indicator=target.indicator or "stated", place=target.place,
        caliber=target.caliber, sense=target.sense, base=target.base, values=target.values,
        binding=target.binding, document=target.document,
    )  # fmt: skip
    for year, wanted in sorted(target.values.items()):
        found = judge(plain, year, wanted, value)
        reason = found.reason
        if found.verdict == "no_figure":
            reason = message("dashboard.ask", office=offices[target.office])
        yield common | {
            "target": wanted, "target_year": year,
            "path": np.nan if found.path is None else found.path,
            "gap": np.nan if found.gap is None else found.gap,
            "verdict": found.verdict, "verdict_title": VERDICTS[found.verdict],
            "reason": reason or message("targets.text"),
        }  # fmt: skip
    if not target.values:
        # A target in words has no gap; whether it is met is the office's to say.
        verdict = "no_figure" if value is None else "undetermined"
        told = Text(target.stated or "—", target.stated or "—")
        yield common | {
            "target": np.nan, "target_year": None, "path": np.nan, "gap": np.nan,
            "verdict": verdict, "verdict_title": VERDICTS[verdict],
            "reason": message("dashboard.in-words", stated=told),
        }  # fmt: skip


def _notes(frame: pd.DataFrame) -> list[Note]:
    missing = frame[frame["verdict"] == "no_figure"]
    notes = [Note("method", message("dashboard.method"))]
    systems = indicator_system()
    notes += [_held(system) for system in systems.systems]
    for office in systems.offices:
        of = missing[[str(o) == office.zh or o == Text(office.zh, office.en)
                      for o in missing["office"]]]  # fmt: skip
        if len(of):
            ids = list(dict.fromkeys(of["target_id"]))
            told = message("dashboard.missing", office=Text(office.zh, office.en), count=len(ids),
                           ids=ids)  # fmt: skip
            notes.append(Note("warning", told))
    return notes


def _held(system: System) -> Note:
    """Say how many indicators of a document are held; what is not public, and whose it is."""
    held = sum(t.id.startswith(system.prefix) for t in _every())
    name = Text(system.zh, system.en)
    if system.office is None:
        told = message("dashboard.system", name=name, count=system.count, held=held)
        return Note("source", told)
    offices = {o.id: Text(o.zh, o.en) for o in indicator_system().offices}
    short = Text(system.short_zh or "", system.short_en or "")
    told = message("dashboard.system-short", name=name, count=system.count, held=held,
                   short=short, office=offices[system.office])  # fmt: skip
    return Note("warning", told)


def read_figures(path: Path, own: Collection[str] = ()) -> dict[tuple[str, str], Known]:
    """Read the user's figures from a CSV or the first sheet of a workbook.

    Raises
    ------
    SourceError
        Rows that are faulty; all of them are named.
    MissingExtraError
        A workbook without openpyxl.
    """
    rows, named = UnitRows(path, own), _named()
    found: dict[tuple[str, str], Known] = {}
    for line, place, row in rows:
        try:
            said = plain(row["indicator"]).casefold()
            # A name that several documents use means the target of the row's own place.
            (name,) = named.get((place, said)) or named["", said]
            value, year = float(plain(row["value"])), int(float(plain(row["year"])))
            if not np.isfinite(value):
                raise ValueError(row["value"])
        except (KeyError, TypeError, ValueError) as error:
            rows.fault(line, message("dashboard.bad-row", error=error))
            continue
        if rows.once(line, (place, name)):
            found[place, name] = Known(value, year, plain(row.get("caliber")) or None)
    rows.settle()
    return found


def _named() -> dict[tuple[str, str], set[str]]:
    """Return the ids that a word may mean, by place and word: an id, or a name of its targets."""
    found: dict[tuple[str, str], set[str]] = {}
    for target in _every():
        own = target.indicator or target.id
        for word, means in (
            (target.id, target.id), (own, own), (target.name.zh, own), (target.name.en, own),
        ):  # fmt: skip
            for place in ("", target.place):
                found.setdefault((place, plain(word).casefold()), set()).add(means)
    return found
