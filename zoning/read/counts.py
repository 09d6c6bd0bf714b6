"""stated_count: how many features a source holds, told without reading them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from zoning.read import sources
from zoning.read.formats import archive, detect, geopackage
from zoning.read.types import ReadOptions

#: What stands once for each feature in formats whose head states no number.
_MARKS: Final = {"geojson": b'"Feature"', "csv": b"\n", "kml": b"<Placemark", "boundary": b"@"}


def stated_count(path: str | Path, options: ReadOptions) -> int | None:
    """Return about how many features a source holds, without reading them; None if it is not told.

    Parameters
    ----------
    path : str or Path
        As for :func:`open_each`; standard input tells nothing.
    options : ReadOptions

    Raises
    ------
    SourceError, UsageError, MissingExtraError
        A source that cannot be opened at all.
    """
    name = str(path)
    if sources.is_database(name):
        from zoning.read.formats import database

        return database.count(name, options)
    place = Path(path)
    if sources.is_folder(name):
        return sum(stated_count(part, options) or 0 for part in sources.folder(place).sources)
    kind = detect.sniff(place) if name != sources.STDIN and place.is_file() else None
    if kind == "zip":
        with archive.unpacked(place, name) as members:
            return sum(
                stated_count(member.path, replace(options, layer=None)) or 0 for member in members
            )
    if kind == "parquet":
        from zoning.read.formats import parquet

        return parquet.count(place, name)
    if kind == "gpkg" and (counted := geopackage.count(place, options.layer)) is not None:
        return counted
    if kind in ("gpkg", "flatgeobuf", "shapefile"):
        from zoning.read.formats import ogr  # loads GDAL

        found = ogr.contents(place, name, kind)
        return sum(n or 0 for title, shape, n in found if shape and options.layer in (None, title))
    if kind not in _MARKS:
        return None
    with place.open("rb") as stream:
        return sum(chunk.count(_MARKS[kind]) for chunk in iter(lambda: stream.read(1 << 24), b""))
