"""Layers, rules, documents and attributes as declared, and the embedded data behind them."""

from zoning.catalogue.candidates import Candidate, load_candidates
from zoning.catalogue.content import Catalogue
from zoning.catalogue.embedded import LoadedLayer, registry, verify_data
from zoning.catalogue.load import load_catalogue
from zoning.catalogue.rasters import open_raster
from zoning.catalogue.workspace import OpenWorkspace, open_workspace

__all__ = [
    "Candidate",
    "Catalogue",
    "LoadedLayer",
    "OpenWorkspace",
    "load_candidates",
    "load_catalogue",
    "open_raster",
    "open_workspace",
    "registry",
    "verify_data",
]
