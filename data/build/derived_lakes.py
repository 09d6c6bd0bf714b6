"""The five lakes: flat water surfaces of the elevation model, or schematic discs."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import derived_grid as dg
import numpy as np
import shapely
import vector
from fetch import Say
from scipy.ndimage import label

TABLE = Path(__file__).resolve().parent / "tables" / "lakes.toml"
TOLERANCE_M = 500.0
#: Accuracy of an outline read off the 30" grid, and of a remembered place.
GRID_M, REMEMBERED_M = 1500.0, 5000.0


def surface(height: dg.Floats, seed: tuple[int, int], floor: float, level: float) -> dg.Mask:
    """Return the cells between floor and level that hang together with the seed by edges.

    Raises
    ------
    ValueError
        If the seed itself is not between them.
    """
    parts, _ = label((height >= floor) & (height <= level))
    if not parts[seed]:
        raise ValueError(f"the seed lies at {height[seed]:.0f} m, outside {floor}-{level} m")
    return np.asarray(parts == parts[seed])


def _disc(lon: float, lat: float, radius_m: float) -> Any:
    scale = np.array([np.cos(np.radians(lat)), 1.0]) * vector.METRES_PER_DEGREE
    ring = shapely.get_coordinates(shapely.Point(0.0, 0.0).buffer(radius_m, quad_segs=12))
    return shapely.Polygon(np.round(ring / scale + [lon, lat], 7))


def lakes(_cache: Path, out: Path, _say: Say) -> None:
    """Write lakes_5.fgb."""
    grid = dg.cells(dg.data_root(out))
    rows = []
    for spec in tomllib.loads(TABLE.read_text(encoding="utf-8"))["lake"]:
        lon, lat = spec["seed"]
        seen = "level" in spec
        if seen:
            mask = surface(grid.height, grid.at(lon, lat), spec["floor"], spec["level"])
            shape = dg.polygons(mask.astype(np.int32), grid.transform, TOLERANCE_M)[1]
        else:
            shape = _disc(lon, lat, spec["radius_m"])
        city, county = spec["county"].split("/")
        rows.append(
            {
                "name": spec["name"], "name_en": spec["name_en"], "county": county, "city": city,
                "evidence": "derived" if seen else "schematic",
                "accuracy_m": GRID_M if seen else REMEMBERED_M,
                "geometry": shape,
            }
        )  # fmt: skip
    for row in rows:
        row["area_km2"] = round(vector.area_km2(row["geometry"]), 2)
    dg.write(rows, out)
