"""Lines to areas: ends that meet within a tolerance are joined, and what closes becomes a ring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from zoning.read.types import Objects

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ring:
    """A closed line; ``sources`` are the curves it was made of."""

    xy: Floats
    sources: tuple[int, ...]


@dataclass(slots=True)
class Chained:
    """What a set of curves makes: rings, what stays open, and the gaps that were closed."""

    rings: list[Ring] = field(default_factory=list)
    open: list[Ring] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Nested:
    """Areas by the even-odd rule; ``holes`` counts the rings that became holes.

    ``cut_out`` tells of what each of these is made.
    """

    areas: list[tuple[Any, tuple[int, ...]]]
    holes: int
    repeated: int
    cut_out: Sequence[tuple[int, ...]] = ()


def chain(curves: Sequence[tuple[Floats, bool]], tolerance: float) -> Chained:
    """Join curves at their ends.

    Parameters
    ----------
    curves : sequence of (array of shape (n, 2), bool)
        Vertices, and whether the last is joined to the first.
    tolerance : float
        Ends no farther apart than this meet, in the unit of the coordinates.

    Returns
    -------
    Chained
        Lines that branch or cross are cut where they meet, and every area they enclose is a ring.
    """
    made = Chained()
    loose: dict[bytes, tuple[int, Floats]] = {}
    for at, (given, closed) in enumerate(curves):
        xy = _without_repeats(given)
        gap = float(np.hypot(*(xy[0] - xy[-1]))) if len(xy) else 0.0
        if len(xy) >= 3 and (closed or gap <= tolerance):
            made.rings.append(Ring(_closed(xy, closed), (at,)))
            if not closed and gap:
                made.gaps.append(gap)
        elif len(xy) >= 2:
            key = min(_key(xy, tolerance), _key(xy[::-1], tolerance))
            if key in loose:
                made.repeated.append(at)
            loose.setdefault(key, (at, xy))
    _join(list(loose.values()), tolerance, made)
    return made


def _without_repeats(xy: Floats) -> Floats:
    if len(xy) < 2:
        return xy
    return xy[np.r_[True, (np.diff(xy, axis=0) != 0).any(axis=1)]]


def _closed(xy: Floats, closed: bool) -> Floats:
    """Return the ring with its first vertex repeated; an end a gap away gives way to the first."""
    if np.array_equal(xy[0], xy[-1]):
        return xy
    return np.vstack([xy, xy[:1]]) if closed or len(xy) < 4 else np.vstack([xy[:-1], xy[:1]])


def _key(xy: Floats, tolerance: float) -> bytes:
    return np.round(xy / max(tolerance, 1e-12)).astype(np.int64).tobytes()


def _join(loose: list[tuple[int, Floats]], tolerance: float, made: Chained) -> None:
    """Walk from end to end; what is no plain loop is cut where it crosses."""
    if not loose:
        return
    ends = np.array([point for _, xy in loose for point in (xy[0], xy[-1])])
    node = _clusters(ends, tolerance)
    meeting: dict[int, list[int]] = defaultdict(list)
    for at in range(len(loose)):
        meeting[node[2 * at]].append(at)
        meeting[node[2 * at + 1]].append(at)
    left: list[int] = []
    for group in _components(len(loose), meeting.values()):
        if all(len(meeting[node[2 * at + side]]) == 2 for at in group for side in (0, 1)):
            xy, gaps = _walk(group, loose, node, meeting)
            made.gaps.extend(gaps)
            made.rings.append(Ring(xy, tuple(sorted(loose[at][0] for at in group))))
        else:
            left.extend(group)
    nodes = [(node[2 * at], node[2 * at + 1]) for at in left]
    _network([loose[at] for at in left], nodes, ends, tolerance, made)


def _clusters(ends: Floats, tolerance: float) -> list[int]:
    """Return for each end the number of the first end it meets."""
    points = shapely.points(ends)
    pairs = shapely.STRtree(points).query(points, predicate="dwithin", distance=tolerance)
    parent = list(range(len(ends)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for a, b in pairs.T.tolist():
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return [root(at) for at in range(len(ends))]


def _components(count: int, groups: Iterable[list[int]]) -> list[list[int]]:
    """Return the curves that hang together, each group in order."""
    beside: dict[int, set[int]] = defaultdict(set)
    for group in groups:
        for at in group[1:]:
            beside[group[0]].add(at)
            beside[at].add(group[0])
    seen: set[int] = set()
    found = []
    for start in range(count):
        if start in seen:
            continue
        seen.add(start)
        stack, members = [start], []
        while stack:
            at = stack.pop()
            members.append(at)
            new = beside[at] - seen
            seen |= new
            stack.extend(new)
        found.append(sorted(members))
    return found


def _walk(
    group: list[int],
    loose: list[tuple[int, Floats]],
    node: list[int],
    meeting: dict[int, list[int]],
) -> tuple[Floats, list[float]]:
    """Return the loop that these curves make, and the gaps between them."""
    pieces: list[Floats] = []
    gaps: list[float] = []
    at, here = group[0], node[2 * group[0]]
    unused = set(group)
    while True:
        unused.discard(at)
        forward = node[2 * at] == here
        xy = loose[at][1] if forward else loose[at][1][::-1]
        if pieces:
            gaps.append(float(np.hypot(*(pieces[-1][-1] - xy[0]))))
        pieces.append(xy)
        here = node[2 * at + 1] if forward else node[2 * at]
        following = [other for other in meeting[here] if other in unused]
        if not following:
            break
        at = following[0]
    gaps.append(float(np.hypot(*(pieces[-1][-1] - pieces[0][0]))))
    ring = np.vstack([piece[:-1] for piece in pieces])
    return np.vstack([ring, ring[:1]]), [gap for gap in gaps if gap]


def _network(
    lines: list[tuple[int, Floats]],
    nodes: list[tuple[int, int]],
    ends: Floats,
    tolerance: float,
    made: Chained,
) -> None:
    """Cut lines where they meet or cross; the areas between them become rings."""
    if not lines:
        return
    snapped = []
    for (_, xy), (first, last) in zip(lines, nodes, strict=True):
        moved = xy.copy()
        moved[0], moved[-1] = ends[first], ends[last]
        made.gaps.extend(float(g) for g in np.hypot(*(moved - xy)[[0, -1]].T) if g)
        snapped.append(shapely.LineString(moved))
    cut = shapely.unary_union(snapped)
    faces, cuts, dangles, _ = shapely.polygonize_full([cut])
    tree = shapely.STRtree(snapped)
    for face in shapely.get_parts(faces):
        # A face with a hole is a ring and, by the even-odd rule, another within it.
        sources = tree.query(face, predicate="intersects")
        xy = shapely.get_coordinates(face.exterior)
        made.rings.append(Ring(xy, tuple(sorted(lines[i][0] for i in sources.tolist()))))
    for rest in (*shapely.get_parts(cuts), *shapely.get_parts(dangles)):
        if rest.length <= tolerance:  # drawn past the corner
            made.gaps.append(float(rest.length))
            continue
        sources = tree.query(rest, predicate="intersects")
        indices = tuple(sorted(lines[i][0] for i in sources.tolist()))
        made.open.append(Ring(shapely.get_coordinates(rest), indices))


def nest(rings: Sequence[Ring], tolerance: float, *, holes: bool) -> Nested:
    """Return the areas within rings: a ring within another is a hole of it, one in that an island.

    Parameters
    ----------
    rings : sequence of Ring
    tolerance : float
        Two rings are the same line where their areas differ by no more than this times the length.
    holes : bool
        False where each ring bounds an area of its own, whatever lies around it.
    """
    drawn = np.array([shapely.Polygon(ring.xy) for ring in rings], dtype=object)
    sound = np.where(shapely.is_valid(drawn), drawn, shapely.make_valid(drawn))
    kept = distinct(sound, tolerance)
    repeated = len(rings) - len(kept)
    if not holes:
        return Nested([(drawn[i], rings[i].sources) for i in kept], 0, repeated)
    sound_kept = sound[kept]
    outer, inner = shapely.STRtree(sound_kept).query(sound_kept, predicate="contains")
    around: dict[int, list[int]] = defaultdict(list)
    for o, i in zip(outer.tolist(), inner.tolist(), strict=True):
        if o != i:
            around[i].append(o)
    size = shapely.area(sound_kept)
    depth = [len(around[i]) for i in range(len(kept))]
    inside: dict[int, list[int]] = defaultdict(list)
    for i, containers in around.items():
        if depth[i] % 2:
            inside[min(containers, key=lambda o: size[o])].append(i)
    areas = [
        (
            _cut_out(drawn[kept[i]], [drawn[kept[h]] for h in inside[i]]),
            tuple(sorted({s for k in (i, *inside[i]) for s in rings[kept[k]].sources})),
        )
        for i in range(len(kept))
        if depth[i] % 2 == 0
    ]
    cut_out = [rings[kept[i]].sources for i, d in enumerate(depth) if d % 2]
    return Nested(areas, len(cut_out), repeated, cut_out)


def distinct(given: Sequence[Any] | Objects, tolerance: float) -> list[int]:
    """Return the indices of shapes of which none before is the same within a tolerance."""
    kept: list[int] = []
    shapes = np.asarray(given, dtype=object)
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    before: dict[int, list[int]] = defaultdict(list)
    box = shapely.bounds(shapes)
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        if b < a and np.abs(box[a] - box[b]).max() <= tolerance:
            before[a].append(b)
    for at in range(len(shapes)):
        limit = tolerance * shapely.length(shapes[at])
        same = (
            shapely.area(shapely.symmetric_difference(shapes[at], shapes[b])) <= limit
            for b in before[at]
        )
        if not any(same):
            kept.append(at)
    return kept


def _cut_out(shell: Any, holes: list[Any]) -> Any:
    """Return the shell less its holes, also where a hole touches the shell along a line."""
    if not holes:
        return shell
    plain = shapely.Polygon(shell.exterior, [hole.exterior for hole in holes])
    if plain.is_valid or not shell.is_valid:
        return plain
    return shapely.difference(shell, shapely.union_all(shapely.make_valid(np.array(holes))))
