"""Division codes as the catalogue has them, and the city of each county, which its code tells."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from zoning.catalogue import embedded
from zoning.catalogue.load import load_catalogue

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: How much of a code names the county, and how much its city.
_COUNTY: Final = 6
_CITY: Final = 4


def with_codes(frame: GeoDataFrame) -> GeoDataFrame:
    """Write division codes with six digits: files have them as numbers, or with a village's too."""
    if "adcode" not in frame:
        return frame
    return frame.assign(adcode=frame["adcode"].map(_code))


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


def _code(cell: object) -> str | None:
    empty = cell is None or (isinstance(cell, float) and math.isnan(cell))
    return None if empty else str(cell).strip()[:_COUNTY]
