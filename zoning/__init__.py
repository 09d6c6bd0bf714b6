"""Ecological zoning of Shanxi: siting review with clauses, county forest cover, soil conservation.

>>> import zoning
>>> report = zoning.check("project.geojson")  # doctest: +SKIP
>>> report.to_frame(), report.map()  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from zoning._version import __version__

if TYPE_CHECKING:
    from zoning.api.ask import ask
    from zoning.api.batches import check_batches
    from zoning.api.bundle import replay, verify
    from zoning.api.check import check
    from zoning.api.convert import convert
    from zoning.api.explain import explain
    from zoning.api.inspect import inspect
    from zoning.api.layer_stats import layer_statistics
    from zoning.api.layers import load_layer
    from zoning.api.letters import letters
    from zoning.api.map import briefing_map, save_briefing_map
    from zoning.api.monitor import Epochs, monitor
    from zoning.api.opinion import report
    from zoning.api.overlap import overlap_areas
    from zoning.api.report import Report
    from zoning.api.stats import StatisticsRequest, county_statistics
    from zoning.base.errors import ZoningError
    from zoning.catalogue import Catalogue, load_catalogue
    from zoning.read import ReadOptions

__all__ = [
    "Catalogue",
    "Epochs",
    "ReadOptions",
    "Report",
    "StatisticsRequest",
    "ZoningError",
    "__version__",
    "ask",
    "briefing_map",
    "check",
    "check_batches",
    "convert",
    "county_statistics",
    "explain",
    "inspect",
    "layer_statistics",
    "letters",
    "load_catalogue",
    "load_layer",
    "monitor",
    "overlap_areas",
    "replay",
    "report",
    "save_briefing_map",
    "verify",
]

#: Where each public name lives; resolved on first use, so that ``zoning --help`` stays quick.
_HOME = {
    "Catalogue": "catalogue",
    "Epochs": "api.monitor",
    "ReadOptions": "read",
    "Report": "api.report",
    "StatisticsRequest": "api.stats",
    "ZoningError": "base.errors",
    "ask": "api.ask",
    "briefing_map": "api.map",
    "check": "api.check",
    "check_batches": "api.batches",
    "convert": "api.convert",
    "county_statistics": "api.stats",
    "explain": "api.explain",
    "inspect": "api.inspect",
    "layer_statistics": "api.layer_stats",
    "letters": "api.letters",
    "load_catalogue": "catalogue",
    "load_layer": "api.layers",
    "monitor": "api.monitor",
    "overlap_areas": "api.overlap",
    "replay": "api.bundle",
    "report": "api.opinion",
    "save_briefing_map": "api.map",
    "verify": "api.bundle",
}


if not TYPE_CHECKING:  # A type checker reads the imports above, and sees a wrong name.

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            raise AttributeError(f"module 'zoning' has no attribute {name!r}")
        return getattr(import_module(f"zoning.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
