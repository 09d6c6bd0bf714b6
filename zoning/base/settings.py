"""Where the package's own files lie, which language to speak, and which version this is."""

from __future__ import annotations

import locale
import os
from functools import cache
from pathlib import Path

from zoning._version import __version__ as VERSION  # noqa: N812 - a constant of ours
from zoning.base.errors import DataError, problem
from zoning.messages import Lang

__all__ = ["CRS", "VERSION", "WORKSPACE", "data_dir", "default_lang", "layers_dir", "root"]

#: Geographic CRS of everything inside the package (CGCS2000, longitude first).
CRS = "EPSG:4490"
#: Name of the file of a workspace.
WORKSPACE = "zoning.toml"


@cache
def root() -> Path:
    """Return the folder that holds ``layers/`` and ``data/``.

    A wheel carries both inside the package; an editable install sees them at the repository root.

    Raises
    ------
    DataError
        If neither place holds the catalogue, i.e. the installation is incomplete.
    """
    package = Path(__file__).resolve().parents[1]
    for place in (package / "_bundled", package.parent):
        if (place / "layers").is_dir() and (place / "data" / "registry.toml").is_file():
            return place
    raise DataError(problem("installation-incomplete", file=str(package)))


def layers_dir() -> Path:
    """Return the folder of the catalogue's TOML files."""
    return root() / "layers"


def data_dir() -> Path:
    """Return the folder of the embedded data."""
    return root() / "data"


def default_lang() -> Lang:
    """Return ``"zh"`` in a Chinese locale, else ``"en"``; ``ZONING_LANG`` overrides."""
    chosen = os.environ.get("ZONING_LANG", "").lower()
    if chosen in ("zh", "en"):
        return "zh" if chosen == "zh" else "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    code = locale.getlocale()[0] or ""
    return "zh" if code.lower().startswith(("zh", "chinese")) else "en"
