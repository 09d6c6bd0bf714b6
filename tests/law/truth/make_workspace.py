"""Draw the small official layers of the truth table: ``python tests/law/truth/make_workspace.py``.

Every zone is a square of about 330 m, or a line of that length running north, on a grid of about
2.4 km in one of four counties, so that a site at one zone is near no other. What is nowhere is
stated as ``none_in``. The data are invented; only the counties are real.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

#: Middle of the grid of each county, well inside it.
COUNTIES = {
    "zuoquan": (113.5387, 36.9784),  # 左权: outside the Yellow River basin
    "qinyuan": (112.2467, 36.7455),  # 沁源: inside it
    "wutai": (113.3696, 38.7132),  # 五台: 忻州
    "yuxian": (113.3283, 38.2444),  # 盂县: 阳泉
}
STEP = (0.027, 0.0216)
HALF = (0.0018, 0.0015)
PLACE = Path(__file__).parent / "workspace"

RESERVE = {"kind": "自然保护区"}

#: County: zone, then the layers in which it lies with their columns. A zone of several layers is
#: one and the same square, as a core zone is part of a reserve, of the redline and so on.
ZONES: dict[str, dict[str, dict[str, dict[str, Any]]]] = {
    "zuoquan": {
        "free": {},
        "dw1": {"drinking_water_zones": {"level": "一级保护区"}},
        "dw2": {"drinking_water_zones": {"level": "二级保护区"}},
        "dwq": {"drinking_water_zones": {"level": "准保护区"}},
        "redline": {"ecological_redline": {}},
        "gap1": {},  # a store east of the redline is not to come near the reserves
        "old_core": {
            "nature_reserves": {"zone": "核心区", **RESERVE},
            "protected_areas": {"kind": "自然保护区"},
        },
        "buffer": {
            "nature_reserves": {"zone": "缓冲区", **RESERVE},
            "protected_areas": {"kind": "自然保护区"},
        },
        "experimental": {
            "nature_reserves": {"zone": "实验区", **RESERVE},
            "protected_areas": {"kind": "自然保护区"},
        },
        "unzoned": {
            "nature_reserves": {"zone": "未分区", **RESERVE},
            "protected_areas": {"kind": "自然保护区"},
        },
        "general": {
            "nature_reserves": {"zone": "一般控制区", **RESERVE},
            "protected_areas": {"kind": "自然保护区"},
        },
        "park_core": {
            "nature_reserves": {"zone": "核心保护区", "kind": "国家公园"},
            "protected_areas": {"kind": "国家公园"},
        },
        "park_general": {
            "nature_reserves": {"zone": "一般控制区", "kind": "国家公园"},
            "protected_areas": {"kind": "国家公园"},
        },
        "nature_park": {
            "nature_reserves": {"zone": "一般控制区", "kind": "自然公园"},
            "protected_areas": {"kind": "自然公园"},
        },
        "scenic_core": {
            "scenic_areas": {"zone": "核心景区"},
            "protected_areas": {"kind": "风景名胜区"},
        },
        "scenic": {
            "scenic_areas": {"zone": "一般景区"},
            "protected_areas": {"kind": "风景名胜区"},
        },
        "pbf": {"permanent_basic_farmland": {}, "cropland": {}},
        "pbf_cluster": {"pbf_clusters": {}},
        "cropland": {"cropland": {}},
        "strict": {"strict_cropland": {}},
        "planning": {"planning_areas": {}},
        "growth": {"urban_growth_boundary": {}, "planning_areas": {}},
        "basin": {"spring_basins": {}},
        "key_zone": {"spring_basins": {}, "spring_key_zones": {}},
        "channel": {"river_management_range": {}},
        "levee": {"levee_zones": {}},
        "detention": {"flood_detention": {}},
        "expressway": {"highways": {"grade": "高速公路"}},
        "national": {"highways": {"grade": "国道"}},
        "provincial": {"highways": {"grade": "省道"}},
        "county_road": {"highways": {"grade": "县道"}},
        "township": {"highways": {"grade": "乡道"}},
        "bridge": {"road_bridges_tunnels": {"kind": "大桥"}},
        "small_bridge": {"road_bridges_tunnels": {"kind": "小桥"}},
        "tunnel": {"road_bridges_tunnels": {"kind": "隧道"}},
        "hsr": {"railways": {"kind": "高速铁路", "place": "other"}},
        "hsr_urban": {"railways": {"kind": "高速铁路", "place": "城市市区"}},
        "rail": {"railways": {"kind": "普速铁路", "place": "other"}},
        "kv10": {"power_lines": {"voltage": "10kV"}},
        "kv110": {"power_lines": {"voltage": "110kV"}},
        "kv220": {"power_lines": {"voltage": "220千伏"}},
        "kv500": {"power_lines": {"voltage": "500kV"}},
        "kv1000": {"power_lines": {"voltage": "1000kV"}},
        "relic": {"heritage_zones": {"zone": "保护范围"}},
        "relic_control": {"heritage_zones": {"zone": "建设控制地带"}},
        "old_town": {"historic_settlements": {"zone": "核心保护范围"}},
        "arbor": {"forest_land": {"grade": "Ⅲ", "kind": "乔木林地"}},
        "arbor_dry": {"forest_land": {"grade": "Ⅲ", "kind": "乔木林地"}, "dry_areas_400mm": {}},
        "shrub": {"forest_land": {"grade": "Ⅲ", "kind": "灌木林地"}},
        "forest1": {"forest_land": {"grade": "Ⅰ", "kind": "灌木林地"}},
        "natural_arbor": {
            "forest_land": {"grade": "Ⅱ", "kind": "乔木林地"},
            "natural_forest": {"kind": "乔木林"},
        },
        "welfare": {
            "forest_land": {"grade": "Ⅱ", "kind": "乔木林地"},
            "public_welfare_forest": {"level": "国家级", "kind": "乔木林", "class": "二级"},
        },
        "welfare_shrub": {
            "forest_land": {"grade": "Ⅱ", "kind": "灌木林地"},
            "public_welfare_forest": {"level": "国家级", "kind": "灌木林", "class": "2"},
        },
        "grass": {"basic_grassland": {}},
        "wet_national": {"wetlands": {"level": "国家重要湿地", "kind": "天然湿地"}},
        "wet_general": {"wetlands": {"level": "一般湿地", "kind": "天然湿地"}},
        "wet_artificial": {"wetlands": {"level": "一般湿地", "kind": "人工湿地"}},
        "habitat": {"habitats": {}},
        "school": {"sensitive_places": {"kind": "school"}},
        "chem_park": {"industrial_parks": {"kind": "化工园区"}},
        "park": {"industrial_parks": {"kind": "一般"}},
        "listed": {
            "contaminated_land": {
                "listed": True,
                "target_met": False,
                "unknown_risk": False,
                "heavy": True,
            }
        },
        "unknown_risk": {
            "contaminated_land": {
                "listed": False,
                "target_met": True,
                "unknown_risk": True,
                "heavy": False,
            }
        },
        "danger": {"geohazard_zones": {"level": "危险区"}},
        "prone": {"geohazard_zones": {"level": "易发区"}},
        "landslide": {"landslide_prone": {}},
        "key_erosion": {"erosion_key_areas": {"kind": "重点预防区"}},
        "belt": {"vegetation_belts": {}},
        "no_mining": {"mining_zones": {"zone": "禁止开采区"}},
        "limited_mining": {"mining_zones": {"zone": "限制开采区"}},
        "mine": {"mines": {"state": "active"}},
        "no_pumping": {"groundwater_overdraft": {"control": "禁采区", "surface_water": True}},
        "limited_pumping": {"groundwater_overdraft": {"control": "限采区", "surface_water": False}},
        "reservoir": {"reservoir_areas": {}},
        "eco_function": {"ecological_function_areas": {}},
        "agri": {"main_agri_areas": {}},
        "air_region": {"air_key_regions": {}},
        "one_thirty": {"taiyuan_1p30": {"name": "太原及周边1+30"}},
        "lake_zone": {"lake_protection_zones": {}},
        "ecosystem": {"representative_ecosystems": {}},
        "meadow": {"alpine_meadows": {}},
        "recharge": {"groundwater_recharge": {}},
        "pbf_reserve": {"pbf_reserve": {}},
        "erosion": {"erosion_severe": {}},
        "built_up": {"built_up_areas": {}, "planning_areas": {}},
    },
    "qinyuan": {
        "y_free": {},
        "y_redline": {"ecological_redline": {}},
        "y_pbf": {"permanent_basic_farmland": {}, "cropland": {}},
        "y_cropland": {"cropland": {}},
        "y_shore_main": {"shoreline_control": {"rank": "干流"}},
        "y_shore_key": {"shoreline_control": {"rank": "重要支流"}},
        "y_shore_other": {"shoreline_control": {"rank": "支流"}},
        "y_erosion": {"erosion_severe": {}},
        "y_channel": {"river_management_range": {}},
        "y_fen": {
            "rivers": {"river": "汾河", "main_stem": True},
            "watercourses": {},
            "main_rivers": {},
            "fen_and_yellow_tributaries": {},
        },
        "y_tributary": {
            "rivers": {"river": "沁河", "main_stem": False},
            "watercourses": {},
            "tributaries": {},
        },
        "y_dw2": {"drinking_water_zones": {"level": "二级"}},
        "y_basin": {"spring_basins": {}},
        "y_key_unit": {"control_units": {"unit_class": "重点管控单元", "unit_code": "ZH1"}},
        "y_priority": {"control_units": {"unit_class": "优先保护单元", "unit_code": "ZH2"}},
        "y_rail": {"railways": {"kind": "普速铁路", "place": "other"}},
        # The Yellow River itself keeps to the edge: its bans reach 3 km.
        "y_gap1": {},
        "y_gap2": {},
        "y_yellow": {
            "rivers": {"river": "黄河", "main_stem": True},
            "watercourses": {},
            "main_rivers": {},
        },
    },
    "wutai": {"x_free": {}, "x_redline": {"ecological_redline": {}}},
    "yuxian": {"z_free": {}, "z_growth": {"urban_growth_boundary": {}, "planning_areas": {}}},
}

LINES = {
    "highways",
    "railways",
    "power_lines",
    "rivers",
    "watercourses",
    "main_rivers",
    "tributaries",
    "fen_and_yellow_tributaries",
}
#: Layers of the rules of which there is no zone at all in these counties.
NOWHERE = (
    "afforestation_regions", "aquaculture_zones", "barrier_mountains", "ecologically_fragile_areas",
    "ecologically_sensitive_areas", "four_mountains_yangquan", "good_water_reaches",
    "groundwater_protection", "lake_surroundings", "lakes_5", "nrmm_zones", "river_headwaters",
    "urban_clusters", "yellow_river_floodplain", "yellow_tributaries_protect",
    "yellow_tributaries_restore",
)  # fmt: skip
DOCUMENT = 'document = "测试用成果说明"\n'
COMMON = 'date = 2018-01-01\nauthority = "测试机关"\n'
#: Drawn along the edge of their land or the outer conductor, from which the law counts.
EDGES = ("highways", "power_lines", "railways", "road_bridges_tunnels")


def middle(county: str, number: int) -> tuple[float, float]:
    """Return the middle of the numbered cell of a county's grid of ten columns, row by row."""
    row, column = divmod(number, 10)
    lon, lat = COUNTIES[county]
    return round(lon + (column - 4.5) * STEP[0], 7), round(lat + (row - 4.5) * STEP[1], 7)


def shape(layer: str, lon: float, lat: float) -> dict[str, Any]:
    """Return the square, or the line along its middle, as GeoJSON."""
    dx, dy = HALF
    west, east, south, north = (round(v, 7) for v in (lon - dx, lon + dx, lat - dy, lat + dy))
    if layer in LINES:
        return {"type": "LineString", "coordinates": [[lon, south], [lon, north]]}
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def features() -> dict[str, list[dict[str, Any]]]:
    """Return the features of each layer."""
    layers: dict[str, list[dict[str, Any]]] = {}
    for county, zones in ZONES.items():
        for number, (zone, members) in enumerate(zones.items()):
            lon, lat = middle(county, number)
            for layer, columns in members.items():
                layers.setdefault(layer, []).append(
                    {
                        "type": "Feature",
                        "properties": {"site": zone, "name": zone} | columns,
                        "geometry": shape(layer, lon, lat),
                    }
                )
    layers["control_units"] += [general_unit(county) for county in COUNTIES]
    return layers


def general_unit(county: str) -> dict[str, Any]:
    """Return the general unit that covers a county's grid but for the other units."""
    lon, lat = COUNTIES[county]
    rings = [box(lon, lat, 0.15, 0.12)]
    for number, members in enumerate(ZONES[county].values()):
        if "control_units" in members:
            rings.append(box(*middle(county, number), *HALF)[::-1])
    return {
        "type": "Feature",
        "properties": {"site": f"{county}_unit", "unit_class": "一般管控单元", "unit_code": "ZH3"},
        "geometry": {"type": "Polygon", "coordinates": rings},
    }


def box(lon: float, lat: float, dx: float, dy: float) -> list[list[float]]:
    """Return a rectangle as a ring."""
    west, east, south, north = (round(v, 7) for v in (lon - dx, lon + dx, lat - dy, lat + dy))
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def free() -> dict[str, list[float]]:
    """Return the places where no zone is, with the eastern edge they would have."""
    places = {}
    for county, zones in ZONES.items():
        for number, (zone, members) in enumerate(zones.items()):
            if not members:
                lon, lat = middle(county, number)
                places[zone] = [lon, lat, round(lon + HALF[0], 7)]
    return places


def main() -> None:
    """Write the layers and the workspace file."""
    PLACE.mkdir(exist_ok=True)
    entries = ['name = "truth table"\n']
    for layer, items in sorted(features().items()):
        collection = {"type": "FeatureCollection", "features": items}
        text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
        (PLACE / f"{layer}.geojson").write_text(text + "\n", encoding="utf-8")
        source = f'source = "{layer}.geojson"\ncovers = "province"\n'
        edge = "half_width_m = 0\n" if layer in EDGES else ""
        entries.append(f"[layers.{layer}]\n{source}{COMMON}{edge}")
    for layer in NOWHERE:
        entries.append(f'[layers.{layer}]\nnone_in = "province"\n{DOCUMENT}{COMMON}')
    (PLACE / "zoning.toml").write_text("\n".join(entries), encoding="utf-8")
    (PLACE / "free.json").write_text(json.dumps(free()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
