"""The sanity gate: rasters that cannot be what they are said to be."""

from dataclasses import replace

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from zoning.base.errors import SourceError, UsageError
from zoning.base.settings import data_dir
from zoning.messages import Text
from zoning.stats import Input, Request
from zoning.stats.legends import agreement, fitting
from zoning.stats.sanity import examine
from zoning.stats.tables import forest_definitions
from zoning.zonal import zonal_areas, zonal_stats

#: Two degrees with mountains, basins and the whole range of covers.
WEST, SOUTH, EAST, NORTH = 111.5, 36.5, 113.5, 38.5
UNITS = geopandas.GeoDataFrame(
    {"unit": ["1"]}, geometry=[shapely.box(WEST, SOUTH, EAST, NORTH)], crs=4490
)


def embedded(name, step):
    """Return the embedded raster's values in the two degrees on a finer grid, and its grid."""
    with rasterio.open(data_dir() / "rasters" / f"{name}.tif") as data:
        lon = np.arange(WEST + step / 2, EAST, step)
        lat = np.arange(NORTH - step / 2, SOUTH, -step)
        rows, _ = rasterio.transform.rowcol(data.transform, np.full(lat.size, WEST), lat)
        _, cols = rasterio.transform.rowcol(data.transform, lon, np.full(lon.size, NORTH))
        return data.read()[:, rows][:, :, cols]


def write(path, values, step, nodata=None):
    values = np.asarray(values)
    bands = values if values.ndim == 3 else values[None]
    with rasterio.open(
        path, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1], count=len(bands),
        dtype=bands.dtype, crs=4490, transform=Affine(step, 0, WEST, 0, -step, NORTH),
        nodata=nodata,
    ) as out:  # fmt: skip
        out.write(bands)
    return Input(path, Text(path.name, path.name))


def gate(role, source, **options):
    request = Request(**{role: source.path}, **options)
    return examine(request, {role: source}, UNITS)


def refused(role, source, **options):
    with pytest.raises(SourceError) as caught:
        gate(role, source, **options)
    return caught.value.problems


@pytest.fixture(scope="module")
def ground():
    step = 1 / 240
    rng = np.random.default_rng(3)
    z = embedded("dem_30s", step)[0].astype(float)
    return step, z + rng.normal(0.0, 15.0, z.shape)


def test_right_elevations_pass_without_a_word(ground, tmp_path):
    step, z = ground
    assert gate("dem", write(tmp_path / "z.tif", z.astype(np.float32), step)) == ([], {})


@pytest.mark.parametrize(
    ("factor", "words"), [(1 / 0.3048, "feet"), (10.0, "decimetres"), (0.001, "kilometres")]
)
def test_units_of_elevation_are_named(ground, tmp_path, factor, words):
    step, z = ground
    (found,) = refused("dem", write(tmp_path / "z.tif", (z * factor).astype(np.float32), step))
    assert (found.code, found.field) == ("raster-unit", "dem")
    assert words in found.fault.en


@pytest.mark.parametrize("void", [-9999, -32768, 32767])
def test_one_undeclared_void_is_found_wherever_it_lies(ground, tmp_path, void):
    step, z = ground
    z = np.rint(z).astype(np.int16)
    z[17, 23] = void
    (found,) = refused("dem", write(tmp_path / "z.tif", z, step))
    assert found.code == "raster-void"
    assert f"{void}" in found.fault.en.replace("1 cells", "")
    assert gate("dem", write(tmp_path / "y.tif", z, step, nodata=void)) == ([], {})


def test_zeros_are_voids_where_the_ground_is_high(ground, tmp_path):
    step, z = ground
    z = z.astype(np.float32)
    z[:40, :40] = 0.0
    assert refused("dem", write(tmp_path / "z.tif", z, step))[0].code == "raster-void"


def test_offsets_and_other_places_are_doubted(ground, tmp_path):
    step, z = ground
    notes, facts = gate("dem", write(tmp_path / "z.tif", (z + 90).astype(np.float32), step))
    assert facts == {"doubted": ["dem"]}
    assert "90 m" in notes[0].text.en
    notes, facts = gate("dem", write(tmp_path / "z.tif", z[::-1].astype(np.float32), step))
    assert facts == {"doubted": ["dem"]}
    assert "correlation" in notes[0].text.en


def test_an_override_is_recorded(ground, tmp_path):
    step, z = ground
    source = write(tmp_path / "z.tif", (z * 10).astype(np.float32), step)
    notes, facts = gate("dem", source, accept="checked by the bureau")
    assert "checked by the bureau" in notes[0].text.en
    assert facts["accepted"]["reason"] == "checked by the bureau"
    assert facts["accepted"]["faults"][0]["code"] == "raster-unit"
    assert facts["doubted"] == ["dem"]
    with pytest.raises(UsageError):
        Request(dem=source.path, accept=" ")


#: A class of CLCD for each IGBP class; 30 m cells differ from their 5 km majority.
CLCD = {4: 2, 5: 2, 8: 2, 9: 4, 10: 4, 12: 1, 14: 1, 13: 8, 16: 7, 11: 9, 0: 5, 17: 5, 1: 2}


@pytest.fixture(scope="module")
def covers():
    step = 0.01
    known = embedded("landcover_2019", step)[0]
    right = np.vectorize(lambda c: CLCD.get(int(c), 4))(known).astype(np.uint8)
    rng = np.random.default_rng(5)
    # 40 % of the cells are something else than the majority of their 5 km.
    other = rng.choice(np.array([1, 2, 4, 8, 5], np.uint8), right.shape)
    return step, np.where(rng.random(right.shape) < 0.4, other, right)


def test_the_right_legend_passes_and_the_wrong_one_is_named(covers, tmp_path):
    step, values = covers
    source = write(tmp_path / "clcd.tif", values, step, nodata=0)
    assert gate("landcover", source, scheme="clcd") == ([], {})
    for wrong in ("igbp", "dynamicworld"):
        (found,) = refused("landcover", source, scheme=wrong)
        assert found.code == "legend-mismatch"
        assert "'clcd'" in found.fault.en


def test_a_class_of_the_legend_cannot_be_no_data(tmp_path):
    values = np.where(np.indices((80, 80)).sum(axis=0) % 3, 30, 10).astype("uint8")
    source = write(tmp_path / "lc.tif", values, 0.025, nodata=10)
    (found,) = refused("landcover", source, scheme="worldcover")
    assert (found.code, found.field) == ("raster-void", "landcover")
    assert "declares 10 as no data, which is tree cover" in found.fault.en
    _, facts = gate("landcover", source, scheme="worldcover", accept="as delivered")
    assert facts["accepted"]["reason"] == "as delivered" and "landcover" in facts["doubted"]
    for nodata in (None, 0, 255):
        sound = write(tmp_path / f"{nodata}.tif", values, 0.025, nodata=nodata)
        gate("landcover", sound, scheme="worldcover")


def test_agreement_by_hand():
    """All alike: 1. Classes without any relation to the ground: about 0."""
    scheme = forest_definitions().scheme("igbp")
    known = np.array([4.0, 12.0, 10.0, 13.0] * 28)
    assert agreement(known, known, scheme) == pytest.approx(1.0)
    assert abs(agreement(np.repeat([4.0, 12.0, 10.0, 13.0], 28), known, scheme)) < 1e-9
    assert agreement(known + 90, known, scheme) is None


def test_legends_that_fit_are_found_by_their_codes():
    assert fitting({10: 0.5, 95: 0.5})[0] == "worldcover"
    assert fitting({301: 0.6, 103: 0.4})[0] == "third_survey"
    assert fitting({12345: 1.0}) == []


def test_a_year_that_contradicts_the_name_is_doubted(covers, tmp_path):
    step, values = covers
    source = write(tmp_path / "CLCD_v01_2019.tif", values, step, nodata=0)
    notes, facts = gate("landcover", source, scheme="clcd", year=2021)
    assert facts == {"doubted": ["landcover"]}
    assert "2019" in notes[0].text.en
    assert gate("landcover", source, scheme="clcd", year=2019) == ([], {})


@pytest.mark.parametrize(
    ("factor", "words"),
    [(10.0, "tenths"), (1 / 25.4, "inches"), (0.001, "metres"), (1 / 30.44, "daily")],
)
def test_units_of_rain_are_named(tmp_path, factor, words):
    rain = embedded("rain_monthly", 0.05).astype(np.float32)
    (found,) = refused("rain", write(tmp_path / "r.tif", (rain * factor).astype(np.float32), 0.05))
    assert found.code == "raster-unit"
    assert words in found.fault.en


def test_rain_must_fall_in_summer(tmp_path):
    rain = embedded("rain_monthly", 0.05).astype(np.float32)
    assert gate("rain", write(tmp_path / "r.tif", rain, 0.05)) == ([], {})
    late = np.roll(rain, 6, axis=0)
    assert refused("rain", write(tmp_path / "s.tif", late, 0.05))[0].code == "rain-order"


@pytest.mark.parametrize(
    ("role", "value", "code"),
    [
        ("erosivity", 1600.0, None),
        ("erosivity", 94.0, "raster-unit"),
        ("erodibility", 0.04, None),
        ("erodibility", 0.30, "raster-unit"),
    ],
)
def test_us_units_of_r_and_k_are_named(tmp_path, role, value, code):
    source = write(tmp_path / "v.tif", np.full((40, 40), value, np.float32), 0.05)
    if code is None:
        assert gate(role, source) == ([], {})
    else:
        assert refused(role, source)[0].code == code


def test_embedded_rasters_are_not_looked_at(tmp_path):
    source = write(tmp_path / "k.tif", np.full((40, 40), 0.3, np.float32), 0.05)
    own = replace(source, embedded=True)
    assert examine(Request(), {"erodibility": own}, UNITS) == ([], {})


@pytest.mark.parametrize(
    ("dtype", "value", "code"),
    [("complex64", 1 + 1j, "raster-type"), ("uint64", 2**64 - 1, "raster-overflow")],
)
def test_unusable_types_are_named(tmp_path, dtype, value, code):
    source = write(tmp_path / "x.tif", np.full((20, 20), value, dtype), 0.1)
    with pytest.raises(SourceError) as caught:
        zonal_areas(source.path, UNITS, id_column="unit")
    assert caught.value.problems[0].code == code
    if dtype == "complex64":
        with pytest.raises(SourceError):
            zonal_stats(source.path, UNITS, id_column="unit")


def test_elevations_beside_their_place_are_doubted(ground, tmp_path):
    """Four cells of 1/240 degree are 1.5 km: two of the embedded elevations."""
    step, z = ground
    moved = np.roll(z, 4, axis=1)[:, 8:-8].astype(np.float32)
    source = write(tmp_path / "z.tif", np.pad(moved, ((0, 0), (8, 8)), mode="edge"), step)
    notes, facts = gate("dem", source)
    assert facts == {"doubted": ["dem"]}
    assert "+1.5 km to the east and +0.0 km to the north" in notes[0].text.en


def test_a_number_far_from_all_ground_is_a_void(ground, tmp_path):
    step, z = ground
    z = z.astype(np.float32)
    z[100:140, 100:140] = -1.0
    (found,) = refused("dem", write(tmp_path / "z.tif", z, step))
    assert (found.code, "-1 stands" in found.fault.en) == ("raster-void", True)


@pytest.mark.parametrize(("change", "words"), [
    (lambda c: np.roll(c, 24, axis=1), "displaced"),
    (lambda c: np.full_like(c, 2), "do not agree"),
    (lambda c: np.where(c == 1, 2, np.where(c == 2, 1, c)), "do not agree"),
    (lambda c: c, ""),
])  # fmt: skip
def test_classes_displaced_alone_or_confused_are_doubted(tmp_path, change, words):
    """As CLCD has them: 24 cells of 1/240 degree are two of the embedded land cover."""
    step = 1 / 240
    clcd = np.array([5, 2, 2, 2, 2, 2, 3, 3, 2, 2, 4, 9, 1, 8, 1, 6, 7, 5], np.uint8)
    classes = change(clcd[embedded("landcover_2019", step)[0]])
    notes, facts = gate("landcover", write(tmp_path / "c.tif", classes.astype(np.uint8), step),
                        scheme="clcd")  # fmt: skip
    assert ("doubted" in facts) is bool(words)
    assert all(words in n.text.en for n in notes)


def test_rain_by_a_month_and_greenness_turned_round_are_doubted(tmp_path):
    rain = embedded("rain_monthly", 0.25)
    notes, facts = gate("rain", write(tmp_path / "r.tif", np.roll(rain, 1, axis=0), 0.25))
    assert facts == {"doubted": ["rain"]}
    assert "1 month:" in notes[0].text.en
    green = embedded("ndvi_max", 1 / 40)[0] * 1e-4
    notes, facts = gate("ndvi", write(tmp_path / "n.tif", green[:, ::-1], 1 / 40))
    assert facts == {"doubted": ["ndvi"]}
    notes, facts = gate("cover", write(tmp_path / "c.tif", 1.0 - green, 1 / 40))
    assert facts == {"doubted": ["cover"]}
    assert gate("cover", write(tmp_path / "d.tif", green, 1 / 40)) == ([], {})


def test_slopes_are_not_taken_for_their_factor(tmp_path):
    degrees = np.random.default_rng(2).uniform(0.0, 60.0, (80, 80))
    degrees[:4] = 0.0
    assert gate("ls", write(tmp_path / "s.tif", degrees, 1 / 40))[1] == {"doubted": ["ls"]}
    assert gate("ls", write(tmp_path / "l.tif", 0.03 + degrees / 2.0, 1 / 40)) == ([], {})


def test_a_raster_on_an_old_datum_is_refused_as_a_site_is(tmp_path):
    source = write(tmp_path / "dem.tif", embedded("dem_30s", 0.01), 0.01)
    with rasterio.open(source.path, "r+") as data:
        data.crs = "EPSG:4610"
    assert [p.code for p in refused("dem", source)] == ["datum-unsupported"]
    _, facts = gate("dem", source, accept="1 km 网格，偏移不计")
    assert facts["accepted"]["faults"][0]["code"] == "datum-unsupported"
