"""How many findings of many sites are alike, counted without making one of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from zoning.base.table import as_met
from zoning.model.findings import FindingTable, SiteFindings, loose, most, tables_of
from zoning.model.nearby import met_of

if TYPE_CHECKING:
    from zoning.model.nearby import Measures
    from zoning.model.results import Finding

_Key = TypeVar("_Key", bound=Hashable)
#: More than any severity of a status.
_MOST: Final = 10
#: Sites whose findings are counted at a time.
_AT_ONCE: Final = 2_000
#: So few things are counted one by one.
_FEW: Final = 10


@dataclass(slots=True, eq=False)
class Counted(Generic[_Key]):
    """How many findings something is true of, and which sites have one (ndarray of bool)."""

    key: _Key
    first: int
    findings: int
    sites: NDArray[np.bool_]


def tallied(
    sites: Sequence[Sequence[Finding]], key: Callable[[Finding], _Key | None]
) -> list[Counted[_Key]]:
    """Count the findings of many sites by something that depends on their kind alone.

    Parameters
    ----------
    sites : sequence of (sequence of Finding)
        The findings of each site.
    key : callable
        What a finding counts as; what is None is not counted.

    Returns
    -------
    list of Counted
        In the order in which the keys are met, site by site.
    """
    found: dict[_Key, Counted[_Key]] = {}
    for said, first, many, where in _parts(sites, key):
        counted = found.get(said)
        if counted is None:
            counted = found[said] = Counted(said, first, 0, np.zeros(len(sites), dtype=bool))
        counted.first, counted.findings = min(first, counted.first), counted.findings + many
        counted.sites[where] = True
    return sorted(found.values(), key=lambda counted: counted.first)


def _parts(
    sites: Sequence[Sequence[Finding]], key: Callable[[Finding], _Key | None]
) -> Iterator[tuple[_Key, int, int, int | NDArray[np.intp]]]:
    """Yield a key, where it is met first, how often, and at which sites."""
    tables = tables_of(sites)
    rest = (len(own) for own in sites if not isinstance(own, SiteFindings))
    width = 1 + max((*rest, *(table.codes.shape[1] for table, _, _ in tables)), default=0)
    for (at, _, place), finding in loose(sites):
        own_key = key(finding)
        if own_key is not None:
            yield own_key, at * width + min(max(place, 0), width - 1), 1, at
    for table, places, rows in tables:
        numbers, said = table.numbered(key)
        for each, many in enumerate(np.ascontiguousarray(_occurring(table, rows, key).T)):
            own = np.flatnonzero(many)
            if len(own):
                column = int(np.argmax(numbers[table.codes[rows[own[0]]]] == each))
                first = int(places[own[0]]) * width + column
                yield said[each], first, int(many.sum()), places[own]


def _occurring(
    table: FindingTable, rows: NDArray[np.intp], key: Callable[[Finding], Any]
) -> NDArray[np.intp]:
    """Return how often each thing that a key says of the kinds occurs at each of some sites; what
    is None never does."""
    numbers, said = table.numbered(key)
    counted = np.array([*(x is not None for x in said), False])[numbers]
    out = np.zeros((len(rows), len(said)), dtype=np.intp)
    for low in range(0, len(rows), _AT_ONCE):
        codes = table.codes[rows[low : low + _AT_ONCE]]
        if len(said) <= _FEW:
            own = numbers.astype(np.int8)[codes]
            for number in np.unique(numbers[counted]).tolist():
                out[low : low + len(codes), number] = np.count_nonzero(own == number, axis=1)
            continue
        # Most of what counts as many things counts as none of them.
        at = np.flatnonzero(counted[codes])
        places = at // codes.shape[1] * len(said) + numbers[codes.ravel()[at]]
        many = np.bincount(places, minlength=len(codes) * len(said))
        out[low : low + len(codes)] = many.reshape(len(codes), -1)
    return out


def counted(
    sites: Sequence[Sequence[Finding]], key: Callable[[Finding], _Key | None]
) -> tuple[list[_Key], NDArray[np.intp]]:
    """Count the findings of each site by something that depends on their kind alone.

    Parameters
    ----------
    sites : sequence of (sequence of Finding)
        The findings of each site.
    key : callable
        What a finding counts as; what is None is not counted.

    Returns
    -------
    keys, counts : list, ndarray of int, shape (sites, keys)
        What occurs anywhere, and how often at each site.
    """
    told: dict[_Key, int] = {}
    keyed = ((at, key(finding)) for (at, _, _), finding in loose(sites))
    single = [(at, told.setdefault(x, len(told))) for at, x in keyed if x is not None]
    blocks = []
    for table, places, rows in tables_of(sites):
        said = table.numbered(key)[1]
        own = [number for number, x in enumerate(said) if x is not None]
        ids = [told.setdefault(said[number], len(told)) for number in own]
        blocks.append((places, ids, _occurring(table, rows, key)[:, own]))
    found = np.zeros((len(sites), len(told)), dtype=np.intp)
    for places, ids, many in blocks:
        if len(places) == len(sites):
            found[:, ids] = many
        else:
            found[np.ix_(places, np.array(ids, dtype=np.intp))] = many
    if single:
        np.add.at(found, tuple(np.array(single, dtype=np.intp).T), 1)
    return list(told), found


def highest(sites: Sequence[Sequence[Finding]], rank: Callable[[Finding], int]) -> NDArray[np.intp]:
    """Return of each site the highest that its findings rank by their kind; -1 without any."""
    found = np.full(len(sites), -1, dtype=np.intp)
    for (at, _, _), finding in loose(sites):
        found[at] = max(int(found[at]), rank(finding))
    for table, places, rows in tables_of(sites):
        numbers, said = table.numbered(rank)
        ranks = np.array([*said, -1], dtype=np.intp)[numbers]
        own = ranks[table.codes[rows]].max(axis=1, initial=-1)
        found[places] = np.maximum(found[places], own)
    return found


def kinds(
    sites: Sequence[Sequence[Finding]], wanted: Callable[[Finding], bool]
) -> Iterator[tuple[Finding, NDArray[np.intp]]]:
    """Yield one finding of each kind that passes a test, and the positions of all sites with it."""
    for (at, _, _), finding in loose(sites):
        if wanted(finding):
            yield finding, np.array([at], dtype=np.intp)
    for table, places, rows in tables_of(sites):
        codes = table.codes[rows]
        row, column = np.nonzero(table.kinds(wanted)[codes])
        kind = codes[row, column]
        order = np.argsort(kind, kind="stable")
        used, first = np.unique(kind[order], return_index=True)
        parts = np.split(places[row[order]], first[1:])
        yield from zip((table.samples[number] for number in used.tolist()), parts, strict=False)


def foremost(
    sites: Sequence[Sequence[Finding]], rank: Callable[[Finding], Any]
) -> list[Finding | None]:
    """Return of each site a finding of the kind that `most` returns one of.

    It may be of no site, what was measured being left open.
    """
    found: list[Finding | None] = [None] * len(sites)
    for table, places, rows in tables_of(sites):
        _, said = table.numbered(rank)
        ranks = {x: _MOST * at for at, x in enumerate(sorted(said))}
        scores = np.array([*(ranks[rank(x)] + x.status.severity for x in table.samples), -1])
        kinds_of = table.codes[rows]
        best = np.argmax(scores[kinds_of], axis=1)
        chosen = kinds_of[np.arange(len(rows)), best].tolist()
        for at, kind in zip(places.tolist(), chosen, strict=True):
            own = sites[at]
            assert isinstance(own, SiteFindings)
            found[at] = table.samples[kind] if kind >= 0 else None
            if own.before or own.after:
                inner = (table.samples[kind],) if kind >= 0 else ()
                found[at] = own.first((*own.before, *inner, *own.after), rank)
    for at, own in enumerate(sites):
        if not isinstance(own, SiteFindings):
            found[at] = most(own, rank)
    return found


class ZonesMet(NamedTuple):
    """n zones that findings of sites were measured at; site by site, of the most severe first.

    Attributes
    ----------
    zones : list of (str, str)
        Layer and name of each zone, in the order in which they are met.
    site, zone : ndarray of intp, shape (n,)
        Positions.
    far_m : ndarray of float64, shape (n,)
        How far the zone is from the site.
    """

    zones: list[tuple[str, str]]
    site: NDArray[np.intp]
    zone: NDArray[np.intp]
    far_m: NDArray[np.float64]


def met(sites: Sequence[Sequence[Finding]], wanted: Callable[[Finding], bool]) -> ZonesMet:
    """Return the zones that findings of some kinds were measured at, each measurement once.

    Parameters
    ----------
    sites : sequence of (sequence of Finding)
        The findings of each site.
    wanted : callable
        A test of the kind of a finding; it must ask for zones, or for no measure at all.
    """
    known: dict[tuple[str, str], int] = {}
    single = [
        (order, known.setdefault((zone.layer, zone.zone), len(known)), zone.distance_m)
        for order, finding in loose(sites)
        if wanted(finding)
        for zone in met_of(finding.zones)
    ]
    orders = [np.array([order for order, *_ in single], dtype=np.intp).reshape(-1, 3)]
    numbers = [number for _, number, _ in single]
    far_m = [np.array([far for *_, far in single], dtype=np.float64)]
    for table, places, own in tables_of(sites):
        for measures, order, sites_of in _measured(table, places, own, wanted):
            found = measures.near.zones_of(sites_of)
            orders.append(order[found.at])
            named = zip(found.layers, found.zones, strict=True)
            numbers += [known.setdefault(zone, len(known)) for zone in named]
            far_m.append(found.distance_m)
    placed = np.concatenate(orders)
    order = np.lexsort(placed.T[::-1])
    zones, zone = as_met(list(known), np.array(numbers, dtype=np.intp)[order])
    return ZonesMet(zones, placed[order, 0], zone, np.concatenate(far_m)[order])


def _measured(
    table: FindingTable,
    places: NDArray[np.intp],
    own: NDArray[np.intp],
    wanted: Callable[[Finding], bool],
) -> Iterator[tuple[Measures, NDArray[np.intp], NDArray[np.intp]]]:
    """Yield what was measured for findings of some kinds, what puts each in its place as `loose`
    does, and the rows of their sites."""
    column, at = np.nonzero(table.kinds(wanted)[table.codes[own].T])
    ranks = np.array([-x.status.severity for x in table.samples], dtype=np.intp)
    rank = ranks[table.codes[own[at], column]]
    order = np.lexsort((column, rank, places[at]))
    column, at, rank = column[order], at[order], rank[order]
    measured = {rule: table.measures(rule) for rule in np.unique(column).tolist()}
    distinct = {id(x): x for x in measured.values()}
    numbers = {name: number for number, name in enumerate(distinct)}
    same = np.zeros(table.codes.shape[1], dtype=np.intp)
    same[list(measured)] = [numbers[id(x)] for x in measured.values()]
    # Rules that ask the same share their measures; the first of them is told.
    _, first = np.unique(at * len(measured) + same[column], return_index=True)
    for number, found in enumerate(distinct.values()):
        mine = first[same[column[first]] == number]
        yield found, np.stack((places[at], rank, column), axis=1)[mine], own[at[mine]]
