"""Copies of this process: what it has opened, they have without opening it again.

Only Linux copies a process safely whatever libraries it has loaded; elsewhere, and for a thread
that is not the first, processes begin anew (:func:`zoning.api.jobs.started`).
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Final, NoReturn, TypeVar

from zoning.api import jobs
from zoning.base.lazy import without

T = TypeVar("T")
#: What is worked out ahead takes a second or two.
_PATIENCE_S: Final = 30.0
#: What a pipe holds, bytes, where the system lets it: results are some megabytes.
_PIPE: Final = 1 << 20
#: Signals of which this process may have said what they do.
_SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Copy:
    """A copy of this process; the part of ``subprocess.Popen`` that tasks are given to."""

    def __init__(self, pid: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout
        self.returncode: int | None = None
        self._ending = threading.Lock()

    def kill(self) -> None:
        """End it."""
        with self._ending:
            if self.returncode is None:
                os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait until it has ended; return how, as ``Popen`` says it."""
        with self._ending:
            if self.returncode is None:
                self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            return self.returncode


def possible() -> bool:
    """Return whether this process can be copied here and now."""
    first = threading.current_thread() is threading.main_thread()
    return sys.platform == "linux" and first


@contextmanager
def copied(count: int, first: Callable[[], object]) -> Iterator[list[jobs.Process]]:
    """Give copies of this process that wait for tasks; they share its processors.

    Parameters
    ----------
    count : int
    first : callable
        What each does before it is asked for anything.
    """

    def serve(asked: IO[bytes], answered: IO[bytes]) -> None:
        try:
            first()
            jobs.attend(asked, answered, count)
        finally:
            traceback.print_exc()

    crew: list[jobs.Process] = []
    try:
        for _ in range(count):
            crew.append(_copy(crew, serve))
        yield crew
    finally:
        for process in crew:
            process.kill()  # all of them, before one is waited for
        for process in crew:
            jobs.ended(process)


@contextmanager
def ahead(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Have something worked out by a copy of this process while this one goes on.

    Yields what returns it, which works it out here where no copy has.
    """
    if not possible():
        yield work
        return

    def tell(_asked: IO[bytes], answered: IO[bytes]) -> None:
        pickle.dump(work(), answered)
        answered.flush()

    process = _copy((), tell)

    def told() -> T:
        # What went wrong there, or does not come to an end, is told here.
        if not select.select([process.stdout], [], [], _PATIENCE_S)[0]:
            return work()
        try:
            found: T = pickle.load(process.stdout)
        except (EOFError, pickle.UnpicklingError):
            return work()
        return found

    try:
        yield told
    finally:
        jobs.ended(process)


def _copy(before: Sequence[jobs.Process], work: Callable[[IO[bytes], IO[bytes]], None]) -> Copy:
    asked, ask = _pipe()
    answer, answered = _pipe()
    # A signal that came to a copy before it is one would run through what called this.
    held = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        with warnings.catch_warnings():
            # Other threads show progress or wait: a copy needs nothing that one may hold.
            warnings.filterwarnings("ignore", "This process .* multi-thread", DeprecationWarning)
            pid = os.fork()
        if not pid:
            # While a copy holds them, none before it would learn that this process is gone.
            others = [s.fileno() for x in before for s in (x.stdin, x.stdout) if s is not None]
            _be(os.fdopen(asked, "rb"), os.fdopen(answered, "wb"), work, [ask, answer, *others])
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)
    os.close(asked)
    os.close(answered)
    return Copy(pid, os.fdopen(ask, "wb"), os.fdopen(answer, "rb"))


def _pipe() -> tuple[int, int]:
    import fcntl  # which only systems that copy processes have

    out, into = os.pipe()
    with suppress(OSError):
        fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, _PIPE)
    return out, into


def _be(
    asked: IO[bytes],
    answered: IO[bytes],
    work: Callable[[IO[bytes], IO[bytes]], None],
    others: Sequence[int],
) -> NoReturn:
    """Be a copy: nothing of what called this goes on in it, whatever happens."""
    try:
        for end in others:
            os.close(end)
        os.setsid()  # the keyboard interrupts the process that is waited for
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        without("scipy")
        gc.freeze()  # what is shared with the other process is neither looked through nor ended
        # Another thread may have been writing to it.
        sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, errors="backslashreplace")
        work(asked, answered)
    finally:
        os._exit(1)
