"""sources: whether the files of a call are there, and what is said of them; loads nothing else."""

from __future__ import annotations

from zoning.read import ReadOptions
from zoning.read.files import require_present

__all__ = ["ReadOptions", "require_present"]
