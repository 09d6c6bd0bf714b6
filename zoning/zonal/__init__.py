"""Rasters over polygons, exact: areas per class and statistics of values; needs only ``base``."""

from zoning.zonal.statistics import zonal_areas, zonal_stats

__all__ = ["zonal_areas", "zonal_stats"]
