"""Properties of the statistics: symmetry and bounds of routing, partitions, closed matrices."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zoning.stats import factors, terrain
from zoning.stats.change import Legend, matrix
from zoning.stats.forest import summarise
from zoning.stats.tables import forest_definitions, monitoring

GROUND = hnp.arrays(np.float64, (9, 11), elements=st.integers(-50, 50).map(float) | st.just(np.nan))
CUTS = np.array([0.05, 0.7, 0.5])


def route(z, size=30.0, longest=100.0):
    side = np.full(z.shape[0], size)
    gradient, flow = np.empty(z.shape), np.empty(z.shape, np.int8)
    pending, enter, ls = np.zeros(z.shape, np.int8), np.zeros(z.shape), np.empty(z.shape)
    z = np.ascontiguousarray(z)
    terrain.gradients(z, side, side, 1.0, gradient, flow, pending)
    terrain.entering_lengths(flow, gradient, pending, side, side, longest, CUTS, enter)
    limits = np.array(factors.LENGTH_CLASSES["degree"]) * (1 + factors.SNAP)
    terrain.topography(gradient, flow, enter, side, side, longest, limits, ls)
    return gradient, flow, pending, enter, ls


@settings(deadline=None, max_examples=60)
@given(GROUND)
def test_every_cell_is_visited_once_and_lengths_keep_their_bounds(z):
    gradient, flow, pending, enter, ls = route(z)
    bare = np.isnan(z)
    assert (pending == -1).all()
    assert (flow[bare] == -1).all()
    assert np.isnan(gradient[bare]).all()
    assert np.isnan(ls[bare]).all()
    assert not np.isnan(ls[~bare]).any()
    assert (enter >= 0).all()
    assert (enter <= 100.0).all()
    assert (ls[~bare] > 0).all()


@settings(deadline=None, max_examples=60)
@given(GROUND)
def test_water_only_runs_down(z):
    _, flow, _, _, _ = route(z)
    for r, c in np.argwhere(flow >= 0):
        below = z[r + terrain._DR[flow[r, c]], c + terrain._DC[flow[r, c]]]
        assert below < z[r, c]


@settings(deadline=None, max_examples=40)
@given(GROUND, st.integers(-1000, 1000))
def test_raising_the_ground_changes_nothing(z, lift):
    for one, two in zip(route(z), route(z + lift), strict=True):
        assert np.array_equal(one, two, equal_nan=True)


@settings(deadline=None, max_examples=40)
@given(GROUND)
def test_gradient_does_not_depend_on_the_compass(z):
    gradient = route(z)[0]
    assert np.allclose(route(z[::-1])[0], gradient[::-1], equal_nan=True)
    assert np.allclose(route(z[:, ::-1])[0], gradient[:, ::-1], equal_nan=True)


@given(st.lists(st.floats(0.01, 50.0), min_size=1, max_size=8), st.sampled_from(factors.EXPONENTS))
def test_any_segments_average_to_the_whole(steps, m):
    ends = np.concatenate([[0.0], np.cumsum(steps)])
    parts = factors.segment_length(ends[:-1], ends[1:], m)
    whole = factors.slope_length(ends[-1], m)
    assert np.average(parts, weights=steps) == pytest.approx(whole, rel=1e-9)


CELLS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]), st.sampled_from([10, 20, 30, 40, 80]), st.floats(1, 1e6)
    ),
    min_size=1,
    max_size=30,
)


@given(CELLS, st.sampled_from(["statutory", "third_survey"]))
def test_forest_keeps_between_its_bounds_and_adds_up(cells, caliber):
    frame = pd.DataFrame(cells, columns=["unit", "class", "area_m2"])
    frame = frame.groupby(["unit", "class"], as_index=False)["area_m2"].sum()
    whole = frame.groupby("unit")["area_m2"].transform("sum")
    frame = frame.assign(unit_area_m2=whole, coverage_share=1.0, low_coverage=False)
    legend = forest_definitions().scheme("worldcover")
    found, _ = summarise(frame, legend, caliber)
    pct = found[["forest_cover_least_pct", "forest_cover_pct", "forest_cover_most_pct"]].to_numpy()
    assert (np.diff(pct, axis=1) >= -1e-9).all()
    assert (pct >= 0).all()
    assert (pct <= 100 + 1e-9).all()
    together = frame.assign(unit="all").groupby(["unit", "class"], as_index=False)["area_m2"].sum()
    together = together.assign(unit_area_m2=1.0, coverage_share=1.0, low_coverage=False)
    total, _ = summarise(together, legend, caliber)
    assert found["forest_area_km2"].sum() == pytest.approx(total["forest_area_km2"].iloc[0])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([10, 30, 40, 50]), st.sampled_from([10, 30, 40, 50]), st.floats(0, 1e9)
        ),
        min_size=1,
        max_size=20,
    )
)
def test_every_matrix_closes(moves):
    pairs = pd.DataFrame(moves, columns=["base", "current", "area_m2"])
    legend = Legend.of(forest_definitions().scheme("worldcover"), monitoring())
    table = matrix(pairs, legend)
    inner = table.frame.filter(like="to_").to_numpy(float)
    assert inner[:-1].sum(axis=0) == pytest.approx(inner[-1])
    assert inner.sum(axis=1) == pytest.approx(table.frame["total"].to_numpy(float))
    assert table.frame["total"].iloc[-1] == pytest.approx(pairs["area_m2"].sum() / 1e6)
