"""Forest cover, soil loss, soil conservation, targets and change between epochs."""

from zoning.stats.compute import compute
from zoning.stats.figures import Figures
from zoning.stats.inputs import named_units, rasters
from zoning.stats.layer import layer_figures
from zoning.stats.monitor import Epochs, compare_epochs
from zoning.stats.request import TOPICS, Input, Request
from zoning.stats.vector_cover import Layer

__all__ = [
    "TOPICS",
    "Epochs",
    "Figures",
    "Input",
    "Layer",
    "Request",
    "compare_epochs",
    "compute",
    "layer_figures",
    "named_units",
    "rasters",
]
