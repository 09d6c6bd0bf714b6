"""Geometry in, numbers out: areas on the ellipsoid, geodesic distances, overlaps. Knows no law."""

from zoning.overlay.ellipsoid import areas
from zoning.overlay.measure import Relation, relate
from zoning.overlay.survey import bands, origin, outside, places, survey, unclassified, zone_set
from zoning.overlay.zones import SiteSet, ZoneSet

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
