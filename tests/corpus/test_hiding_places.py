"""A plot written somewhere in a file, in numbers or a code, never passes; ordinary tables do."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from tests.corpus.innocent import COLUMNS
from tests.corpus.made import PLOTS, frame, make
from tests.corpus.odd_places import ODD
from tests.corpus.places import LAT, LON, PLACES, WRITTEN, crs, one_rule, words
from zoning import cli
from zoning.base.errors import SourceError
from zoning.catalogue import load_catalogue
from zoning.model import OfficialLayer
from zoning.read import ReadOptions, positions, read_vector, stated
from zoning.read.crs import systems
from zoning.review.official import load_official

pytestmark = pytest.mark.filterwarnings("ignore")
#: Places whose files are also reviewed by the command line.
REVIEWED = ("geojson_text_arc_seconds", "geojson_key", "zip_world_file", "gpkg_free_page")


#: Each way of writing is tried below; in a file, with the other places of `benchmarks/corpus.py`.
FILES = [name for name in PLACES if not name.startswith("geojson_text_")]


@pytest.mark.parametrize("name", FILES)
def test_what_is_written_anywhere_is_noticed(tmp_path, name):
    path = PLACES[name](tmp_path)
    # An official layer is read as sites are, and a doubted row counts as a part that is not read.
    entry = OfficialLayer(source=path.name, crs=crs(path))
    layer = load_catalogue().layers["ecological_redline"]
    record = load_official(layer, entry, tmp_path).record
    assert record.state == "failed" or record.incomplete


@pytest.mark.parametrize("name", ODD)
def test_what_few_programs_write_is_noticed(tmp_path, name):
    path = ODD[name](tmp_path)
    try:
        reading = read_vector(path, ReadOptions(crs=crs(path)))
    except SourceError:
        return
    assert reading.record.incomplete or reading.failed or reading.doubts


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_every_way_of_writing_means_the_same_place(written):
    found = positions.find(written)
    off = np.abs(found.lonlat[:, 0] - (LON, LAT)).max(axis=1)
    assert np.nanmin(off) < 0.002, found  # 49SFB, geohash and whole seconds are cells


def test_what_the_prefilter_holds_back_states_nothing(monkeypatch):
    rng = random.Random(1)
    scales = (1, 60, 3600, 1e5, 1e7, np.pi / 180)
    numbers = [
        f"{rng.uniform(low, high) * rng.choice(scales):.{rng.randrange(9)}{rng.choice('ffe')}}"
        for low, high in rng.choices([(110, 115), (34, 41), (1e5, 4e7)], k=1200)
    ]
    between = (",", " ", "; ", " N ", "公顷, ", "·" * 38, "°1'2\" ")
    texts = ["".join(n + rng.choice(between) for n in numbers[k : k + 3]) for k in range(1198)]
    quick = positions.find_each(texts)
    monkeypatch.setattr("zoning.read.prefilter.has_pair", bool)
    whole = positions.find_each(texts)
    assert len(whole.shown) > 20
    assert sorted(quick.shown) == sorted(whole.shown)


DRIVERS = {"geojson": "GeoJSON", "gpkg": "GPKG", "kml": "KML", "gdb": "OpenFileGDB",
           "shp": "ESRI Shapefile", "gml": "GML"}  # fmt: skip


@pytest.mark.parametrize("suffix", [*DRIVERS, "parquet"])
def test_ordinary_tables_are_whole(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    table = frame(PLOTS)
    table[list(COLUMNS)] = pd.DataFrame({k: list(v) for k, v in COLUMNS.items()}, dtype=object)
    if suffix == "parquet":
        table.to_parquet(path)
    else:
        table.to_file(path, driver=DRIVERS[suffix], encoding="utf-8")
    (tmp_path / "a.xsd").unlink(missing_ok=True)
    reading = read_vector(path)
    assert not (reading.record.incomplete or reading.failed or reading.doubts)


@pytest.mark.parametrize("seed", range(8))
def test_ordinary_columns_state_nothing_in_whatever_order(seed):
    order = random.Random(seed).sample(list(COLUMNS), len(COLUMNS))
    table = pd.DataFrame({name: list(COLUMNS[name]) for name in order}, dtype=object)
    shapes = np.array([*PLOTS, None], dtype=object)[:-1]
    found = stated.of(table, systems.parse("EPSG:4490"))
    assert not stated.contradictions(found, shapes)


@pytest.fixture
def reviewed(monkeypatch):
    """Review a file of sites against a file of zones by one rule; return the exit code."""
    monkeypatch.setattr("zoning.api.check.load_catalogue", one_rule)

    def review(sites: Path, zones: Path) -> int:
        monkeypatch.setattr("sys.argv", ["zoning", *words(sites, zones)])
        with pytest.raises(SystemExit) as stop:
            cli.run()
        return int(stop.value.code or 0)

    return review


#: Plain sites lie in no zone, and plain zones in no site.
AWAY = tuple(shapely.box(x, 36.5, x + 0.01, 36.51) for x in (111.50, 111.54))


def plain(folder: Path, kind: str = "geojson") -> Path:
    folder.mkdir()
    return make(kind, folder, AWAY)


@pytest.mark.parametrize("kind", ["geojson", "gpkg"])
def test_what_hides_nothing_conforms(tmp_path, reviewed, kind):
    assert reviewed(make(kind, tmp_path), plain(tmp_path / "zones", kind)) == 0


@pytest.mark.parametrize("name", REVIEWED)
def test_a_review_never_conforms(tmp_path, reviewed, name):
    path = PLACES[name](tmp_path)
    zones = plain(tmp_path / "zones")
    assert reviewed(path, zones) != 0
    assert reviewed(zones, path) != 0
