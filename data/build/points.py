"""Point products: the 19 karst springs, settlements, meteorological stations."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import sources
import vector
from boundaries import TABLES, county_table
from fetch import Say, single

SPRING_NUMBERS = [
    "lon",
    "lat",
    "outlet_elev_min_m",
    "outlet_elev_max_m",
    "basin_area_km2",
    "basin_area_alt_km2",
    "discharge_m3s",
]
SHANXI_ADMIN1 = "24"
#: Two lists mean the same site if their altitudes differ by less than this.
SAME_STATION_M = 2.0


def _points(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows)
    places = gpd.points_from_xy(frame["lon"], frame["lat"], crs=vector.CRS)
    return gpd.GeoDataFrame(frame, geometry=places)


def springs(cache: Path, out: Path, say: Say) -> None:
    """Write springs.fgb from tables/springs.csv, county names looked up by code."""
    del cache, say  # a transcription: nothing to fetch
    codes = county_table().set_index("adcode")
    rows: list[dict[str, Any]] = []
    with (TABLES / "springs.csv").open(encoding="utf-8") as handle:
        for line in csv.DictReader(handle):
            row: dict[str, Any] = {key: value or None for key, value in line.items()}
            row |= {key: float(line[key]) if line[key] else None for key in SPRING_NUMBERS}
            row |= {key: int(line[key]) for key in ("order", "accuracy_m")}
            row |= {key: line[key] == "1" for key in ("counties_complete", "outside_province")}
            row["county"] = codes.name[line["county_adcode"]]
            row["city"] = codes.city[line["county_adcode"]]
            listed = line["counties_adcode"].split(";")
            row["counties_covered"] = ";".join(codes.name[code] for code in listed)
            rows.append(row)
    frame = _points(rows)
    frame[SPRING_NUMBERS] = frame[SPRING_NUMBERS].astype(float)
    vector.write_fgb(frame, out)


def _stem(name: str) -> str:
    """Return a Chinese name without its type of division (太原市 -> 太原, 沁县 stays)."""
    return name[:-1] if len(name) > 2 and name[-1] in "市区县镇乡" else name


def _known_names() -> dict[str, str]:
    """Return lower-case pinyin -> Chinese stem of the cities and of counties with unique pinyin."""
    table = county_table()
    plain = table.name_en.str.rsplit(n=1).str[0].str.lower()
    unique = table[~plain.duplicated(keep=False)]
    known = {key: _stem(name) for key, name in zip(plain[unique.index], unique.name, strict=True)}
    return known | {en.lower(): _stem(zh) for en, zh in zip(table.city_en, table.city, strict=True)}


def _chinese(place: dict[str, Any], known: dict[str, str]) -> str | None:
    """Return the Chinese name: that of the like-named city or county, else the shortest alternate.

    GeoNames lists older names and neighbours' names among the alternates (潞安 for 长治).
    """
    han = [n for n in place["alternatenames"] if re.fullmatch(r"[\u4e00-\u9fff]{2,}", n)]
    expected = known.get(place["name"].lower())
    if expected and (not han or expected in {_stem(name) for name in han}):
        return expected
    return min((_stem(name) for name in han), key=lambda n: (len(n), n), default=None)


def settlements(cache: Path, out: Path, say: Say) -> None:
    """Write settlements.fgb: the GeoNames places of Shanxi."""
    places = json.loads(single(sources.CITIES500, cache, say).read_text(encoding="utf-8"))
    ours = (
        p
        for p in places.values()
        if p["countrycode"] == "CN" and p.get("admin1code") == SHANXI_ADMIN1
    )
    known = _known_names()
    rows = [
        {
            "geonameid": place["geonameid"],
            "name": _chinese(place, known),
            "name_en": place["name"],
            "population": place["population"] or None,
            "feature_class": "P",
            "lon": place["longitude"],
            "lat": place["latitude"],
        }
        for place in sorted(ours, key=lambda place: int(place["geonameid"]))
    ]
    frame = _points(rows)
    frame["population"] = frame["population"].astype("Int64")
    vector.write_fgb(frame, out)


def _station_names(path: Path) -> dict[str, str]:
    """Return station id -> name for the stations the list puts in Shanxi."""
    fields = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {f[0]: f[2] for f in fields if len(f) == 3 and f[1] == "山西"}


def _station_places(path: Path) -> dict[str, tuple[float, float, float]]:
    """Return station id -> longitude, latitude, altitude."""
    fields = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {f[0]: (float(f[1]), float(f[2]), float(f[3])) for f in fields if len(f) == 5}


def stations(cache: Path, out: Path, say: Say) -> None:
    """Write stations.fgb: meteorological stations with name and altitude.

    The finer of the two position lists is used where both agree on the altitude, i.e. where the
    station has not moved between them.
    """
    names = _station_names(single(sources.STATION_NAMES, cache, say))
    coarse = _station_places(single(sources.STATIONS, cache, say))
    fine = _station_places(single(sources.STATIONS_FINE, cache, say))
    rows = []
    for number in sorted(names.keys() & coarse.keys()):
        lon, lat, altitude = coarse[number]
        same = number in fine and abs(fine[number][2] - altitude) < SAME_STATION_M
        if same:
            lon, lat, altitude = fine[number]
        rows.append(
            {
                "id": number,
                "name": names[number],
                "altitude_m": altitude,
                "accuracy_m": 1000 if same else 2000,
                "lon": lon,
                "lat": lat,
            }
        )
    vector.write_fgb(_points(rows), out)
