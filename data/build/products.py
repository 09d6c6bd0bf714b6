"""The list of products: what is made, from what, by which function, how accurate it is."""

from __future__ import annotations

import boundaries
import points
import rasters
import rivers
import sources
from derived_products import DERIVED
from product import Product

_ADMIN = (sources.ADMIN, sources.ADMIN_INDEX)
_ADMIN_LICENCE = sources.ADMIN.licence + "; see caveat"
_ADMIN_ACCURACY = (
    "95 % of the county lines lie within 685 m of the national map service's, in both directions "
    "(median 144 m; data/build/measure_accuracy.py), rounded up. "
    "Simplification moves 99 % of the source's vertices by less than 22 m, all by less than 80 m."
)
_RIVER_SOURCES = (sources.WDBII, sources.DEM, sources.NATIONAL)
_RIVER_LICENCE = (
    "LGPL-3.0-or-later (WDBII in GSHHG); GPL-3 (1:4 million series, metdig); Apache-2.0 or GPL-3 "
    "(elevation, meteva)"
)

PRODUCTS: tuple[Product, ...] = (
    Product(
        "boundaries/counties.fgb",
        boundaries.counties,
        _ADMIN,
        "counties.csv",
        "surveyed",
        "117 county-level divisions",
        "117 个县级行政区",
        _ADMIN_LICENCE,
        700,
        _ADMIN_ACCURACY,
        "GCJ-02 inverted by iteration (round trip below 1e-9 degree); coverage simplification "
        f"(shapely.coverage_simplify, {boundaries.TOLERANCE_M:.0f} m in a local plane) that keeps "
        "common edges common; coordinates rounded to 1e-7 degree. Flags from the table: "
        "yr_basin_86 (山西省黄河流域条例 2024), yanhuang_19, taiyuan_core (ten Taiyuan counties; "
        "the other members of 1+30 are not published).",
    ),
    Product(
        "boundaries/cities.fgb",
        boundaries.cities,
        _ADMIN,
        "counties.csv",
        "surveyed",
        "11 prefecture-level cities",
        "11 个设区市",
        _ADMIN_LICENCE,
        700,
        _ADMIN_ACCURACY,
        "Coverage union of counties.fgb by city, so edges are exactly the counties' edges.",
    ),
    Product(
        "boundaries/province.fgb",
        boundaries.province,
        _ADMIN,
        "counties.csv",
        "surveyed",
        "Shanxi province",
        "山西省",
        _ADMIN_LICENCE,
        700,
        _ADMIN_ACCURACY,
        "Coverage union of counties.fgb.",
    ),
    Product(
        "boundaries/rivers.fgb",
        rivers.rivers,
        _RIVER_SOURCES,
        "rivers.toml",
        "derived",
        "Named rivers",
        "主要河流(带名称)",
        _RIVER_LICENCE,
        1750,
        "column accuracy_m, 95 % distances to independent lines (data/build/measure_accuracy.py): "
        "1250 m (border), 1700 m (汾河, 桑干河), 1650 m (滹沱河), 1750 m (wdbii), "
        "1450 m (dem), 8000 m (小北干流, from the banks); docs/decisions/0012",
        "Yellow River: the province border, which runs in it from 偏关 to 垣曲. "
        "汾河, 桑干河, 滹沱河: reach by reach the national 1:4 million series, the valley floor "
        "near it or WDBII, whichever was measured to be nearer to others (docs/decisions/0098). "
        "Others: WDBII lines joined over the one-degree bins and cut into named stretches; "
        "rivers that WDBII lacks traced on the 30 arc-second elevation model (D8, the large rivers "
        "burned in by 300 m) and thinned by 400 m. Cut to the province plus 10 km. Names are ours "
        "(tables/rivers.toml)."
        " Centre lines: river width, dykes and management limits are unknown.",
    ),
    Product(
        "boundaries/main_rivers.fgb",
        rivers.main_rivers,
        (*_RIVER_SOURCES, sources.WATER),
        "rivers.toml",
        "derived",
        "Main stems, the wide Yellow River as water",
        "干流(黄河宽段为水面)",
        _RIVER_LICENCE,
        1750,
        "column accuracy_m: as rivers.fgb; 1750 m for the water (95 % of the province border, "
        "which runs in the river, lies in it or within 1722 m; data/build/measure_accuracy.py)",
        "Main stems of rivers.fgb as centre lines; the Yellow River from 禹门口 to 三门峡 as the "
        "area of its water at 1:4 million, islands filled: distances count from its edge. "
        "Mixed geometry. docs/decisions/0012.",
    ),
    Product(
        "boundaries/tributaries.fgb",
        rivers.tributaries,
        (*_RIVER_SOURCES, sources.WATER),
        None,
        "derived",
        "Streams draining more than 100 km2",
        "集水面积大于 100 km² 的河道",
        _RIVER_LICENCE,
        1450,
        "95 % of the 1:4 million rivers in valleys lie within 1406 m of the model's floors (median "
        "418 m; data/build/measure_accuracy.py), rounded up; worse on basin floors",
        "D8 flow on the 30 arc-second elevation model, the large rivers burned in by 300 m "
        "(pyflwdir); reaches thinned by 400 m, cut to the province plus 10 km. Nameless reaches "
        "that are the Yellow River itself (along its line, in its water, or draining over 10,000 "
        "km2) are left out.",
    ),
    Product(
        "boundaries/springs.fgb",
        points.springs,
        (),
        "springs.csv",
        "schematic",
        "19 karst springs",
        "19 处岩溶大泉",
        "Apache-2.0 (facts compiled by this project)",
        10000,
        "column accuracy_m, 500 to 10000 m: the ± figure stated with the coordinate's derivation",
        "Outlets transcribed from a compilation of published facts, each with confidence; county "
        "names looked up by code. Points only: no spring-basin geometry is published.",
    ),
    Product(
        "boundaries/settlements.fgb",
        points.settlements,
        (sources.CITIES500,),
        None,
        "surveyed",
        "305 settlements",
        "305 个居民点",
        sources.CITIES500.licence,
        2000,
        "GeoNames positions, to the arc minute in places",
        "GeoNames places of Shanxi (admin1 code 24); population 0 means unknown and is null.",
    ),
    Product(
        "boundaries/stations.fgb",
        points.stations,
        (sources.STATIONS, sources.STATIONS_FINE, sources.STATION_NAMES),
        None,
        "surveyed",
        "109 meteorological stations",
        "109 个气象站",
        sources.STATIONS.licence,
        2000,
        "column accuracy_m: 1000 m (arc minute or better), 2000 m (0.01 degree list; moved sites)",
        "Joined by station number from three lists; the finer position where altitudes agree "
        "within 2 m.",
    ),
    Product(
        "rasters/dem_30s.tif",
        rasters.dem,
        (sources.DEM,),
        None,
        "surveyed",
        "Elevation, 30 arc seconds, m",
        "高程(30 弧秒,米)",
        sources.DEM.licence,
        500,
        "half a cell; vertical: bias -6 m, median absolute difference 8 m against 109 stations",
        "Lattice labels snapped east and north to the next half cell; cut to the window.",
    ),
    Product(
        "rasters/landcover_2019.tif",
        rasters.landcover,
        (sources.LANDCOVER,),
        None,
        "surveyed",
        "Land cover 2019, IGBP classes, 0.05 degree",
        "2019 年土地覆盖(IGBP,0.05°)",
        sources.LANDCOVER.licence,
        2800,
        "half a cell",
        "Cut to the window; wrong CRS tag replaced.",
    ),
    Product(
        "rasters/ndvi_max.tif",
        rasters.ndvi_max,
        (sources.NDVI_MAX,),
        None,
        "surveyed",
        "NDVI, climatological maximum, 0.05 degree",
        "NDVI 多年最大值(0.05°)",
        sources.NDVI_MAX.licence,
        2800,
        "half a cell",
        "Cut to the window; stored as int16 with scale 0.0001; wrong CRS tag replaced.",
    ),
    Product(
        "rasters/ndvi_min.tif",
        rasters.ndvi_min,
        (sources.NDVI_MIN,),
        None,
        "surveyed",
        "NDVI, climatological minimum, 0.05 degree",
        "NDVI 多年最小值(0.05°)",
        sources.NDVI_MIN.licence,
        2800,
        "half a cell",
        "Cut to the window; stored as int16 with scale 0.0001; wrong CRS tag replaced.",
    ),
    Product(
        "rasters/rain_monthly.tif",
        rasters.rain,
        (sources.RAIN,),
        None,
        "surveyed",
        "Mean monthly rain, 0.25 degree, mm",
        "多年平均月降水(0.25°,毫米)",
        sources.RAIN.licence,
        14000,
        "half a cell",
        "Cut to the window; grid points taken as cell centres; twelve bands, January first.",
    ),
    *DERIVED,
)
