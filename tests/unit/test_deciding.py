"""What a site's findings rest on, as a page shows it: bands, parts, ribbons, and no counties."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import geopandas
import numpy as np
import pytest
import shapely
from report_samples import sample, styles
from shapely.geometry import LineString, box

from zoning.base.geodesy import distances
from zoning.model import Status, Tri, Views
from zoning.review.deciding import administrative, shown, shown_for, surroundings

RIVER = LineString([(112.4985, 37.0), (112.4985, 38.5)])


def metres(start: tuple[float, float], end: tuple[float, float]) -> float:
    return float(distances(np.array([start]), np.array([end]))[0])


class Held(dict):
    """Layers of a review: one river, and nothing else."""

    def __init__(self, frame: geopandas.GeoDataFrame) -> None:
        super().__init__(main_rivers=frame)
        river = styles()[2]
        self.catalogue = SimpleNamespace(layer=lambda name: river.model_copy(update={"id": name}))

    def held(self):
        return self

    def drawn(self, names):
        return {name: self[name] for name in names if name in self}


@pytest.fixture
def layers() -> Held:
    return Held(geopandas.GeoDataFrame({"name": ["汾河"]}, geometry=[RIVER], crs="EPSG:4490"))


def first(report, **more):
    """The first site, its violation changed."""
    result = report.results[0]
    found = replace(result.findings[1], **more)
    return replace(result, findings=(found,))


def test_a_band_is_drawn_around_the_line_and_the_ribbon_around_its_edge(layers):
    report = sample()
    (item,) = shown(layers, Views.of(report), first(report))
    west, _, east, _ = shapely.bounds(item.zone.band)
    middle = shapely.get_coordinates(shapely.centroid(item.zone.band))
    wide = metres((west, middle[0, 1]), (east, middle[0, 1]))
    assert wide == pytest.approx(2000, rel=2e-3)  # 1 km on either side
    assert item.zone.distance_m == 1000
    # The edge is two lines, not the rectangle that the drawing is cut to.
    assert len(shapely.get_parts(item.zone.edge)) == 2
    assert item.zone.accuracy_m == 90
    inner = shapely.bounds(shapely.get_parts(item.ribbon))
    for left, _, right, _ in inner:
        y = middle[0, 1]
        assert metres((left, y), (right, y)) == pytest.approx(180, rel=2e-2)
    assert shapely.box(*item.box).contains(report.results[0].project.geometry)


def test_only_the_part_of_the_site_inside_is_the_overlap(layers):
    report = sample()
    (item,) = shown(layers, Views.of(report), first(report))
    assert item.zone.overlap.equals(box(112.50, 37.80, 112.51, 37.81))


def test_counties_and_lists_of_counties_are_no_zones_to_draw(layers):
    river = styles()[2]
    for file in ("boundaries/counties.fgb", "boundaries/county_systems.fgb", "cities.fgb"):
        source = river.source.model_copy(update={"file": file})
        assert administrative(river.model_copy(update={"source": source}))
    assert administrative(river.model_copy(update={"id": "counties"}))
    assert not administrative(river)
    layers.catalogue.layer = lambda name: river.model_copy(update={"id": "province"})
    report = sample()
    assert shown(layers, Views.of(report), first(report)) == []


@pytest.mark.parametrize("status", [Status.COMPLIANT, Status.NOT_CHECKED])
def test_what_does_not_touch_the_site_is_not_drawn(layers, status):
    report = sample()
    assert shown(layers, Views.of(report), first(report, status=status)) == []
    far = replace(report.results[0].findings[1].total, touches=Tri.NO)
    assert shown(layers, Views.of(report), first(report, total=far)) == []


def test_a_site_without_a_place_has_nothing_to_show(layers):
    report = sample()
    found = shown_for(layers, report)
    assert set(found) == {f"P0{n}" for n in range(1, 8)}
    assert found["P04"] == []


def test_of_many_sites_only_what_forbids_or_restricts_is_drawn(layers):
    report = sample()
    open_ = replace(report, results=(first(report, status=Status.UNDETERMINED),))
    assert len(shown_for(layers, open_)["P01"]) == 1
    assert shown_for(layers, open_, most_sites=0)["P01"] == []
    assert len(shown_for(layers, report, most_sites=0)["P01"]) == 1


def test_the_ground_shown_is_wide_enough_for_site_and_band():
    site = box(112.50, 37.80, 112.52, 37.81)  # 1,761 by 1,110 m
    west, south, east, north = surroundings(site)
    # 0.6 of the longer side, 1,056 m, on each side; then as high as wide.
    wide = metres((west, 37.805), (east, 37.805))
    high = metres((112.51, south), (112.51, north))
    assert wide == pytest.approx(1761 + 2 * 1056, rel=5e-3)
    assert high == pytest.approx(wide, rel=5e-3)
    band = surroundings(site, 3000.0)
    assert metres((band[0], 37.805), (west, 37.805)) == pytest.approx(3900 - 1056, rel=1e-2)
