"""Geometry in, numbers out: areas on the ellipsoid, geodesic distances, overlaps. Knows no law."""

from zoning.overlay.measure import Relation, relate
from zoning.overlay.zones import SiteSet, ZoneSet

__all__ = ["Relation", "SiteSet", "ZoneSet", "relate"]
