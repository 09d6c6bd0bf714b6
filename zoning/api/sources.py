"""sources: whether the files of a call are there, which is known before anything is loaded."""

from __future__ import annotations

from zoning.read.files import require_present

__all__ = ["require_present"]
