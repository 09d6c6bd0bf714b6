"""The batches of a review, or the windows of a raster, on the workers of a Dask cluster.

The scheduler and its workers run already; here they are only asked. A worker opens what all tasks
share once and keeps it. Workspaces, entry lists and rasters are named by paths, which every worker
must see as this machine does; sites travel with their batch. What a worker that dies was doing, the
scheduler gives to another.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from zoning.api import remote
from zoning.api.desk import Plan
from zoning.base.errors import MissingExtraError, UsageError, problem
from zoning.messages import message
from zoning.review.spool import Spool
from zoning.show.parts import Part
from zoning.zonal.passes import Pass, run_pass
from zoning.zonal.statistics import Run

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
#: Seconds to wait for the scheduler, and for its first worker.
PATIENCE_S: Final = 20
#: Tasks that wait at each worker, so that none is idle and memory stays bounded.
_AHEAD: Final = 2
#: Into so many ranges of windows a raster is divided.
_RANGES: Final = 64


def review(
    address: str, plan: Plan, stated: Mapping[str, Any], laid: Spool, wanted: Iterable[int]
) -> Iterator[tuple[int, Part]]:
    """Yield the parts of batches as they are done, in whatever order.

    Parameters
    ----------
    address : str
        Of the scheduler, ``tcp://host:8786``.
    plan : Plan
    stated : mapping
        What workers must come to: the same catalogue, layers and versions.
    laid : Spool
    wanted : iterable of int
        Numbers of the batches.

    Raises
    ------
    MissingExtraError
        Without distributed.
    UsageError
        ``cluster-unreachable``, ``cluster-no-workers``, ``cluster-differs``, ``cluster-lost``.
    ZoningError
        What a batch itself raises.
    """
    tasks = ((number, (plan, stated, laid.batch(number))) for number in wanted)
    yield from _spread(address, remote.review, tasks)


def windows(address: str) -> Run:
    """Return what works on the windows of a raster on a cluster, as ``run_pass`` does here.

    Parameters
    ----------
    address : str
        Of the scheduler.

    Returns
    -------
    callable
        For ``zoning.zonal.zonal_areas(run=…)``; its results are those of this process, bit for bit.
    """

    def run(
        plan: Pass,
        work: Callable[[Any], Any],
        threads: int | None,
        progress: Callable[[int, int], None] | None,
    ) -> list[Any]:
        packed = pickle.dumps((plan, work), protocol=5)
        key = hashlib.sha256(packed).hexdigest()
        count = len(plan.windows)
        step = max(count // _RANGES, 1)
        ranges = [(low, min(low + step, count)) for low in range(0, count, step)]
        tasks = ((at, (key, packed, *span, threads)) for at, span in enumerate(ranges))
        found: dict[int, list[Any]] = {}
        done = 0
        for at, parts in _spread(address, _windows, tasks):
            found[at] = parts
            done += len(parts)
            if progress is not None:
                progress(done, count)
        return [part for at in range(len(ranges)) for part in found[at]]

    return run


def _windows(key: str, packed: bytes, low: int, high: int, threads: int | None) -> list[Any]:
    """Work on some windows in this process; runs on a worker."""
    with remote.ONE:
        if key not in _PLANS:
            _PLANS.clear()
            _PLANS[key] = pickle.loads(packed)
        plan, work = _PLANS[key]
    return run_pass(replace(plan, windows=plan.windows[low:high]), work, threads or 1, None)


def _spread(
    address: str, work: Callable[..., T], tasks: Iterator[tuple[int, tuple[Any, ...]]]
) -> Iterator[tuple[int, T]]:
    """Yield what each task comes to; no more of them are sent than keep the workers busy."""
    with _connected(address) as client:
        from distributed import as_completed

        numbers: dict[Any, int] = {}

        def send(count: int) -> list[Any]:
            sent = []
            for number, values in islice(tasks, count):
                future = client.submit(remote.caught, work, values, pure=False)
                numbers[future] = number
                sent.append(future)
            return sent

        first = send(_AHEAD * max(sum(client.nthreads().values()), 1))
        running = as_completed(first, loop=client.loop)
        for future in running:
            found = future.result()
            if isinstance(found, remote.Faults):
                raise found.error()
            for more in send(1):
                running.add(more)
            yield numbers.pop(future), found


#: What this process has opened of rasters, by what was asked.
_PLANS: dict[str, tuple[Pass, Callable[[Any], Any]]] = {}


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    """Give a client of a scheduler that has workers; what the network raises gets a name."""
    try:
        import dask
        from distributed import Client, KilledWorker
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        purpose = message("cluster.purpose")
        raise MissingExtraError("distributed", "cluster", purpose) from error
    lost = (CommClosedError, KilledWorker)
    # A batch is larger than a graph that dask would warn of; it is meant to travel with its task.
    quiet = {"distributed.admin.large-graph-warning-threshold": "1 GiB"}
    with dask.config.set(quiet):
        try:
            client = Client(address, timeout=PATIENCE_S, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            told = str(error).splitlines()[0][:200]
            raise UsageError(problem("cluster-unreachable", address=address, detail=told)) from None
        try:
            _require_workers(client, address)
            yield client
        except lost as error:
            told = str(error).splitlines()[0][:200]
            raise UsageError(problem("cluster-lost", address=address, detail=told)) from None
        finally:
            client.close()


def _require_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except TimeoutError:
        raise UsageError(problem("cluster-no-workers", address=address)) from None
