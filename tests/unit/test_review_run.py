"""Every rule for every site: coverage around a site, its zones, and what a review lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import geopandas
import pytest
import shapely

from zoning.base.errors import Problem
from zoning.base.geodesy import geod
from zoning.base.table import Table
from zoning.catalogue import load_catalogue
from zoning.catalogue.embedded import LoadedLayer
from zoning.law import EarlyLaw, RuleBook
from zoning.messages import Text
from zoning.model import Doubt, Evidence, Layer, LayerRecord, Project, ProjectResult, Rule, Status
from zoning.review import Layers, measure_sites
from zoning.review import decide as decide_all

CATALOGUE = load_catalogue()
T = Text("文", "text")
EARLY = EarlyLaw((), (), CATALOGUE.attributes, date(2026, 1, 1))
FAULT = Problem("broken", T, T)
#: The province is two counties side by side; "z" is complete in the western one.
WEST, EAST = shapely.box(112, 37, 113, 38), shapely.box(113, 37, 114, 38)
ZONE, SKETCH = shapely.box(112.2, 37.4, 112.3, 37.5), shapely.box(112.4, 37.4, 112.5, 37.5)


def loaded(name: str, frame: Any, state: str = "used", **form: object) -> LoadedLayer:
    layer = Layer.model_validate(
        {"id": name, "name": T, "theme": "water", "geometry": "polygon", "description": T,
         "style": {"color": "#000000"}, "name_field": "name"} | form
    )  # fmt: skip
    problem = FAULT if state == "failed" else None
    evidence = None if state == "no_data" else Evidence.SURVEYED
    record = LayerRecord(name, T, evidence, 0.0, None, None, state, problem=problem)
    return LoadedLayer(layer, record, Table.of(frame) if frame is not None else None)


def frame(*shapes: Any, **columns: list[object]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=4490)


def layers() -> Layers:
    zones = frame(ZONE, SKETCH, name=["甲", "乙"], kind=["surveyed", "schematic"],
                  level=["one", None])  # fmt: skip
    placed = {"evidence": "surveyed", "positional_accuracy_m": 1.0}
    held = [
        loaded("province", frame(shapely.union(WEST, EAST), name=["晋"]),
               positional_accuracy_m=700.0),
        loaded("counties", frame(WEST, EAST, name=["西", "东"], adcode=["140101", "140201"])),
        loaded("z", zones, coverage=["140100"], evidence_field="kind", **placed),
        loaded("everywhere", zones, coverage="province", **placed),
        loaded("nowhere", zones, coverage="nowhere", **placed),
        loaded("unknown", None, "no_data"),
        loaded("bad", None, "failed"),
    ]  # fmt: skip
    catalogue = replace(CATALOGUE, layers={one.layer.id: one.layer for one in held})
    made = Layers(catalogue)
    for one in held:
        made.keep(one)
    return made


def rule(layer: str = "z", name: str = "R-1", **scope: object) -> Rule:
    form = {"id": name, "layer": layer, "document": "d", "section": T, "text": T, "advice": T,
            "effect": "prohibit", "scope": scope}  # fmt: skip
    return Rule.model_validate(form)


def near(metres: float, layer: str = "z") -> Rule:
    return rule(layer, op="near", distance_m=metres)


def site(shape: Any, name: str = "p", **more: Any) -> Project:
    return Project(name, name, shape, {}, **more)


def box(lon: float, lat: float = 37.7) -> Any:
    return shapely.box(lon, lat, lon + 0.002, lat + 0.002)


def reviewed(
    projects: Sequence[Project], *rules: Rule, given: Layers | None = None
) -> list[ProjectResult]:
    used = given or layers()
    numbers = measure_sites(projects, rules, used, EARLY)
    faults = [FAULT for p in projects if p.geometry is None]
    book = RuleBook(rules, CATALOGUE.attributes)
    readings: Any = [SimpleNamespace(problems=faults)]
    return list(decide_all(projects, readings, book, used, numbers, EARLY))


def one(shape: Any, *rules: Rule) -> tuple[Status, str]:
    (result,) = reviewed([site(shape)], *rules)
    (finding,) = result.findings
    assert result.status is finding.status
    return finding.status, finding.code


def test_each_site_gets_its_own_numbers_whatever_could_not_be_read_between() -> None:
    places = [site(box(112.25, 37.45)), site(None), site(box(112.6)), site(box(113.5))]
    found = reviewed(places, rule())
    assert [r.findings[0].code for r in found] == [
        "applies", "broken", "outside-zone", "outside-coverage"
    ]  # fmt: skip
    assert [r.status for r in found] == [
        Status.VIOLATION, Status.FAILED, Status.COMPLIANT, Status.NOT_CHECKED
    ]  # fmt: skip
    assert [r.counties for r in found] == [("西",), (), ("西",), ("东",)]


@pytest.mark.parametrize(
    ("shape", "metres", "code"),
    [
        (shapely.Point(112.6, 37.7), 0.0, "outside-zone"),
        (shapely.Point(113.6, 37.7), 0.0, "outside-coverage"),
        (box(112.999), 0.0, "outside-coverage"),  # half of it lies in the other county
        (shapely.Point(geod().fwd(113, 37.7, -90, 1010)[:2]), 1000.0, "outside-zone"),
        (shapely.Point(geod().fwd(113, 37.7, -90, 990)[:2]), 1000.0, "outside-coverage"),
        # Beyond the province nothing is looked for.
        (shapely.Point(geod().fwd(112, 37.7, 90, 500)[:2]), 1000.0, "outside-zone"),
    ],
)
def test_the_surroundings_of_a_site_must_be_covered(shape: Any, metres: float, code: str) -> None:
    asked = near(metres) if metres else rule()
    assert one(shape, asked)[1] == code


def test_two_distances_are_looked_at_each_for_itself() -> None:
    shape = shapely.Point(geod().fwd(113, 37.7, -90, 990)[:2])
    wide, narrow = near(1000.0), near(900.0).model_copy(update={"id": "R-2"})
    (result,) = reviewed([site(shape)], wide, narrow)
    assert {f.rule: f.code for f in result.findings} == {
        "R-1": "outside-coverage", "R-2": "outside-zone"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("layer", "status", "code"),
    [
        ("everywhere", Status.COMPLIANT, "outside-zone"),
        ("nowhere", Status.NOT_CHECKED, "outside-coverage"),
        ("unknown", Status.NOT_CHECKED, "no-data"),
        ("bad", Status.FAILED, "layer-failed"),
    ],
)
def test_what_the_layer_holds_decides_what_a_miss_says(
    layer: str, status: Status, code: str
) -> None:
    assert one(box(112.6), rule(layer)) == (status, code)


def test_the_evidence_is_that_of_the_zone_that_is_met() -> None:
    assert one(box(112.25, 37.45), rule()) == (Status.VIOLATION, "applies")
    assert one(box(112.45, 37.45), rule()) == (Status.UNDETERMINED, "schematic-hit")


def test_a_zone_without_a_class_fails_the_sites_that_may_meet_it() -> None:
    classed = rule("everywhere", where={"level": ["one"]})
    assert one(box(112.45, 37.45), classed) == (Status.FAILED, "layer-failed")
    assert one(box(112.6), classed) == (Status.COMPLIANT, "outside-zone")
    assert one(box(112.25, 37.45), classed) == (Status.VIOLATION, "applies")


def test_a_site_counts_as_outside_where_it_reaches_farther_than_the_border_is_known() -> None:
    def codes(metres: float) -> set[str]:
        corner = geod().fwd(112, 37.7, -90, metres)[0]
        (result,) = reviewed([site(shapely.box(corner, 37.69, 112.01, 37.7))], rule("everywhere"))
        return {f.code for f in result.findings}

    assert codes(690) == {"outside-zone"}
    assert codes(710) == {"outside-zone", "partly-outside-province"}


def test_a_site_that_may_lie_elsewhere_is_clear_nowhere() -> None:
    doubted, plain = reviewed(
        [site(box(112.6), doubts=(Doubt("place-contradicted", T),)), site(box(112.6))], rule()
    )
    assert (doubted.status, plain.status) == (Status.UNDETERMINED, Status.COMPLIANT)
    assert [f.code for f in doubted.findings] == ["place-contradicted", "outside-zone"]


def test_a_layer_the_workspace_requires_is_missed_by_every_site() -> None:
    used = layers()
    records = (used["unknown"].record, used["bad"].record)

    class Required(Layers):
        lacking = records

    required = Required(used.catalogue)
    for name in used.catalogue.layers:
        required.keep(used[name])
    for result in reviewed([site(box(112.6)), site(box(112.7))], rule(), given=required):
        found = [(f.layer, f.status, f.code) for f in result.findings]
        assert found == [
            ("bad", Status.FAILED, "required-layer-missing"),
            ("unknown", Status.NOT_CHECKED, "required-layer-missing"),
            ("z", Status.COMPLIANT, "outside-zone"),
        ]
        assert result.status is Status.FAILED
        assert result.findings[0].problem is FAULT


def test_a_review_without_rules_finds_nothing_and_checks_nothing() -> None:
    (result,) = reviewed([site(box(112.6))])
    assert (result.status, result.findings) == (Status.NOT_CHECKED, ())
