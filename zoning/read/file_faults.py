"""Whole-file faults in both languages: what is wrong with a file, and what its owner does next."""

from __future__ import annotations

from collections.abc import Sequence

from zoning.base.errors import Problem, problem
from zoning.messages import Text, alternatives, message
from zoning.read import limits


def missing(name: str) -> Problem:
    """Return the fault of a path that leads nowhere."""
    return problem("file-missing", file=name)


def not_local(name: str) -> Problem:
    """Return the fault of a URL or a virtual path."""
    return problem("file-not-local", file=name)


def is_folder(name: str) -> Problem:
    """Return the fault of a folder that is no FileGDB."""
    return problem("file-is-folder", file=name)


def not_regular(name: str) -> Problem:
    """Return the fault of a pipe, socket or device."""
    return problem("file-not-regular", file=name)


def unreadable(name: str) -> Problem:
    """Return the fault of missing permission."""
    return problem("file-unreadable", file=name, key="file-unreadable.unreadable")


def empty(name: str) -> Problem:
    """Return the fault of a file of zero bytes."""
    return problem("file-empty", file=name)


def not_vector(name: str, formats: Text, detail: str = "") -> Problem:
    """Return the fault of a file that is in no known format."""
    return problem(
        "not-vector",
        file=name,
        detail=message("file-faults.in-brackets", detail=detail) if detail else None,
        formats=formats,
    )


def damaged(name: str, driver: str, detail: str, layer: str | None = None) -> Problem:
    """Return the fault of a file that begins well and then cannot be read."""
    detail = " ".join(detail.split())[:300].rstrip(".")
    parts = message("file-faults.shapefile-parts") if driver == "ESRI Shapefile" else None
    return problem(
        "file-damaged", file=name, layer=layer, driver=driver, detail=detail, detail2=parts
    )


def too_large(name: str, what: Text, limit: str) -> Problem:
    """Return the fault of a file beyond what is read."""
    return problem("file-too-large", file=name, what=what, limit=limit)


def layer_too_large(name: str, layer: str | None, vertices: int, rings: int) -> Problem:
    """Return the fault of more vertices or rings than are checked and measured."""
    most = f"{limits.MAX_VERTICES:,}", f"{limits.MAX_RINGS:,}"
    return problem(
        "layer-too-large",
        file=name,
        layer=layer,
        vertices=f"{vertices:,}",
        rings=f"{rings:,}",
        most_vertices=most[0],
        most_rings=most[1],
    )


def no_features(name: str, layer: str | None = None) -> Problem:
    """Return the fault of a layer without a single feature."""
    return problem("no-features", file=name, layer=layer)


def no_geometry(name: str, layer: str | None = None) -> Problem:
    """Return the fault of a table without geometry."""
    return problem("no-geometry", file=name, layer=layer)


def several_layers(name: str, layers: Sequence[str]) -> Problem:
    """Return the fault of several layers of which none was chosen."""
    listed = [*layers[:20], *(["…"] if len(layers) > 20 else [])]
    return problem("several-layers", file=name, layers_count=len(layers), listed=listed)


def layer_missing(name: str, layer: str, layers: Sequence[str]) -> Problem:
    """Return the fault of a layer name that the file does not hold."""
    listed = ", ".join(layers[:20])
    return problem("layer-missing", file=name, layer=layer, layer_=layer, listed=listed)


def layerless(name: str, layer: str, kind: str) -> Problem:
    """Return the fault of a layer name for a format that holds one layer only."""
    return problem(
        "layer-missing",
        file=name,
        layer=layer,
        key="layer-missing.layerless",
        layer_=layer,
        kind=kind,
    )


def truncated(name: str, stated: int, size: int, lost: int) -> Problem:
    """Return the fault of a shapefile shorter than its header says."""
    return problem(
        "file-damaged", file=name, key="file-damaged.truncated", stated=stated, size=size, lost=lost
    )


def shapefile_incomplete(name: str, suffixes: Sequence[str]) -> Problem:
    """Return the fault of a shapefile without its companions."""
    listed = ", ".join(suffixes)
    return problem("shapefile-incomplete", file=name, listed=listed)


def too_deep(name: str) -> Problem:
    """Return the fault of JSON or XML nested beyond reason."""
    return problem("too-deep", file=name)


def crs_unknown(name: str, crs: str) -> Problem:
    """Return the fault of a CRS text that PROJ does not know."""
    return problem("crs-unknown", file=name, key="crs-unknown.crs-unknown", crs=crs[:80])


def crs_missing(name: str, layer: str | None, options: Sequence[Text]) -> Problem:
    """Return the fault of a missing CRS, with those in which the data would lie in Shanxi."""
    return Problem(
        "crs-missing",
        message("crs-missing.crs-missing.fault"),
        _choose(options),
        file=name,
        layer=layer,
    )


def metre_coordinates(name: str, bounds: str, options: Sequence[Text]) -> Problem:
    """Return the fault of GeoJSON whose numbers are no degrees."""
    return Problem(
        "geojson-metre-coordinates",
        message("geojson-metre-coordinates.fault", bounds=bounds),
        _choose(options),
        file=name,
    )


def crs_contradicted(
    name: str, layer: str | None, crs: str, bounds: str, options: Sequence[Text]
) -> Problem:
    """Return the fault of coordinates that do not fit the CRS the file states."""
    return Problem(
        "crs-contradicts-coordinates",
        message("crs-contradicts-coordinates.fault", bounds=bounds, crs=crs),
        _choose(options),
        file=name,
        layer=layer,
    )


def axes_swapped(name: str, layer: str | None, bounds: str) -> Problem:
    """Return the fault of a file whose axes are all the wrong way round."""
    return problem(
        "axes-swapped", file=name, layer=layer, key="axes-swapped.axes-swapped", bounds=bounds
    )


def transform_and_datum(name: str, datum: str) -> Problem:
    """Return the fault of two ways to CGCS2000 at once."""
    return problem("transform-and-datum", file=name, datum=datum)


def datum_needs_degrees(name: str, datum: str) -> Problem:
    """Return the fault of a web-map datum declared for data with a surveying CRS."""
    return problem("datum-not-applicable", file=name, datum=datum)


def _choose(options: Sequence[Text]) -> Text:
    """Return the cure that lists the candidates."""
    if not options:
        return message("file-faults.no-usual-coordinate-system")
    return message("file-faults.check-then-give-crs", detail=alternatives(options))
