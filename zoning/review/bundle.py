"""A review in one file: sites, zones, catalogue and findings, to be made again elsewhere.

The file is a ZIP of JSON (values), WKB (geometries) and nothing that runs. Frames are kept as they
were after reading, so that a replay needs neither the input files nor the workspace.
"""

from __future__ import annotations

import dataclasses
import json
import platform
import struct
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import shapely
from pydantic import BaseModel, TypeAdapter, ValidationError

from zoning.base.errors import Problem, SourceError, problem
from zoning.base.settings import VERSION
from zoning.base.table import Table
from zoning.base.targets import Target
from zoning.base.writing import whole
from zoning.catalogue.content import Catalogue, CatalogueFile
from zoning.catalogue.embedded import LoadedLayer
from zoning.catalogue.workspace import OpenWorkspace
from zoning.messages import Text
from zoning.model import InputRecord, Layer, LayerRecord, Workspace
from zoning.read import Reading, Repair
from zoning.review.layers import Layers
from zoning.review.reviewed import Asked, Reviewed

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Raised when the layout of the file changes; a reader refuses what it does not know.
FORMAT = 2
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_bundle(path: Target | Path, reviewed: Reviewed, report_json: str) -> None:
    """Write a bundle, whole or not at all.

    Parameters
    ----------
    path : Target or Path
    reviewed : Reviewed
    report_json : str
        The report as ``zoning check --format json --full`` prints it; a replay is compared with it.

    Raises
    ------
    UsageError
        If the place cannot be written.
    """
    with whole(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _members(reviewed, report_json):
            # A fixed date: the same review gives the same bytes.
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)


def _members(reviewed: Reviewed, report_json: str) -> Iterator[tuple[str, str | bytes]]:
    catalogue, layers = reviewed.catalogue, reviewed.layers
    # Bands are drawn again around the layers they belong to.
    held = {n: x for n, x in sorted(layers.held().items()) if not _is_band(x)}
    yield "bundle.json", _json({
        "format": FORMAT,
        "tool_version": VERSION,
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in ("geopandas", "shapely", "pyproj", "numpy")},
        "asked": _plain(reviewed.asked),
        "workspace": _workspace(layers.opened),
    })  # fmt: skip
    yield "catalogue.json", _json({
        "sha256": catalogue.sha256,
        "documents": _plain(tuple(catalogue.documents.values())),
        "attributes": _plain(tuple(catalogue.attributes.values())),
        "layers": _plain(tuple(catalogue.layers.values())),
        "rules": _plain(tuple(catalogue.rules.values())),
        "topics": _plain(tuple(catalogue.topics.values())),
        "offices": _plain(tuple(catalogue.offices.values())),
        "systems": _plain(tuple(catalogue.systems.values())),
        "profiles": _plain(tuple(catalogue.profiles.values())),
    })  # fmt: skip
    yield "readings.json", _json([_reading(reading) for reading in reviewed.readings])
    for number, reading in enumerate(reviewed.readings):
        yield from _frame(f"readings/{number}", reading.frame)
    yield (
        "layers.json",
        _json(
            {
                name: {"layer": _plain(x.layer), "record": _plain(x.record)}
                for name, x in held.items()
            }
        ),
    )
    for name, loaded in held.items():
        if loaded.frame is not None:
            yield from _frame(f"layers/{name}", loaded.frame)
    yield "report.json", report_json


def read_bundle(path: str | Path) -> tuple[Reviewed, str]:
    """Read a bundle.

    Returns
    -------
    reviewed : Reviewed
        Its layers answer from the bundle only.
    report_json : str
        The report that was made from it.

    Raises
    ------
    SourceError
        The file is no bundle, is damaged, or is of a later format.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            head = json.loads(archive.read("bundle.json"))
            if head["format"] != FORMAT:
                raise SourceError(problem("bundle-format", file=str(path), format=head["format"]))
            catalogue = _catalogue(json.loads(archive.read("catalogue.json")))
            readings = tuple(_readings(archive))
            asked = _valid(Asked, head["asked"])
            layers = _layers(archive, catalogue, head["workspace"])
            return Reviewed(catalogue, layers, readings, asked), archive.read(
                "report.json"
            ).decode()
    except FileNotFoundError as error:
        raise SourceError(problem("file-missing", file=str(path))) from error
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError, ValidationError,
            struct.error, shapely.errors.ShapelyError) as error:  # fmt: skip
        raise SourceError(problem("bundle-damaged", file=str(path), detail=error)) from error


def _is_band(loaded: LoadedLayer) -> bool:
    source = loaded.layer.source
    return source is not None and source.buffer is not None


# ---------------------------------------------------------------- values

_Value = TypeVar("_Value")


def _valid(kind: type[_Value], value: Any) -> _Value:
    """Return what JSON holds as a value of a type, or raise the fault of what it is not."""
    key: Any = kind
    valid: _Value = _adapter(key).validate_python(value)
    return valid


@cache  # to make the schema of a type takes far longer than to read a value by it
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _plain(value: Any) -> Any:
    """Return a frozen value as JSON: a Text keeps its two wordings."""
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def _workspace(opened: OpenWorkspace | None) -> dict[str, Any] | None:
    if opened is None:
        return None
    # What was still to be stated on the day stays so, whenever the bundle is replayed.
    early = [entry.date for entry in opened.content.entries.values() if entry.early]
    return {
        "path": str(opened.path),
        "sha256": opened.sha256,
        "content": _plain(opened.content),
        **({"before": str(min(filter(None, early)))} if early else {}),
    }


def _catalogue(table: dict[str, Any]) -> Catalogue:
    digest = table.pop("sha256")
    content = CatalogueFile.model_validate(table)
    return Catalogue(
        layers={x.id: x for x in content.layers},
        rules={x.id: x for x in content.rules},
        documents={x.id: x for x in content.documents},
        attributes={x.name: x for x in content.attributes},
        sha256=digest,
        topics={x.id: x for x in content.topics},
        offices={x.id: x for x in content.offices},
        systems={x.id: x for x in content.systems},
        profiles={x.id: x for x in content.profiles},
    )


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "record": _plain(reading.record),
        "problems": _plain(reading.problems),
        "failed": list(reading.failed),
        "repairs": _plain(reading.repairs),
        "failed_attributes": [[k, _plain(v)] for k, v in reading.failed_attributes.items()],
        "doubts": [[k, _plain(v)] for k, v in reading.doubts.items()],
    }


def _readings(archive: zipfile.ZipFile) -> Iterator[Reading]:
    for number, table in enumerate(json.loads(archive.read("readings.json"))):
        yield Reading(
            table=Table.of(_restored(archive, f"readings/{number}")),
            record=_valid(InputRecord, table["record"]),
            problems=_valid(tuple[Problem, ...], table["problems"]),
            failed=tuple(table["failed"]),
            repairs=_valid(tuple[Repair, ...], table["repairs"]),
            failed_attributes={int(k): v for k, v in table["failed_attributes"]},
            doubts={int(k): _valid(Text, v) for k, v in table["doubts"]},
        )


def _layers(archive: zipfile.ZipFile, catalogue: Catalogue, workspace: Any) -> Layers:
    opened = None
    if workspace is not None:
        before = workspace.get("before")
        day = None if before is None else date.fromisoformat(before) - timedelta(days=1)
        content = Workspace.model_validate(workspace["content"]).on(day)
        opened = OpenWorkspace(Path(workspace["path"]), content, workspace["sha256"])
    names = set(archive.namelist())
    layers = Layers(catalogue, opened)
    for name, table in json.loads(archive.read("layers.json")).items():
        frame = _restored(archive, f"layers/{name}") if f"layers/{name}.wkb" in names else None
        record = _valid(LayerRecord, table["record"])
        given = Table.of(frame) if frame is not None else None
        layers.keep(LoadedLayer(Layer.model_validate(table["layer"]), record, given))
    return layers.hold(())


# ---------------------------------------------------------------- frames


def _frame(stem: str, frame: GeoDataFrame) -> Iterator[tuple[str, str | bytes]]:
    """Yield a frame as its columns (JSON) and its geometries (length-prefixed WKB)."""
    column = frame.geometry.name
    columns = [
        {"name": str(c), "dtype": str(frame[c].dtype), "values": _plain(frame[c].tolist())}
        for c in frame.columns
        if c != column
    ]
    head = {"geometry": column, "crs": "EPSG:4490", "index": frame.index.tolist()}
    yield f"{stem}.json", json.dumps({**head, "columns": columns}, ensure_ascii=False)
    shapes = shapely.to_wkb(np.asarray(frame.geometry.to_numpy(), dtype=object))
    yield f"{stem}.wkb", b"".join(struct.pack("<I", len(wkb)) + wkb for wkb in shapes)


def _restored(archive: zipfile.ZipFile, stem: str) -> GeoDataFrame:
    import pandas as pd
    from geopandas import GeoDataFrame

    head = json.loads(archive.read(f"{stem}.json"))
    blob, shapes, at = archive.read(f"{stem}.wkb"), [], 0
    while at < len(blob):
        (length,) = struct.unpack_from("<I", blob, at)
        shapes.append(blob[at + 4 : at + 4 + length])
        at += 4 + length
    data = {
        c["name"]: pd.Series(c["values"], dtype=c["dtype"], index=head["index"])
        for c in head["columns"]
    }
    geometry = shapely.from_wkb(np.array(shapes, dtype=object))
    frame = GeoDataFrame(data, index=head["index"], geometry=geometry, crs=head["crs"])
    return frame.rename_geometry(head["geometry"]) if head["geometry"] != "geometry" else frame
