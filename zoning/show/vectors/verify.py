"""What was written, read again: a converted file says the same, or it is not written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from zoning.base.errors import SourceError, problem
from zoning.base.settings import CRS
from zoning.messages import message
from zoning.read import ReadOptions, read_vector
from zoning.show.vectors.columns import Loss, names_of, records

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: 1e-8 degrees are about 1 mm: what writing in metres with four decimals keeps.
_TOLERANCE: Final = 1e-8
#: Relative change of a number that the fixed decimals of a shapefile's table may bring.
_RELATIVE: Final = 1e-12


def verify(frame: GeoDataFrame, path: Path, crs: str) -> list[Loss]:
    """Read a file just written and compare it with what was meant.

    Parameters
    ----------
    frame : GeoDataFrame
        The features in EPSG:4490.
    path : Path
    crs : str
        The CRS they were written in, for formats that do not state one.

    Returns
    -------
    list of Text
        Columns whose values came out otherwise.

    Raises
    ------
    SourceError
        If a feature is missing, or its geometry is another one.
    """
    if path.suffix.lower() == ".dxf":  # A drawing holds rings, not features.
        return []
    states = path.suffix.lower() not in (".txt",)
    again = read_vector(path, ReadOptions(crs=None if states else crs))
    if again.problems or len(again.frame) != len(frame):
        raise SourceError(
            again.problems or problem("converted-otherwise", file=path.name, feature="*")
        )
    before = np.asarray(frame.to_crs(CRS).geometry.to_numpy(), dtype=object)
    after = np.asarray(again.frame.geometry.to_numpy(), dtype=object)
    for at in np.flatnonzero(~_alike(before, after)).tolist():
        raise SourceError(problem("converted-otherwise", file=path.name, feature=str(at + 1)))
    return _values(frame, again.frame)


def _alike(before: Any, after: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Compare shapes vertex by vertex; where the order differs, by the distance between them."""
    one, other = (shapely.orient_polygons(_single(shapes)) for shapes in (before, after))
    found = shapely.equals_exact(one, other, tolerance=_TOLERANCE)
    same_size = shapely.get_num_coordinates(one) == shapely.get_num_coordinates(other)
    for at in np.flatnonzero(~found & same_size):
        found[at] = shapely.hausdorff_distance(one[at], other[at]) <= _TOLERANCE
    return np.asarray(found, dtype=bool)


def _single(shapes: Any) -> Any:
    """Return a collection of one part as that part: some formats know no other."""
    alone = (shapely.get_num_geometries(shapes) == 1) & (shapely.get_type_id(shapes) > 3)
    out = shapes.copy()
    out[alone] = shapely.get_geometry(shapes[alone], 0)
    return out


def _values(before: GeoDataFrame, after: GeoDataFrame) -> list[Loss]:
    """Name the columns whose values changed, where the file has the same columns in order."""
    names = names_of(before)
    if len(names) != len(names_of(after)):
        return []
    rows = zip(records(before), records(after), strict=True)
    pairs = [list(zip(one.values(), other.values(), strict=True)) for one, other in rows]
    changed = [name for at, name in enumerate(names) if any(not _equal(*row[at]) for row in pairs)]
    return [message("vectors.values-changed", names=changed)] if changed else []


def _equal(one: Any, other: Any) -> bool:
    if one == other or (one in (None, "") and other in (None, "")):
        return True
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= _RELATIVE * abs(one)
    # What a format has as text only is told by its writer.
    return isinstance(other, str) and other.strip() in (str(one).strip(), str(one).lower())
