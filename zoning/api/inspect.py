"""inspect: what can be said of a file, and how it is known."""

from __future__ import annotations

from pathlib import Path

from zoning import read
from zoning.read import Inspection, ReadOptions

__all__ = ["Inspection", "ReadOptions", "inspect"]


def inspect(path: str | Path, options: ReadOptions | None = None) -> Inspection:
    """Look into a file: driver, layers, CRS, encoding, fields, faults; also one of no use.

    Parameters
    ----------
    path : path
    options : ReadOptions, optional
        What the file does not say of itself.

    Returns
    -------
    Inspection
        ``usable`` counts the features that a review could take.

    Raises
    ------
    SourceError
        There is no such file, or it may not be read.
    """
    return read.inspect(path, options or ReadOptions())
