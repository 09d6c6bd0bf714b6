"""The batches of a review on several processes of this machine.

Each process checks neighbouring batches, which ask for the same zones, and takes from another once
its own are done. A process ends with this one, however that ends: its standard input is closed.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, Final, NoReturn, Protocol, TypeAlias, TypeVar

from zoning.api import remote
from zoning.api.desk import Plan
from zoning.base.collector import look_seldom
from zoning.base.errors import problem
from zoning.base.processors import memory, processors, share
from zoning.review.spool import Spool
from zoning.show.parts import Part

T = TypeVar("T")
#: A function and its values.
Task: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...]]
#: Fewer sites for each process are checked sooner by fewer of them: each opens the layers anew.
WORTH: Final = 4_000
#: Memory of the machine for each process, bytes; a process takes up to a third of it.
_MEMORY: Final = 4 << 30
#: What a process can do before it is asked for anything: load what all tasks need, or most.
READY: Final = "from zoning.api.remote import ready; ready(); "
AT_HAND: Final = "from zoning.api.remote import ready; ready(loops=True); "
#: What no task asks for is not loaded.
_LEAN: Final = "from zoning.base.lazy import without; without('scipy'); "
_SERVE: Final = "from zoning.api.jobs import serve; serve({sharing})"


class Process(Protocol):
    """What tasks are given to: a ``subprocess.Popen`` or another that works as one."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """Where it reads its tasks."""
        ...

    @property
    def stdout(self) -> IO[bytes] | None:
        """Where it writes what they come to."""
        ...

    def kill(self) -> None:
        """End it."""
        ...

    def wait(self) -> int:
        """Wait until it has ended; return how."""
        ...


def processes(sites: int, worth: int = WORTH) -> int:
    """Return on how many processes so many sites are checked where nobody says."""
    return max(1, min(processors(), memory() // _MEMORY, sites // worth))


def stated(plan: Plan, process: Process) -> dict[str, Any]:
    """Return what a process comes to, and end it: it may have read whole layers for that.

    Raises
    ------
    ZoningError
        As :meth:`Desk.open`, and ``process-lost``.
    """
    answer = _asked(process, remote.stated, (plan,))
    ended(process)
    if isinstance(answer, remote.Faults):
        raise answer.error()
    return answer


def review(
    crew: Sequence[Process],
    plan: Plan,
    stated: Mapping[str, Any],
    laid: Spool,
    wanted: Sequence[int],
) -> Generator[tuple[int, Part], None, None]:
    """Yield the parts of batches as they are done, in whatever order.

    Parameters
    ----------
    crew : sequence of Process
    plan : Plan
    stated : mapping
        What every process must come to.
    laid : Spool
    wanted : sequence of int
        Numbers of the batches.

    Raises
    ------
    DataError
        ``process-lost`` where one ended by itself, for want of memory for instance.
    ZoningError
        What a batch itself raises.
    """

    def task(number: int) -> Task:
        return remote.review, (plan, stated, laid.batch(number))

    return spread(crew, wanted, task)


def spread(
    crew: Sequence[Process], wanted: Sequence[int], task: Callable[[int], Task], lost: str = ""
) -> Generator[tuple[int, Any], None, None]:
    """Give tasks to processes; yield what they come to as they are done, in whatever order.

    They have begun when this returns. What was given before must have been answered.

    Parameters
    ----------
    crew : sequence of Process
        As :func:`started` gives them.
    wanted : sequence of int
        Numbers of the tasks; each process is given a run of them.
    task : callable
        Returns a function that both processes have, and its values.
    lost : str, optional
        What is said of a process that ended by itself, where that is special.

    Raises
    ------
    DataError
        ``process-lost``.
    ZoningError
        What a task itself raises.
    """
    ends = [len(wanted) * n // len(crew) for n in range(len(crew) + 1)]
    shares = [deque(wanted[low:high]) for low, high in pairwise(ends)]
    one = threading.Lock()
    found: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()

    def next_of(own: deque[int]) -> int | None:
        with one:
            longest = max(shares, key=len)
            return own.popleft() if own else longest.pop() if longest else None

    def tend(own: deque[int], process: Process) -> None:
        try:
            while (number := next_of(own)) is not None:
                found.put((number, _asked(process, *task(number), lost)))
        except Exception as error:
            found.put((-1, error))  # else it would be waited for, for ever
            raise

    for own, process in zip(shares, crew, strict=True):
        threading.Thread(target=tend, args=(own, process), daemon=True).start()
    return _answers(found, len(wanted))


def _answers(
    found: queue.SimpleQueue[tuple[int, Any]], count: int
) -> Generator[tuple[int, Any], None, None]:
    for _ in range(count):
        number, answer = found.get()
        if isinstance(answer, remote.Faults):
            raise answer.error()
        if number < 0:
            raise RuntimeError("a task could not be handed out") from answer
        yield number, answer


@contextmanager
def started(sharing: int, first: str = "") -> Iterator[Process]:
    """Give a process that has the modules of this one, and its own keyboard signals.

    Parameters
    ----------
    sharing : int
        How many of them share the processors.
    first : str, optional
        What each does before it is asked for anything: a statement.
    """
    path = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", _LEAN + first + _SERVE.format(sharing=sharing)],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        ended(process)


def ended(process: Process) -> None:
    """End a process, whatever it is doing."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        with suppress(BrokenPipeError):  # what was not yet sent
            stream.close()  # type: ignore[union-attr]


def _asked(
    process: Process, work: Callable[..., T], values: tuple[Any, ...], lost: str = ""
) -> T | remote.Faults:
    assert process.stdin is not None and process.stdout is not None
    try:
        pickle.dump((work, values), process.stdin, protocol=5)
        process.stdin.flush()
        answer: T | remote.Faults = pickle.load(process.stdout)
    except (EOFError, OSError, ValueError, pickle.UnpicklingError):
        process.kill()
        key = f"process-lost.{lost}" if lost else "process-lost"
        ended = problem("process-lost", key=key, ended=process.wait())
        return remote.Faults("DataError", (ended,))
    return answer


def serve(sharing: int) -> None:
    """Do the work that comes on standard input until it ends; a process of its own runs this."""
    look_seldom()
    attend(sys.stdin.buffer, os.fdopen(os.dup(1), "wb"), sharing)


def attend(asked: IO[bytes], told: IO[bytes], sharing: int) -> NoReturn:
    """Do the work that comes in until it ends, and tell what it comes to."""
    share(sharing)
    os.dup2(2, 1)  # what a library prints must not come between the answers
    waiting: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()

    def listen() -> None:
        try:
            while True:
                waiting.put(pickle.load(asked))
        finally:
            os._exit(0)  # nobody is left to be told

    threading.Thread(target=listen, daemon=True).start()
    while True:
        pickle.dump(remote.caught(*waiting.get()), told, protocol=5)
        told.flush()
