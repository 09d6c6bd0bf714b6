"""Zoning systems that are lists of counties: unions of members, never redrawn."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import derived_grid as dg
import geopandas as gpd
import shapely
from fetch import Say

TABLES = Path(__file__).resolve().parent / "tables"
#: Name of the list that covers all counties.
LIST = "2014–2018年名单"


def find(counties: gpd.GeoDataFrame, name: str) -> str:
    """Return the code of a county by name, or by city/county where a name occurs twice.

    Raises
    ------
    ValueError
        If the name fits no county, or more than one.
    """
    city, _, county = name.rpartition("/")
    hits = counties[(counties.name == county) & ((counties.city == city) | (city == ""))]
    if len(hits) != 1:
        raise ValueError(f"{name}: {len(hits)} counties of that name")
    return str(hits.adcode.iloc[0])


def _members(counties: gpd.GeoDataFrame, spec: dict[str, Any]) -> gpd.GeoDataFrame:
    unknown = set(spec.get("cities", [])) - set(counties.city)
    if unknown:
        raise ValueError(f"{spec['name']}: no city {unknown}")
    codes = {find(counties, name) for name in spec.get("counties", [])}
    return counties[counties.city.isin(spec.get("cities", [])) | counties.adcode.isin(codes)]


def _counties(out: Path) -> gpd.GeoDataFrame:
    place = dg.data_root(out) / "boundaries" / "counties.fgb"
    return gpd.read_file(place).sort_values("adcode").reset_index(drop=True)


def systems(_cache: Path, out: Path, _say: Say) -> None:
    """Write county_systems.fgb: one row per zone of every system in the table."""
    counties = _counties(out)
    text = (TABLES / "county_systems.toml").read_text(encoding="utf-8")
    rows = []
    for spec in tomllib.loads(text)["zone"]:
        part = _members(counties, spec)
        members = spec.get("cities") or list(part.name)
        rows.append(
            {
                "system": spec["system"], "name": spec["name"], "name_en": spec["name_en"],
                "role": spec.get("role"), "members": "、".join(members), "counties": len(part),
                "evidence": spec["evidence"], "source": spec["source"],
                "geometry": shapely.coverage_union_all(part.geometry.values),
            }
        )  # fmt: skip
    dg.write(rows, out)


def main_functions(_cache: Path, out: Path, _say: Say) -> None:
    """Write main_functions.fgb: one row per county and plan; ``latest`` marks a county's newest.

    The list of 2014-2018 covers every county and was redrawn in 2024 by one that is not published,
    so as a statement about today it is a hint (``evidence`` schematic); a later plan decides.
    """
    counties = _counties(out)
    with (TABLES / "main_functions.csv").open(encoding="utf-8") as handle:
        entries = list(csv.DictReader(handle))
    codes = [find(counties, entry["county"]) for entry in entries]
    listed = [c for c, entry in zip(codes, entries, strict=True) if entry["plan"] == LIST]
    if sorted(listed) != sorted(counties.adcode):
        raise ValueError(f"main_functions.csv: {LIST} does not name every county once")
    newest = dict(zip(codes, (e["plan"] for e in entries), strict=True))  # later plans stand below
    by_code = counties.set_index("adcode")
    rows = []
    for code, entry in zip(codes, entries, strict=True):
        county = by_code.loc[code]
        rows.append(
            {
                "adcode": code, "name": county["name"], "city": county["city"],
                "function": entry["function"], "level": entry["level"] or None,
                "plan": entry["plan"], "listed_as": entry["listed_as"],
                "basis": entry["basis"], "confidence": entry["confidence"],
                "level_confidence": entry["level_confidence"] or None,
                "latest": entry["plan"] == newest[code],
                "evidence": "schematic" if entry["plan"] == LIST else "derived",
                "source": entry["source"], "note": entry["note"] or None,
                "geometry": county.geometry,
            }
        )  # fmt: skip
    dg.write(rows, out)
