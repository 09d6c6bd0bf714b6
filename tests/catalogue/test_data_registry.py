"""The registry describes the files under data/ byte for byte; each has its expected row."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pyogrio
import pytest
import rasterio

from tests.each import each

DATA = Path(__file__).resolve().parents[2] / "data"
REGISTRY = tomllib.loads((DATA / "registry.toml").read_text(encoding="utf-8"))
FILES = {entry["path"]: entry for entry in REGISTRY["file"]}

# path: number of features, west, south, east, north (degrees, to 0.001)
VECTORS = {
    "boundaries/counties.fgb": (117, 110.224, 34.583, 114.563, 40.738),
    "boundaries/cities.fgb": (11, 110.224, 34.583, 114.563, 40.738),
    "boundaries/province.fgb": (1, 110.224, 34.583, 114.563, 40.738),
    "boundaries/rivers.fgb": (71, 110.224, 34.583, 114.512, 40.492),
    "boundaries/main_rivers.fgb": (13, 110.235, 34.585, 114.496, 40.017),
    "boundaries/tributaries.fgb": (937, 110.116, 34.521, 114.656, 40.821),
    "boundaries/springs.fgb": (19, 110.900, 35.300, 114.330, 39.761),
    "boundaries/settlements.fgb": (305, 110.440, 34.710, 114.183, 40.443),
    "boundaries/stations.fgb": (109, 110.450, 34.703, 114.264, 40.433),
}
# path: bands, height, width, type, nodata; all on the window 109.75-115.00 E, 34.25-41.00 N
RASTERS = {
    "rasters/dem_30s.tif": (1, 810, 630, "int16", -32768),  # 6.75 * 120, 5.25 * 120
    "rasters/landcover_2019.tif": (1, 135, 105, "uint8", 255),  # 6.75 / 0.05, 5.25 / 0.05
    "rasters/ndvi_max.tif": (1, 135, 105, "int16", -32768),
    "rasters/ndvi_min.tif": (1, 135, 105, "int16", -32768),
    "rasters/rain_monthly.tif": (12, 27, 21, "float32", -9999),  # 6.75 / 0.25, 5.25 / 0.25
}
WINDOW = (109.75, 34.25, 115.0, 41.0)


def _module(name: str) -> ModuleType:
    """Load one module of data/build, which is not a package."""
    spec = importlib.util.spec_from_file_location(
        f"databuild_{name}", DATA / "build" / f"{name}.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_file_is_registered_and_every_entry_is_a_file() -> None:
    found = {
        path.relative_to(DATA).as_posix()
        for folder in ("boundaries", "rasters")
        for path in (DATA / folder).iterdir()
        if path.suffix in {".fgb", ".tif"}
    }
    assert found == set(FILES)
    assert set(VECTORS) | set(RASTERS) <= set(FILES)


def test_bytes_are_those_registered() -> None:
    each(FILES, has_its_bytes, str)


def has_its_bytes(path: str) -> None:
    content = (DATA / path).read_bytes()
    assert len(content) == FILES[path]["bytes"]
    assert hashlib.sha256(content).hexdigest() == FILES[path]["sha256"]


def test_entries_say_where_from_and_how_good() -> None:
    each(FILES, says_where_from_and_how_good, str)


def says_where_from_and_how_good(path: str) -> None:
    entry = FILES[path]
    assert entry["crs"] == "EPSG:4490"
    assert entry["evidence"] in {"surveyed", "derived", "schematic"}
    assert entry["positional_accuracy_m"] > 0
    assert entry["licence"] and entry["processing"] and entry["accuracy_note"]
    for source in entry.get("source", []):
        assert source["registry"] in {"PyPI", "Debian"}
        assert re.fullmatch(r"[0-9a-f]{64}", source["inner_sha256"])
        assert all(
            source[key] for key in ("package", "version", "inner_path", "caveat", "upstream")
        )
    assert entry.get("source") or (DATA / entry["table"]).is_file()


@pytest.mark.parametrize("path", VECTORS)
def test_vector_row(path: str) -> None:
    info = pyogrio.read_info(DATA / path, force_feature_count=True, force_total_bounds=True)
    count, *bounds = VECTORS[path]
    assert info["features"] == count == FILES[path]["features"]
    assert info["total_bounds"] == pytest.approx(bounds, abs=0.0006)
    assert info["crs"] == "EPSG:4490"
    assert list(info["fields"]) == FILES[path]["fields"]


@pytest.mark.parametrize("path", RASTERS)
def test_raster_row(path: str) -> None:
    with rasterio.open(DATA / path) as grid:
        row = (grid.count, grid.height, grid.width, grid.dtypes[0], grid.nodata)
        assert row == RASTERS[path]
        assert tuple(grid.bounds) == pytest.approx(WINDOW, abs=1e-9)
        assert grid.crs.to_epsg() == 4490
        assert grid.profile["compress"] == "deflate"
        assert grid.profile["tiled"]
        assert "TIFFTAG_DATETIME" not in grid.tags()


def test_registry_names_exactly_the_pinned_sources() -> None:
    pinned = {
        (source.package.name, source.package.version, source.inner, source.sha256)
        for source in vars(_module("sources")).values()
        if type(source).__name__ == "Source"
    }
    used = {
        (source["package"], source["version"], source["inner_path"], source["inner_sha256"])
        for entry in FILES.values()
        for source in entry.get("source", [])
    }
    assert used == pinned


def test_readme_is_complete_and_names_no_machine() -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    assert all(f"`{path}`" in text for path in FILES)
    assert "@" not in re.sub(r"\S+@\d", "", text)
    assert "中文摘要" in text and "Amap" in text


def test_boundaries_and_rasters_stay_small() -> None:
    assert sum(entry["bytes"] for entry in FILES.values()) < 25e6
