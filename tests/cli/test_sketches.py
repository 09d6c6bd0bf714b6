"""Sketches never clear: where a layer is not known to be complete, a miss says nothing."""

import geopandas
import numpy as np
import pytest
import shapely

import zoning
from zoning.catalogue import load_catalogue
from zoning.law import satisfying
from zoning.model import Evidence
from zoning.review import Layers

CATALOGUE = load_catalogue()
#: Layers with rules whose embedded data are drawn by us, in whole or in part.
DRAWN = sorted(
    {
        rule.layer
        for rule in CATALOGUE.rules.values()
        if CATALOGUE.layers[rule.layer].evidence in (Evidence.DERIVED, Evidence.SCHEMATIC)
    }
)


@pytest.fixture(scope="module")
def counties():
    return Layers(CATALOGUE).need("counties")


@pytest.fixture(scope="module")
def reports(counties):
    """Three points in every county, reviewed for one rule of every drawn layer that applies."""
    shapes = counties.geometry.to_numpy()
    inner = shapely.buffer(shapes, -0.03)
    inner = np.where(shapely.is_empty(inner), shapely.buffer(shapes, -0.005), inner)
    rng = np.random.default_rng(20261127)
    points = []
    for shape in inner:
        west, south, east, north = shape.bounds
        found = [shape.representative_point()]
        while len(found) < 3:
            spot = shapely.Point(rng.uniform(west, east), rng.uniform(south, north))
            if shape.contains(spot):
                found.append(spot)
        points += found
    names = np.repeat(counties["name"].to_numpy(), 3)
    out = {}
    for layer in DRAWN:
        rule = next(
            r
            for r in CATALOGUE.rules.values()
            if r.layer == layer and r.in_force_until is None and r.scope.op != "outside"
        )
        columns = satisfying(rule.when, CATALOGUE.attributes) if rule.when else {}
        data = {"county_here": names, **{k: [v] * len(points) for k, v in (columns or {}).items()}}
        sites = geopandas.GeoDataFrame(data, geometry=points, crs=4490)
        out[layer] = (rule, zoning.check(sites, only=[rule.id]))
    return out


def cleared(layer, reports):
    """The points that a miss clears, by the name of their county."""
    rule, report = reports[layer]
    return [
        (result.counties, finding.total.distance_m)
        for result in report.results
        for finding in result.findings
        if finding.rule == rule.id and finding.code == "outside-zone"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("layer", DRAWN)
def test_a_miss_clears_only_where_the_layer_is_complete(layer, reports, counties):
    declared = CATALOGUE.layers[layer]
    complete = declared.complete_in
    if declared.evidence is Evidence.SCHEMATIC or complete == "nowhere":
        assert cleared(layer, reports) == []
        return
    rule, report = reports[layer]
    for result in report.results:
        for finding in result.findings:
            if finding.rule == rule.id and finding.code == "outside-zone":
                # Beyond the band by more than the line's own accuracy.
                reach = rule.scope.distance_m or 0.0
                assert finding.total.distance_m >= reach + finding.total.accuracy_m
    if complete != "province":
        codes = counties["adcode"]
        inside = codes.isin(complete) | (codes.str[:4] + "00").isin(complete)
        beyond = set(counties["name"][~inside])
        assert beyond
        assert not {name for names, _ in cleared(layer, reports) for name in names} & beyond


#: Counties that the documents name for a layer: where a zone has none, or one at a remembered
#: place, a miss there says nothing.
NAMED = {
    "lakes_5": {"晋源区", "榆社县", "永济市"},  # 晋阳湖, 云竹湖, 伍姓湖
    "yellow_tributaries_protect": {"垣曲县", "闻喜县", "夏县"},  # 板涧河
    "yellow_river_counties_19": {
        "偏关县",
        "河曲县",
        "保德县",
        "兴县",
        "临县",
        "柳林县",
        "石楼县",
        "永和县",
        "大宁县",
        "吉县",
        "乡宁县",
        "河津市",
        "万荣县",
        "临猗县",
        "永济市",
        "芮城县",
        "平陆县",
        "夏县",
        "垣曲县",
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("layer", NAMED)
def test_no_county_that_a_document_names_is_cleared_by_a_miss(layer, reports, counties):
    assert set(counties["name"]) >= NAMED[layer]
    assert not {name for names, _ in cleared(layer, reports) for name in names} & NAMED[layer]


@pytest.mark.slow
def test_no_county_that_a_spring_is_said_to_cover_is_cleared(reports):
    assert cleared("spring_basins", reports) == []
    assert cleared("spring_key_zones", reports) == []
