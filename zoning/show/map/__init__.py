"""Maps that open anywhere: one HTML file, no network.

>>> from zoning.show.map import review_map, save_html  # doctest: +SKIP
"""

from zoning.show.map.page import save_html
from zoning.show.map.review import review_map
from zoning.show.map.theme import layer_map

__all__ = ["layer_map", "review_map", "save_html"]
