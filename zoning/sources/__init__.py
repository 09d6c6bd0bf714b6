"""Bytes to checked frames: formats, encodings, coordinate systems, validity.

:func:`read_vector` is the one way in for vector data.
"""

from __future__ import annotations

from zoning.sources.flaws import label
from zoning.sources.inspecting import FieldInfo, Inspection, LayerInfo, inspect
from zoning.sources.reader import read_vector
from zoning.sources.types import Reading, ReadOptions, Repair

__all__ = [
    "FieldInfo",
    "Inspection",
    "LayerInfo",
    "ReadOptions",
    "Reading",
    "Repair",
    "inspect",
    "label",
    "read_vector",
]
