"""Tell a file's format from its content, and hand it to the reader of that format.

Names lie and GDAL opens by content: a ``.gpkg`` that is really an OGR VRT could name any file or
URL. So the first bytes decide here, and GDAL only ever sees files that begin as they should.
"""

from __future__ import annotations

from pathlib import Path

from zoning.errors import SourceError
from zoning.sources import faults, files, geojson, ogr, shapefile
from zoning.sources.types import Raw, ReadOptions

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def sniff(path: Path) -> str | None:
    """Return the format of a file by its first bytes, or None."""
    if path.is_dir():
        return "filegdb"
    start = files.head(path)
    if start.startswith(b"SQLite format 3\x00"):
        return "gpkg"
    if start.startswith(b"\x00\x00\x27\x0a"):
        return "shapefile"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")
    if text.startswith(b"{") or start.startswith(_UTF16):
        return "geojson"
    return None


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read ``path`` by its format.

    Raises
    ------
    SourceError
        ``not-vector`` if no reader knows it, or whatever that reader raises.
    """
    kind = sniff(path)
    if kind == "geojson":
        return geojson.read(path, name, options)
    if kind == "shapefile":
        return shapefile.read(path, name, options)
    if kind in ("gpkg", "filegdb"):
        return ogr.read(path, name, options, kind)
    raise SourceError(faults.not_vector(name, files.FORMATS))
