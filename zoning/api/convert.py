"""convert: the features of a file as plots of a boundary-point TXT."""

from __future__ import annotations

from pathlib import Path

from zoning.base.errors import SourceError, UsageError, problem
from zoning.read import ReadOptions, read_vector
from zoning.read.boundary_txt.write import write_boundary_txt


def convert(
    source: str | Path, target: str | Path, *, zone: int = 38, options: ReadOptions | None = None
) -> int:
    """Write the features of a file as plots of the national boundary-point TXT.

    Parameters
    ----------
    source, target : path
        ``target`` ends in ``.txt``.
    zone : int, default 38
        Number of the 3° zone (37 or 38 in Shanxi) that coordinates are written in.
    options : ReadOptions, optional

    Returns
    -------
    int
        Number of plots written.

    Raises
    ------
    UsageError
        The target is the source or not a ``.txt``, or cannot be written.
    SourceError
        A feature that cannot be used; nothing is written then.
    """
    source, target = Path(source), Path(target)
    if target.suffix.lower() != ".txt":
        raise UsageError(problem("bad-target", file=str(target)))
    if target.resolve() == source.resolve():
        raise UsageError(problem("target-is-input", file=str(target)))
    reading = read_vector(source, options)
    if reading.problems:
        raise SourceError(reading.problems)
    write_boundary_txt(reading.frame, target, zone=zone, source=str(source))
    return len(reading.frame)
