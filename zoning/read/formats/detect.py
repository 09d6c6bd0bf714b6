"""Tell a file's format from its content, and hand it to the reader of that format.

Names lie and GDAL opens by content: a ``.gpkg`` that is really an OGR VRT could name any file or
URL. So the first bytes decide here, and GDAL only ever sees files that begin as they should.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from zoning.base.errors import SourceError, problem
from zoning.read import extents, file_faults, files
from zoning.read.formats import archive, signs
from zoning.read.types import Raw, ReadOptions

_MAGIC = (
    (b"SQLite format 3\x00", "gpkg"),
    (b"\x00\x00\x27\x0a", "shapefile"),
    (b"fgb\x03", "flatgeobuf"),
    (b"PAR1", "parquet"),
    (b"AutoCAD Binary DXF", "dxf"),
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
)
#: Formats that hold one layer only, by the name they go by in messages.
_LAYERLESS = {
    "boundary": "TXT", "csv": "CSV", "geojson": "GeoJSON", "gzip": "GeoJSON", "kml": "KML",
    "kmz": "KMZ", "mif": "MIF", "tab": "TAB", "parquet": "GeoParquet", "shapefile": "Shapefile",
}  # fmt: skip
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_DXF = re.compile(rb"^(?:\s*999\r?\n[^\n]*\n)*\s*0\r?\n\s*SECTION\r?\n", re.IGNORECASE)


def sniff(path: Path) -> str | None:
    """Return the format of a file by its first bytes, or None."""
    if path.is_dir():
        return "filegdb" if (path / "a00000001.gdbtable").is_file() else None
    start = files.head(path, 65_536)
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return _zip_kind(path) if kind == "zip" else kind
    if signs.looks_like_boundary_txt(start):
        return "boundary"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")
    if signs.looks_like_csv(start, path.suffix.lower()):
        return "csv"
    if _DXF.match(text):
        return "dxf"
    wide = start[:4096].replace(b"\x00", b"") if start.startswith(_UTF16) else text[:4096]
    if signs.looks_like_tab(text) or signs.looks_like_mif(text):
        return "tab" if signs.looks_like_tab(text) else "mif"
    if signs.looks_like_gml(wide):
        return "gml"
    if b"<kml" in wide:
        return "kml"
    if text.startswith(b"{") or start.startswith(_UTF16):
        return "geojson"
    return None


def _zip_kind(path: Path) -> str:
    """Tell workbooks and KMZ from plain archives by what is in them."""
    try:
        with zipfile.ZipFile(path) as opened:
            names = [n.lower() for n in opened.namelist()[:1000]]
    except archive.BROKEN:
        return "zip"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if path.suffix.lower() == ".kmz" or "doc.kml" in names:
        return "kmz"
    return "zip"


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read ``path`` by its format.

    Raises
    ------
    SourceError
        ``not-vector`` if no reader knows it, or whatever that reader raises.
    """
    kind = sniff(path)
    if kind is None and path.is_file() and signs.is_dwg(files.head(path, 16)):
        raise SourceError(problem("dwg", file=name))
    if kind is None:
        raise SourceError(file_faults.not_vector(name, files.FORMATS))
    return _read(kind, path, name, one_layer(kind, path.name, name, options))


def _read(kind: str, path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a file of a kind, and search what stands beside its features."""
    from zoning.read.formats import remains

    raw = _reader(kind)(path, name, options)
    return replace(raw, beside=(*raw.beside, *filter(None, remains.of(path, kind))))


def one_layer(kind: str, title: str, name: str, options: ReadOptions) -> ReadOptions:
    """Return the options without ``layer`` for a format that holds one layer, of the file's name.

    Raises
    ------
    SourceError
        ``layer-missing`` if another layer is asked for.
    """
    if kind not in _LAYERLESS or options.layer is None:
        return options
    if options.layer not in (title, Path(title).stem):
        raise SourceError(file_faults.layerless(name, options.layer, _LAYERLESS[kind]))
    return replace(options, layer=None)


def layers(path: Path, name: str) -> list[tuple[str, str | None, int | None]]:
    """Return name, geometry type and number of features of each layer, as far as cheap to know.

    Formats that hold one layer only give an empty list.
    """
    kind = sniff(path)
    if kind in ("gpkg", "filegdb", "flatgeobuf"):
        from zoning.read.formats import ogr

        return ogr.contents(path, name, kind)
    if kind == "xlsx":
        from zoning.read.formats import workbook

        return [(t, None, len(sheet.rows)) for t, sheet in workbook.sheets(path, name).items()]
    if kind == "dxf":
        from zoning.read.formats import dxf

        return dxf.layers(path, name)
    if kind == "gml":
        from zoning.read.formats import gml

        return gml.layers(path, name)
    if kind == "zip":
        with archive.unpacked(path, name) as found:
            if len(found) == 1 and sniff(found[0].path) != "zip":
                return layers(found[0].path, f"{name}/{found[0].title}")
            return [(inner.title, None, None) for inner in found]
    return []


def _gpkg(path: Path, name: str, options: ReadOptions) -> Raw:
    from zoning.read.formats import geopackage, one_system, sqlite_ledger

    raw = geopackage.read(path, options) or _opened(path, name, options)
    one_system.require(raw, path, name, options, "gpkg")
    if options.bbox is not None or raw.layer is None:
        return raw
    chosen = options.layer is not None
    counted = sqlite_ledger.account(path, raw.layer, len(raw.geometry), chosen=chosen)
    declared = sqlite_ledger.extent(path, raw.layer)
    return extents.held(replace(raw, ledger=counted), declared, edited=True)


def _opened(path: Path, name: str, options: ReadOptions) -> Raw:
    from zoning.read.formats import ogr

    return ogr.read(path, name, options, "gpkg")


def _flatgeobuf(path: Path, name: str, options: ReadOptions) -> Raw:
    from zoning.read.formats import fgb_ledger, ogr, one_system

    raw = ogr.read(path, name, options, "flatgeobuf")
    one_system.require(raw, path, name, options, "flatgeobuf")
    if options.bbox is not None:
        return raw
    counted = replace(raw, ledger=fgb_ledger.account(path, len(raw.geometry)))
    return extents.held(counted, fgb_ledger.extent(path))


def _gzip(path: Path, name: str, options: ReadOptions) -> Raw:
    from zoning.read.formats import geojson

    return geojson.parse(archive.gunzip(path, name), name, options)


def _zip(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read the one data set of an archive, or the one that ``options.layer`` names."""
    from zoning.read.formats import archive_ledger, remains

    with archive.unpacked(path, name) as unpacked:
        # A text that is no boundary-point file is a document; the ledger looks into it again.
        found = [i for i in unpacked if i.path.suffix != ".txt" or sniff(i.path) is not None]
        if not found:
            raise SourceError(file_faults.not_vector(name, files.FORMATS, "zip"))
        titles = [inner.title for inner in found]
        if len(found) == 1:
            chosen, inside = found[0], options
        elif options.layer is None:
            raise SourceError(file_faults.several_layers(name, titles))
        else:
            named = [i for i in found if options.layer in (i.title, Path(i.title).stem)]
            if len(named) != 1:
                raise SourceError(file_faults.layer_missing(name, options.layer, titles))
            chosen, inside = named[0], replace(options, layer=None)
        kind = sniff(chosen.path)
        if kind is None or kind in ("zip", "gzip"):
            raise SourceError(file_faults.not_vector(name, files.FORMATS, chosen.title))
        inner = f"{name}/{chosen.title}"
        raw = _read(kind, chosen.path, inner, one_layer(kind, chosen.title, inner, inside))
        others = [title for i in found if i is not chosen for title in i.members]
        members = archive_ledger.account(path, name, chosen.members, others)
        read = {*chosen.members, *others}
        return replace(
            raw,
            layer=raw.layer or chosen.title,
            ledger=members + raw.ledger,
            beside=(*raw.beside, *filter(None, remains.of_archive(path, read))),
        )


#: Module and function that read each format; the modules are loaded when a file asks for them.
_READERS: Mapping[str, tuple[str, str]] = {
    "boundary": ("zoning.read.boundary_txt.source", "read"),
    "csv": ("zoning.read.formats.tables", "read_csv"),
    "dxf": ("zoning.read.formats.dxf", "read"),
    "filegdb": ("zoning.read.formats.filegdb", "read"),
    "flatgeobuf": (__name__, "_flatgeobuf"),
    "geojson": ("zoning.read.formats.geojson", "read"),
    "gml": ("zoning.read.formats.gml", "read"),
    "gpkg": (__name__, "_gpkg"),
    "gzip": (__name__, "_gzip"),
    "kml": ("zoning.read.formats.kml", "read"),
    "kmz": ("zoning.read.formats.kml", "read_kmz"),
    "mif": ("zoning.read.formats.mapinfo", "read_mif"),
    "parquet": ("zoning.read.formats.parquet", "read"),
    "shapefile": ("zoning.read.formats.shapefile", "read"),
    "tab": ("zoning.read.formats.mapinfo", "read_tab"),
    "xlsx": ("zoning.read.formats.tables", "read_xlsx"),
    "zip": (__name__, "_zip"),
}


def _reader(kind: str) -> Callable[[Path, str, ReadOptions], Raw]:
    module, function = _READERS[kind]
    found: Callable[[Path, str, ReadOptions], Raw] = getattr(import_module(module), function)
    return found
