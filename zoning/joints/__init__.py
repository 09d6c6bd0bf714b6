"""The joints between stages that may not import one another; ``pipeline`` calls them in order."""

from zoning.joints.layer_use import (
    coverage,
    export,
    of_theme,
    read_cells,
    stacked,
    theme_title,
    zones_of,
)
from zoning.joints.layers import Layers
from zoning.joints.places import compare_places
from zoning.joints.remedy import remedies
from zoning.joints.review import Numbers, decide, features, measure, read, repairs
from zoning.joints.units import unit_frame
from zoning.joints.workspace import suggest_entries, validate_workspace

__all__ = [
    "Layers",
    "Numbers",
    "compare_places",
    "coverage",
    "decide",
    "export",
    "features",
    "measure",
    "of_theme",
    "read",
    "read_cells",
    "remedies",
    "repairs",
    "stacked",
    "suggest_entries",
    "theme_title",
    "unit_frame",
    "validate_workspace",
    "zones_of",
]
