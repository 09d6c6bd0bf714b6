"""The union of zones: as a coverage where they are one, which most zones of a layer are."""

from __future__ import annotations

from typing import Any, Final

import shapely
from numpy.typing import NDArray

#: Older versions of GEOS cannot tell whether polygons are a coverage.
_TELLS: Final = shapely.geos_version >= (3, 12, 0)
#: Polygons, and several of these.
_AREAS: Final = frozenset((3, 6))


def union_of(shapes: NDArray[Any]) -> Any:
    """Return the union of geometries.

    Polygons that share borders vertex by vertex and do not overlap need no overlay: what two of
    them have in common is left out. That they are such is tested first, which takes less than the
    overlay does.
    """
    flat = _TELLS and _AREAS.issuperset(shapely.get_type_id(shapes).tolist())
    if flat and shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)
