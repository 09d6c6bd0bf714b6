"""Make the ground of the map pages: a shaded relief, and the seats of cities and counties.

    python data/build/base_map.py            writes zoning/show/map/assets/base/
    python data/build/base_map.py --check    same bytes?

Both come from files under data/, which build.py makes; nothing is downloaded.
"""

from __future__ import annotations

import csv
import json
import math
import sys
import tempfile
from pathlib import Path

import geopandas
import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import from_bounds
from rasterio.warp import Resampling, reproject

HERE = Path(__file__).resolve().parent
DATA = HERE.parent
OUT = DATA.parent / "zoning" / "show" / "map" / "assets" / "base"
#: The province with a margin, degrees.
WINDOW = (109.9, 34.4, 114.9, 40.95)
#: Pixels of the picture across: two to a cell of the elevation model.
WIDTH = 1080
#: Light from these directions with these weights, degrees from north; one alone would hide ridges
#: that run along it.
SUNS = ((315, 0.5), (270, 0.2), (0, 0.2), (45, 0.1))
ALTITUDE = 45.0
EXAGGERATION = 2.0
#: Greys of the darkest slope and the brightest: light enough for colours and letters above it.
DARK, BRIGHT = 140, 255
QUALITY = 55
#: Pixels over which the picture fades out at its edges.
FADE = 60
RADIUS = 6378137.0


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    y = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return RADIUS * math.radians(lon), RADIUS * y


def _elevation() -> tuple[NDArray[np.float64], float, float]:
    """Return the heights on a grid of Web Mercator, and its north and south in metres."""
    west, south = _mercator(WINDOW[0], WINDOW[1])
    east, north = _mercator(WINDOW[2], WINDOW[3])
    height = round(WIDTH * (north - south) / (east - west))
    found = np.zeros((height, WIDTH), dtype=np.float64)
    with rasterio.open(DATA / "rasters" / "dem_30s.tif") as source:
        reproject(
            rasterio.band(source, 1),
            found,
            dst_transform=from_bounds(west, south, east, north, WIDTH, height),
            dst_crs="EPSG:3857",
            resampling=Resampling.cubic_spline,
        )
    return found, north, south


def relief() -> NDArray[np.uint8]:
    """Return the shaded relief as greys, north up, in Web Mercator."""
    heights, north, south = _elevation()
    middle = np.linspace(north, south, heights.shape[0])
    latitude = 2 * np.arctan(np.exp(middle / RADIUS)) - math.pi / 2
    ground = (north - south) / heights.shape[0] * np.cos(latitude)  # metres a pixel
    down, right = np.gradient(heights)
    east = EXAGGERATION * right / ground[:, None]
    north_ = -EXAGGERATION * down / ground[:, None]
    slope = 1 / np.sqrt(1 + east**2 + north_**2)
    light = np.zeros_like(heights)
    for azimuth, weight in SUNS:
        a, h = math.radians(azimuth), math.radians(ALTITUDE)
        toward = math.cos(h) * (math.sin(a) * -east + math.cos(a) * -north_)
        light += weight * np.clip((toward + math.sin(h)) * slope, 0, 1)
    low, high = np.percentile(light, [0.5, 99.5])
    share = np.clip((light - low) / (high - low), 0, 1)
    found: NDArray[np.uint8] = np.round(DARK + (BRIGHT - DARK) * share).astype(np.uint8)
    return found


def _edges(height: int) -> NDArray[np.uint8]:
    """Return how much of each pixel shows: nothing at the edges, so that no frame is seen."""
    down, right = np.mgrid[0:height, 0:WIDTH]
    inward = np.minimum.reduce([down, right, height - 1 - down, WIDTH - 1 - right])
    return np.asarray(np.round(255 * np.clip(inward / FADE, 0, 1)).astype(np.uint8))


def _stem(name: str) -> str:
    return name[:-1] if len(name) > 2 and name[-1] in "市区县" else name


def seats() -> list[list[object]]:
    """Return longitude, latitude, Chinese and English name, and rank (1 city, 2 county) of seats.

    A seat is the settlement that bears the name of its city or county, or the town that the table
    names; the others have no seat here, for none is known.
    """
    counties = geopandas.read_file(DATA / "boundaries" / "counties.fgb")
    places = geopandas.read_file(DATA / "boundaries" / "settlements.fgb")
    columns = counties[["adcode", "name", "name_en", "city", "city_en", "geometry"]]
    renamed = columns.rename(columns={"name": "county", "name_en": "county_en"})
    inside = places.sjoin(renamed, predicate="within")
    with (HERE / "tables" / "county_seats.csv").open(encoding="utf-8") as handle:
        towns = {row["adcode"]: row["settlement"] for row in csv.DictReader(handle)}
    found: list[list[object]] = []
    for _, place in inside.sort_values(["adcode", "geonameid"]).iterrows():
        name, county = str(place["name"]), str(place["county"])
        if name == _stem(str(place["city"])) and place["population"] > 0:
            zh, en, rank = name, str(place["city_en"]), 1
        elif name in (_stem(county), towns.get(str(place["adcode"]))):
            zh, en, rank = _stem(county), str(place["county_en"]).rsplit(" ", 1)[0], 2
        else:
            continue
        found.append([round(place.geometry.x, 4), round(place.geometry.y, 4), zh, en, rank])
    return found


def write(folder: Path) -> None:
    """Write relief.webp and base.json."""
    folder.mkdir(parents=True, exist_ok=True)
    grey = relief()
    clear = _edges(grey.shape[0])
    profile = {
        "driver": "WEBP", "width": grey.shape[1], "height": grey.shape[0], "count": 4,
        "dtype": "uint8", "QUALITY": QUALITY,
    }  # fmt: skip
    with rasterio.open(folder / "relief.webp", "w", **profile) as picture:
        picture.write(np.stack([grey, grey, grey, clear]))
    (folder / "relief.webp.aux.xml").unlink(missing_ok=True)
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in seats())
    text = f'{{"bounds": {json.dumps(WINDOW)}, "seats": [\n{rows}\n]}}\n'
    (folder / "base.json").write_text(text, encoding="utf-8")


def main() -> int:
    """Write the files, or compare them with those at hand."""
    if "--check" not in sys.argv[1:]:
        write(OUT)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder))
        differing = [
            name
            for name in ("relief.webp", "base.json")
            if (Path(folder) / name).read_bytes() != (OUT / name).read_bytes()
        ]
    print("\n".join(f"differs: {name}" for name in differing) or "same bytes", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
