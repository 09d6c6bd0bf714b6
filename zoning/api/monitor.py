"""monitor: what changed between two epochs of a layer or raster, with alerts."""

from __future__ import annotations

from pathlib import Path

from zoning import review, stats
from zoning.base.progress import Progress, silent
from zoning.catalogue import embedded, load_catalogue
from zoning.review import Layers
from zoning.stats import Epochs, Figures

__all__ = ["Epochs", "monitor"]


def monitor(
    epochs: Epochs, by: str | Path | None = None, *, progress: Progress | None = None
) -> Figures:
    """Compare two epochs of a layer or raster, unit by unit, with alerts.

    Parameters
    ----------
    epochs : Epochs
    by : str or path, optional
        ``province``, ``city``, ``county`` or a vector file; counties for rasters and the base
        epoch's own patches for vector files if left out.
    progress : callable, optional

    Returns
    -------
    Figures

    Raises
    ------
    ZoningError
        Epochs that do not fit each other, or cannot be read.
    """
    progress = progress or silent
    paths = (epochs.base, epochs.current)
    frames = None
    layers = Layers(load_catalogue())
    if not epochs.rasters:
        old, new = (review.unit_frame(path, layers, progress) for path in paths)
        frames = old, new
    own = frames is not None and by is None
    units = review.unit_frame(epochs.base if own else by or "county", layers, progress)
    digests = embedded.sha256(paths[0]), embedded.sha256(paths[1])
    named = stats.named_units(units, stats.Request())
    approved = None
    if epochs.adjustments is not None:
        approved = review.unit_frame(epochs.adjustments, layers, progress)
    counties = None
    if frames is not None and epochs.field is None:
        every = review.unit_frame("county", layers, progress)
        counties = stats.named_units(every, stats.Request())
    return stats.compare_epochs(epochs, frames, named, progress, digests, approved, counties)
