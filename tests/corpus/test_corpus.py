"""Every record of every file is accounted for: what is hidden is read, or it is said."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapefile
import shapely

from tests.corpus.made import HIDDEN, MAKERS, PLOTS, make
from tests.corpus.mutations import MUTATIONS
from zoning.base.errors import SourceError
from zoning.model import Project
from zoning.read import Reading, ReadOptions, read_vector
from zoning.review import features
from zoning.review.witnesses import compare_statements

pytestmark = pytest.mark.filterwarnings("ignore:Field .* will be written as a Float64")


def counted(path: Path) -> int | None:
    """Count the plots of a file by a library that the package does not read it with."""
    match path.suffix:
        case ".shp":
            with shapefile.Reader(path, encoding="utf-8") as found:
                return len(found)
        case ".gpkg" | ".fgb" | ".gdb":
            return int(pyogrio.read_info(path, force_feature_count=True)["features"])
        case ".geojson":
            return len(json.loads(path.read_text(encoding="utf-8"))["features"])
        case ".kml":
            return sum(e.tag.endswith("}Placemark") for e in ET.parse(path).iter())
        case ".xlsx":
            return openpyxl.load_workbook(path).active.max_row - 1
        case ".csv":
            return len(path.read_text(encoding="utf-8").splitlines()) - 1
        case ".txt":
            return path.read_text(encoding="utf-8").count("@")
    return None


def options(path: Path) -> ReadOptions:
    return ReadOptions(crs="EPSG:4490" if path.suffix in (".csv", ".xlsx") else None)


def doubts(reading: Reading) -> int:
    """Count the doubts a review would have of the sites of a file."""
    found = list(features([reading]))
    projects = [Project(str(at), "", shape, {}) for at, shape, _ in found]
    return sum(bool(p.doubts) for p in compare_statements(projects, found, [reading]))


@pytest.mark.parametrize("kind", MAKERS)
def test_a_file_as_it_should_be_is_whole(tmp_path, kind):
    path = make(kind, tmp_path)
    reading = read_vector(path, options(path))
    record = reading.record
    assert (record.features, reading.failed, record.unread) == (2, (), ())
    assert counted(path) in (2, None)
    tallies = record.ledger.tallies
    assert any(t.seen == t.read == 2 for t in tallies)
    assert all(t.missing == 0 for t in tallies)
    assert not doubts(reading)
    wanted = sum(shapely.area(shape) for shape in PLOTS)
    assert shapely.area(reading.frame.geometry.to_numpy()).sum() == pytest.approx(wanted, rel=1e-6)
    # 0.01° x 0.01° at 37.2° N: M·N·cos(B)·(π/18000)² = 98.53 ha each
    assert record.area_m2 == pytest.approx(2 * 98.53e4, rel=1e-3)


@pytest.mark.parametrize("name", MUTATIONS)
def test_nothing_hides(tmp_path, name):
    path = MUTATIONS[name](tmp_path)
    try:
        reading = read_vector(path, options(path))
    except SourceError as error:
        assert all(p.fault.zh and p.cure.zh for p in error.problems)
        return
    drawn = reading.frame.geometry.to_numpy()
    found = bool(np.any(shapely.intersects(drawn, shapely.centroid(HIDDEN))))
    said = bool(reading.record.incomplete or reading.failed or doubts(reading))
    assert found or said, reading.record.ledger


def test_a_reason_accepts_what_is_left_out(tmp_path):
    path = MUTATIONS["kml_network_link"](tmp_path)
    record = read_vector(path).record
    assert record.incomplete
    accepted = read_vector(path, ReadOptions(accept_left_out="附件与本项目无关")).record
    assert accepted.unread == record.unread
    assert not accepted.incomplete
    assert any("附件与本项目无关" in notice.zh for notice in accepted.notices)
