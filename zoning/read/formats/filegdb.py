"""Esri FileGDB: layers through GDAL, coded-value domains from the geodatabase's own catalogue."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pyogrio

from zoning.read import files, values
from zoning.read.formats import gdb_ledger, ogr
from zoning.read.types import Raw, ReadOptions

#: Column with a code's meaning: HXLX and HXLX_label.
SUFFIX = "_label"


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read a feature class; each field with a coded-value domain gets a second column of names."""
    raw = ogr.read(path, name, options, "filegdb")
    columns = {str(c): raw.attributes[c].tolist() for c in raw.attributes.columns}
    for field, names in domains(path, raw.layer or "").items():
        if field in columns:
            columns[field + SUFFIX] = [names.get(_key(v)) for v in columns[field]]
    raw = replace(raw, attributes=values.table(columns, len(raw.attributes)))
    if options.bbox is not None:
        return raw
    chosen, read_ = options.layer is not None, len(raw.geometry)
    return replace(raw, ledger=gdb_ledger.account(path, raw.layer or "", read_, chosen=chosen))


def domains(path: Path, layer: str) -> dict[str, dict[str, str]]:
    """Return the coded-value domains of a layer's fields: field, then code, then name.

    A geodatabase whose catalogue cannot be read simply has none.
    """
    coded: dict[str, dict[str, str]] = {}
    fields: dict[str, str] = {}
    for title, text in _catalogue(path):
        try:
            root = ET.fromstring(text)
        except ET.ParseError:
            continue
        kind = root.tag.rpartition("}")[2]
        if kind.startswith("GPCodedValueDomain"):
            pairs = ((c.findtext("Code"), c.findtext("Name")) for c in root.iter("CodedValue"))
            coded[title] = {_key(code): name for code, name in pairs if code and name}
        elif title == layer:
            for info in root.iter("GPFieldInfoEx"):
                field = info.findtext("Name")
                domain = info.findtext("DomainName") or info.findtext("Domain/DomainName")
                if field and domain:
                    fields[field] = domain
    return {field: coded[domain] for field, domain in fields.items() if domain in coded}


def _catalogue(path: Path) -> list[tuple[str, str]]:
    """Return the names and XML definitions of all items in the geodatabase."""
    with files.plain_name(path) as plain, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            meta, _, _, columns = pyogrio.raw.read(
                plain, layer="GDB_Items", columns=["Name", "Definition"], read_geometry=False
            )
        except ogr.ERRORS:
            return []
    by_name = dict(zip(meta["fields"], columns, strict=True))
    pairs = zip(by_name.get("Name", ()), by_name.get("Definition", ()), strict=True)
    return [(str(n), str(d)) for n, d in pairs if n and d and "<!DOCTYPE" not in str(d)]


def _key(value: object) -> str:
    """Return a code as text, whole numbers without a decimal point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
