"""``zoning monitor``: what happened to each redline patch or county between two epochs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zoning.base.errors import Problem, UsageError, problem
from zoning.base.progress import Progress
from zoning.messages import Text, message
from zoning.stats.change import Legend, report_change
from zoning.stats.epochs import MOST_PIECES, classed, lay_rasters
from zoning.stats.figures import Figures, Note
from zoning.stats.request import Input, Request
from zoning.stats.sanity import examine
from zoning.stats.supervision import Rules, net_by_county
from zoning.stats.survey import Survey
from zoning.stats.tables import forest_definitions, monitoring

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

RASTERS: Final = (".tif", ".tiff", ".img", ".vrt")
_METHOD: Final = Note(
    "method",
    message("monitor.area-reduced-difference-ecological"),
)


@dataclass(frozen=True)
class Epochs:
    """What is compared, and how.

    Attributes
    ----------
    base, current : Path
        Two rasters of classes, or two vector files.
    scheme : str or None
        Legend of the classes; polygons without one are one zone.
    field : str or None
        Column of the class codes of polygons.
    min_area_m2 : float
        Smaller changed pieces are left out of the geometry (never out of the areas).
    threads : int or None
    regime : str or None
        Regime of supervision that all ground falls under; by class if None, and redline for zones
        without classes.
    adjustments : Path or None
        Polygons of approved adjustments.
    legend : Path or None
        The user's own legend instead of ``scheme``.
    accept : str or None
        Why rasters that look wrong are used all the same; stands in the result.
    """

    base: Path
    current: Path
    scheme: str | None = None
    field: str | None = None
    min_area_m2: float = 0.0
    threads: int | None = None
    regime: str | None = None
    adjustments: Path | None = None
    legend: Path | None = None
    accept: str | None = None

    def __post_init__(self) -> None:
        problems = []
        if self.rasters is None:
            fault = message("monitor.one-epoch-raster-other")
            cure = message("monitor.give-two-kind")
            problems.append(Problem("epochs-differ", fault, cure))
        elif (self.rasters or self.field) and not (self.scheme or self.legend):
            fault = message("monitor.legend-classes-given")
            cure = message("monitor.add-scheme-e-g")
            problems.append(Problem("bad-option", fault, cure, field="scheme"))
        if self.scheme and self.legend:
            problems.append(problem("bad-option", field="legend", key="bad-option.legend-twice"))
        if problems:
            raise UsageError(problems)

    @property
    def rasters(self) -> bool | None:
        """Whether both are rasters; None if only one is."""
        both = [p.suffix.lower() in RASTERS for p in (self.base, self.current)]
        return both[0] if both[0] == both[1] else None


def compare_epochs(
    epochs: Epochs,
    frames: tuple[GeoDataFrame, GeoDataFrame] | None,
    units: GeoDataFrame,
    progress: Progress,
    digests: tuple[str, str],
    approved: GeoDataFrame | None = None,
    counties: GeoDataFrame | None = None,
) -> Figures:
    """Compare two epochs in each unit.

    Parameters
    ----------
    epochs : Epochs
    frames : (GeoDataFrame, GeoDataFrame), optional
        Polygons of both epochs in EPSG:4490; None for rasters.
    units : GeoDataFrame
        ``unit``, ``name``, geometry in EPSG:4490.
    progress : callable
    digests : (str, str)
        SHA-256 of both files.
    approved : GeoDataFrame, optional
        Approved adjustments, EPSG:4490.
    counties : GeoDataFrame, optional
        Counties by which losses and gains of zones are netted.
    """
    legend = _legend(epochs)
    doubts, doubted = _examined(epochs, units) if frames is None else ([], {})
    if frames is None:
        laid = lay_rasters(
            epochs.base,
            epochs.current,
            units,
            legend,
            progress,
            min_area_m2=epochs.min_area_m2,
            threads=epochs.threads,
        )
    else:
        from zoning.stats.polygon_epochs import lay_polygons  # needs numba

        progress(message("monitor.laying-epochs-over-each"), 0, 1)
        base = classed(frames[0], epochs.field, legend, epochs.base.name)
        current = classed(frames[1], epochs.field, legend, epochs.current.name)
        laid = lay_polygons(base, current, units, min_area_m2=epochs.min_area_m2)
    pairs, land, pieces = laid
    names = f"{epochs.base.name} → {epochs.current.name}"
    notes = [
        *doubts,
        Note("source", message("monitor.epochs", names=names)),
        _METHOD,
    ]
    if len(pieces) >= MOST_PIECES:
        notes.append(Note("method", message("monitor.largest-pieces", count=MOST_PIECES)))
    facts: dict[str, Any] = {
        "base": epochs.base.name,
        "current": epochs.current.name,
        "base_sha256": digests[0],
        "current_sha256": digests[1],
        "scheme": epochs.scheme,
        "legend": None if epochs.legend is None else epochs.legend.name,
        "field": epochs.field,
        "min_area_m2": epochs.min_area_m2,
    }
    facts |= {"regime": epochs.regime, **doubted}
    facts["adjustments"] = None if epochs.adjustments is None else epochs.adjustments.name
    rules = Rules.of(epochs.regime, classes=bool(legend.groups))
    figures = report_change(pairs, units, land, pieces, legend, notes, facts, rules, approved)
    if frames is None or counties is None:
        return figures
    net = net_by_county(*frames, counties, approved)
    return replace(figures, tables=(*figures.tables, net))


def _legend(epochs: Epochs) -> Legend:
    """Return the legend of the classes; of zones without classes, that of a zone."""
    if not (epochs.rasters or epochs.field):
        return Legend.zone()
    if epochs.legend is not None:
        survey = Survey.of_file(epochs.legend)
        return Legend.of(survey.scheme, monitoring(), survey)
    return Legend.of(forest_definitions().scheme(str(epochs.scheme)), monitoring())


def _examined(epochs: Epochs, units: GeoDataFrame) -> tuple[list[Note], dict[str, Any]]:
    """Hold the rasters of both epochs against the ground, as those of the statistics are."""
    notes: list[Note] = []
    facts: dict[str, Any] = {}
    for path in (epochs.base, epochs.current):
        request = Request(landcover=path, scheme=epochs.scheme, legend=epochs.legend,
                          accept=epochs.accept)  # fmt: skip
        source = Input(path, Text(path.name, path.name))
        said, found = examine(request, {"landcover": source}, units)
        notes += said
        facts |= found
    return notes, facts
