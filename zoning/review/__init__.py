"""The joints between stages that may not import one another; ``pipeline`` calls them in order."""

from zoning.review.layer_use import (
    coverage,
    export,
    of_theme,
    read_cells,
    stacked,
    theme_title,
    zones_of,
)
from zoning.review.layers import Layers
from zoning.review.places import compare_places
from zoning.review.remedy import remedies
from zoning.review.run import (
    Numbers,
    decide,
    features,
    measure_sites,
    read_files,
    repairs,
)
from zoning.review.units import unit_frame
from zoning.review.validation import suggest_entries, validate_workspace

__all__ = [
    "Layers",
    "Numbers",
    "compare_places",
    "coverage",
    "decide",
    "export",
    "features",
    "measure_sites",
    "of_theme",
    "read_cells",
    "read_files",
    "remedies",
    "repairs",
    "stacked",
    "suggest_entries",
    "theme_title",
    "unit_frame",
    "validate_workspace",
    "zones_of",
]
