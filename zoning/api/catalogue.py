"""The catalogue and the embedded data, for those who want to look at what a review rests on."""

from zoning.catalogue import (
    Candidate,
    Catalogue,
    load_candidates,
    load_catalogue,
    registry,
    verify_data,
)

__all__ = [
    "Candidate",
    "Catalogue",
    "load_candidates",
    "load_catalogue",
    "registry",
    "verify_data",
]
