"""A request to end runs through what clears up, as an interrupt does."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


def end_on_signal() -> list[int]:
    """Let SIGTERM and SIGHUP raise SystemExit where nobody has said what they do.

    Returns
    -------
    list of int
        The signals of which this is true from now on.
    """

    def stop(number: int, _frame: object) -> NoReturn:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        return []  # no other may say what a signal does
    named = (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP"))
    taken = [n for n in named if n is not None and signal.getsignal(n) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, stop)
    return taken


@contextmanager
def clearing_up() -> Iterator[None]:
    """Do so for the time of a block: a caller's program keeps its own way to end."""
    taken = end_on_signal()
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
