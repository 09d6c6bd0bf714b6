"""The legal truth table: sites whose outcome was derived from the texts, against the product.

``truth/sites.csv`` holds the sites. ``zone`` is a zone of ``truth/workspace`` and ``place`` where
the site is: ``in`` its middle, ``across`` its eastern edge, or that many metres east of it. A
site's attributes are those of the base ``quiet``, of its own base and its own, the later
outranking. ``expect`` is the outcome of the whole site, or of the clauses in ``rules``.
``truth/open.csv`` lists what the product gets wrong: it fails when one of them comes right.
"""

from __future__ import annotations

import csv
import datetime
import importlib.util
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pyproj import Geod

import zoning
from tests.warm import python
from zoning import law, review
from zoning.api.check import decided
from zoning.base.progress import silent
from zoning.measure import Surveyed
from zoning.model import Status
from zoning.read import Reading, ReadOptions
from zoning.review import Asked, Layers, Reviewed

HERE = Path(__file__).parent / "truth"
GEOD = Geod(ellps="GRS80")
#: Half of a site's width.
REACH = 20.0
#: The day of most sites.
DAY = "2026-11-27"


def table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


SITES = {row["site"]: row for row in table("sites.csv")}
BASES = {row["base"]: row["attributes"] for row in table("bases.csv")}
OPEN = {row["site"]: row for row in table("open.csv")}


@cache
def zones() -> dict[str, tuple[float, float, float]]:
    """Return the middle of each zone and the longitude of its eastern edge."""
    found = {}
    for path in sorted((HERE / "workspace").glob("*.geojson")):
        for feature in json.loads(path.read_text("utf-8"))["features"]:
            ring = feature["geometry"]["coordinates"]
            points = ring if feature["geometry"]["type"] == "LineString" else ring[0]
            lons, lats = zip(*points, strict=True)
            middle = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
            found[feature["properties"]["site"]] = (*middle, max(lons))
    return found | json.loads((HERE / "workspace" / "free.json").read_text("utf-8"))


def geometry(zone: str, place: str) -> dict[str, Any]:
    """Return a diamond: its western corner is the point that is nearest to the zone."""
    lon, lat, edge = zones()[zone]
    if place != "in":
        metres = REACH if place == "across" else float(place) + REACH
        lon = edge if place == "across" else GEOD.fwd(edge, lat, 90.0, metres)[0]
    if place not in ("in", "across"):
        west = GEOD.fwd(edge, lat, 90.0, float(place))[:2]
        # Along the parallel, not the geodesic: only the nearest corner has to be exact.
        corners = [west]
    else:
        corners = [GEOD.fwd(lon, lat, 270.0, REACH)[:2]]
    corners += [GEOD.fwd(lon, lat, azimuth, REACH)[:2] for azimuth in (180.0, 90.0, 0.0)]
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


def attributes(row: dict[str, str]) -> dict[str, str]:
    """Return what is stated of a site; an empty value takes a statement back."""
    stated: dict[str, str] = {}
    for text in (BASES["quiet"], BASES[row["base"]], row["attributes"]):
        for item in filter(None, text.split("; ")):
            name, value = item.split("=")
            stated[name] = value
    return {name: value for name, value in stated.items() if value}


def collection(rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return sites as GeoJSON."""
    features = [
        {
            "type": "Feature",
            "properties": {"id": row["site"]} | attributes(row),
            "geometry": geometry(row["zone"], row["place"]),
        }
        for row in rows
    ]
    return {"type": "FeatureCollection", "features": features}


def outcome(row: dict[str, str], result: Any) -> str:
    """Return the most severe status of the site or of the clauses that the row names."""
    wanted = row["rules"].split()
    if not wanted:
        return result.status.value
    found = [f.status for f in result.findings if f.rule in wanted]
    assert len(found) == len(wanted), f"{row['site']}: {wanted} are not all in force"
    return max(found, key=lambda status: status.severity).value


def outcomes(report: zoning.Report) -> dict[str, str]:
    return {r.project.id: outcome(SITES[r.project.id], r) for r in report.results}


def some(numbers: review.Numbers, places: NDArray[np.intp]) -> review.Numbers:
    """Return what was measured of some of the sites."""
    return review.Numbers(
        sites=numbers.sites.subset(places),
        surveyed={
            query: Surveyed(
                [found.relations[n] for n in places], found.unclear[places], found.fault
            )
            for query, found in numbers.surveyed.items()
        },
        counties=[numbers.counties[n] for n in places],
        outside=[numbers.outside[n] for n in places],
        uncovered={query: marks[places] for query, marks in numbers.uncovered.items()},
    )


def sites_of(rows: list[dict[str, str]], path: Path) -> tuple[Reading, ...]:
    path.write_text(json.dumps(collection(rows), ensure_ascii=False), encoding="utf-8")
    return review.read_sites(path, ReadOptions(), None, silent)


def on_other_days(rows: list[dict[str, str]], report: zoning.Report, path: Path) -> dict[str, str]:
    """Return what the product says of sites on their days; no day changes what is measured.

    They are measured once, for every rule there is, at the layers of a report, as a replay would.
    """
    catalogue = report.reviewed.catalogue
    layers = Layers(catalogue, report.reviewed.layers.opened)
    # What is odd about the layers is the same on every day.
    layers.notices = cache(layers.notices)
    first = datetime.date.min
    every = Reviewed(catalogue, layers, sites_of(rows, path), Asked(first))
    rules = tuple(catalogue.rules.values())
    early = law.EarlyLaw(catalogue.topics.values(), rules, catalogue.attributes, first)
    numbers = review.measure_sites(review.projects_of(every), rules, layers, early)
    said = {}
    for day in sorted({row["as_of"] for row in rows}):
        places = np.flatnonzero([row["as_of"] == day for row in rows])
        given = Reviewed(
            catalogue,
            layers,
            sites_of([rows[n] for n in places], path),
            Asked(datetime.date.fromisoformat(day)),
            numbers=some(numbers, places),
        )
        said |= outcomes(decided(given, silent))
    return said


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what the product says of each site on its day; most are asked for on one day."""
    path = tmp_path_factory.mktemp("truth") / "sites.geojson"
    rows = [row for row in SITES.values() if row["as_of"] == DAY]
    sites_of(rows, path)
    report = zoning.check(
        path, as_of=datetime.date.fromisoformat(DAY), workspace=HERE / "workspace"
    )
    said = outcomes(report)
    said |= on_other_days([row for row in SITES.values() if row["as_of"] != DAY], report, path)
    assert said.keys() == SITES.keys()
    return said


def test_another_day_gives_the_same_when_measured_for_itself(
    given: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "sites.geojson"
    sites_of([row for row in SITES.values() if row["as_of"] == "2023-04-01"], path)
    report = zoning.check(path, as_of=datetime.date(2023, 4, 1), workspace=HERE / "workspace")
    said = outcomes(report)
    assert len(said) >= 7 and said.items() <= given.items()


def severity(status: str) -> int:
    return Status(status).severity


def wrong(row: dict[str, str], said: str) -> str:
    """Say of a row that differs which way it does, and by which text."""
    way = "too mild" if severity(said) < severity(row["expect"]) else "too strict"
    text = f"{row['document']} {row['section']}: {row['decides']}"
    return f"{row['site']} ({row['as_of']}): {way}, {said} for {row['expect']}; {text}"


def test_the_table_is_well_formed() -> None:
    assert len(SITES) == len(table("sites.csv")) >= 150
    for row in SITES.values():
        assert row["zone"] in zones() and row["base"] in BASES, row["site"]
        assert Status(row["expect"]) and row["document"] and row["section"] and row["decides"]
    assert OPEN.keys() <= SITES.keys()
    for row in OPEN.values():
        assert row["gives"] != SITES[row["site"]]["expect"] and row["why"], row["site"]


def test_each_site_has_the_outcome_of_its_text(given: dict[str, str]) -> None:
    differing = {name for name, said in given.items() if said != SITES[name]["expect"]}
    faults = [wrong(SITES[name], given[name]) for name in sorted(differing - OPEN.keys())]
    faults += [f"{name}: comes right now" for name in sorted(OPEN.keys() - differing)]
    faults += [
        f"{name}: open with {OPEN[name]['gives']}, now {given[name]}"
        for name in sorted(OPEN.keys() & differing)
        if given[name] != OPEN[name]["gives"]
    ]
    assert not faults, "\n".join(faults)


def test_clear_sites_end_with_0_and_others_do_not(tmp_path: Path) -> None:
    """Ask the command itself, on one day, for all sites that conform and for one that may not."""
    rows = [r for r in SITES.values() if r["as_of"] == DAY and r["site"] not in OPEN]
    clear = [r for r in rows if r["expect"] in ("conditional", "compliant") and not r["rules"]]
    assert len(clear) > 90
    doubtful = [SITES["list-not-stated"]]
    barred = [SITES["pbf-factory"]]
    assert [command(part, tmp_path) for part in (clear, doubtful, barred)] == [0, 3, 1]


def command(rows: list[dict[str, str]], folder: Path) -> int:
    path = folder / "sites.geojson"
    path.write_text(json.dumps(collection(rows), ensure_ascii=False), encoding="utf-8")
    ask = ["check", str(path), "--as-of", DAY, "-w", str(HERE / "workspace"), "--quiet"]
    return subprocess.run([*python(), "-m", "zoning", *ask], check=False).returncode


def test_the_workspace_is_what_its_maker_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.spec_from_file_location("make_workspace", HERE / "make_workspace.py")
    assert spec is not None and spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    monkeypatch.setattr(maker, "PLACE", tmp_path)
    maker.main()
    drawn, kept = (
        {p.name: p.read_bytes() for p in place.iterdir()}
        for place in (tmp_path, HERE / "workspace")
    )
    assert drawn == kept
