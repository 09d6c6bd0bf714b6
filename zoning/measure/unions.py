"""The union of zones: as a coverage where they are one, which most zones of a layer are."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

#: Older versions of GEOS cannot tell whether polygons are a coverage.
_TELLS: Final = shapely.geos_version >= (3, 12, 0)
#: Polygons, and several of these.
_AREAS: Final = (3, 6)


def union_of(shapes: NDArray[Any]) -> Any:
    """Return the union of geometries.

    Polygons that share borders vertex by vertex and do not overlap need no overlay: what two of
    them have in common is left out. That they are such is tested first, which takes less than the
    overlay does.
    """
    flat = _TELLS and np.isin(shapely.get_type_id(shapes), _AREAS).all()
    if flat and shapely.coverage_is_valid(shapes):
        return shapely.coverage_union_all(shapes)
    return shapely.union_all(shapes)
