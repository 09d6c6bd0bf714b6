"""What a user can ask of the statistics, in one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from zoning.base.errors import Problem, UsageError, problem
from zoning.messages import Text

Topic = Literal["forest-cover", "soil-loss", "soil-conservation"]
TOPICS: tuple[Topic, ...] = ("forest-cover", "soil-loss", "soil-conservation")
PathLike = str | Path


@dataclass(frozen=True)
class Request:
    """Options of a statistic; what is left out comes from the embedded data and tables.

    Attributes
    ----------
    by : str
        ``province``, ``city``, ``county``, or a vector file of units.
    id_column, name_column : str, optional
        Columns of that file.
    landcover, scheme, year : path, str, int
        Raster of classes, its legend and the year it shows.
    caliber : str
        Forest caliber, ``third_survey`` or ``statutory``.
    dem : path
        Elevation, m.
    rain : path
        Twelve bands of mean monthly rain; as many bands as days, from ``rain_start``; or a CSV
        with columns ``date`` and ``rain_mm`` of one station.
    rain_formula : str, optional
        See :data:`zoning.stats.rain.FORMULAS`.
    erosivity, erodibility, ls, cover, ndvi, practice, soil, zones, wind : path, optional
        R, K, LS, covered share (0 to 1), NDVI, practice codes, soil codes, zone codes of
        ``erosion_classes.toml``, wind erosion in t/(km²·a).
    zone : str, optional
        One zone of SL 190 for all units.
    legend : path, optional
        TOML of the user's own legend, instead of ``scheme``: code, group and what is forest.
    accept : str, optional
        Why rasters that look wrong are used all the same; stands in the result.
    factors : path, optional
        TOML that replaces entries of ``csle_factors.toml``.
    length_classes : {"degree", "percent"}
        Thresholds of the slope-length exponent.
    targets : bool
        Set the figures against the targets of the documents.
    table : path, optional
        CSV of further figures: ``unit, indicator, year, value`` and optionally ``caliber``.
    loss_raster : path, optional
        Keep the computed soil loss, t/(km²·a), as a GeoTIFF.
    threads : int, optional
    overwrite : bool
        Let ``loss_raster`` replace a file that this program did not write.
    """

    by: PathLike = "county"
    id_column: str | None = None
    name_column: str | None = None
    landcover: PathLike | None = None
    scheme: str | None = None
    year: int | None = None
    caliber: str = "third_survey"
    dem: PathLike | None = None
    rain: PathLike | None = None
    rain_formula: str | None = None
    rain_start: date | None = None
    erosivity: PathLike | None = None
    erodibility: PathLike | None = None
    soil: PathLike | None = None
    ls: PathLike | None = None
    cover: PathLike | None = None
    ndvi: PathLike | None = None
    practice: PathLike | None = None
    zones: PathLike | None = None
    zone: str | None = None
    wind: PathLike | None = None
    legend: PathLike | None = None
    accept: str | None = None
    factors: PathLike | None = None
    length_classes: str = "degree"
    targets: bool = False
    table: PathLike | None = None
    loss_raster: PathLike | None = None
    threads: int | None = None
    overwrite: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        """What is read: every path given, but not the raster that is kept."""
        given = {**self.__dict__, "loss_raster": None}
        by = Path(str(self.by))
        return (by, *(Path(x) for x in given.values() if isinstance(x, Path)))

    def __post_init__(self) -> None:
        problems = []
        if self.accept is not None and not self.accept.strip():
            problems.append(problem("bad-option", field="accept", key="bad-option.accept-empty"))
        if self.legend is not None and self.scheme is not None:
            problems.append(problem("bad-option", field="legend", key="bad-option.legend-twice"))
        if self.landcover is not None and self.scheme is None and self.legend is None:
            problems.append(
                _problem(
                    "scheme",
                    "给了 --landcover 却没有说明图例。",
                    "--landcover is given without its legend.",
                    "加 --scheme，如 worldcover、clcd、igbp。",
                    "Add --scheme, e.g. worldcover, clcd, igbp.",
                )
            )
        if self.length_classes not in ("degree", "percent"):
            problems.append(
                _problem(
                    "length_classes",
                    f"坡长指数分界不能是“{self.length_classes}”。",
                    f"The slope-length classes cannot be '{self.length_classes}'.",
                    "用 degree 或 percent。",
                    "Use degree or percent.",
                )
            )
        for one, other in (("rain", "erosivity"), ("erodibility", "soil"), ("cover", "ndvi")):
            if getattr(self, one) is not None and getattr(self, other) is not None:
                problems.append(
                    _problem(
                        one,
                        f"{one} 与 {other} 只能给一个。",
                        f"Only one of {one} and {other} can be given.",
                        "去掉一个。",
                        "Drop one of them.",
                    )
                )
        if self.threads is not None and self.threads < 1:
            problems.append(
                _problem(
                    "threads", "线程数至少为 1。", "threads must be at least 1.", "改正。", "Mend."
                )
            )
        if problems:
            raise UsageError(problems)


def _problem(field: str, zh: str, en: str, cure_zh: str, cure_en: str) -> Problem:
    return Problem("bad-option", Text(zh, en), Text(cure_zh, cure_en), field=field)


@dataclass(frozen=True)
class Input:
    """One raster that goes into a figure.

    Attributes
    ----------
    path : Path
    title : Text
        What it is, for the list of sources.
    embedded : bool
        True for the package's own coarse rasters: figures made from them are indicative.
    sha256 : str or None
    year : int or None
        Year the raster shows, where known.
    """

    path: Path
    title: Text
    embedded: bool = False
    sha256: str | None = None
    year: int | None = None
