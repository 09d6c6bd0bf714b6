"""Official layers: ``zoning.toml`` read, and its sources loaded in place of the embedded ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from zoning.base.errors import Problem, SourceError, ZoningError, problem
from zoning.base.progress import Progress, silent
from zoning.base.settings import CRS
from zoning.base.table import Table
from zoning.catalogue.embedded import LoadedLayer
from zoning.messages import Text, message
from zoning.model import (
    Evidence,
    InputRecord,
    Layer,
    LayerRecord,
    Ledger,
    OfficialLayer,
)
from zoning.read import files
from zoning.read.reader import read_vector
from zoning.read.types import Reading, ReadOptions
from zoning.review import index, official_fields, witnesses
from zoning.review.chosen import chosen
from zoning.review.cities import with_cities
from zoning.review.official_fields import rename, shown

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Bounds = tuple[float, float, float, float]
_Record = TypeVar("_Record", InputRecord, LayerRecord)


def load_official(
    layer: Layer,
    entry: OfficialLayer,
    folder: Path,
    bbox: Bounds | None = None,
    progress: Progress = silent,
) -> LoadedLayer:
    """Read an official source as the zones of a layer.

    Parameters
    ----------
    layer : Layer
        The catalogue's layer; its geometry kind and fields are what the source must fit.
    entry : OfficialLayer
        What the workspace says of the source.
    folder : Path
        Where relative paths start.
    bbox : tuple, optional
        West, south, east, north in degrees; a database returns only what meets it.
    progress : callable, optional
        Told of a file that has to be read.

    Returns
    -------
    LoadedLayer
        From the cache where the very same source has been read before. With evidence ``official``.
        A source that is missing, unreadable, changed or unfit gives a record with state
        ``failed`` and the reason, and never the embedded data instead.
    """
    official = layer.model_copy(
        update={
            "evidence": Evidence.OFFICIAL,
            "positional_accuracy_m": entry.accuracy_m or None,
            "accuracy_field": None,
            "evidence_field": None,
            "source": None,
            **_stated_width(layer, entry),
        }
    )
    key = _version(layer, entry, folder)
    if key is not None and key in _READ:
        return _READ[key]
    loaded = _kept_or_read(layer, official, entry, folder, bbox, progress)
    if key is not None and loaded.record.state == "used":
        while len(_READ) >= _KEPT:
            del _READ[next(iter(_READ))]
        _READ[key] = loaded
    return loaded


def _kept_or_read(
    layer: Layer,
    official: Layer,
    entry: OfficialLayer,
    folder: Path,
    bbox: Bounds | None,
    progress: Progress,
) -> LoadedLayer:
    """Take a layer from the cache, or read its source and keep what was read."""
    place = index.kept(layer, entry, folder)

    def again() -> GeoDataFrame:
        frame, source = read_official(layer, entry, folder)
        if source is None or place is None or source.sha256 != place.digest:
            digest = source.sha256 if source is not None else None
            raise SourceError(_changed(layer, entry, digest))
        return frame

    found = place.open(again) if place is not None else None
    if place is not None and found is not None:
        stored, source = found
        record = _record(official, entry, source, "used")
        return LoadedLayer(official, record, None, stored)
    progress(message("official.reading", name=layer.name), 0, 1)
    try:
        frame, read = read_official(layer, entry, folder, bbox)
    except ZoningError as error:
        record = _record(official, entry, None, "failed", error.problems[0])
        return LoadedLayer(official, record, None)
    record = _record(official, entry, read, "used")
    made = place.save(frame, read, again) if place is not None and read is not None else None
    if made is not None:
        return LoadedLayer(official, record, None, made)
    table = Table.of(frame)
    table.partial = entry.is_database and bbox is not None
    return LoadedLayer(official, record, table)


#: Small official sources read last, by what tells a version of a file and what the workspace says
#: of it: a process that reviews again and again need not read them again.
_READ: dict[tuple[object, ...], LoadedLayer] = {}
_KEPT = 256
_SMALL = 8_000_000


def _version(layer: Layer, entry: OfficialLayer, folder: Path) -> tuple[object, ...] | None:
    """Name the version of a small source or of none, or None for a large one or a database."""
    said = entry.model_dump_json(), repr(entry.unsigned), layer.model_dump_json()
    if entry.source is None:
        return said
    if entry.is_database:
        return None
    path = (folder / entry.source).resolve()
    try:
        stats = index.stats_of(path) if path.exists() else []
        size = sum(part.stat().st_size for part in files.parts(path)) if stats else 0
    except OSError:
        return None
    if not stats or size > _SMALL:
        return None
    return str(path), repr(stats), *said


def read_official(
    layer: Layer, entry: OfficialLayer, folder: Path, bbox: Bounds | None = None
) -> tuple[GeoDataFrame, InputRecord | None]:
    """Read an official source, or raise what is wrong with it.

    Returns
    -------
    frame : GeoDataFrame
        EPSG:4490, columns renamed to the catalogue's names, codes translated; without rows where
        the workspace states that there is no zone, or where a source that is complete has none.
    record : InputRecord or None
        How the source was read; None where there is none.

    Raises
    ------
    ZoningError
    """
    if entry.source is None:
        return _nothing(layer), None
    options = ReadOptions(
        layer=entry.layer,
        crs=entry.crs,
        encoding=entry.encoding,
        datum=entry.datum,
        repair=entry.repair,
        gap=entry.gap,
        nested=entry.nested,
        accept_left_out=entry.accept_left_out or None,
    )
    if entry.is_database:
        from zoning.read.formats.database import read_postgis_layer

        reading = read_postgis_layer(
            entry.source, table=entry.table, sql=entry.sql, bbox=bbox, options=options
        )
    else:
        try:
            reading = read_vector(folder / entry.source, options)
        except SourceError as error:
            empty = [p.code for p in error.problems] == ["no-features"]
            if empty and (entry.complete_in or entry.absent_in):
                return _nothing(layer), _empty_record(entry, folder)
            raise
        digest = reading.record.sha256
        if entry.sha256 is not None and digest != entry.sha256:
            raise SourceError(_changed(layer, entry, digest))
    if reading.problems:
        raise SourceError([replace(p, layer=layer.id) for p in reading.problems])
    _require_kind(layer, entry, reading.frame)
    frame, told, unread = chosen(layer, entry, reading.frame)
    record = _doubtful(_contradicted(reading, entry), entry, unread)
    told = (*told, *official_fields.remarks(layer, entry, frame))
    record = replace(record, notices=(*record.notices, *told))
    named = rename(layer, entry, frame)
    return with_cities(named) if layer.id == "counties" else named, record


def _contradicted(reading: Reading, entry: OfficialLayer) -> InputRecord:
    """Count features that their own file contradicts as parts that were not read."""
    datums = witnesses.other_datums(reading, entry.datum)
    short, told = witnesses.undersized(reading.frame)
    doubts = {**short, **reading.doubts}
    said = list(dict.fromkeys(doubts.values()))[:_SHOWN]
    more = message("official.contradicted", count=len(doubts), said=said)
    record = replace(reading.record, notices=(*reading.record.notices, *told))
    return _doubtful(record, entry, (*datums, *((more,) if doubts else ())))


def doubted(loaded: LoadedLayer, entry: OfficialLayer, more: tuple[Text, ...]) -> LoadedLayer:
    """Count what was found out about a source later, too, as parts that were not read."""
    return replace(loaded, record=_doubtful(loaded.record, entry, more))


def _doubtful(record: _Record, entry: OfficialLayer, more: tuple[Text, ...]) -> _Record:
    """Count these too as parts that were not read, and tell them."""
    if not more:
        return record
    return replace(
        record,
        unread=(*record.unread, *more),
        notices=(*record.notices, *more),
        accepted=entry.accept_left_out or None,
    )


#: How many contradictions of a file are told.
_SHOWN = 8


def _nothing(layer: Layer) -> GeoDataFrame:
    """Return a frame without zones that has all columns of the layer."""
    import geopandas

    columns: dict[str, list[Any]] = {spec.name: [] for spec in layer.fields}
    return geopandas.GeoDataFrame(columns, geometry=[], crs=CRS)


def _empty_record(entry: OfficialLayer, folder: Path) -> InputRecord:
    """Describe a file that was read and holds no feature."""
    found = files.local(folder / (entry.source or ""))
    digest = files.sha256(found)
    if entry.sha256 is not None and digest != entry.sha256:
        raise SourceError(problem("workspace-changed", file=shown(entry), digest=digest))
    evidence = message("official.no-feature")
    return InputRecord(found.name, digest, "", entry.layer, 0, CRS, evidence)


#: Kinds of geometry that may stand for a layer of each kind.
KINDS = {"polygon": ("Polygon",), "line": ("LineString", "Polygon"), "point": ("Point", "Polygon")}


def _require_kind(layer: Layer, entry: OfficialLayer, frame: GeoDataFrame) -> None:
    """Refuse lines where zones are asked for; a polygon may stand for a line (a river's bed)."""
    kinds = {str(k).removeprefix("Multi") for k in frame.geom_type.unique()}
    wrong = sorted(kinds - set(KINDS.get(layer.geometry, ("Polygon",))))
    if wrong:
        raise SourceError(
            problem(
                "workspace-geometry-kind",
                file=shown(entry),
                layer=layer.id,
                geometry=layer.geometry,
                wrong=list(wrong),
            )
        )


def _stated_width(layer: Layer, entry: OfficialLayer) -> dict[str, Any]:
    """Take the half width that a workspace states in place of the catalogue's parameter."""
    if entry.half_width_m is None:
        return {}
    stated = {"other": entry.half_width_m} if entry.half_width_m and layer.half_width_m else {}
    return {"half_width_m": stated, "half_width_by": None}


def _presumed_width(layer: Layer, entry: OfficialLayer) -> tuple[Text, ...]:
    """Say that the width of lines is a parameter of the catalogue."""
    if entry.half_width_m is not None or not layer.half_width_m:
        return ()
    widest = max(layer.half_width_m.values())
    return (message("official.half-width", layer=layer.id, name=layer.name, widest=f"{widest:g}"),)


def _record(
    layer: Layer,
    entry: OfficialLayer,
    source: InputRecord | None,
    state: Any,
    problem: Problem | None = None,
) -> LayerRecord:
    return LayerRecord(
        id=layer.id,
        name=layer.name,
        evidence=Evidence.OFFICIAL,
        accuracy_m=entry.accuracy_m,
        file=shown(entry),
        sha256=source.sha256 if source else None,
        state=state,
        official=True,
        problem=problem,
        notices=(*_presumed_width(layer, entry), *source.notices) if source else (),
        unread=source.unread if source else (),
        ledger=source.ledger if source else Ledger(),
        accepted=source.accepted if source else None,
        authority=entry.authority.strip() or None,
        dated=entry.date,
    )


def elsewhere(loaded: LoadedLayer, entry: OfficialLayer) -> Problem:
    """Say that no zone of a source lies where it should, and where they lie."""
    west, south, east, north = loaded.frame.total_bounds if loaded.frame is not None else (0,) * 4
    return problem(
        "workspace-elsewhere",
        file=shown(entry),
        layer=loaded.layer.id,
        west=west,
        south=south,
        east=east,
        north=north,
    )


def _changed(layer: Layer, entry: OfficialLayer, digest: str | None) -> Problem:
    return problem(
        "workspace-changed", file=shown(entry), layer=layer.id, field="sha256", digest=digest
    )
