"""The city of each county, which its division code tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zoning.catalogue import embedded
from zoning.catalogue.load import load_catalogue

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: How much of a code names the city.
_CITY: Final = 4


def with_cities(frame: GeoDataFrame) -> GeoDataFrame:
    """Fill in the city of each county by its code, where a file of counties does not name it."""
    own = embedded.load_layer(load_catalogue().layer("counties")).given
    assert own is not None  # the package's own data are tested
    pairs = zip(own["adcode"], own["city"], strict=True)
    by_code = {str(code)[:_CITY]: str(city) for code, city in pairs}
    named = frame["adcode"].map(lambda code: by_code.get(str(code)[:_CITY], ""))
    if "city" in frame:
        named = frame["city"].where(frame["city"].notna() & (frame["city"] != ""), named)
    return frame.assign(city=named)
