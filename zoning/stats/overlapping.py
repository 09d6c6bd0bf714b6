"""Patches of land use that lie over each other: each pair, so that it can be corrected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from zoning.base.units import M2_PER_HA
from zoning.messages import message
from zoning.stats.figures import Column, Note, Table
from zoning.stats.patches import Patches

#: Smaller overlaps are the rounding of coordinates along a border, m².
LEAST_M2: Final = 1.0
#: Pairs that are listed: the largest. Their number and area are of all.
_LISTED: Final = 200
COLUMNS: Final = (
    Column("unit", message("forest.code")),
    Column("file", message("overlapping.file")),
    Column("row", message("overlapping.row"), None, 0),
    Column("class", message("forest.class")),
    Column("other_file", message("overlapping.other-file")),
    Column("other_row", message("overlapping.other-row"), None, 0),
    Column("other_class", message("overlapping.other-class")),
    Column("area_m2", message("overlapping.area"), "m2", 0),
)


def overlapping(parts: Sequence[Patches], units: pd.Series) -> pd.DataFrame:
    """Return the pairs of patches that overlap by 1 m² or more, the largest first.

    Parameters
    ----------
    parts : sequence of Patches
        One a file; patches of two files may overlap, too.
    units : Series
        Unit of each patch by (file, patch), where it has one.

    Returns
    -------
    DataFrame
        The columns of :data:`COLUMNS`; rows are counted from 1, areas ellipsoidal.
    """
    from zoning.measure.kernel import EdgeIndex, overlaps  # needs numba

    # Ridges share the shape of their patch.
    rows = [p.frame.drop_duplicates("patch") for p in parts]
    sizes = [len(r) for r in rows]
    file = np.repeat(np.arange(len(parts)), sizes)
    every = pd.concat(rows, ignore_index=True)
    edges = EdgeIndex.build(every["shape"].to_numpy())
    found = overlaps(edges, edges)
    kept = (found.left < found.right) & (found.area >= LEAST_M2)
    left, right, area = found.left[kept], found.right[kept], found.area[kept]
    order = np.argsort(-area, kind="stable")
    left, right, area = left[order], right[order], area[order]
    names, patch = np.array([p.file for p in parts], dtype=object), every["patch"].to_numpy(int)
    survey = parts[0].survey
    codes = np.array([survey.code(c) if c >= 0 else "—" for c in every["class"]], dtype=object)
    keys = pd.MultiIndex.from_arrays([file[left], patch[left]])
    return pd.DataFrame(
        {
            "unit": units.reindex(keys).to_numpy(),
            "file": names[file[left]], "row": patch[left] + 1, "class": codes[left],
            "other_file": names[file[right]], "other_row": patch[right] + 1,
            "other_class": codes[right], "area_m2": area,
        }
    )  # fmt: skip


def overlap_notes(pairs: pd.DataFrame) -> list[Note]:
    """Say how many patches overlap, and by how much."""
    if pairs.empty:
        return []
    told = message("overlapping.found", count=len(pairs),
                   area=float(pairs["area_m2"].sum()) / M2_PER_HA)  # fmt: skip
    return [Note("warning", told)]


def overlap_table(pairs: pd.DataFrame) -> Table:
    """Return the largest overlaps as a table beside the figures."""
    return Table("overlaps", message("overlapping.title"), COLUMNS, pairs.head(_LISTED))
