"""What the build is told about one file under data/."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fetch import Say
from sources import Source

Make = Callable[[Path, Path, Say], None]


@dataclass(frozen=True)
class Product:
    """One file under data/."""

    path: str
    make: Make
    sources: tuple[Source, ...]
    table: str | None  # hand-made table in data/build/tables that goes in
    evidence: str  # surveyed, derived or schematic, as in the design
    title: str
    title_zh: str
    licence: str
    accuracy_m: int
    accuracy_note: str
    processing: str
