"""A page of the answer of a web service is not taken for the whole."""

from __future__ import annotations

import json
from datetime import date

import pytest
import shapely

import zoning
from zoning.read import read_vector

SITE = shapely.box(112.60, 37.90, 112.602, 37.902)
SAYS_SO = {
    "total of WFS": {"totalFeatures": 10, "numberMatched": 10, "numberReturned": 1},
    "more sent than there are here": {"numberReturned": 2},
    "number as text": {"numberMatched": "250"},
    "limit": {"exceededTransferLimit": True},
    "limit under properties": {"properties": {"exceededTransferLimit": True}},
    "link": {"links": [{"rel": "self", "href": "x"}, {"rel": "next", "href": "y"}]},
    "link to what came before": {"links": [{"rel": "prev", "href": "y"}]},
    "plain link": {"count": 1, "next": "https://example.cn/?page=2"},
    "context": {"context": {"matched": 7, "returned": 1}},
    "metadata": {"metadata": {"count": 12}},
    "paging": {"pagination": {"has_more": True}},
}
SAYS_NOTHING = {
    "whole": {"totalFeatures": 1, "numberMatched": 1, "numberReturned": 1},
    "unknown total": {"numberMatched": "unknown", "numberReturned": 1},
    "no limit": {"exceededTransferLimit": False, "properties": {"exceededTransferLimit": "false"}},
    "last page": {"next": None, "links": [{"rel": "self", "href": "x"}], "hasMore": 0},
    "other numbers": {"total": 12.5, "name": "10", "version": 3, "limit": 1000},
}


def collection(members, *shapes):
    features = [
        {
            "type": "Feature",
            "properties": {"count": 99, "next": "B", "name": "甲"},
            "geometry": drawn,
        }
        for drawn in (json.loads(shapely.to_geojson(shape)) for shape in shapes or (SITE,))
    ]
    return {"type": "FeatureCollection", **members, "features": features}


def unread(tmp_path, *documents):
    path = tmp_path / "a.geojson"
    path.write_text("\n".join(json.dumps(document) for document in documents), "utf-8")
    return [text.en for text in read_vector(path).record.unread]


@pytest.mark.parametrize("members", SAYS_SO.values(), ids=SAYS_SO)
def test_a_page_says_that_it_is_one(tmp_path, members):
    (told,) = unread(tmp_path, collection(members))
    assert "part of the answer" in told


@pytest.mark.parametrize("members", SAYS_NOTHING.values(), ids=SAYS_NOTHING)
def test_a_whole_answer_is_whole(tmp_path, members):
    assert not unread(tmp_path, collection(members))


def test_a_feature_that_stands_alone_has_attributes_of_these_names(tmp_path):
    (feature,) = collection({})["features"]
    assert not unread(tmp_path, feature)


def test_pages_that_follow_one_another_in_a_file(tmp_path):
    pages = [
        collection({"numberMatched": 2, "links": [{"rel": "next"}]}),
        collection({"numberMatched": 2, "links": [{"rel": "prev"}]}),
    ]
    assert not unread(tmp_path, *pages)
    assert len(unread(tmp_path, *pages[:1])) == 1
    assert len(unread(tmp_path, *pages[1:])) == 1


GML = """<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:a="http://a"
 xmlns:gml="http://www.opengis.net/gml/3.2" {attributes}><wfs:member><a:site gml:id="s"><a:geom>
<gml:Point srsName="urn:ogc:def:crs:EPSG::4490" gml:id="p"><gml:pos>37.9 112.6</gml:pos></gml:Point>
</a:geom></a:site></wfs:member>{within}</wfs:FeatureCollection>"""


@pytest.mark.parametrize(
    ("attributes", "within", "whole"),
    [
        ('numberMatched="1" numberReturned="1"', "", True),
        ('numberMatched="unknown" numberReturned="1"', "", True),
        ('numberMatched="10" numberReturned="1"', "", False),
        ('numberOfFeatures="2"', "", False),
        ('numberMatched="unknown" next="https://example.cn/?startIndex=1"', "", False),
        ("", "<wfs:truncatedResponse/>", False),
    ],
)
def test_a_document_of_a_wfs_says_that_it_is_a_part(tmp_path, attributes, within, whole):
    path = tmp_path / "a.gml"
    path.write_text(GML.format(attributes=attributes, within=within), "utf-8")
    assert (not read_vector(path).record.unread) == whole


@pytest.mark.parametrize(
    ("members", "status"), [({}, "compliant"), (SAYS_SO["limit"], "not_checked")]
)
def test_a_part_of_an_official_layer_clears_nothing(tmp_path, members, status):
    (tmp_path / "zones.geojson").write_text(
        json.dumps(collection(members, shapely.box(112.3, 37.8, 112.5, 38.0))), "utf-8"
    )
    entry = 'source = "zones.geojson"\ncovers = "province"\ndate = 2024-05-01\n'
    entry = f'[layers.spring_basins]\n{entry}authority = "省水利厅"\n'
    (tmp_path / "zoning.toml").write_text(entry, "utf-8")
    about = {"industry": "2521", "nature": "new", "karst_water": True}
    report = zoning.check(
        SITE,
        attributes=about,
        workspace=tmp_path,
        options=zoning.ReadOptions(crs="EPSG:4490"),
        as_of=date(2026, 11, 21),
        only=["R002-044"],
    )
    (result,) = report.results
    assert [found.status.value for found in result.findings] == [status]
