"""Geometry in, numbers out: areas on the ellipsoid, geodesic distances, overlaps. Knows no law."""

from zoning.base.geodesy import areas
from zoning.measure.relate import Relation, Relations, relate
from zoning.measure.survey import (
    Surveyed,
    around,
    bands,
    origin,
    outside,
    places,
    survey,
    zone_set,
)
from zoning.measure.zones import SiteSet, ZoneSet

__all__ = [
    "Relation",
    "Relations",
    "SiteSet",
    "Surveyed",
    "ZoneSet",
    "areas",
    "around",
    "bands",
    "origin",
    "outside",
    "places",
    "relate",
    "survey",
    "zone_set",
]
