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
    """Write main_functions.fgb: one row per county whose main function is published."""
    counties = _counties(out).set_index("adcode")
    rows = []
    with (TABLES / "main_functions.csv").open(encoding="utf-8") as handle:
        for entry in csv.DictReader(handle):
            code = find(counties.reset_index(), entry["county"])
            county = counties.loc[code]
            rows.append(
                {
                    "adcode": code, "name": county["name"], "city": county["city"],
                    "function": entry["function"], "level": entry["level"], "plan": entry["plan"],
                    "listed_as": entry["listed_as"], "note": entry["note"] or None,
                    "geometry": county.geometry,
                }
            )  # fmt: skip
    dg.write(rows, out)
