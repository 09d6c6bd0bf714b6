"""Ecological zoning of Shanxi: siting review with clauses, county forest cover, soil conservation.

>>> import zoning
>>> report = zoning.check("project.geojson")  # doctest: +SKIP
>>> report.to_frame(), report.map()  # doctest: +SKIP
"""

from __future__ import annotations

from typing import Any

from zoning.base.settings import VERSION as __version__  # noqa: N811 - the standard name

__all__ = [
    "__version__",
    "check",
    "county_statistics",
    "load_layer",
    "zonal_areas",
    "zonal_stats",
]

#: Public names and where they live; resolved on first use so that ``zoning --help`` stays quick.
_PUBLIC = {
    "check": "pipeline",
    "county_statistics": "pipeline",
    "load_layer": "pipeline",
    "zonal_areas": "overlay.zonal",
    "zonal_stats": "overlay.zonal",
}


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        from importlib import import_module

        return getattr(import_module(f"zoning.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module 'zoning' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
