"""The build's modules, which are scripts beside the data and not part of the package."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "data" / "build"))

import derived_edges as edges
import derived_erosion as erosion
import derived_farmland as farmland
import derived_grid as dg
import derived_lakes as lakes
import derived_lists as lists
import derived_pattern as pattern
import derived_rasters as rasters
import derived_scores as scores
import derived_spaces as spaces
import derived_springs as springs
import derived_terrain as terrain
import derived_units as units
import measure_lines
import vector

__all__ = [
    "dg",
    "edges",
    "erosion",
    "farmland",
    "lakes",
    "lists",
    "measure_lines",
    "pattern",
    "rasters",
    "scores",
    "spaces",
    "springs",
    "terrain",
    "units",
    "vector",
]
