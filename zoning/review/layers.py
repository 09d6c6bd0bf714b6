"""Layers of a review: official where the workspace has them, embedded elsewhere, bands drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import shapely

from zoning import measure
from zoning.base.errors import CatalogueError, DataError, Problem, problem
from zoning.base.progress import Progress, silent
from zoning.base.table import Table
from zoning.catalogue import embedded
from zoning.catalogue.content import Catalogue
from zoning.catalogue.embedded import LoadedLayer
from zoning.catalogue.workspace import OpenWorkspace
from zoning.messages import Text, message
from zoning.model import Evidence, Layer, LayerRecord, OfficialLayer
from zoning.review import divisions, official
from zoning.review.examination import Examined
from zoning.review.index import StoredFrame, shelf_of
from zoning.review.zone_sets import ZoneSets, united

if TYPE_CHECKING:
    from geopandas import GeoDataFrame


#: West, south, east, north, degrees.
Bounds = tuple[float, float, float, float]


class Examination(NamedTuple):
    """What is wrong or odd about an official source, by what follows from it."""

    contradictions: tuple[Problem, ...]
    misplaced: tuple[Text, ...]
    faults: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


@dataclass
class Layers:
    """What layers stand for, each loaded once.

    Attributes
    ----------
    catalogue : Catalogue
    opened : OpenWorkspace or None
        Its entries replace embedded data; a source that cannot be read is ``failed``, and the
        embedded data are never used in its place.
    bbox : tuple or None
        Bounds in degrees outside which a database need not answer.
    progress : callable
        Told of each source that has to be read.
    """

    catalogue: Catalogue
    opened: OpenWorkspace | None = None
    bbox: tuple[float, float, float, float] | None = None
    progress: Progress = silent
    _loaded: dict[str, LoadedLayer] = field(default_factory=dict)
    _kept: dict[str, LoadedLayer] = field(default_factory=dict)
    _closed: bool = False
    _missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _areas: dict[tuple[object, ...], Any] = field(default_factory=dict)
    zone_sets: ZoneSets = field(init=False)

    def __post_init__(self) -> None:
        self.zone_sets = ZoneSets(self)

    def __getitem__(self, name: str) -> LoadedLayer:
        """Return a layer, loading it on first use."""
        if name not in self._loaded:
            self._loaded[name] = self._load(self.catalogue.layer(name))
        return self._loaded[name]

    def hold(self, names: Iterable[str]) -> Layers:
        """Load these too, and no official source from here on: the report keeps what it used."""
        self.frames(names)
        self.zone_sets.write()
        self._closed = True
        return self

    def keep(self, loaded: LoadedLayer) -> None:
        """Take a layer as it was when another review loaded it."""
        self._kept[loaded.layer.id] = loaded

    def read_as(self, name: str) -> str | None:
        """Return what the workspace says of a layer's source; None of an embedded layer."""
        entry = self.opened.entry(name) if self.opened else None
        return None if entry is None else entry.model_dump_json()

    def kept(self) -> Mapping[str, LoadedLayer]:
        """Return the layers taken as another review loaded them, by id."""
        return self._kept

    def held(self) -> Mapping[str, LoadedLayer]:
        """Return the layers loaded so far, by id."""
        return self._loaded

    def _load(self, layer: Layer) -> LoadedLayer:
        if layer.id in self._kept:
            return self._kept[layer.id]
        entry = self.opened.entry(layer.id) if self.opened else None
        if self.opened is not None and entry is not None:
            if self._closed:
                raise DataError(problem("layer-not-held", layer=layer.id, name=layer.id))
            # Counties say where other layers are complete: of them, no part will do.
            around = None if layer.id in ("counties", "province") else self.bbox
            folder = self.opened.path.parent
            loaded = official.load_official(layer, entry, folder, around, self.progress)
            return self._placed(loaded, entry)
        if layer.source is not None and layer.source.buffer is not None:
            return self._band(layer, layer.source.buffer.layer, layer.source.buffer.distance_m)
        return embedded.load_layer(layer)

    def _placed(self, loaded: LoadedLayer, entry: OfficialLayer) -> LoadedLayer:
        """Fail an official layer that lies elsewhere: a wrong CRS must not clear every site.

        A database answers for the surroundings of the sites only; where that says nothing, it is
        asked for the whole area, since "no zone near" and "no zone at all" look the same.
        """
        name = loaded.layer.id
        if loaded.table is None or name == "province" or entry.source is None:
            return loaded
        stated = self._area_of(name, entry.complete_in) if name != "counties" else None
        # A file that was read whole may be empty; a database may just have sent nothing near.
        empty = not len(loaded.table)
        if empty and not entry.is_database and (entry.complete_in or entry.absent_in):
            return loaded
        cover = stated if stated is not None and not stated.is_empty else self.province
        if _meets(loaded, cover):
            sound = self._sound if name != "counties" else divisions.checked
            return sound(loaded, entry)
        if entry.is_database and self.opened is not None and self.bbox is not None:
            folder, around = self.opened.path.parent, tuple(shapely.bounds(cover).tolist())
            whole = official.load_official(self.catalogue.layers[name], entry, folder, around)
            if whole.table is None:
                return whole
            if _meets(whole, cover):
                return loaded
        return _failed(loaded, official.elsewhere(loaded, entry))

    def _sound(self, loaded: LoadedLayer, entry: OfficialLayer) -> LoadedLayer:
        """Fail an official layer that holds zones where the workspace says there are none.

        Zones that lie elsewhere than they should count as parts that were not read.
        """
        found = self._examination(loaded, entry)
        if entry.absent_in and found.contradictions:
            return _failed(loaded, found.contradictions[0])
        return official.doubted(loaded, entry, found.misplaced)

    def _band(self, layer: Layer, base: str, distance_m: float) -> LoadedLayer:
        """Draw the band around another layer; it is as good as that layer, official or not.

        A band that is a sketch itself, because nobody states its width, stays one.
        """
        origin = self[base]
        sketch = layer.evidence is Evidence.SCHEMATIC
        evidence = layer.evidence if sketch else origin.record.evidence
        record = replace(origin.record, id=layer.id, name=layer.name, evidence=evidence)
        if origin.table is None:
            return LoadedLayer(layer, record, None)
        whole = self.needed(base)
        band = whole.drawn_as(lambda: measure.around(whole.geometry, distance_m))
        return LoadedLayer(layer, record, band)

    def frames(self, names: Iterable[str]) -> dict[str, measure.Columns]:
        """Return the tables of those layers that have any, and of what bands are drawn around."""
        wanted: dict[str, None] = {}
        for name in names:
            wanted[name] = None
            source = self.catalogue.layer(name).source
            while source is not None and source.buffer is not None:
                wanted[source.buffer.layer] = None
                source = self.catalogue.layer(source.buffer.layer).source
        found = {name: self[name].table for name in wanted}
        return {name: table for name, table in found.items() if table is not None}

    def drawn(self, names: Iterable[str]) -> dict[str, GeoDataFrame]:
        """Return all zones of those layers that have any, as maps draw them."""
        found = {name: self[name].frame for name in self.frames(names)}
        return {name: frame for name, frame in found.items() if frame is not None}

    def shown(self) -> dict[str, Layer]:
        """Return the layers as they are used: an official one says so in its evidence."""
        used = {name: loaded.layer for name, loaded in self._loaded.items()}
        return {**self.catalogue.layers, **used}

    @cached_property
    def counties(self) -> Table:
        """The county-level units; a review cannot do without them."""
        return self.needed("counties")

    def missing(self, name: str) -> tuple[str, ...]:
        """Codes of the units that an official file of counties or cities does not hold whole."""
        if name not in divisions.UNITS or not self[name].record.official or not self[name].table:
            return ()
        if name not in self._missing:
            self._missing[name] = divisions.lacking(name, self.needed(name))
        return self._missing[name]

    @cached_property
    def _divided(self) -> LoadedLayer:
        """The counties by which places are stated: a file that lacks some will not do."""
        given = self["counties"]
        return divisions.known() if self.missing("counties") or given.record.incomplete else given

    @cached_property
    def edge_m(self) -> float:
        """How well the county lines are known at which the coverage of a layer ends, m."""
        return self._divided.record.accuracy_m or 0.0

    @cached_property
    def units(self) -> Table:
        """All county-level units, as places are stated by them."""
        divided = self._divided
        return self.counties if divided.given is None else divided.given

    def records(self) -> tuple[LayerRecord, ...]:
        """Return what every layer that was asked for stood for, by id."""
        return tuple(self._loaded[name].record for name in sorted(self._loaded))

    def notices(self) -> tuple[Text, ...]:
        """Say which workspace was used and which layers it replaced."""
        if self.opened is None:
            return ()
        official = sorted(self.opened.content.entries)
        read = [self._loaded[name] for name in official if name in self._loaded]
        alike = {
            name: self._beside(name)
            for name in official
            if self.catalogue.layers[name].source is not None and self._beside(name)
        }
        return (
            _used(self.opened, official),
            *(text for loaded in read for text in self._remarks(loaded)),
            *(self._still_embedded(name, others) for name, others in alike.items()),
        )

    def _still_embedded(self, name: str, others: list[str]) -> Text:
        layers = self.catalogue.layers
        listed = [layers[other].name for other in others]
        return message("layers.official-layer-does-replace", name=layers[name].name, listed=listed)

    def _remarks(self, loaded: LoadedLayer) -> Iterator[Text]:
        """Say what is odd about an official source that was used."""
        entry = self.opened.entry(loaded.layer.id) if self.opened else None
        if entry is None or loaded.table is None:
            return
        name = loaded.layer.name
        if loaded.record.incomplete:
            yield message("layers.not-all-read", name=name, said=list(loaded.record.unread))
        for notice in loaded.record.notices:
            if notice not in loaded.record.unread:
                yield message("layers.notice", name=name, said=notice)
        if loaded.layer.id not in ("counties", "province"):
            said = self._examination(loaded, entry)
            odd = (*said.faults, *(r for r in said.remarks if r not in said.faults))
        else:
            odd = ()
        odd = (*odd, *divisions.remarks(entry, loaded.layer.id, self.missing(loaded.layer.id)))
        for found in odd:
            yield message("layers.remark", name=name, fault=found.fault, cure=found.cure)

    def _examination(self, loaded: LoadedLayer, entry: OfficialLayer) -> Examination:
        """Return what is wrong or odd about an official source, as it was found out before."""

        def find() -> tuple[Any, ...]:
            assert loaded.frame is not None
            examined = self.examined(loaded.layer, entry, loaded.frame)
            odd = examined.faults(self.catalogue.rules), examined.remarks()
            return tuple(examined.contradictions()), examined.misplaced(), *map(tuple, odd)

        if not isinstance(loaded.stored, StoredFrame):
            return Examination(*find())
        counties = self._divided
        beside = (counties.record.sha256, repr(counties.layer), self.read_as("counties"))
        key = repr((self.catalogue.sha256, entry.unsigned, entry.early, *beside))
        return Examination(*loaded.stored.kept.shelf.told("examined", key, find))

    def examined(self, layer: Layer, entry: OfficialLayer, frame: GeoDataFrame) -> Examined:
        """Return an official source beside the counties it is said to cover."""
        units = self.units
        covers = divisions.listed(units, entry.complete_in)
        none = divisions.listed(units, entry.absent_in)
        partial = entry.is_database and self.bbox is not None
        return Examined(layer, entry, frame, units.frame, covers, none, partial, self.edge_m)

    def _beside(self, name: str) -> list[str]:
        """Layers still drawn from the embedded file that an official layer was to replace."""
        source = self.catalogue.layers[name].source
        return sorted(
            other
            for other, loaded in self._loaded.items()
            if other != name
            and not loaded.record.official
            and source is not None
            and source.file is not None
            and (own := self.catalogue.layers[other].source) is not None
            and source.file in (own.file, own.same_as)
        )

    @cached_property
    def lacking(self) -> tuple[LayerRecord, ...]:
        """Records of the layers the workspace requires and that have no usable official data."""
        required = self.opened.content.required if self.opened else ()
        records = (self[name].record for name in required)
        return tuple(r for r in records if r.state != "used" or not r.official)

    def need(self, name: str) -> GeoDataFrame:
        """Return the zones of a layer, or raise the DataError that says why there are none."""
        loaded = self[name]
        return loaded.frame if loaded.frame is not None else embedded.refuse(loaded)

    def needed(self, name: str) -> Table:
        """Return the zones of a layer without a frame, or raise the DataError."""
        given = self[name].given
        return given if given is not None else Table.of(self.need(name))

    @cached_property
    def province(self) -> Any:
        """The province as one area."""
        return shapely.union_all(self.needed("province").geometry)

    def cover(self, name: str, around: Bounds | None = None) -> Any:
        """Return the area in which meeting no zone of a layer means that there is none.

        None stands for everywhere, an empty geometry for nowhere. Of an official layer it is what
        the workspace states, and nowhere but in ``none_in`` where parts of the source were not
        read; of a band it is that of the layer it is drawn around. With ``around``, the bounds of
        all that will be asked for, counties beyond may be missing from it.
        """
        entry = self.opened.entry(name) if self.opened else None
        layer = self.catalogue.layer(name)
        if entry is None and layer.source is not None and layer.source.buffer is not None:
            return self.cover(layer.source.buffer.layer, around)
        if entry is None:
            return self._area_of(name, layer.complete_in, around)
        covers = () if self[name].record.incomplete else entry.complete_in
        if self.missing(name):
            covers = divisions.present(self.units, covers, self.missing(name))
        stated = [self._area_of(name, part, around) for part in (covers, entry.absent_in)]
        if any(area is None for area in stated):
            return None
        # Mostly one of the two is nowhere, and the other is then the same area for many layers.
        drawn = [area for area in stated if not area.is_empty] or stated[:1]
        return drawn[0] if len(drawn) == 1 else shapely.union_all(drawn)

    def _area_of(self, name: str, stated: str | Sequence[str], around: Bounds | None = None) -> Any:
        """Return the area of counties and cities by division code; None for the province."""
        if stated == "province":
            return None
        if stated == "nowhere" or not stated:
            return shapely.Polygon()
        key = (stated if isinstance(stated, str) else tuple(stated), around)
        if key not in self._areas:
            keep = divisions.listed(self.units, stated)
            unknown = divisions.unknown(self.units, stated)
            if unknown:
                assert self.opened is not None  # the catalogue's own codes are tested
                raise CatalogueError(divisions.no_such_county(self.opened.path, name, unknown))
            if around is not None:
                boxes = shapely.envelope(self.units.geometry)
                near = keep & shapely.intersects(shapely.box(*around), boxes)
                # Where most are near, all are taken: their area is the same for the next sites.
                keep = near if 2 * near.sum() < keep.sum() else keep
            self._areas[key] = united(self.units, keep, shelf_of(self._divided))
        return self._areas[key]


def _failed(loaded: LoadedLayer, fault: Problem) -> LoadedLayer:
    record = replace(loaded.record, state="failed", problem=fault)
    return replace(loaded, record=record, given=None, stored=None)


def _used(opened: OpenWorkspace, names: list[str]) -> Text:
    return message(
        "layers.official-layers-from-workspace",
        name=opened.path.name,
        sha256=opened.sha256[:12],
        count=len(names),
    )


def _meets(loaded: LoadedLayer, cover: Any) -> bool:
    """Whether any zone lies in the area, at least in part."""
    if isinstance(loaded.stored, StoredFrame):
        return loaded.stored.meets(cover)
    assert loaded.given is not None
    shapely.prepare(cover)
    return bool(shapely.intersects(cover, loaded.given.geometry).any())
