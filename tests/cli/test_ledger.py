"""What was read of every input, and what was not, in every output; and no fault is a finding."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import zipfile

import geopandas
import pytest
import shapely

from zoning import ReadOptions
from zoning.api.check import check

SITE = shapely.box(112.60, 37.90, 112.602, 37.902)
LINK = "<NetworkLink><Link><href>more.kml</href></Link></NetworkLink>"
ONE = ("--rules", "R002-044")


@pytest.fixture
def site(geojson):
    ring = json.loads(shapely.to_geojson(SITE))
    return geojson((ring, {"id": "S", "industry": "2521", "nature": "new", "karst_water": True}))


@pytest.fixture
def half_read(site, tmp_path):
    """Put the sites into an archive with something else that nobody reads."""
    path = tmp_path / "sites.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(site, "sites.geojson")
        archive.writestr("more.ndjson", "<gml/>")
    return path


@pytest.fixture
def workspace(tmp_path):
    """Declare a KML with a link to another as the official karst-spring basins."""
    ring = " ".join(
        f"{x},{y}" for x, y in ((112.3, 37.8), (112.5, 37.8), (112.5, 38), (112.3, 37.8))
    )
    polygon = f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates>"
    polygon += "</LinearRing></outerBoundaryIs></Polygon>"
    mark = f"<Placemark><name>泉域</name>{polygon}</Placemark>"
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{mark}{LINK}</Document></kml>'
    (tmp_path / "zones.kml").write_text(text, encoding="utf-8")

    def write(more=""):
        body = '[layers.spring_basins]\nsource = "zones.kml"\ncovers = "province"\n'
        body += f'date = 2024-05-01\nauthority = "省水利厅"\n{more}'
        (tmp_path / "zoning.toml").write_text(body, encoding="utf-8")
        return tmp_path

    return write


def test_the_receipt_stands_in_every_output(zoning, site, tmp_path):
    digest = hashlib.sha256(site.read_bytes()).hexdigest()
    table, page = tmp_path / "out.gpkg", tmp_path / "map.html"
    shown = zoning("check", site, *ONE, "-o", table, "--map", page)
    # 0.002° x 0.002° at 37.9° N: 175.8 m x 222.0 m = 3.90 ha
    for word in ("1 of 1 read", "0 left out", "3.90", digest[:8], "CRS84"):
        assert word in " ".join(shown.out.split()).replace("CRS OGC:CRS84", "CRS84"), word
    told = geopandas.read_file(table, layer="provenance").set_index("key")["value"]
    assert "1 read, 0 failed, 0 left out" in told["receipt:sites.geojson"]
    assert digest[:12] in page.read_text("utf-8")
    (record,) = zoning("check", site, *ONE, "--format", "json").json()["inputs"]
    assert record["area_m2"] == pytest.approx(39_032, rel=1e-3)
    assert {"kind": "feature", "seen": 1, "read": 1, "failed": 0, "set_aside": []} in record[
        "ledger"
    ]


def test_a_site_file_not_read_in_full_is_never_clear(zoning, half_read):
    done = zoning("check", half_read, *ONE, "--format", "json")
    assert done.code != 0
    assert any("more.ndjson" in s["text"]["en"] for s in done.json()["statement"])
    reason = "annex of another project"
    accepted = zoning("check", half_read, *ONE, "--format", "json", "--accept-left-out", reason)
    report = accepted.json()
    assert report["inputs"][0]["accepted"] == reason
    assert not any("more.ndjson" in s["text"]["en"] for s in report["statement"])
    assert any(reason in n["en"] for n in report["inputs"][0]["notices"])
    assert zoning("check", half_read, "--accept-left-out", " ").code == 2


def test_an_official_file_not_read_in_full_is_said_everywhere(zoning, site, workspace, tmp_path):
    place = workspace()
    page = tmp_path / "map.html"
    shown = zoning("check", site, "-w", place, *ONE, "--map", page)
    assert shown.code == 3 and "NetworkLink" in shown.out
    assert "NetworkLink" in page.read_text("utf-8")
    report = zoning("check", site, "-w", place, *ONE, "--format", "json").json()
    (basins,) = [x for x in report["layers"] if x["id"] == "spring_basins"]
    assert basins["unread"] and basins["ledger"]
    assert report["projects"][0]["findings"][0]["status"] == "not_checked"
    assert "NetworkLink" in zoning("workspace", "validate", place).err
    accepting = workspace('accept_left_out = "the link is a legend"\n')
    report = zoning("check", site, "-w", accepting, *ONE, "--format", "json").json()
    assert report["projects"][0]["findings"][0]["status"] == "compliant"
    assert any("the link is a legend" in n["en"] for n in report["notices"])


def test_a_review_of_a_half_read_file_is_incomplete_in_the_library_too(half_read):
    report = check(half_read, only=["R002-044"])
    assert any("more.ndjson" in text.en for text in report.incomplete)
    options = ReadOptions(accept_left_out="annex")
    accepted = check(half_read, only=["R002-044"], options=options)
    assert not any("more.ndjson" in text.en for text in accepted.incomplete)


def test_an_unforeseen_error_is_no_finding(zoning, site, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("nobody saw this coming")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("zoning.cli.app.application", fail)
    url = "postgresql://user:secret@host/base"
    done = zoning("check", site, "-w", url)
    assert done.code == 2 and "ZeroDivisionError" in done.err and "Traceback" not in done.err
    (report,) = tmp_path.glob("zoning-fault-*.txt")
    text = report.read_text("utf-8")
    assert "Traceback" in text and "1 read" in text
    assert hashlib.sha256(site.read_bytes()).hexdigest() in text
    assert "secret" not in text


_WRITE = """
import os, signal, sys, time
from pathlib import Path
from zoning.cli.app import end_on_signal
from zoning.base import scratch
from zoning.base.seals import MARK
from zoning.base.writing import whole
end_on_signal()
with scratch.folder() as folder, whole(Path(sys.argv[1])) as path:
    (folder / "piece").write_text("half")
    path.write_text(f"{sys.argv[2]} {MARK}")
    print("begun", flush=True)
    time.sleep(float(sys.argv[3]))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_old_outputs_whole(tmp_path, number):
    target, scratch = tmp_path / "out.json", tmp_path / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch)}
    words = [sys.executable, "-c", _WRITE, str(target)]
    subprocess.run([*words, "old", "0"], env=environment, check=True)
    with subprocess.Popen([*words, "half", "60"], stdout=subprocess.PIPE, env=environment) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"begun\n"
        run.send_signal(number)
    assert target.read_text().startswith("old ")
    left = [p for p in (*tmp_path.iterdir(), *scratch.iterdir()) if p not in (target, scratch)]
    assert bool(left) is (number == signal.SIGKILL)
    subprocess.run([*words, "new", "0"], env=environment, check=True)
    assert target.read_text().startswith("new ")
    assert {p.name for p in tmp_path.iterdir()} == {"out.json", "scratch"}
    assert not list(scratch.iterdir())
