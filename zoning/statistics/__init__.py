"""Forest cover, soil loss, soil conservation, targets and change between epochs.

Nothing here measures polygons: the zonal engine of ``zoning.overlay`` is handed in by
``zoning.pipeline`` as an :class:`~zoning.statistics.engine.Engine`.
"""

from zoning.statistics.engine import Engine, Input
from zoning.statistics.figures import Figures
from zoning.statistics.inputs import named_units, rasters
from zoning.statistics.monitor import Epochs, compare_epochs
from zoning.statistics.request import TOPICS, Request
from zoning.statistics.run import compute

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
