"""Geometry in, numbers out: areas on the ellipsoid, geodesic distances, overlaps. Knows no law."""

from zoning.base.geodesy import areas
from zoning.measure.choice import Columns
from zoning.measure.meetings import Meetings, Relation
from zoning.measure.near import Boxes
from zoning.measure.outline import load_loops
from zoning.measure.relate import Relations, relate
from zoning.measure.shapes import Shapes
from zoning.measure.survey import (
    Surveyed,
    around,
    beside,
    origin,
    outside,
    places,
    survey,
    zone_set,
)
from zoning.measure.zones import SiteSet, Zones, ZoneSet

__all__ = [
    "Boxes",
    "Columns",
    "Meetings",
    "Relation",
    "Relations",
    "Shapes",
    "SiteSet",
    "Surveyed",
    "ZoneSet",
    "Zones",
    "areas",
    "around",
    "beside",
    "load_loops",
    "origin",
    "outside",
    "places",
    "relate",
    "survey",
    "zone_set",
]
