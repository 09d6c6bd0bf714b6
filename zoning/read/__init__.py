"""Bytes to checked frames: formats, encodings, coordinate systems, validity.

:func:`read_vector` is the one way in for vector data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoning.base import lazy

if TYPE_CHECKING:
    from zoning.read.corners import heeded
    from zoning.read.feature_faults import label
    from zoning.read.files import data_sets
    from zoning.read.frame import read_frame
    from zoning.read.inspection import (
        FieldInfo,
        Inspection,
        LayerInfo,
        inspect,
    )
    from zoning.read.options import ReadOptions
    from zoning.read.reader import read_vector
    from zoning.read.types import Reading, Repair
else:
    __getattr__ = lazy.attributes(
        __name__,
        {
            "corners": ["heeded"],
            "feature_faults": ["label"],
            "files": ["data_sets"],
            "frame": ["read_frame"],
            "inspection": ["FieldInfo", "Inspection", "LayerInfo", "inspect"],
            "options": ["ReadOptions"],
            "reader": ["read_vector"],
            "types": ["Reading", "Repair"],
        },
    )

__all__ = [
    "FieldInfo",
    "Inspection",
    "LayerInfo",
    "ReadOptions",
    "Reading",
    "Repair",
    "data_sets",
    "heeded",
    "inspect",
    "label",
    "read_frame",
    "read_vector",
]
