"""A packed tree over tiles' boxes: sixteen neighbours along a Hilbert curve share a node."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zoning.base.compiled import kernel

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]

#: Children of a node.
WIDTH: Final = 16
#: The curve has 2**BITS steps along each side.
_BITS: Final = 20


class Tree(NamedTuple):
    """Boxes over boxes.

    Attributes
    ----------
    box : float64 array (t, 4)
        Of the tiles, in the order of the curve.
    nodes : float64 array (k, 4)
        Of the nodes, level by level from the tiles upwards.
    levels : int64 array
        Level ``l`` is ``nodes[levels[l]:levels[l + 1]]``; the last has one node.
    """

    box: F8
    nodes: F8
    levels: I8


@kernel
def _along(x: int, y: int) -> int:
    """Return the place of a cell along the Hilbert curve."""
    d = 0
    s = 1 << (_BITS - 1)
    while s > 0:
        rx = 1 if x & s else 0
        ry = 1 if y & s else 0
        d += s * s * ((3 * rx) ^ ry)
        if ry == 0:
            if rx == 1:
                x = (1 << _BITS) - 1 - x
                y = (1 << _BITS) - 1 - y
            x, y = y, x
        s >>= 1
    return d


@kernel
def places(box: F8) -> I8:
    """Return the place of each box's middle along the curve through all of them."""
    out = np.empty(box.shape[0], np.int64)
    if not box.shape[0]:
        return out
    west = south = np.inf
    east = north = -np.inf
    for i in range(box.shape[0]):
        west, south = min(west, box[i, 0]), min(south, box[i, 1])
        east, north = max(east, box[i, 2]), max(north, box[i, 3])
    side = max(east - west, north - south, 1e-300)
    cells = float((1 << _BITS) - 1)
    for i in range(box.shape[0]):
        x = (0.5 * (box[i, 0] + box[i, 2]) - west) / side * cells
        y = (0.5 * (box[i, 1] + box[i, 3]) - south) / side * cells
        out[i] = _along(int(x), int(y))
    return out


@kernel
def grow(box: F8) -> tuple[F8, I8]:
    """Return the nodes over boxes that stand in the order of the curve, and their levels."""
    levels = np.zeros(24, np.int64)
    count, total, depth = box.shape[0], 0, 0
    while True:
        count = (count + WIDTH - 1) // WIDTH
        total += count
        depth += 1
        levels[depth] = total
        if count <= 1:
            break
    nodes = np.empty((total, 4))
    for level in range(depth):
        below = box if level == 0 else nodes[levels[level - 1] : levels[level]]
        for k in range(levels[level + 1] - levels[level]):
            node = nodes[levels[level] + k]
            node[0] = node[1] = np.inf
            node[2] = node[3] = -np.inf
            for child in range(k * WIDTH, min((k + 1) * WIDTH, below.shape[0])):
                for c in range(2):
                    node[c] = min(node[c], below[child, c])
                    node[c + 2] = max(node[c + 2], below[child, c + 2])
    return nodes, levels[: depth + 1].copy()


@kernel
def _meet(a: F8, i: int, b: F8, j: int) -> bool:
    return bool(
        a[i, 0] <= b[j, 2] and b[j, 0] <= a[i, 2] and a[i, 1] <= b[j, 3] and b[j, 1] <= a[i, 3]
    )


@kernel
def _longer(array: I8, size: int) -> I8:
    """Return the array with room for at least ``size`` numbers."""
    if size <= array.size:
        return array
    out = np.empty(max(size, 2 * array.size), array.dtype)
    for i in range(array.size):
        out[i] = array[i]
    return out


@kernel
def _span(box: F8, first: int, last: int, out: F8) -> None:
    """Write the box around some boxes."""
    for c in range(2):
        out[0, c], out[0, c + 2] = np.inf, -np.inf
        for i in range(first, last):
            out[0, c] = min(out[0, c], box[i, c])
            out[0, c + 2] = max(out[0, c + 2], box[i, c + 2])


@kernel
def meetings(box: F8, first: int, last: int, tree: Tree) -> tuple[I8, I8]:
    """Return which of the boxes ``first`` to ``last`` meet which boxes of a tree, or touch them.

    Sixteen neighbours go down the tree together; a node is entered with those of them that meet it.
    """
    mine, other = np.empty(1024, np.int64), np.empty(1024, np.int64)
    n = 0
    if not tree.box.shape[0]:
        return mine[:n], other[:n]
    top = tree.levels.size - 2
    stack, span = np.empty((WIDTH * (top + 2), 3), np.int64), np.empty((1, 4))
    for group in range(first, last, WIDTH):
        end = min(group + WIDTH, last)
        _span(box, group, end, span)
        stack[0, 0], stack[0, 1], stack[0, 2] = top, 0, (1 << (end - group)) - 1
        depth = 1
        while depth > 0:
            depth -= 1
            level, k, inside = stack[depth, 0], stack[depth, 1], stack[depth, 2]
            below, children, size = 0, tree.box, tree.box.shape[0]
            if level > 0:
                below, children = tree.levels[level - 1], tree.nodes
                size = tree.levels[level] - below
            for j in range(k * WIDTH, min((k + 1) * WIDTH, size)):
                if not _meet(span, 0, children, below + j):
                    continue
                meet = 0
                for i in range(group, end):
                    if inside >> (i - group) & 1 and _meet(box, i, children, below + j):
                        meet |= 1 << (i - group)
                if level > 0 and meet:
                    stack[depth, 0], stack[depth, 1], stack[depth, 2] = level - 1, j, meet
                    depth += 1
                    continue
                if n + WIDTH > mine.size:
                    mine, other = _longer(mine, n + WIDTH), _longer(other, n + WIDTH)
                for i in range(group, end):
                    if meet >> (i - group) & 1:
                        mine[n], other[n] = i, j
                        n += 1
    return mine[:n], other[:n]
