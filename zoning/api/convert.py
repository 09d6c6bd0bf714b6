"""convert: the features of a file in another format, or why they cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zoning.api import outputs
from zoning.base.errors import SourceError, UsageError, problem
from zoning.messages import Text
from zoning.read import ReadOptions, read_vector
from zoning.read.crs import systems
from zoning.show import vectors
from zoning.show.vectors.formats import usual_crs
from zoning.show.vectors.verify import verify

__all__ = ["SUFFIXES", "Conversion", "convert"]

SUFFIXES = vectors.SUFFIXES


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was written.

    Attributes
    ----------
    path : Path
    features : int
    driver : str
        The format.
    crs : str
        The CRS of the coordinates in the file.
    losses : tuple of Text
        What the format does not keep, one sentence each.
    """

    path: Path
    features: int
    driver: str
    crs: str
    losses: tuple[Text, ...] = ()


def convert(
    source: str | Path,
    target: str | Path,
    *,
    to_crs: str | None = None,
    zone: int | None = None,
    options: ReadOptions | None = None,
    overwrite: bool = False,
) -> Conversion:
    """Write the features of a file in another format; geometry and attributes stay the same.

    What is written is read again before it takes its place: a file that says something else is
    not written.

    Parameters
    ----------
    source : path
        Anything that :func:`zoning.check` reads.
    target : path
        Its suffix chooses the format: ``.gpkg``, ``.geojson``, ``.shp``, ``.fgb``, ``.kml``,
        ``.dxf``, ``.parquet``, ``.txt`` (boundary points) or ``.xlsx``.
    to_crs : str, optional
        CRS of the coordinates, as ``EPSG:4547``. EPSG:4490 by default; drawings and boundary
        points are written in the 3° zone where the features lie.
    zone : int, optional
        Number of a 3° zone of CGCS2000 (37 or 38 in Shanxi), in place of ``to_crs``.
    options : ReadOptions, optional
        What the source does not say of itself.
    overwrite : bool, default False
        Also replace a file that this program did not write.

    Returns
    -------
    Conversion

    Raises
    ------
    UsageError
        A suffix that no writer takes, a CRS that the format cannot have, or a file that must not
        be replaced.
    SourceError
        A feature that cannot be read, or that the format cannot hold; nothing is written then.
    """
    place = outputs.one(target, SUFFIXES, [source], overwrite=overwrite)
    if zone is not None and to_crs is not None:
        raise UsageError(problem("zone-and-crs", file=str(target)))
    if zone is not None and not 25 <= zone <= 45:
        raise UsageError(problem("zone-unknown", file=str(target), zone=zone))
    asked = systems.require(to_crs, str(target)) if to_crs is not None else None
    reading = read_vector(source, options)
    if reading.problems:
        raise SourceError(reading.problems)
    if reading.record.incomplete:
        left = list(reading.record.unread)
        raise SourceError(problem("source-unread", file=str(source), left=left))
    suffix = place.path.suffix.lower()
    chosen = asked or usual_crs(suffix, zone, reading.frame)
    frame = reading.frame.to_crs(chosen)
    label = systems.label(frame.crs)
    told = vectors.write_vector(
        frame,
        place,
        reading.record.layer or Path(str(source)).stem,
        check=lambda path: verify(reading.frame, path, label),
    )
    return Conversion(place.path, len(frame), vectors.DRIVERS[suffix], label, tuple(told))
