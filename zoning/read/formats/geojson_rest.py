"""What GeoJSON holds beside coordinates and properties: members that it knows, and any others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyproj

from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import extents, positions, values
from zoning.read.crs import systems
from zoning.read.positions import Stated
from zoning.read.types import Objects

#: Where the members of collections stand that share a file, one a line.
LINES: Final = "…lines"
_READ: Final = frozenset({"features", "geometry", "geometries", "coordinates", "properties"})
_USUAL: Final = frozenset({"type", "geometry", "properties"})
_TYPES: Final = frozenset({"Feature", "FeatureCollection"})
#: Members that name a system of coordinates, in GeoJSON and in the dialects of others.
_NAMED: Final = frozenset({"crs", "srs", "srid", "epsg", "spatialreference", "srsname",
                           "coordrefsys", "coordinatesystem"})  # fmt: skip


def objects(members: Mapping[str, Any], features: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the document, its collections, features and geometries, each with its own members."""
    found = [dict(members)]
    if "features" in members:
        found[0]["…properties"] = members.get("properties")
    found += found[0].pop(LINES, [])
    for feature in (one for one in features if isinstance(one, dict)):
        found += getattr(feature.get("geometry"), "more", ())
        usual = feature.keys() <= _USUAL and feature.get("type") == "Feature"
        if feature is members or usual:
            continue
        own = {key: value for key, value in feature.items() if key not in _READ}
        if isinstance(named := feature.get("properties"), dict) and "id" not in named:
            own.pop("id", None)  # it is one of the attributes
        found.append(own)
    return found


def collections(members: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the collections of a document, each without its features; one feature is none."""
    if "features" in members:
        return [members]
    return [one for one in members.get(LINES, ()) if one.get("type") == "FeatureCollection"]


def code(named: Any) -> str:
    """Return what a member names as a system; one that is none of any format as it stands."""
    if isinstance(named, dict):
        properties = named.get("properties")
        told = properties.get("name") if isinstance(properties, dict) else None
        number = named.get("latestWkid", named.get("wkid"))
        named = next((v for v in (told, number, named.get("wkt")) if v), named)
    if isinstance(named, int):
        return f"EPSG:{named}"
    return named if isinstance(named, str) else json.dumps(named, ensure_ascii=False)[:200]


def systems_within(found: Sequence[Mapping[str, Any]], name: str) -> Iterator[pyproj.CRS]:
    """Yield the systems that objects name for themselves, each once."""
    named = (v for one in found for key, v in one.items() if key.casefold() in _NAMED)
    for text in dict.fromkeys(code(member) for member in named if member is not None):
        yield systems.require(text, name)


def boxes(features: Sequence[Any], geometry: Objects) -> dict[int, Text]:
    """Return by row what the ``bbox`` of a feature or its geometry states against the geometry."""
    doubts: dict[int, Text] = {}
    for row, feature in enumerate(features):
        shape = feature.get("geometry") if isinstance(feature, dict) else None
        for member in (feature, *getattr(shape, "more", ())) if isinstance(feature, dict) else ():
            declared = extents.bounds(member.get("bbox"))
            own = extents.of(geometry[row : row + 1]) if declared is not None else None
            if (told := extents.difference(declared, own)) is not None:
                doubts[row] = told
    return doubts


def extent(members: Mapping[str, Any], geometry: Objects) -> Any:
    """Return the extent that a document states, or its collections together with their data."""
    stated = [extents.bounds(one.get("bbox")) for one in members.get(LINES, ())]
    known = [box for box in stated if box is not None]
    if not known:
        return members.get("bbox")
    own = extents.of(geometry)
    every = np.array([*known, *([] if own is None else [own])])
    return np.hstack((every[:, :2].min(axis=0), every[:, 2:].max(axis=0)))


def _apart(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of an object that no reader heeds."""
    apart = {key: value for key, value in found.items() if key not in _READ}
    if extents.bounds(apart.get("bbox")) is not None:
        del apart["bbox"]
    if apart.get("type") in _TYPES:
        del apart["type"]
    if isinstance(named := apart.get("crs"), dict):
        # The name of a system has numbers of its own.
        own = named.get("properties")
        more = {**own, "name": None} if isinstance(own, dict) else own
        apart["crs"] = {**named, "properties": more}
    return apart


def _written(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in found:
        if apart := _apart(one):
            yield json.dumps(apart, ensure_ascii=False, default=lambda _: None)


def texts(found: Sequence[Mapping[str, Any]]) -> Ledger:
    """Account for geometries written as texts in members that no reader heeds."""
    count = sum(
        any(map(values.is_geometry, one.values())) or values.is_written_out(text)
        for one, text in ((one, "".join(_written([one]))) for one in found)
        if text
    )
    if not count:
        return Ledger()
    told = message("geojson.texts-beside", count=count)
    return Ledger((Tally("member", count, 0, set_aside=(SetAside(count, told),)),))


def beside(found: Sequence[Mapping[str, Any]]) -> tuple[Stated, ...]:
    """Search the members that GeoJSON does not know, and what it leaves to a collection."""
    stated = positions.find_each(list(_written(found)))
    return (positions.joined([stated], message("rest.members")),) if stated else ()
