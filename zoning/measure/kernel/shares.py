"""Work divided among threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from zoning.base.processors import processors

J = TypeVar("J")
T = TypeVar("T")


def each(work: Callable[[J], T], jobs: Sequence[J], workers: int | None = None) -> list[T]:
    """Do each of some jobs, on several threads of which this is one.

    Parameters
    ----------
    work : callable
        Releases the interpreter's lock for most of its time.
    jobs : sequence
    workers : int, optional
        Threads; by default as many as processors.

    Returns
    -------
    list
        What ``work`` made of each job, in their order.
    """
    done: list[Any] = [None] * len(jobs)
    waiting = iter(enumerate(jobs))  # next() of it is atomic: each job is taken once

    def run() -> None:
        for at, job in waiting:
            done[at] = work(job)

    others = min(workers or processors(), len(jobs)) - 1
    if others < 1:
        # A thread of its own would take a few sites as long as the work.
        run()
        return done
    with ThreadPoolExecutor(others) as pool:
        helping = [pool.submit(run) for _ in range(others)]
        run()
        for help_ in helping:
            help_.result()
    return done
