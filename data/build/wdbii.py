"""World Data Bank II rivers out of the binned GSHHG file: one-degree bins joined into lines.

Each bin stores pieces as 16-bit offsets from its south-west corner, 1/65535 degree apart; a river
that crosses a bin edge ends there with offset 0 or 65535 and goes on in the next bin.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import shapely
import sources
from fetch import Say, single

STEPS = 65535.0
#: Bins (whole degrees) to read: the window of the rasters, generously.
WEST, SOUTH, EAST, NORTH = 109, 34, 115, 41


@dataclass(frozen=True)
class Piece:
    """One segment of one bin."""

    level: int  # 1 double-lined river … 10; as in GSHHG
    line: shapely.LineString


def pieces(path: Path) -> list[Piece]:
    """Return the river pieces of all bins in the window."""
    out: list[Piece] = []
    with h5py.File(path, "r") as source:
        across = int(source["N_bins_in_360_longitude_range"][0])
        first = source["Id_of_first_segment_in_a_bin"][:]
        count = source["N_segments_in_a_bin"][:]
        start = source["Id_of_first_point_in_a_segment"][:]
        number = source["N_points_for_a_segment"][:]
        level = source["Hierarchial_level_of_a_segment"][:]
        dx = source["Relative_longitude_from_SW_corner_of_bin"]
        dy = source["Relative_latitude_from_SW_corner_of_bin"]
        for south in range(SOUTH, NORTH):
            for west in range(WEST, EAST):
                cell = (89 - south) * across + west  # bins run from 90 N southwards
                for segment in range(first[cell], first[cell] + count[cell]):
                    points = slice(int(start[segment]), int(start[segment]) + int(number[segment]))
                    x = west + dx[points].astype(np.uint16) / STEPS
                    y = south + dy[points].astype(np.uint16) / STEPS
                    line = shapely.LineString(np.round(np.column_stack([x, y]), 6))
                    out.append(Piece(int(level[segment]), line))
    return out


def rivers(cache: Path, say: Say) -> list[Piece]:
    """Return joined lines per level, longest first."""
    found = pieces(single(sources.WDBII, cache, say))
    out: list[Piece] = []
    for level in sorted({piece.level for piece in found}):
        # No noding (union): digitising loops of four points would cut the rivers.
        merged = shapely.line_merge(
            shapely.MultiLineString([piece.line for piece in found if piece.level == level])
        )
        lines = [part for part in shapely.get_parts(merged) if part.length > 0]
        lines.sort(key=lambda line: (-line.length, line.wkb))
        out += [Piece(level, line) for line in lines]
    return out
