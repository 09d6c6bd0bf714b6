"""Draws: distributions by hand, histograms against plain arithmetic, and the published truth."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from stats_samples import box_units, write

from zoning.api.stats import StatisticsRequest, statistics
from zoning.base.progress import silent
from zoning.messages import Text
from zoning.stats import Input, Request, tables
from zoning.stats.chance import Draws, log_uniform, streams, triangular
from zoning.stats.erosion import erosion
from zoning.stats.forest_draws import bounds, forest_draws
from zoning.stats.ratios import STEPS, eroded
from zoning.stats.soil_draws import conservation_draws, standing

PUBLISHED = Path(__file__).parent / "published_figures.csv"


def test_streams_are_always_the_same_and_told_apart_by_name():
    one, two = streams(("r", "k")), streams(("k",))
    assert np.array_equal(one["k"], two["k"])
    assert not np.array_equal(one["r"], one["k"])
    assert float(one["r"].mean()) == pytest.approx(0.5, abs=0.03)


def test_triangular_by_hand():
    """Over 0 to 2 with its mode at 1: half the mass at 1, a quarter of 1/2·(1/√2)… at 1/√2."""
    u = np.array([0.0, 0.125, 0.5, 0.875, 1.0])
    found = triangular(u, np.array([0.0, 3.0]), np.array([1.0, 3.0]), np.array([2.0, 3.0]))
    assert found[0] == pytest.approx([0.0, 0.5, 1.0, 1.5, 2.0])
    assert found[1] == pytest.approx([3.0] * 5)


def test_log_uniform_ends():
    assert np.exp(log_uniform(np.array([0.0, 0.5, 1.0]), 0.5, 2.0)) == pytest.approx([0.5, 1, 2])


def test_eroded_by_hand():
    """The step that begins at ratio 1 holds 3 m², the one just below 2 m², the first 5, last 7."""
    one = (STEPS - 2) // 2 + 1
    steps = np.zeros(STEPS)
    steps[[one, one - 1, 0, STEPS - 1]] = 3.0, 2.0, 5.0, 7.0
    double, step = np.log(2.0), np.log(2.0) / 8
    assert eroded(steps, np.array([0.0]))[0] == pytest.approx(10.0)
    assert eroded(steps, np.array([step]))[0] == pytest.approx(12.0)
    assert eroded(steps, np.array([-step]))[0] == pytest.approx(7.0)
    assert eroded(steps, np.array([step / 2]))[0] == pytest.approx(11.0)
    # What loses nothing is never eroded, what the wind takes always is.
    assert eroded(steps, np.array([99 * double, -99 * double])) == pytest.approx([12.0, 7.0])


def test_settling_names_the_factor_that_moves_the_figure():
    u = streams(("r", "k"))
    draws = Draws(("1", "2"), np.vstack([3 * u["r"] + 0.1 * u["k"], np.ones(u["r"].size)]), u)
    assert draws.settling("1") == "r"
    assert draws.settling("2") is None


def areas_of(classes, missing=0.0):
    whole = sum(classes.values()) + missing
    return pd.DataFrame(
        {"unit": "1", "class": list(classes), "area_m2": [float(v) for v in classes.values()],
         "unit_area_m2": float(whole), "coverage_share": 1 - missing / whole}
    )  # fmt: skip


def test_ground_without_data_may_be_anything():
    """36 % with data, all of it forest: the cover is 36 to 100 %, evenly."""
    legend = tables.forest_definitions().scheme("clcd")
    found = forest_draws(areas_of({2: 36}, 64), legend, "third_survey", coarse=False)
    # What is wrongly mapped needs something else to be: there is no other class in this unit.
    low, high = found.values.min(), found.values.max()
    assert 0.8 * 36 <= low < 36
    assert 95 < high <= 100


def test_a_better_map_has_a_narrower_range():
    legend = tables.forest_definitions().scheme("clcd")
    sure = legend.accuracy.model_copy(update={"value": 0.99})
    better = legend.model_copy(update={"accuracy": sure})
    areas = areas_of({2: 30, 1: 70})
    wide, narrow = (
        forest_draws(areas, one, "statutory", coarse=False).band() for one in (legend, better)
    )
    assert narrow[1][0] - narrow[0][0] < wide[1][0] - wide[0][0]


def test_coarse_cells_hide_up_to_half_of_themselves():
    legend = tables.forest_definitions().scheme("igbp")
    found = bounds(legend, "third_survey", coarse=True)
    assert found[4] == (1.0, 0.3, 1.0)
    assert found[12] == (0.0, 0.0, 0.5)
    assert bounds(legend, "third_survey", coarse=False)[12] == (0.0, 0.0, 0.0)


@pytest.fixture
def square(tmp_path):
    """A plane of 8 % on which crops and grass lie side by side."""
    z = 1000.0 - 2.4 * np.arange(40)[:, None] + np.zeros((40, 40))
    land = np.full((40, 40), 40, np.uint8)
    land[:, 20:] = 30
    made = {
        "dem": write(tmp_path / "z.tif", z.astype(np.float32)),
        "landcover": write(tmp_path / "l.tif", land),
        "erosivity": write(tmp_path / "r.tif", np.full((40, 40), 1500.0, np.float32)),
        "erodibility": write(tmp_path / "k.tif", np.full((40, 40), 0.04, np.float32)),
        "ndvi": write(tmp_path / "n.tif", np.full((40, 40), 0.5, np.float32)),
    }
    return {role: Input(path, Text(role, role)) for role, path in made.items()}


def test_draws_without_any_range_are_the_figure(square, monkeypatch):
    units = box_units([(500060, 4198860, 501140, 4199940)])
    same = tuple(r.model_copy(update={"own": (1.0, 1.0), "embedded": (1.0, 1.0)})
                 for r in tables.csle_factors().ranges)  # fmt: skip
    factors = tables.csle_factors().model_copy(update={"ranges": same})
    monkeypatch.setattr("zoning.stats.model.csle_factors", lambda: factors)
    figures = erosion("soil-conservation", Request(zone="loess"), units, square, "worldcover",
                      silent)  # fmt: skip
    row = figures.frame.iloc[0]
    assert 0.0 < row["soil_conservation_pct"] < 100.0
    found = figures.draws.of("1")
    assert found == pytest.approx(row["soil_conservation_pct"], abs=0.2)
    assert figures.facts["weak"] == ["e", "t"]
    assert figures.facts["demonstration"] is False


def test_own_factors_have_the_narrower_range(square):
    factors = tables.csle_factors()
    own = standing(square, factors)
    assert own == {"r": "own", "k": "own", "ls": "own", "b": "own", "e": "embedded",
                   "t": "embedded"}  # fmt: skip
    for name in own:
        least, most = factors.range_of(name, "own")
        wide, far = factors.range_of(name, "embedded")
        assert most / least <= far / wide


def test_disputed_zones_split_the_draws():
    """All ground loses half of what one reading tolerates and 2.5 times what the other does."""
    below = (STEPS - 2) // 2 + 1 - 8
    factors = tables.csle_factors().model_copy(
        update={"ranges": tuple(r.model_copy(update={"own": (1.0, 1.0)})
                                for r in tables.csle_factors().ranges)}
    )  # fmt: skip
    own = dict.fromkeys(("r", "k", "ls", "b", "e", "t"), "own")
    areas = areas_of({1 * 2 * STEPS + below: 100})
    found = conservation_draws(areas, (1.0, 5.0), factors, own)
    assert set(np.unique(found.values)) == {0.0, 100.0}
    assert float((found.values == 0.0).mean()) == pytest.approx(0.5, abs=0.05)
    assert found.settling("1") == "zone"


def published(indicator):
    with PUBLISHED.open(encoding="utf-8") as file:
        return [r for r in csv.DictReader(file) if r["indicator"] == indicator]


@pytest.mark.parametrize("topic", ["forest-cover", "soil-conservation"])
@pytest.mark.parametrize("by", ["province", "city", "county"])
def test_the_truth_lies_in_the_range_of_the_embedded_data(topic, by):
    """No figure, no verdict; and every published figure lies between the ends that are shown."""
    column = topic.replace("-", "_")
    for caliber in ("third_survey", "statutory"):
        rows = [r for r in published(column) if r["level"] == by and r["caliber"] in ("", caliber)]
        if not rows or (topic == "soil-conservation" and caliber == "statutory"):
            continue
        figures = statistics(topic, StatisticsRequest(by=by, caliber=caliber, targets=True))
        frame = figures.frame.set_index("unit")
        assert frame[f"{column}_pct"].isna().all()
        for row in rows:
            low, high = frame.loc[row["adcode"], [f"{column}_low_pct", f"{column}_high_pct"]]
            assert low < float(row["value"]) < high
        verdicts = set(figures.table("targets").frame["verdict"])
        assert not verdicts & {"met", "not_met"}
