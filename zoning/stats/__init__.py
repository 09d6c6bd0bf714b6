"""Forest cover, soil loss, soil conservation, targets and change between epochs.

Nothing here measures polygons: the zonal engine of ``zoning.measure`` is handed in by
``zoning.pipeline`` as an :class:`~zoning.stats.engine.Engine`.
"""

from zoning.stats.compute import compute
from zoning.stats.engine import Engine, Input
from zoning.stats.figures import Figures
from zoning.stats.inputs import named_units, rasters
from zoning.stats.monitor import Epochs, compare_epochs
from zoning.stats.request import TOPICS, Request

__all__ = [
    "TOPICS",
    "Engine",
    "Epochs",
    "Figures",
    "Input",
    "Request",
    "compare_epochs",
    "compute",
    "named_units",
    "rasters",
]
