"""Geometry in, numbers out: areas on the ellipsoid, geodesic distances, overlaps. Knows no law."""

from zoning.overlay.measure import Relation, relate
from zoning.overlay.survey import bands, outside, places, survey, zone_set
from zoning.overlay.zones import SiteSet, ZoneSet

__all__ = [
    "Relation",
    "SiteSet",
    "ZoneSet",
    "bands",
    "outside",
    "places",
    "relate",
    "survey",
    "zone_set",
]
