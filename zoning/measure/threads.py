"""Layers measured on several threads, each with its own copy of the sites."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import numpy as np
import shapely

from zoning.base.processors import processors
from zoning.measure.zones import SiteSet, Zones, ZoneSet

T = TypeVar("T")

#: Fewer sites than this are measured before another thread is worth it.
_MANY: Final = 200


def shared(
    sites: SiteSet, work: Callable[[SiteSet, str], T], groups: Sequence[Sequence[str]]
) -> Iterator[T]:
    """Do some work at each of several layers, at most two at a time.

    Prepared geometries are not for two threads at once: each thread has its own copy of the sites,
    and a group of layers is worked at by one thread. Very large sites take the memory of their
    parts, and are not copied.

    Parameters
    ----------
    sites : SiteSet
    work : callable
        Takes the sites and the name of a layer.
    groups : sequence of sequence of str
        The layers, those together that have geometries in common; the longest work first.

    Yields
    ------
    object
        What the work returns, layer by layer.
    """
    alone = processors() < 2 or len(groups) < 2 or len(sites.geometries) < _MANY
    if alone or sites.split is not None:
        yield from (work(sites, name) for group in groups for name in group)
        return
    copies = [sites, SiteSet(shapely.from_wkb(shapely.to_wkb(sites.geometries)))]
    waiting = list(reversed(groups))

    def run(own: SiteSet) -> list[T]:
        done: list[T] = []
        while waiting:
            try:
                group = waiting.pop()
            except IndexError:  # the other thread was quicker
                break
            done.extend(work(own, name) for name in group)
        return done

    with ThreadPoolExecutor(len(copies), thread_name_prefix="measure") as pool:
        jobs = [pool.submit(run, own) for own in copies]
        try:
            for job in jobs:
                yield from job.result()
        finally:
            waiting.clear()


def grouped(zones: Mapping[str, Zones]) -> list[list[str]]:
    """Put the layers together that have geometries in common, as a layer and a choice of it do.

    Parameters
    ----------
    zones : mapping of str to Zones
        Those that are not in memory are read by nobody else.

    Returns
    -------
    list of list of str
        In the order of the first layer of each.
    """
    groups: list[tuple[list[str], set[int]]] = []
    for name, own in zones.items():
        shapes = own.geometries if isinstance(own, ZoneSet) else None
        names, known = [name], set(map(id, shapes)) if isinstance(shapes, np.ndarray) else set()
        for other in [group for group in groups if not known.isdisjoint(group[1])]:
            groups.remove(other)
            names, known = other[0] + names, known | other[1]
        groups.append((names, known))
    place = list(zones).index
    return sorted((sorted(names, key=place) for names, _ in groups), key=lambda own: place(own[0]))
