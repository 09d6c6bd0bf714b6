"""Cell areas against closed forms, PROJ and the areas of the vector side."""

import numpy as np
import pytest
import shapely
from pyproj import CRS, Geod
from rasterio.transform import Affine

from tests.unit.zonal_samples import frame, write
from zoning.base import geodesy
from zoning.base.errors import SourceError
from zoning.zonal import zonal_areas
from zoning.zonal.cells import (
    TOLERANCE,
    cell_areas,
    polygon_areas,
    row_areas,
)

SECOND = 1 / 3600


def test_rows_add_up_to_the_ellipsoid():
    edges = np.linspace(90, -90, 181)
    # Surface of CGCS2000, GB 22021-2008 / Moritz (1980) for the same ellipsoid: 5.1006562e14 m².
    assert row_areas(edges[:-1], edges[1:], 360).sum() == pytest.approx(5.1006562172e14, rel=1e-10)
    assert row_areas(91, 90, 1) == 0


def test_small_rows_keep_their_digits():
    # 3,600 rows of one second against one row of a degree, and a geodesic polygon along them.
    edges = 38 - SECOND * np.arange(3601)
    degree = row_areas(38, 37, SECOND)
    assert row_areas(edges[:-1], edges[1:], SECOND).sum() == pytest.approx(degree, rel=1e-12)
    box = shapely.segmentize(shapely.box(112, 37, 113, 38), 0.001)
    geod = Geod(a=6378137, rf=298.257222101)
    assert row_areas(38, 37, 1) == pytest.approx(geod.geometry_area_perimeter(box)[0], rel=1e-9)


@pytest.mark.parametrize(
    ("crs", "west", "north", "size"),
    [
        ("EPSG:4547", 300_000, 4_500_000, 30),  # CGCS2000 / 3-degree Gauss–Krüger CM 114E
        ("EPSG:4526", 38_400_000, 4_500_000, 30),  # the same zone system, zone number in front
        ("EPSG:3857", 12_270_000, 4_980_000, 30),  # Web Mercator: areas 1.6 times too large
        ("EPSG:32649", 300_000, 4_500_000, 1000),
        ("+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +ellps=GRS80", 500_000, 4_500_000, 250),
        ("+proj=laea +lat_0=37 +lon_0=112 +ellps=GRS80", -200_000, 200_000, 250),
        ("+proj=sinu +R=6371007.181 +units=m", 9_500_000, 4_400_000, 463.3127165),  # MODIS
    ],
)
def test_projected_cells_add_up_to_the_polygon(crs, west, north, size):
    rows, cols = 400, 300
    parsed = CRS(crs)
    cells = cell_areas(parsed, (size, 0, west, 0, -size, north), (rows, cols), (0, rows, 0, cols))
    left, right = cells.factors(0, rows, 0, cols)
    total = (left @ right).sum()
    box = shapely.box(west, north - rows * size, west + cols * size, north)
    truth = polygon_areas(np.array([box]), parsed, size / 4)[0]
    assert total == pytest.approx(truth, rel=1e-9)
    assert cells.error <= TOLERANCE


def test_undefined_projection_is_refused():
    # The corners of a full-disk image look past the Earth.
    affine = (20_000.0, 0.0, -5_500_000.0, 0.0, -20_000.0, 5_500_000.0)
    with pytest.raises(SourceError) as caught:
        cell_areas(CRS("+proj=geos +h=35785831 +lon_0=105"), affine, (550, 550), (0, 550, 0, 550))
    assert caught.value.problems[0].code == "raster-crs-unusable"


def test_one_place_in_two_projections_has_one_area(tmp_path):
    """The scale correction: Gauss–Krüger at a zone's edge and Web Mercator agree."""
    unit = frame(shapely.box(112.1, 37.1, 112.4, 37.3), crs="EPSG:4490")
    truth = geodesy.areas(unit.geometry.values)[0]
    ones = np.ones((500, 600), np.uint8)
    places = {"EPSG:4547": (320_000, 4_140_000), "EPSG:3857": (12_470_000, 4_490_000)}
    for crs, (west, north) in places.items():
        path = write(
            tmp_path / f"{crs[5:]}.tif",
            ones,
            crs=crs,
            transform=Affine(100, 0, west, 0, -100, north),
        )
        found = zonal_areas(path, unit)
        assert found["coverage_share"].to_list() == [1.0]
        # The vector side takes the edges as straight in degrees, and so does the engine: the
        # curve is kept to 1e-4 cells.
        assert found["area_m2"].iloc[0] == pytest.approx(truth, rel=1e-7)
