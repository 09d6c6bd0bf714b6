"""``examples/county``: official data as offices deliver them, from a workspace to a verdict."""

import re
import tomllib
from pathlib import Path

COUNTY = Path(__file__).parents[2] / "examples" / "county"
#: What no name or column tells: a table of river lines, and the sites themselves.
UNTOLD = {"official/水利/HL.shp", "sites/光伏电站.geojson", "sites/拟建项目.geojson"}


def test_init_recognises_what_offices_deliver_and_asks_for_the_rest(zoning, tmp_path):
    import shutil

    shutil.copytree(COUNTY, tmp_path / "county", ignore=shutil.ignore_patterns("zoning.toml"))
    done = zoning("workspace", "init", tmp_path / "county", "--lang", "zh")
    assert done.code == 0, done.err
    text = (tmp_path / "county" / "zoning.toml").read_text("utf-8")
    written = tomllib.loads(text)["layers"]
    kept = tomllib.loads((COUNTY / "zoning.toml").read_text("utf-8"))["layers"]
    by_hand = {name for name in kept if name.endswith(("rivers", "watercourses", "tributaries"))}
    assert set(written) == set(kept) - by_hand
    for name, entry in written.items():
        assert entry["covers"] == [] and entry["authority"] == ""
        assert entry["source"] == kept[name]["source"]
        assert entry.get("where") == kept[name].get("where")
        assert entry.get("values") == kept[name].get("values")
    assert set(re.findall(r'^# source = "(official.*|sites.*)"$', text, re.M)) == UNTOLD
    assert text.count("# [[absent]]") >= 6 and "# layers = [" in text
    begin = text.index("# [[absent]]")
    statements = re.sub(r"^# (?=\[\[|layers|none_in|auth|docu)", "", text[begin:], flags=re.M)
    absent = tomllib.loads(statements)["absent"]
    assert any("wetlands" in statement["layers"] for statement in absent)


def test_the_workspace_has_no_fault(zoning):
    done = zoning("workspace", "validate", COUNTY, "--lang", "zh")
    assert done.code == 0, done.err
    assert "没有任何分区" not in done.err


def test_each_way_a_review_can_end(zoning):
    words = ("--workspace", COUNTY, "--as-of", "2026-11-27", "--format", "json")
    done = zoning("check", COUNTY / "sites" / "拟建项目.geojson", *words)
    found = {p["id"]: p["status"] for p in done.json()["projects"]}
    assert found == {
        "H01": "violation",
        "H02": "restricted",
        "H03": "compliant",
        "H04": "conditional",
        "H05": "undetermined",
    }
    assert done.code == 1
    alone = zoning("check", COUNTY / "sites" / "光伏电站.geojson", *words)
    assert alone.code == 0 and alone.json()["status"] == "compliant"
    # The same plot as its surveyor delivers it; nothing is stated of it but where it lies.
    points = zoning("check", COUNTY / "sites" / "采石场.txt", *words)
    assert points.code == 1


def test_the_data_say_that_they_are_invented_and_are_small():
    import pyogrio

    assert sum(f.stat().st_size for f in COUNTY.rglob("*") if f.is_file()) < 3_000_000
    tables = [(f, None) for f in sorted(COUNTY.rglob("*.shp"))]
    geodatabase = next(COUNTY.rglob("*.gdb"))
    tables += [(geodatabase, str(name)) for name, _ in pyogrio.list_layers(geodatabase)]
    assert len(tables) == 19
    for path, layer in tables:
        encoding = "GBK" if path.suffix == ".shp" else None
        assert not path.with_suffix(".cpg").exists()
        frame = pyogrio.read_dataframe(path, layer=layer, encoding=encoding)
        assert (frame["BZ"] == "示例数据，虚构").all(), path
