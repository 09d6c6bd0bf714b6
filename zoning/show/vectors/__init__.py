"""Features as files: one writer a format, none of which changes a feature in silence.

What a format cannot hold is told (`Loss`), or refused where the feature would become another one.
"""

from zoning.show.vectors.columns import Loss
from zoning.show.vectors.formats import DRIVERS, EXPORTS, SUFFIXES, write_vector

__all__ = ["DRIVERS", "EXPORTS", "SUFFIXES", "Loss", "write_vector"]
