"""Official layers kept between runs: the same review, and nothing is believed but what was read."""

from __future__ import annotations

import json
import multiprocessing
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from zoning.api.check import check
from zoning.base import cache
from zoning.base.arrays import Arrays, DamagedError, write_arrays
from zoning.base.columns import Column, encode
from zoning.base.errors import problem
from zoning.catalogue import load_catalogue, open_workspace
from zoning.measure import SiteSet, ZoneSet
from zoning.measure.runs import Runs
from zoning.messages import Text, message
from zoning.model import Ledger, Tally
from zoning.read import ReadOptions
from zoning.review import index, official
from zoning.review.index import StoredFrame, store
from zoning.review.index.plain import made, plain
from zoning.review.layers import Layers

CATALOGUE = load_catalogue()
NAME = "ecological_redline"
COUNTY = Path(__file__).parents[2] / "examples" / "county"
DAY = date(2026, 11, 21)
SIGNED = 'authority = "x"\ndate = 2024-05-01\ncovers = "province"\n'


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and nothing held in this process."""
    found = tmp_path / "cache"
    monkeypatch.setenv(cache.VARIABLE, str(found))
    forget()
    return found / "layers"


def forget() -> None:
    from zoning.review import zone_sets

    official._READ.clear()
    zone_sets._PREPARED.clear()


def zones(count: int = 40, shift: float = 0.0) -> gpd.GeoDataFrame:
    x, y = np.arange(count) % 8 * 0.03 + 112.0 + shift, np.arange(count) // 8 * 0.03 + 37.0
    shapes = shapely.buffer(shapely.points(x, y), 0.01, quad_segs=40)
    names = [None if i == 7 else f"红线{i}" for i in range(count)]
    table = {"HXMC": names, "N": np.arange(count), "S": np.arange(count) / 3, "B": [True] * count}
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")


def workspace(folder: Path, said: str = "", shift: float = 0.0) -> Path:
    folder.mkdir(exist_ok=True)
    source = folder / "zones.geojson"
    zones(shift=shift).to_file(source)
    text = f'[layers.{NAME}]\nsource = "{source.name}"\n{SIGNED}{said}'
    (folder / "zoning.toml").write_text(text, encoding="utf-8")
    return folder


def loaded(folder: Path) -> Any:
    forget()
    return Layers(CATALOGUE, open_workspace(folder, CATALOGUE.layers))[NAME]


def was_read(monkeypatch: pytest.MonkeyPatch, folder: Path) -> bool:
    """Whether a review has to read the source."""
    asked: list[Path] = []
    plain_read = official.read_vector

    def read(path: Any, options: Any) -> Any:
        asked.append(path)
        return plain_read(path, options)

    with monkeypatch.context() as patch:
        patch.setattr(official, "read_vector", read)
        assert loaded(folder).record.state == "used"
    return bool(asked)


def review(folder: Path, site: Any = None, **how: Any) -> str:
    forget()
    plot = shapely.box(112.012, 37.0, 112.02, 37.003) if site is None else site
    how = {"options": ReadOptions(crs="EPSG:4490"), "only": ("REDLINE*", "CL2019-REDLINE"), **how}
    return check(plot, workspace=folder, as_of=DAY, **how).to_json(full=True)


def test_a_second_review_reads_nothing_and_says_the_same(
    tmp_path: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace(tmp_path / "w")
    monkeypatch.setenv(cache.VARIABLE, "off")
    plain_json = review(folder)
    assert not place.exists()
    monkeypatch.setenv(cache.VARIABLE, str(place.parent))
    assert review(folder) == plain_json  # written now
    assert not was_read(monkeypatch, folder)
    assert review(folder) == plain_json  # taken from there
    stored = loaded(folder)
    assert isinstance(stored.stored, StoredFrame) and stored.given is None


def test_the_county_comes_to_the_same(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sites = COUNTY / "sites" / "拟建项目.geojson"
    monkeypatch.setenv(cache.VARIABLE, "off")
    expected = check(sites, workspace=COUNTY, as_of=DAY).to_json(full=True)
    monkeypatch.setenv(cache.VARIABLE, str(place.parent))
    for _ in range(2):
        forget()
        assert check(sites, workspace=COUNTY, as_of=DAY).to_json(full=True) == expected
    assert len(index.entries()) > 20


def test_every_column_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = workspace(tmp_path / "w")
    first = loaded(folder).frame
    again = loaded(folder)
    pd.testing.assert_frame_equal(
        again.frame.drop(columns="geometry"), first.drop(columns="geometry")
    )
    assert shapely.equals_exact(again.frame.geometry.array, first.geometry.array).all()
    values = [type(v) for v in again.frame.iloc[0]]
    assert values == [type(v) for v in first.iloc[0]]
    rows = np.array([3, 7, 11])
    some = again.stored.some(rows, ("name", "S", None, "no such column"))
    assert some["name"].tolist() == first["name"].iloc[rows].tolist()
    assert some.columns == ("name", "S") and len(some.geometry) == 3
    assert again.stored.isna("name").tolist() == first["name"].isna().tolist()
    for words in (["红线3", "红线4"], [None], [1]):
        assert again.stored.isin("name", words).tolist() == first["name"].isin(words).tolist()
    assert again.stored.isin("B", [1]).tolist() == first["B"].isin([1]).tolist()


@pytest.mark.parametrize(
    "values",
    [
        [1, True, 1.0, "1", None, float("nan"), 10**30, "", "a,b", '"', "\u2028"],
        ["x"],
        [None, None],
        [0.1, -0.0, 1e-300],
    ],
)
def test_a_value_keeps_its_kind(values: list[Any], tmp_path: Path) -> None:
    made_of = encode(0, "a", np.array(values, dtype=object), "object")
    assert made_of is not None
    write_arrays(tmp_path / "x", {}, made_of[1])
    found = Arrays(tmp_path / "x")
    column = Column(0, found)
    for rows in (None, np.arange(len(values))[-1:], np.arange(len(values))):
        asked = values if rows is None else [values[i] for i in rows]
        assert [repr(v) for v in column.rows(rows)] == [repr(v) for v in asked]


def test_what_is_no_text_number_or_truth_is_not_kept() -> None:
    assert encode(0, "a", np.array([b"x"], dtype=object), "object") is None
    assert encode(0, "a", np.array(["2024-01-01"], dtype="M8[s]"), "datetime64[s]") is None


def test_only_zones_in_reach_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = workspace(tmp_path / "w")
    review(folder)
    made_rows: list[int] = []
    drawn = StoredFrame._drawn

    def seen(self: StoredFrame, places: Any) -> Any:
        made_rows.append(len(places))
        return drawn(self, places)

    monkeypatch.setattr(StoredFrame, "_drawn", seen)
    review(folder)
    assert 0 < sum(made_rows) < 20


@pytest.mark.parametrize("said", ["accuracy_m = 9\n", 'fields = { name = "S" }\n'])
def test_another_word_of_the_workspace_reads_again(
    tmp_path: Path, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace(tmp_path / "w")
    loaded(folder)
    assert was_read(monkeypatch, workspace(folder, said))
    assert not was_read(monkeypatch, folder)


def test_a_source_of_the_same_size_and_time_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_RACY", -1)  # as if all of it lay long ago
    folder = workspace(tmp_path / "w")
    source = folder / "zones.geojson"
    text = source.read_text("utf-8")
    before = source.stat()
    assert not (loaded(folder).frame["name"] == "蓝线3").any()
    assert not was_read(monkeypatch, folder)
    source.write_text(text.replace("红线3", "蓝线3"), encoding="utf-8")
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = source.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert (loaded(folder).frame["name"] == "蓝线3").any()


@pytest.mark.skipif(os.name != "posix", reason="every file is hashed")
def test_a_file_is_hashed_once_it_has_been_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace(tmp_path / "w")
    hashed: list[Path] = []
    plain_hash = store.files.sha256
    monkeypatch.setattr(
        store.files, "sha256", lambda path: (hashed.append(path), plain_hash(path))[1]
    )
    source = folder / "zones.geojson"
    place = tmp_path / "noted"
    for _ in range(2):
        store._digest(source, place)
    assert len(hashed) == 2  # it changed less than two seconds ago
    old = source.stat().st_mtime_ns - 10**10
    os.utime(source, ns=(old, old))
    monkeypatch.setattr(store, "_RACY", 0)
    for _ in range(3):
        store._digest(source, place)
    assert len(hashed) == 3


def test_another_tool_reads_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = workspace(tmp_path / "w")
    loaded(folder)
    monkeypatch.setattr(cache, "tool", lambda: ("another",))
    assert was_read(monkeypatch, folder)


def files_of(place: Path, part: str) -> list[Path]:
    return sorted(place.glob(f"*.{part}.idx"))


@pytest.mark.parametrize("at", [0.0, 0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_changed_byte_changes_no_review(tmp_path: Path, place: Path, at: float) -> None:
    folder = workspace(tmp_path / "w")
    expected = review(folder)
    for path in place.iterdir():
        content = bytearray(path.read_bytes())
        content[int(at * len(content))] ^= 0x41
        path.write_bytes(content)
    assert review(folder) == expected
    assert review(folder) == expected


@pytest.mark.parametrize("kept", [0, 1, 40, 500, -1])
def test_a_file_cut_short_is_made_again(
    tmp_path: Path, place: Path, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace(tmp_path / "w")
    expected = review(folder)
    for path in place.iterdir():
        path.write_bytes(path.read_bytes()[:kept])
    assert was_read(monkeypatch, folder)
    assert review(folder) == expected
    assert not was_read(monkeypatch, folder)


def test_damage_found_late_is_mended_from_the_source(tmp_path: Path, place: Path) -> None:
    folder = workspace(tmp_path / "w")
    whole = loaded(folder).frame
    (path,) = files_of(place, "zones")
    begin = path.read_bytes().rindex(shapely.to_wkb(whole.geometry.iloc[0])[:40])
    with path.open("r+b") as stream:
        stream.seek(begin + 60)
        stream.write(b"\xff" * 8)
    found = loaded(folder)
    assert isinstance(found.stored, StoredFrame) and found.given is None  # not noticed yet
    assert shapely.equals_exact(found.frame.geometry.array, whole.geometry.array).all()
    assert not path.exists()
    assert found.stored.meets(shapely.box(111, 36, 113, 38))
    site = SiteSet(np.array([shapely.box(112.0, 37.0, 112.001, 37.001)], dtype=object))
    assert "红线0" in index.StoredZones(found.layer, found.stored).near(site, 1.0).names


def test_damage_found_late_in_a_source_that_has_gone_is_an_error(
    tmp_path: Path, place: Path
) -> None:
    folder = workspace(tmp_path / "w")
    loaded(folder)
    found = loaded(folder)
    (path,) = files_of(place, "zones")
    found.stored._arrays._placed["shapes"]["blocks"][0] = "0" * 64
    found.stored._arrays._sound["shapes"][:] = False
    workspace(folder, shift=0.001)
    with pytest.raises(official.SourceError):
        _ = found.frame
    assert not path.exists()


def test_what_another_user_wrote_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace(tmp_path / "w")
    loaded(folder)
    monkeypatch.setattr(cache, "owned", lambda path: False)
    assert was_read(monkeypatch, folder)


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_lost(
    tmp_path: Path, place: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace(tmp_path / "w")
    expected = review(folder)
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file"))
    assert review(folder) == expected
    assert sum("ZONING_CACHE" in line for line in caplog.messages) == 1


def _build(folder: Path, gate: Any, answers: Any) -> None:
    gate.wait()
    frame = loaded(folder).frame
    answers.put((len(frame), str(frame["name"].iloc[3])))


def test_two_processes_build_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = workspace(tmp_path / "w")
    context = multiprocessing.get_context("spawn")
    gate, answers = context.Barrier(2), context.Queue()
    both = [context.Process(target=_build, args=(folder, gate, answers)) for _ in range(2)]
    for one in both:
        one.start()
    found = [answers.get(timeout=60) for _ in both]
    for one in both:
        one.join()
    assert found == [(40, "红线3")] * 2
    assert not was_read(monkeypatch, folder)


def test_an_older_layer_makes_room(tmp_path: Path, place: Path) -> None:
    folder = workspace(tmp_path / "w")
    loaded(folder)
    workspace(folder, shift=0.001)
    loaded(folder)
    assert len(files_of(place, "zones")) == 1
    (entry,) = [e for e in index.entries() if e.layer == NAME]
    assert entry.size > 1000 and entry.source.endswith("zones.geojson")
    count, size = index.clear()
    assert count >= 1 and size >= entry.size and not index.entries()


def test_the_examination_is_kept_and_follows_the_counties(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = workspace(tmp_path / "w")
    before = review(folder)
    asked: list[str] = []
    examined = Layers.examined

    def seen(self: Layers, layer: Any, entry: Any, frame: Any) -> Any:
        asked.append(layer.id)
        return examined(self, layer, entry, frame)

    monkeypatch.setattr(Layers, "examined", seen)
    assert review(folder) == before and asked == []
    counties = Layers(CATALOGUE).counties.frame[["adcode", "name", "city", "geometry"]]
    counties.to_file(folder / "counties.geojson")
    text = (folder / "zoning.toml").read_text("utf-8")
    more = f'[layers.counties]\nsource = "counties.geojson"\n{SIGNED}'
    (folder / "zoning.toml").write_text(text + more, encoding="utf-8")
    review(folder)
    assert NAME in asked


@pytest.mark.parametrize(
    "value",
    [
        Text("甲", "a"),
        message("official.where", kept=1, count=2, field="x", left=["a", Text("乙", "b")]),
        problem("workspace-changed", file="f", layer="l", digest=None),
        Ledger((Tally("row", 3, 2, 1),)),
        (1, (2.5, None), [True, "x"]),
    ],
)
def test_what_was_told_comes_back(value: Any) -> None:
    again = made(json.loads(json.dumps(plain(value))))
    assert again == value and type(again) is type(value)


@pytest.mark.parametrize("value", [{"~": "Path"}, {"~": "message"}, {"x": 1}, {"~": "Tally"}])
def test_nothing_else_is_made(value: Any) -> None:
    with pytest.raises(DamagedError):
        made(value)
    with pytest.raises(TypeError):
        plain({"a": 1})


def test_arrays_come_back_and_can_be_scalars(tmp_path: Path) -> None:
    shelf = index.Shelf(tmp_path, "slot", "key", "layer", "source")
    asked: list[int] = []

    def make() -> dict[str, Any]:
        asked.append(1)
        return {
            "a": np.arange(6.0).reshape(3, 2),
            "b": np.array(1, dtype=np.int8),
            "c": np.empty(0),
        }

    for _ in range(2):
        found = shelf.arrays("edges", "k", make)
        assert found["a"].tolist() == [[0, 1], [2, 3], [4, 5]] and found["b"].shape == ()
        assert found["c"].shape == (0,)
    assert asked == [1]
    shelf.arrays("edges", "another", make)
    assert asked == [1, 1]


def test_pieces_are_cut_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zoning.measure import zones as module

    folder = workspace(tmp_path / "w")
    monkeypatch.setattr(module, "_AREA", 20)
    monkeypatch.setattr(index.pieces, "_FEW", 1)
    cut: list[int] = []
    plain_cut = module.cut_all

    def seen(polygons: Any, most: int) -> Any:
        cut.append(len(polygons))
        return plain_cut(polygons, most)

    monkeypatch.setattr(module, "cut_all", seen)
    first = review(folder)
    assert sum(cut) > 0
    cut.clear()
    assert review(folder) == first
    assert sum(cut) == 0


def test_pieces_that_others_kept_meanwhile_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.pieces, "_FEW", 1)
    shelf = index.Shelf(tmp_path, "slot", "k", "counties", "c.gpkg")
    one, other, later = (index.Pieces(shelf) for _ in range(3))
    drawn = shapely.points(np.arange(6.0), 0.0)
    for own in (one, other):
        assert len(own.recall(np.arange(9)).rows) == 0
    one.keep(Runs(np.array([7, 2]), np.array([2, 1]), drawn[:3]))
    other.keep(Runs(np.array([5, 2]), np.array([1, 2]), drawn[3:]))
    one.write()
    other.write()
    known = later.recall(np.arange(9))
    assert known.rows.tolist() == [2, 5, 7] and known.counts.tolist() == [1, 1, 2]
    assert known.bounds[:, 0].tolist() == [2.0, 3.0, 0.0, 1.0]
    assert later.read(known.places).tolist() == drawn[[2, 3, 0, 1]].tolist()
    # What was damaged meanwhile is not copied.
    path = shelf.path("pieces")
    content = bytearray(path.read_bytes())
    content[-64:] = bytes(64)
    path.write_bytes(content)
    later = index.Pieces(shelf)
    later.keep(Runs(np.array([1]), np.array([2]), drawn[:2]))
    later.write()
    assert index.Pieces(shelf).recall(np.arange(9)).rows.tolist() == [1]


def test_pieces_of_a_file_that_was_written_anew_are_not_taken_for_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.pieces, "_FEW", 1)
    shelf = index.Shelf(tmp_path, "slot", "k", "counties", "c.gpkg")
    rows = np.array([1, 3])
    # Long enough to be cut into several pieces; each zone lies on a parallel of its own.
    shapes = shapely.linestrings(
        [[(112.0 + k / 50, 37.0 + row / 10) for k in range(30)] for row in range(4)]
    )

    def zones(which: Any) -> ZoneSet:
        names = [str(row) for row in which.tolist()]
        memory = (index.Pieces(shelf), which)
        return ZoneSet("counties", shapes[which], names, np.zeros(len(which)), memory=memory)

    pieces = zones(np.arange(4)).pieces[0].tolist()
    cut = zones(rows)
    assert len(cut.pieces[0]) == len(pieces) // 2
    cut.memory[0].write()
    again = zones(rows)
    far = SiteSet(shapely.points([[112.0, 30.0]]))
    beyond = replace(again, asked=(far, 10.0), origin=again.home)
    assert shapely.is_missing(beyond.pieces[0]).all()
    # Zones before these take the places that theirs had.
    again.memory[0].keep(Runs(np.array([0]), np.array([9]), np.array(pieces[:9], dtype=object)))
    again.memory[0].write()
    assert again.pieces[0].tolist() == cut.pieces[0].tolist()


def test_a_source_changed_in_place_with_size_and_time_as_before_is_read_again(
    tmp_path: Path,
) -> None:
    folder = workspace(tmp_path / "w")
    source = folder / "zones.geojson"
    opened = open_workspace(folder, CATALOGUE.layers)
    before = Layers(CATALOGUE, opened)[NAME].record.sha256
    assert Layers(CATALOGUE, opened)[NAME].record.sha256 == before
    state, text = source.stat(), source.read_bytes()
    changed = text.replace(b"112.01", b"112.02", 1)
    assert changed != text and len(changed) == len(text)
    with source.open("r+b") as file:
        file.write(changed)
    os.utime(source, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert Layers(CATALOGUE, opened)[NAME].record.sha256 != before
