"""How long work tells its caller where it stands."""

from __future__ import annotations

from collections.abc import Callable

from zoning.messages import Text

#: Called with what is being done, how much of it is done, and how much there is; an exception it
#: raises cancels the work, and nothing half-written stays.
Progress = Callable[[Text, int, int], None]


def silent(_what: Text, _done: int, _total: int) -> None:
    """Take no notice of progress."""


def counter(progress: Progress, what: Text) -> Callable[[int, int], None]:
    """Return the two-number callback that the zonal engine takes."""
    return lambda done, total: progress(what, done, total)
