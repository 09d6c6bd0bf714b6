"""The catalogue's own data: layer declarations become frames, with the hash of what was read."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol

import numpy as np
import tomli
from numpy.typing import NDArray

from zoning.base import shelf
from zoning.base.arrays import write_arrays
from zoning.base.cache import tool
from zoning.base.columns import packed, unpacked
from zoning.base.errors import DataError, Problem, problem
from zoning.base.settings import data_dir
from zoning.base.spelling import Words
from zoning.base.table import Table
from zoning.messages import Text, message
from zoning.model import Evidence, Layer, LayerRecord

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

_log = logging.getLogger(__name__)

#: Raised when the layout of what is kept changes.
_FORMAT: Final = 1
_PART: Final = "table"


class Stored(Protocol):
    """Zones that are made when they are asked for."""

    def __len__(self) -> int:
        """Return how many there are."""
        ...

    def __contains__(self, name: object) -> bool:
        """Return whether there is such a column."""
        ...

    @property
    def partial(self) -> bool:
        """Whether there are more zones than these."""
        ...

    def isna(self, name: str) -> NDArray[np.bool_]:
        """Mark the zones that hold nothing in a column."""
        ...

    def isin(self, name: str, values: Collection[Any]) -> NDArray[np.bool_]:
        """Mark the zones that hold one of some values in a column."""
        ...

    def words(self, name: str) -> Words:
        """Return the words of a column."""
        ...

    def whole(self) -> GeoDataFrame:
        """Return all of them."""
        ...


@dataclass(frozen=True)
class LoadedLayer:
    """A layer's zones and the record of where they came from.

    Attributes
    ----------
    layer : Layer
    record : LayerRecord
    given : Table or None
        The zones in memory; None without data, or where they are stored.
    stored : Stored or None
        The zones, to be made when asked for.
    """

    layer: Layer
    record: LayerRecord
    given: Table | None
    stored: Stored | None = None

    @property
    def frame(self) -> GeoDataFrame | None:
        """All zones, made now if they are stored; None without data."""
        if self.stored is not None:
            return self.stored.whole()
        return self.given.frame if self.given is not None else None

    @property
    def table(self) -> Table | Stored | None:
        """The zones as far as their columns can be asked; none is made."""
        return self.given if self.stored is None else self.stored

    def evidence_of(self, zones: Collection[str]) -> Evidence | None:
        """Return the evidence that a decision rests on where a site meets the named zones.

        The strongest among the zones, where they differ (``evidence_field``); without a zone, the
        layer's own. A layer that does not decide counts as schematic until it is official.
        """
        own = self.record.evidence
        if own is None or own is Evidence.OFFICIAL:
            return own
        if not self.layer.decides:
            return Evidence.SCHEMATIC
        if not zones or not self._evidence:
            return self.record.evidence
        met = {self._evidence.get(zone) for zone in zones}
        return next((kind for kind in Evidence if kind in met), self.record.evidence)

    @property
    def by_zone(self) -> bool:
        """Whether the evidence depends on the zones that a site meets."""
        official = self.record.evidence is Evidence.OFFICIAL
        return not official and self.layer.decides and bool(self._evidence)

    @cached_property
    def _evidence(self) -> Mapping[str, Evidence]:
        """Evidence by zone name; the strongest where zones share a name."""
        field, column = self.layer.evidence_field, self.layer.name_field
        # Stored zones are official, and all equally well known.
        if field is None or column is None or self.given is None:
            return {}
        if field not in self.given or column not in self.given:
            return {}
        pairs = zip(self.given[column], self.given[field], strict=True)
        ranked = sorted(pairs, key=lambda pair: -list(Evidence).index(Evidence(pair[1])))
        return {str(zone): Evidence(kind) for zone, kind in ranked}


@cache
def registry() -> Mapping[str, Mapping[str, Any]]:
    """Return ``data/registry.toml`` as a mapping from path inside ``data/`` to its entry."""
    table = tomli.loads((data_dir() / "registry.toml").read_text(encoding="utf-8"))
    return {entry["path"].removeprefix("data/"): entry for entry in table["file"]}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read in chunks."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, read once for all layers in it while nobody changes it."""
    told = path.stat()
    return _digest_of(path, told.st_size, told.st_mtime_ns, told.st_ctime_ns)


@lru_cache(maxsize=256)
def _digest_of(path: Path, _size: int, _modified: int, _changed: int) -> str:
    return sha256(path)


def verify_data() -> tuple[Problem, ...]:
    """Hash every embedded file again and return one Problem per deviation."""
    problems: list[Problem] = []
    for name, entry in registry().items():
        path = data_dir() / name
        if not path.is_file():
            problems.append(_damaged(name, message("embedded.file-missing")))
        elif sha256(path) != entry["sha256"]:
            fault = message("embedded.content-does-match-registered")
            problems.append(_damaged(name, fault))
    known = {data_dir() / name for name in registry()}
    for folder in ("boundaries", "rasters"):
        for path in sorted((data_dir() / folder).glob("*.*")):
            if path not in known:
                fault = message("embedded.file-registered")
                problems.append(_damaged(f"{folder}/{path.name}", fault))
    return tuple(problems)


def load_layer(layer: Layer) -> LoadedLayer:
    """Read the zones of a vector layer that has a file; check that of a raster layer.

    Returns
    -------
    LoadedLayer
        Zones in EPSG:4490 filtered as declared, None for a raster; a damaged or unreadable file
        gives a record with state ``failed`` and no zones, never another layer's data.
    """
    source = layer.source
    if source is None or source.file is None:
        return LoadedLayer(layer, _record(layer, None, None, "no_data"), None)
    path = data_dir() / source.file
    entry = registry().get(source.file)
    if not path.is_file() or entry is None or _digest(path) != entry["sha256"]:
        fault = message("embedded.embedded-data-missing-were")
        problem = _damaged(source.file, fault)
        return LoadedLayer(layer, _record(layer, None, None, "failed", problem), None)
    if layer.kind == "raster":
        record = _record(layer, source.file, entry["sha256"], "used")
        return LoadedLayer(layer, record, None)
    table = _read(source.file, entry["sha256"])
    keep = np.ones(len(table), dtype=bool)
    for choice, wanted in ((source.where, True), (source.exclude, False)):
        for column, values in choice.items():
            if column not in table:
                raise DataError(_no_column(source.file, column))
            keep &= table.isin(column, values) == wanted
    record = _record(layer, source.file, entry["sha256"], "used")
    return LoadedLayer(layer, record, table if keep.all() else table.take(keep).numbered())


def refuse(loaded: LoadedLayer) -> NoReturn:
    """Raise the DataError that says why a layer has no frame."""
    raise DataError(loaded.record.problem or problem("no-data", layer=loaded.layer.id))


@cache
def _read(file: str, digest: str) -> Table:
    """Return a file of zones, from what an earlier run kept of it if that is sound."""
    place, name = shelf.folder(), f"data/{file}"
    if place is None:
        return _drawn(file)
    stem = Path(file).stem
    key = shelf.hashed(_FORMAT, digest, tool())
    kept = shelf.Shelf(place, shelf.slot_of(name), key, stem, name)
    try:
        found = kept.opened(_PART, key)
        if found is not None:
            return unpacked(found)
    except shelf.WRONG as error:
        _log.info("%s: %s: read again", file, error)
    table = _drawn(file)
    made = packed(table)
    if made is not None:
        try:
            write_arrays(kept.path(_PART), {**kept.about(key), **made[0]}, made[1])
            kept.remove_older()
        except OSError as error:
            _log.info("%s: not kept: %s", file, error)
    return table


def _drawn(file: str) -> Table:
    from pyogrio import read_dataframe

    return Table.of(read_dataframe(data_dir() / file))


def _record(
    layer: Layer, file: str | None, digest: str | None, state: Any, problem: Problem | None = None
) -> LayerRecord:
    return LayerRecord(
        id=layer.id,
        name=layer.name,
        evidence=layer.evidence,
        accuracy_m=layer.positional_accuracy_m,
        file=f"data/{file}" if file else None,
        sha256=digest,
        state=state,
        problem=problem,
    )


def _damaged(name: str, fault: Text) -> Problem:
    cure = message("embedded.reinstall-zoning-rebuild-python")
    return Problem(code="data-damaged", fault=fault, cure=cure, file=f"data/{name}")


def _no_column(name: str, column: str) -> Problem:
    return problem("column-missing", file=f"data/{name}", field=column, column=column)
