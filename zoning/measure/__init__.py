"""Geometry in, numbers out: areas on the ellipsoid, geodesic distances, overlaps. Knows no law."""

from zoning.base.geodesy import areas
from zoning.measure.relate import Relation, relate
from zoning.measure.survey import (
    bands,
    origin,
    outside,
    places,
    survey,
    unclassified,
    zone_set,
)
from zoning.measure.zones import SiteSet, ZoneSet

__all__ = [
    "Relation",
    "SiteSet",
    "ZoneSet",
    "areas",
    "bands",
    "origin",
    "outside",
    "places",
    "relate",
    "survey",
    "unclassified",
    "zone_set",
]
