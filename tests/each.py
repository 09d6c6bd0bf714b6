"""One test over many rows: a test for each takes longer than what it checks."""

from collections.abc import Callable, Iterable
from typing import Any


def each(rows: Iterable[Any], check: Callable[[Any], None], name: Callable[[Any], str]) -> None:
    """Check every row, and fail with all that differ, by name."""
    checked, faults = 0, []
    for row in rows:
        checked += 1
        try:
            check(row)
        except AssertionError as fault:
            faults.append(f"{name(row)}: {fault}")
    assert checked, "no rows"
    assert not faults, "\n".join(faults)
