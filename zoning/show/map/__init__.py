"""Maps that open anywhere: one HTML file, no network.

>>> from zoning.show.map import review_map, save_html  # doctest: +SKIP

Still pictures need nothing of the pages, so these are loaded where they are asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoning.show.map.page import save_html
    from zoning.show.map.review import review_map
    from zoning.show.map.theme import layer_map

__all__ = ["layer_map", "review_map", "save_html"]

_HOME = {"layer_map": "theme", "review_map": "review", "save_html": "page"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
