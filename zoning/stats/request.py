"""What a user can ask of the statistics, in one frozen value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from zoning.base.errors import Problem, UsageError, problem
from zoning.messages import Text

Topic = Literal["forest-cover", "soil-loss", "soil-conservation", "land-use", "indicators", "table"]
TOPICS: tuple[Topic, ...] = (
    "forest-cover", "soil-loss", "soil-conservation", "land-use", "indicators", "table",
)  # fmt: skip
PathLike = str | Path
#: The zone that stands for the division by counties.
BY_COUNTY: str = "county"
#: Suffixes of rasters; every other land cover is a vector layer.
RASTERS: tuple[str, ...] = (".tif", ".tiff", ".img", ".vrt")


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
        Raster of classes, its legend and the year it shows; or the vector layers of a land-use
        survey, one or several, whose edition is found by its codes.
    field : str, optional
        Column of the codes of vector land use, if it is not DLBM.
    areas : {"stated", "adjusted"}, optional
        Areas of vector land use: as the survey states them, or ellipsoidal adjusted to the control
        area. As stated where every file states them if left out.
    control : path, optional
        CSV ``unit, area_km2`` of control areas; the unit's own area otherwise.
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
    cover_dates : sequence of date
        Date of each band of ``cover`` or ``ndvi``, if there are several and not 24 half-months; the
        year does not matter.
    zone : str, optional
        One zone of SL 190 for all units, or ``county``: that of each county's third-level region.
    calibrate : path, optional
        CSV ``unit, eroded_km2`` of published areas of erosion, to fit the factors to.
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
        CSV or XLSX of further figures: ``unit, indicator, year, value`` and optionally ``caliber``;
        any columns for the topic ``table``.
    loss_raster : path, optional
        Keep the computed soil loss, t/(km²·a), as a GeoTIFF.
    threads : int, optional
    overwrite : bool
        Let ``loss_raster`` replace a file that this program did not write.
    """

    by: PathLike = "county"
    id_column: str | None = None
    name_column: str | None = None
    landcover: PathLike | tuple[PathLike, ...] | None = None
    field: str | None = None
    areas: str | None = None
    control: PathLike | None = None
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
    cover_dates: tuple[date, ...] = ()
    practice: PathLike | None = None
    zones: PathLike | None = None
    zone: str | None = None
    wind: PathLike | None = None
    calibrate: PathLike | None = None
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
        lists = [x if isinstance(x, tuple) else (x,) for x in given.values()]
        return (by, *(x for each in lists for x in each if isinstance(x, Path)))

    @property
    def patches(self) -> tuple[Path, ...]:
        """Vector layers of land use; empty where the land cover is a raster or embedded."""
        if self.landcover is None:
            return ()
        given = self.landcover if isinstance(self.landcover, tuple) else (self.landcover,)
        paths = tuple(Path(p) for p in given)
        raster = paths[0].suffix.lower() in RASTERS or paths[0].is_dir()
        if len(paths) == 1 and raster:
            return ()
        return paths

    def __post_init__(self) -> None:
        problems = [*self._land_faults(), *self._factor_faults()]
        if problems:
            raise UsageError(problems)

    def _land_faults(self) -> Iterator[Problem]:
        """Yield what contradicts itself among the options of land cover."""
        if self.accept is not None and not self.accept.strip():
            yield problem("bad-option", field="accept", key="bad-option.accept-empty")
        if self.legend is not None and self.scheme is not None:
            yield problem("bad-option", field="legend", key="bad-option.legend-twice")
        bare = self.scheme is None and self.legend is None
        if self.landcover is not None and bare and not self.patches:
            yield problem("bad-option", field="scheme", key="bad-option.no-scheme")
        if self.areas not in (None, "stated", "adjusted"):
            choices = ["stated", "adjusted"]
            yield problem("bad-option", field="areas", key="bad-option.pick", option="--areas",
                          name=self.areas, choices=choices)  # fmt: skip
        for raster in (p for p in self.patches if p.suffix.lower() in RASTERS):
            yield problem("bad-option", file=str(raster), field="landcover",
                          key="bad-option.one-raster")  # fmt: skip

    def _factor_faults(self) -> Iterator[Problem]:
        """Yield what contradicts itself among the options of soil loss."""
        if self.length_classes not in ("degree", "percent"):
            choices = ["degree", "percent"]
            yield problem("bad-option", field="length_classes", key="bad-option.pick",
                          option="--length-classes", name=self.length_classes,
                          choices=choices)  # fmt: skip
        for one, other in (("rain", "erosivity"), ("erodibility", "soil"), ("cover", "ndvi")):
            if getattr(self, one) is not None and getattr(self, other) is not None:
                yield problem("bad-option", field=one, key="bad-option.one-of", one=one,
                              other=other)  # fmt: skip
        if self.threads is not None and self.threads < 1:
            yield problem("bad-option", field="threads", key="bad-option.threads")


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
