"""Maps that open anywhere: one HTML file, no network.

>>> from zoning.maps import review_map, save_html  # doctest: +SKIP
"""

from zoning.maps.page import save_html
from zoning.maps.review import layer_map, review_map

__all__ = ["layer_map", "review_map", "save_html"]
