"""Layers measured on several threads, each with its own copy of the sites."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import shapely

from zoning.base.processors import processors
from zoning.measure.zones import SiteSet

T = TypeVar("T")

#: Fewer sites than this are measured before another thread is worth it.
_MANY: Final = 200


def shared(sites: SiteSet, work: Callable[[SiteSet, str], T], names: Sequence[str]) -> Iterator[T]:
    """Do some work at each of several layers, at most two at a time.

    Prepared geometries are not for two threads at once: each thread has its own copy of the sites,
    and a layer is worked at by one thread. Very large sites take the memory of their parts, and
    are not copied.

    Parameters
    ----------
    sites : SiteSet
    work : callable
        Takes the sites and the name of a layer.
    names : sequence of str
        Those of the layers, the longest work first.

    Yields
    ------
    object
        What the work returns, layer by layer.
    """
    alone = processors() < 2 or len(names) < 2 or len(sites.geometries) < _MANY
    if alone or sites.split is not None:
        yield from (work(sites, name) for name in names)
        return
    copies = [sites, SiteSet(shapely.from_wkb(shapely.to_wkb(sites.geometries)))]
    waiting = list(reversed(names))

    def run(own: SiteSet) -> list[T]:
        done = []
        while waiting:
            try:
                name = waiting.pop()
            except IndexError:  # the other thread was quicker
                break
            done.append(work(own, name))
        return done

    with ThreadPoolExecutor(len(copies), thread_name_prefix="measure") as pool:
        jobs = [pool.submit(run, own) for own in copies]
        try:
            for job in jobs:
                yield from job.result()
        finally:
            waiting.clear()
