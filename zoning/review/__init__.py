"""One review: its sites, the layers it used, what was measured and decided, and its bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoning.base import lazy

if TYPE_CHECKING:
    from zoning.review.answers import answered, answered_from
    from zoning.review.bundle import read_bundle, write_bundle
    from zoning.review.card import NEAR_M, cards, official_layers
    from zoning.review.completeness import incomplete
    from zoning.review.covered import coverage, evidence_by_zone
    from zoning.review.deciding import shown_for
    from zoning.review.layers import Layers
    from zoning.review.projects import projects_of
    from zoning.review.remedy import remedies
    from zoning.review.reviewed import Asked, Reviewed, asked_of
    from zoning.review.run import Numbers, decide, failures, measure_sites, open_layers
    from zoning.review.sites import features, read_sites, repairs, surroundings
    from zoning.review.suggestion import suggest_entries
    from zoning.review.touched import met_zones, touched_zones
    from zoning.review.units import unit_frame
    from zoning.review.validation import Verdict, validate_workspace
    from zoning.review.zones import (
        of_theme,
        place_of,
        read_cells,
        stacked,
        theme_title,
        zone_names,
        zones_of,
    )
else:
    __getattr__ = lazy.attributes(
        __name__,
        {
            "answers": ["answered", "answered_from"],
            "bundle": ["read_bundle", "write_bundle"],
            "card": ["NEAR_M", "cards", "official_layers"],
            "completeness": ["incomplete"],
            "covered": ["coverage", "evidence_by_zone"],
            "deciding": ["shown_for"],
            "layers": ["Layers"],
            "projects": ["projects_of"],
            "remedy": ["remedies"],
            "reviewed": ["Asked", "Reviewed", "asked_of"],
            "run": ["Numbers", "decide", "failures", "measure_sites", "open_layers"],
            "sites": ["features", "read_sites", "repairs", "surroundings"],
            "suggestion": ["suggest_entries"],
            "touched": ["met_zones", "touched_zones"],
            "units": ["unit_frame"],
            "validation": ["Verdict", "validate_workspace"],
            "zones": [
                "of_theme",
                "place_of",
                "read_cells",
                "stacked",
                "theme_title",
                "zone_names",
                "zones_of",
            ],
        },
    )

__all__ = [
    "NEAR_M",
    "Asked",
    "Layers",
    "Numbers",
    "Reviewed",
    "Verdict",
    "answered",
    "answered_from",
    "asked_of",
    "cards",
    "coverage",
    "decide",
    "evidence_by_zone",
    "failures",
    "features",
    "incomplete",
    "measure_sites",
    "met_zones",
    "of_theme",
    "official_layers",
    "open_layers",
    "place_of",
    "projects_of",
    "read_bundle",
    "read_cells",
    "read_sites",
    "remedies",
    "repairs",
    "shown_for",
    "stacked",
    "suggest_entries",
    "surroundings",
    "theme_title",
    "touched_zones",
    "unit_frame",
    "validate_workspace",
    "write_bundle",
    "zone_names",
    "zones_of",
]
