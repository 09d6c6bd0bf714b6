"""How soil loss is cut into blocks and written: the order, the sizes, the halo."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from pyproj import CRS
from stats_samples import METRES, hills, write

from zoning.stats import Request, soil_loss
from zoning.stats.common import Input
from zoning.stats.model import build
from zoning.messages import Text
from zoning.zonal.grid import Grid


def grid(height: int, width: int) -> Grid:
    return Grid("x.tif", CRS.from_user_input(METRES), (30.0, 0.0, 5e5, 0.0, -30.0, 4.2e6),
                height, width, (1, width), (1,), ("float32",), (None,), (False,), (1.0,),
                (0.0,))  # fmt: skip
