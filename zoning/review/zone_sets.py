"""Zone sets prepared for measuring and areas of counties, for every review of this process."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning import measure
from zoning.base.shelf import hashed
from zoning.base.table import Table
from zoning.catalogue.embedded import LoadedLayer
from zoning.review import index
from zoning.review.index import StoredFrame, StoredZones

if TYPE_CHECKING:
    from zoning.review.layers import Layers

#: Zone sets by the version of their layer, the same for every review of this process.
_PREPARED: dict[tuple[str, str, str], measure.Zones] = {}
_MOST = 256
#: Areas of some counties by the table of all: to unite many of them takes long.
_UNITED: WeakKeyDictionary[Table, dict[bytes, Any]] = WeakKeyDictionary()
_MOST_UNITED = 64
#: So many counties take longer to unite than to read together.
_MANY = 32


def united(counties: Table, keep: NDArray[np.bool_], place: index.Shelf | None) -> Any:
    """Return the area of some counties; the same object while the counties are the same.

    Many are united once, and the area kept in the cache, where the counties have a place there.
    """
    known, which = _UNITED.setdefault(counties, {}), keep.tobytes()
    if which not in known:
        while len(known) >= _MOST_UNITED:
            del known[next(iter(known))]
        if place is None or np.count_nonzero(keep) < _MANY:
            known[which] = shapely.union_all(counties.geometry[keep])
        else:
            name = hashed(which.hex())[:16]
            drawn = place.arrays(f"area-{name}", name, lambda: _drawn(counties, keep))
            known[which] = shapely.from_wkb(drawn["area"].tobytes())
        shapely.prepare(known[which])
    return known[which]


def _drawn(counties: Table, keep: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    drawn = shapely.to_wkb(shapely.union_all(counties.geometry[keep]))
    return {"area": np.frombuffer(drawn, dtype=np.uint8)}


class ZoneSets(MutableMapping[str, measure.Zones]):
    """Zone sets prepared for measuring, by layer; they outlast the review."""

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._own: dict[str, measure.Zones] = {}
        self._keys: dict[str, tuple[LoadedLayer, tuple[str, str, str] | None]] = {}

    def _key(self, name: str) -> tuple[str, str, str] | None:
        loaded = self._layers[name]
        if name in self._layers.kept():
            return None
        if name in self._keys and self._keys[name][0] is loaded:
            return self._keys[name][1]
        key = self._named(name, loaded)
        self._keys[name] = loaded, key
        return key

    def _named(self, name: str, loaded: LoadedLayer) -> tuple[str, str, str] | None:
        record, layer = loaded.record, loaded.layer
        if record.sha256 is None:
            return None
        drawn = (layer.source, layer.accuracy_field, layer.positional_accuracy_m)
        read = self._layers.read_as(name)
        wide = sorted(layer.half_width_m.items()), layer.half_width_by
        known = (*drawn, *wide, layer.name_field, layer.name, layer.tolerances, read)
        return name, record.sha256, repr(known)

    def __getitem__(self, name: str) -> measure.Zones:
        key = self._key(name)
        held = self._own if key is None else _PREPARED
        where: Any = name if key is None else key
        if where not in held:
            stored = self._layers[name].stored
            if not isinstance(stored, StoredFrame):
                raise KeyError(name)
            pieces = index.Pieces(stored.kept.shelf)
            self[name] = StoredZones(self._layers[name].layer, stored, pieces=pieces)
        return held[where]

    def __setitem__(self, name: str, zones: measure.Zones) -> None:
        key = self._key(name)
        if key is not None and isinstance(zones, measure.ZoneSet):
            memory = index.of_embedded(self._layers[name])
            known = (memory, np.arange(len(zones))) if memory is not None else None
            zones = replace(zones, memory=known)
        if key is None:
            self._own[name] = zones
            return
        while len(_PREPARED) >= _MOST:
            del _PREPARED[next(iter(_PREPARED))]
        _PREPARED[key] = zones

    def write(self) -> None:
        """Keep what was cut for the next review."""
        for zones in (*self._own.values(), *_PREPARED.values()):
            known = getattr(zones, "memory", None)
            pieces = zones.pieces if isinstance(zones, StoredZones) else known and known[0]
            if isinstance(pieces, index.Pieces):
                pieces.write()

    def forget(self) -> None:
        """Hold no zones that a file keeps: the next batch of sites lies elsewhere."""
        for zones in (*self._own.values(), *_PREPARED.values()):
            if isinstance(zones, StoredZones):
                zones.forget()
        for loaded in self._layers.held().values():
            if isinstance(loaded.stored, StoredFrame):
                loaded.stored.forget()

    def __delitem__(self, name: str) -> None:
        del self._own[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)
