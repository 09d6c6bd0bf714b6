"""The derived files: computed from other files of data/, in this order, without a network."""

from __future__ import annotations

import derived_dry
import derived_erosion
import derived_lakes
import derived_lists
import derived_pattern
import derived_rasters
import derived_spaces
import derived_springs
import derived_terrain
import derived_units
import sources
from product import Product

_LICENCE = (
    "this project's own work (Apache-2.0) on data under the licences of its sources, listed below"
)
_BASE = (sources.ADMIN, sources.WDBII, sources.NATIONAL, sources.DEM)
_DUAL = (
    *_BASE,
    sources.LANDCOVER,
    sources.NDVI_MAX,
    sources.RAIN,
    sources.CITIES500,
    sources.STATIONS,
)
_DUAL_ACCURACY = (
    "one cell of land cover and NDVI (0.05 degree): the line lies where a smooth score passes a "
    "level; an official line can lie elsewhere altogether"
)

DERIVED: tuple[Product, ...] = (
    Product(
        "boundaries/spring_basins.fgb",
        derived_springs.basins,
        _BASE,
        "spring_basins.toml",
        "derived",
        "Basins of the 19 karst springs",
        "19 处岩溶大泉泉域",
        _LICENCE,
        16500,
        "column accuracy_m: 15.6 % of the radius of a circle of the basin's area (the difference "
        "between the two published extents of 晋祠) plus the outlet's own; twice that where area "
        "or extent is not published",
        "Cost distance from the outlet on the 30 arc-second grid, dearer outside the named "
        "counties, the surface watershed and the mountains, cut where the stated area is reached; "
        "basins compete and do not overlap. 晋祠, 兰村, 柳林 and the north of 郭庄 end at the "
        "county lines, river, divides and lines of villages their texts name (column edges). "
        "Calibration, residual and evidence by basin in the "
        "columns. docs/decisions/0080.",
    ),
    Product(
        "boundaries/named_mountains.fgb",
        derived_terrain.ranges,
        _BASE,
        "mountains.toml",
        "derived",
        "Mountain terrain of ten named ranges",
        "十座点名山体的山地",
        _LICENCE,
        1500,
        "the 30 arc-second grid and its smoothing; where one range ends and the next begins is a "
        "convention (nearest axis)",
        "UNEP-WCMC mountain classes 1 to 6 with 200 m relief in 5 x 5 cells; nearest of ten axes "
        "within 45 km. docs/decisions/0081.",
    ),
    Product(
        "boundaries/barrier_mountains.fgb",
        derived_terrain.screens,
        _BASE,
        "mountains.toml",
        "derived",
        "Three mountain screens",
        "三屏",
        _LICENCE,
        1500,
        "as named_mountains.fgb",
        "Ranges of named_mountains.fgb by screen. docs/decisions/0081.",
    ),
    Product(
        "boundaries/ecological_corridors.fgb",
        derived_pattern.corridors,
        _BASE,
        None,
        "derived",
        "Seven river corridors",
        "七廊",
        _LICENCE,
        1750,
        "column accuracy_m: that of the river's centre line",
        "Main stems of rivers.fgb with 1 km on either side (the distance of 晋环发〔2022〕3号 "
        "ch. 3 §1), cut to the province. docs/decisions/0081.",
    ),
    Product(
        "boundaries/ecological_belt.fgb",
        derived_pattern.belt,
        _BASE,
        None,
        "derived",
        "The belt: soil loss and sand control",
        "一带",
        _LICENCE,
        20000,
        "column accuracy_m: 1000 m (hills along the Yellow River), 20000 m (sand sources, by city)",
        "19 counties along the Yellow River, terrain with 60 m relief in 5 x 5 cells; 大同 and "
        "朔州 whole for the sand sources (schematic). docs/decisions/0081.",
    ),
    Product(
        "boundaries/county_systems.fgb",
        derived_lists.systems,
        (sources.ADMIN,),
        "county_systems.toml",
        "derived",
        "Systems that are lists of counties or cities",
        "以县市名单表示的分区体系",
        _LICENCE,
        700,
        "as counties.fgb",
        "Coverage unions of counties; evidence by zone (schematic where members are inferred).",
    ),
    Product(
        "boundaries/main_functions.fgb",
        derived_lists.main_functions,
        (sources.ADMIN,),
        "main_functions.csv",
        "derived",
        "Main functions of all counties",
        "各县主体功能",
        _LICENCE,
        700,
        "as counties.fgb",
        "All 117 counties by the list of 2014-2018 (key development 37, agriculture 34, "
        "ecology 46; names of districts since merged mapped to present ones), and the five of "
        "阳泉 by 阳政办发〔2025〕23号. Column basis tells what was read by name and what is "
        "deduced from the published numbers; the list of 2024 that redraws them is not published. "
        "docs/decisions/0082.",
    ),
    Product(
        "boundaries/lakes_5.fgb",
        derived_lakes.lakes,
        _BASE,
        "lakes.toml",
        "derived",
        "The five lakes",
        "五湖",
        _LICENCE,
        5000,
        "column accuracy_m: 1500 m (flat surface of the elevation model), 5000 m (disc at a "
        "remembered place)",
        "盐湖 and 漳泽湖: connected cells at the surface's level; the others are schematic discs.",
    ),
    Product(
        "boundaries/ecological_redline.fgb",
        derived_spaces.redline,
        _DUAL,
        "control_totals.toml",
        "derived",
        "Ecological redline, derived",
        "生态保护红线(推算)",
        _LICENCE,
        5000,
        _DUAL_ACCURACY,
        "Dual evaluation on the 30 arc-second grid (importance of water and soil conservation, "
        "habitat and erosion sensitivity), best cells until the published totals are met: "
        "21.95 % of the province, 忻州 6206.07, 太原 1774.42, 大同 3101.76 km2, the Yellow River "
        "basin at least 24400; eleven ecological counties that would have next to none get 5.5 % "
        "first. docs/decisions/0083 and 0099.",
    ),
    Product(
        "boundaries/permanent_basic_farmland.fgb",
        derived_spaces.farmland,
        _DUAL,
        "control_totals.toml",
        "derived",
        "Permanent basic farmland, derived",
        "永久基本农田(推算)",
        _LICENCE,
        5000,
        _DUAL_ACCURACY,
        "The published totals (province 31653, 忻州 5264.47, 太原 680.43, 大同 3339.07 km2, the "
        "Yellow River basin at least 22169.8) shared out among counties by their estimated "
        "cropland; in a county the cells best suited for farming (slope classes, crop cover, "
        "relief, rain) outside the other two lines. docs/decisions/0083 and 0099.",
    ),
    Product(
        "boundaries/urban_growth_boundary.fgb",
        derived_spaces.growth,
        _DUAL,
        "control_totals.toml",
        "derived",
        "Urban growth boundary, derived",
        "城镇开发边界(推算)",
        _LICENCE,
        5000,
        _DUAL_ACCURACY,
        "Building suitability (slope, relief, built-up cover, nearness to towns), best cells "
        "up to 735.42 km2 in 太原, 390.50 km2 in 大同 and 3267.44 km2 in the Yellow River basin; "
        "elsewhere at the score reached in the two cities; in no county more than 1.3 times the "
        "built-up cover and 3 km2. docs/decisions/0083 and 0099.",
    ),
    Product(
        "boundaries/three_spaces.fgb",
        derived_spaces.three_spaces,
        _DUAL,
        "control_totals.toml",
        "derived",
        "Three spaces, derived",
        "三类空间(推算)",
        _LICENCE,
        5000,
        _DUAL_ACCURACY,
        "Each cell goes to the higher of ecological importance and farming suitability (scaled "
        "by the medians inside the lines); built-up cells and the growth boundary are urban. A "
        "partition of the province that holds the three lines, smoothed as one coverage with "
        "them. docs/decisions/0083 and 0099.",
    ),
    Product(
        "boundaries/control_units.fgb",
        derived_units.control_units,
        _DUAL,
        "unit_shares.csv",
        "derived",
        "Eco-environmental control units, derived",
        "生态环境管控单元(推算)",
        _LICENCE,
        5000,
        _DUAL_ACCURACY,
        "Priority, key and general units by the definition of 晋政发〔2020〕26号, calibrated "
        "to the published shares of the five counties of 阳泉; one zone per county and class, "
        "a partition. docs/decisions/0084.",
    ),
    Product(
        "boundaries/erosion_zones.fgb",
        derived_erosion.erosion_zones,
        _BASE,
        "erosion_disputed.csv",
        "derived",
        "Erosion zones of SL 190-2007",
        "水力侵蚀分区(SL 190)",
        _LICENCE,
        3000,
        "divides on the 30 arc-second grid, smoothed; the official division may differ by counties",
        "D8 basins: the Yellow River's (with 苍头河) without 沁河 and 丹河 is the loess plateau, "
        "the rest the northern rocky mountains. Ten counties that the county-based zoning of the "
        "nation, as remembered, places otherwise are cut out where the two differ: columns "
        "disputed, alternative, alternative_t_km2a. docs/decisions/0085.",
    ),
    Product(
        "rasters/grid_elevation.tif",
        derived_rasters.elevation,
        (sources.DEM,),
        None,
        "surveyed",
        "Elevation on the common grid, m",
        "高程(统一网格,米)",
        _LICENCE,
        500,
        "as dem_30s.tif",
        "dem_30s.tif as COG. docs/decisions/0086.",
    ),
    Product(
        "rasters/grid_slope.tif",
        derived_rasters.slope,
        (sources.DEM,),
        None,
        "derived",
        "Slope on the common grid, degrees",
        "坡度(统一网格,度)",
        _LICENCE,
        500,
        "slopes over 0.7 to 0.9 km: far below those of the ground",
        "Horn slope of the 30 arc-second elevation. docs/decisions/0086.",
    ),
    Product(
        "rasters/grid_landcover.tif",
        derived_rasters.landcover,
        (sources.LANDCOVER,),
        None,
        "surveyed",
        "Land cover 2019 on the common grid",
        "土地覆盖2019(统一网格)",
        _LICENCE,
        2800,
        "as landcover_2019.tif",
        "Each 0.05 degree cell repeated 6 x 6. docs/decisions/0086.",
    ),
    Product(
        "rasters/grid_ndvi.tif",
        derived_rasters.ndvi,
        (sources.NDVI_MAX,),
        None,
        "surveyed",
        "NDVI maximum on the common grid",
        "NDVI多年最大值(统一网格)",
        _LICENCE,
        2800,
        "as ndvi_max.tif",
        "Each 0.05 degree cell repeated 6 x 6. docs/decisions/0086.",
    ),
    Product(
        "rasters/grid_rain_annual.tif",
        derived_rasters.rain,
        (sources.RAIN,),
        None,
        "surveyed",
        "Mean annual rain on the common grid, mm",
        "多年平均年降水(统一网格,毫米)",
        _LICENCE,
        14000,
        "as rain_monthly.tif",
        "Sum of the twelve months; each 0.25 degree cell repeated 30 x 30. docs/decisions/0086.",
    ),
    Product(
        "rasters/grid_three_spaces.tif",
        derived_rasters.three_spaces,
        _DUAL,
        None,
        "derived",
        "Three spaces on the common grid",
        "三类空间(统一网格)",
        _LICENCE,
        5000,
        "as three_spaces.fgb",
        "three_spaces.fgb by cell centre. docs/decisions/0086.",
    ),
    Product(
        "rasters/grid_control_lines.tif",
        derived_rasters.control_lines,
        _DUAL,
        None,
        "derived",
        "Three control lines on the common grid",
        "三条控制线(统一网格)",
        _LICENCE,
        5000,
        "as the three vector files",
        "The three lines by cell centre. docs/decisions/0086.",
    ),
    Product(
        "rasters/grid_control_units.tif",
        derived_rasters.control_units,
        _DUAL,
        None,
        "derived",
        "Control units on the common grid",
        "管控单元(统一网格)",
        _LICENCE,
        5000,
        "as control_units.fgb",
        "control_units.fgb by cell centre. docs/decisions/0086.",
    ),
    Product(
        "rasters/grid_erosion_zones.tif",
        derived_rasters.erosion_zones,
        _BASE,
        None,
        "derived",
        "Erosion zones on the common grid",
        "水力侵蚀分区(统一网格)",
        _LICENCE,
        3000,
        "as erosion_zones.fgb",
        "erosion_zones.fgb by cell centre. docs/decisions/0086.",
    ),
    Product(
        "rasters/grid_erosion_alternative.tif",
        derived_rasters.erosion_alternative,
        _BASE,
        "erosion_disputed.csv",
        "schematic",
        "Erosion zones, other reading, on the common grid",
        "水力侵蚀分区的另一说(统一网格)",
        _LICENCE,
        3000,
        "as erosion_zones.fgb; county lines where disputed",
        "Column alternative of erosion_zones.fgb by cell centre: the zone itself, but the other "
        "one where it is disputed. Figures by both rasters bound what the dispute can change. "
        "docs/decisions/0085.",
    ),
    Product(
        "boundaries/dry_areas_400mm.fgb",
        derived_dry.dry_areas,
        (sources.ADMIN, sources.RAIN),
        None,
        "derived",
        "Areas with less than 400 mm of rain a year",
        "年降水量400毫米以下区域",
        _LICENCE,
        14000,
        "half a cell of the rain climatology (0.25 degree); the figures themselves may be off by "
        "tens of mm",
        "Cells of grid_rain_annual.tif under 400 mm, cut at the province. docs/decisions/0087.",
    ),
)
