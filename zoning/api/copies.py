"""Copies of this process: what it has opened, they have without opening it again.

Only Linux copies a process safely whatever libraries it has loaded; elsewhere, and for a thread
that is not the first, processes begin anew (:func:`zoning.api.jobs.started`).
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final, NoReturn

from zoning.api import jobs

#: Signals of which this process may have said what they do.
_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")


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
    crew: list[jobs.Process] = []
    try:
        for _ in range(count):
            crew.append(_copy(crew, count, first))
        yield crew
    finally:
        for process in crew:
            process.kill()  # all of them, before one is waited for
        for process in crew:
            jobs.ended(process)


def _copy(before: Sequence[jobs.Process], sharing: int, first: Callable[[], object]) -> Copy:
    asked, ask = os.pipe()
    answer, answered = os.pipe()
    with warnings.catch_warnings():
        # Other threads show progress or wait for work: a copy needs nothing that one may hold.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        pid = os.fork()
    if not pid:
        # While a copy holds the other ends, none before it would learn that this process is gone.
        for stream in (s for process in before for s in (process.stdin, process.stdout)):
            os.close(stream.fileno())  # type: ignore[union-attr]
        os.close(ask)
        os.close(answer)
        _serve(asked, answered, sharing, first)
    os.close(asked)
    os.close(answered)
    return Copy(pid, os.fdopen(ask, "wb"), os.fdopen(answer, "rb"))


def _serve(asked: int, answered: int, sharing: int, first: Callable[[], object]) -> NoReturn:
    """Be a copy: nothing of what called this goes on in it, whatever happens."""
    try:
        try:
            os.setsid()  # the keyboard interrupts the process that is waited for
            for name in _SIGNALS:
                signal.signal(getattr(signal, name), signal.SIG_DFL)
            gc.freeze()  # what is shared with the other process is neither looked through nor ended
            # Another thread may have been writing to it.
            sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, errors="backslashreplace")
            first()
            jobs.attend(os.fdopen(asked, "rb"), os.fdopen(answered, "wb"), sharing)
        finally:
            traceback.print_exc()
    finally:
        os._exit(1)
