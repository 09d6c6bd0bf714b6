"""Bad input as users send it: every whole-file fault has its code, place and cure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zoning.base.errors import SourceError
from zoning.read import ReadOptions, read_vector

SQUARE = [[112.0, 37.0], [112.1, 37.0], [112.1, 37.1], [112.0, 37.1], [112.0, 37.0]]
BOW_TIE = [[112.0, 37.0], [112.1, 37.1], [112.1, 37.0], [112.0, 37.1], [112.0, 37.0]]


def polygon(ring):
    return {"type": "Polygon", "coordinates": [ring]}


def save(path: Path, *geometries, **members) -> Path:
    features = [
        {"type": "Feature", "properties": {"id": f"P{i}"}, "geometry": g}
        for i, g in enumerate(geometries)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}))
    return path


def code_of(path, options=None) -> str:
    with pytest.raises(SourceError) as caught:
        read_vector(path, options)
    problem = caught.value.problems[0]
    assert problem.file == str(path)
    for lang in ("zh", "en"):
        assert problem.fault.in_(lang)
        assert problem.cure.in_(lang)
    return problem.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"hello", "not-vector"),
        (b"{", "not-vector"),
        (b'{"a": 1}', "not-vector"),
        (b'{"type": "FeatureCollection", "features": []}', "no-features"),
        (b'{"type": "FeatureCollection", "features": ' + b"[" * 100_000, "too-deep"),
        (b"SQLite format 3\x00" + b"\x00" * 200, "file-damaged"),
    ],
)
def test_content_that_is_no_vector_file(tmp_path, content, code):
    path = tmp_path / "a.geojson"
    path.write_bytes(content)
    assert code_of(path) == code


@pytest.mark.parametrize(
    "path",
    ["https://example.org/a.geojson", "/vsicurl/https://example.org/a", "s3://bucket/a.gpkg"],
)
def test_only_local_files_are_opened(path):
    assert code_of(path) == "file-not-local"


def test_a_missing_file(tmp_path):
    assert code_of(tmp_path / "none.gpkg") == "file-missing"


def test_three_broken_features_of_a_thousand_are_named_and_the_rest_is_kept(tmp_path):
    shapes = [polygon(SQUARE)] * 1000
    shapes[10], shapes[500], shapes[999] = None, polygon(BOW_TIE), polygon([])
    reading = read_vector(save(tmp_path / "a.geojson", *shapes))
    assert len(reading.frame) == 997
    assert reading.failed == (10, 500, 999)
    assert [(p.code, p.feature) for p in reading.problems] == [
        ("geometry-null", "11 (id=P10)"),
        ("geometry-self-intersecting", "501 (id=P500)"),
        ("geometry-empty", "1000 (id=P999)"),
    ]
    assert reading.failed_attributes[500] == {"id": "P500"}
    assert reading.record.features == 1000


def test_swapped_axes_of_a_whole_file_are_a_file_fault(tmp_path):
    swapped = polygon([[y, x] for x, y in SQUARE])
    assert code_of(save(tmp_path / "a.geojson", swapped, swapped)) == "axes-swapped"


def test_swapped_axes_of_one_feature_fail_that_feature(tmp_path):
    swapped = polygon([[y, x] for x, y in SQUARE])
    reading = read_vector(save(tmp_path / "a.geojson", polygon(SQUARE), swapped))
    assert [p.code for p in reading.problems] == ["axes-swapped"]
    assert list(reading.frame.index) == [0]


def test_metre_coordinates_name_the_crs_that_would_fit(tmp_path):
    # 112.1°E 37.1°N in zone 38: 38 500 000 − 168 9xx m east, 4 109 xxx m north.
    metres = {"type": "Point", "coordinates": [38331149.0, 4107975.0]}
    path = save(tmp_path / "a.geojson", metres)
    with pytest.raises(SourceError) as caught:
        read_vector(path)
    problem = caught.value.problems[0]
    assert problem.code == "geojson-metre-coordinates"
    assert "EPSG:4526" in problem.cure.en
    assert "EPSG:4525" not in problem.cure.en
    reading = read_vector(path, ReadOptions(crs="EPSG:4526"))
    assert reading.frame.geometry.iloc[0].distance(reading.frame.geometry.iloc[0]) == 0
    assert 112.0 < reading.frame.geometry.iloc[0].x < 112.3


def test_every_fault_speaks_both_languages_and_names_a_cure():
    import inspect as introspection

    from zoning.base.errors import Problem
    from zoning.messages import Text
    from zoning.read import feature_faults, file_faults, files

    samples = {"str": "x", "Text": Text("某", "some"), "Sequence": ["a", "b"], "float": 1.5,
               "int": 3, "bool": True}  # fmt: skip
    problems = []
    for name, function in vars(file_faults).items():
        if name.startswith("_") or getattr(function, "__module__", "") != file_faults.__name__:
            continue
        given = {}
        for parameter in introspection.signature(function).parameters.values():
            kind = str(parameter.annotation).split("[")[0].split(" ")[0]
            given[parameter.name] = (
                [Text("甲", "a")] if "Text]" in str(parameter.annotation) else samples[kind]
            )
        problems.append(function(**given))
    fixed = [v for v in vars(feature_faults).values() if type(v).__name__ == "Problem"]
    problems += [feature_faults.of_feature(b, "x", None, "1") for b in fixed]
    assert len(problems) > 30
    assert files.FORMATS.zh
    for problem in problems:
        assert isinstance(problem, Problem)
        assert problem.file == "x"
        for text in (problem.fault, problem.cure):
            assert any("\u4e00" <= c <= "\u9fff" for c in text.zh), problem.code
            assert not any("\u4e00" <= c <= "\u9fff" for c in text.en), problem.code
            assert text.zh.endswith("。"), problem.code
            assert text.en.endswith((".", "…")), problem.code
    codes = [p.code for p in problems]
    assert all(c == c.lower() and " " not in c for c in codes)
