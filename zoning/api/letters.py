"""letters: whom to ask for the data that a review lacks, as letters ready to be sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from geopandas import GeoDataFrame

from zoning.api.check import check
from zoning.api.report import Report
from zoning.base.errors import UsageError, problem
from zoning.base.settings import CRS
from zoning.base.writing import whole
from zoning.messages import Lang, message
from zoning.read.boundary_txt.write import boundary_points, write_boundary_txt
from zoning.show.papers import letters as papers

if TYPE_CHECKING:
    from zoning.review.sites import Sites


def letters(
    source: Report | Sites, folder: str | Path, *, lang: Lang = "zh", **how: Any
) -> tuple[Report, list[Path]]:
    """Draft one request an office for the official data that would settle findings.

    Each letter holds the sites with their boundary points and a location sketch, the layers and
    questions with the clause that needs each, and a table to be returned. Beside the letters stand
    ``letters.json``, ``requests.csv`` and the boundary points as TXT.

    Parameters
    ----------
    source : Report, or anything that :func:`zoning.check` takes
    folder : path
        Where the letters are written; missing folders are made.
    lang : {"zh", "en"}, default "zh"
    **how
        Options of :func:`zoning.check`, for a source that is not reviewed yet.

    Returns
    -------
    report : Report
    written : list of Path
        The letters, those that settle most first, then the lists and the boundary points.

    Raises
    ------
    UsageError
        The place is a file, or cannot be written.
    MissingExtraError
        Without the extras ``report`` and ``plot``.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise UsageError(problem("folder-is-file", file=str(folder)))
    report = source if isinstance(source, Report) else check(source, **how)
    made = papers.letters(report, report.reviewed, lang)
    written = [_write(folder / name, body) for name, body in made.items()]
    return report, [*written, *_boundaries(report, folder, lang)]


def _write(path: Path, body: bytes) -> Path:
    with whole(path) as temporary:
        temporary.write_bytes(body)
    return path


def _boundaries(report: Report, folder: Path, lang: Lang) -> list[Path]:
    """Write the boundary points of all sites, one file a 3° zone."""
    zones: dict[int, list[Any]] = {}
    for result in report.results:
        project = result.project
        if project.geometry is not None:
            zone, _ = boundary_points(project.geometry)
            zones.setdefault(zone, []).append((project.id, project.name, project.geometry))
    written = []
    for zone, rows in sorted(zones.items()):
        columns = ["plot_id", "name", "geometry"]
        frame = GeoDataFrame(rows, columns=columns, geometry="geometry", crs=CRS)
        stem = message("letters.boundary-file", zone=zone).in_(lang)
        written.append(folder / f"{stem}.txt")
        write_boundary_txt(frame, written[-1], zone=zone)
    return written
