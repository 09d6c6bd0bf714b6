"""Which rasters and units a request means: the user's files, or the embedded ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zoning.base.errors import DataError, Problem, UsageError, problem
from zoning.base.settings import data_dir
from zoning.messages import Text, message
from zoning.stats.request import Input, Request
from zoning.zonal.mosaic import tiles_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Role -> embedded raster and the year it shows.
STOCK: Final[Mapping[str, tuple[str, int | None]]] = {
    "landcover": ("rasters/landcover_2019.tif", 2019),
    "dem": ("rasters/dem_30s.tif", None),
    "rain": ("rasters/rain_monthly.tif", None),
    "ndvi": ("rasters/ndvi_max.tif", None),
    "zones": ("rasters/grid_erosion_zones.tif", None),
    "zones_other": ("rasters/grid_erosion_alternative.tif", None),
}
ROLES: Final[Mapping[str, Text]] = {
    "landcover": message("inputs.roles.landcover"),
    "dem": message("inputs.roles.dem"),
    "rain": message("inputs.roles.rain"),
    "erosivity": message("inputs.roles.erosivity"),
    "erodibility": message("inputs.roles.erodibility"),
    "soil": message("inputs.roles.soil"),
    "ls": message("inputs.roles.ls"),
    "cover": message("inputs.roles.cover"),
    "ndvi": message("inputs.roles.ndvi"),
    "practice": message("inputs.roles.practice"),
    "zones": message("inputs.roles.zones"),
    "zones_other": message("inputs.roles.zones-other"),
    "wind": message("inputs.roles.wind"),
}
#: A role the user filled makes the embedded raster of this role superfluous.
_INSTEAD: Final = {"rain": "erosivity", "ndvi": "cover", "zones": "zone"}
_NAMES: Final = ("name", "NAME", "XZQMC", "名称", "MC")
#: Columns taken for identifiers unless told otherwise, if every value is there and occurs once.
_IDS: Final = ("id", "code", "xzqdm", "bsm", "代码", "编码", "编号")


def rasters(
    request: Request,
    registry: Mapping[str, Mapping[str, Any]],
    digest: Callable[[Path], str],
) -> dict[str, Input]:
    """Return the raster of each role.

    Parameters
    ----------
    request : Request
    registry : mapping
        Entries of ``data/registry.toml`` by path.
    digest : callable
        SHA-256 of a file.

    Raises
    ------
    UsageError
        Files that do not exist, all at once.
    DataError
        An embedded raster is missing or was changed.
    """
    found: dict[str, Input] = {}
    problems = []
    for role, title in ROLES.items():
        given = getattr(request, role, None)
        if role == "landcover" and request.patches:
            continue
        if given is not None:
            path = Path(given[0] if isinstance(given, tuple) else given)
            if not (path.is_file() or path.is_dir()):
                problems.append(_missing(role, path))
                continue
            text = message("inputs.text", title=title, name=path.name)
            year = request.year if role == "landcover" else None
            found[role] = Input(path, text, False, _digest(path, digest), year)
        elif role in STOCK and _is_free(request, role):
            found[role] = _stock(role, registry, digest)
    if problems:
        raise UsageError(problems)
    return found


def _digest(path: Path, digest: Callable[[Path], str]) -> str:
    """Return the digest of a raster; of a folder, that of the digests of its tiles by name."""
    tiles = tiles_of(path)
    if tiles is None:
        return digest(path)
    lines = "".join(f"{digest(tile)} {tile.name}\n" for tile in tiles)
    return hashlib.sha256(lines.encode()).hexdigest()


def reference(role: str) -> Path:
    """Return the embedded raster that a user's raster of a role is held against.

    Raises
    ------
    DataError
        It is missing from the installation.
    """
    name, _ = STOCK[role]
    path = data_dir() / name
    if not path.is_file():
        raise DataError(problem("data-damaged", file=f"data/{name}"))
    return path


def _is_free(request: Request, role: str) -> bool:
    """Return whether the embedded raster of a role is wanted; the other zones go with the first."""
    if role == "zones_other":
        return request.zone is None and request.zones is None
    return getattr(request, _INSTEAD.get(role, role)) is None


def _stock(
    role: str, registry: Mapping[str, Mapping[str, Any]], digest: Callable[[Path], str]
) -> Input:
    name, year = STOCK[role]
    entry, path = registry.get(name), data_dir() / name
    if entry is None or not path.is_file() or digest(path) != entry["sha256"]:
        raise DataError(problem("data-damaged", file=f"data/{name}"))
    origin = "; ".join(
        f"{s.get('package', '')} {s.get('version', '')}".strip() for s in entry.get("source", ())
    )
    title, accuracy = ROLES[role], entry["positional_accuracy_m"]
    text = message(
        "inputs.embedded-positional-accuracy-m",
        title=title,
        origin=origin,
        accuracy=accuracy,
        entry=Text(entry["title_zh"], entry["title"]),
    )
    return Input(path, text, True, entry["sha256"], year)


def named_units(frame: GeoDataFrame, request: Request) -> GeoDataFrame:
    """Return units with columns ``unit``, ``name`` and geometry, in the order of their code.

    Raises
    ------
    UsageError
        A column that does not exist.
    """
    ids = request.id_column or ("adcode" if "adcode" in frame else _usual_ids(frame))
    names = request.name_column or next((c for c in _NAMES if c in frame), None)
    for column in (ids, names):
        if column is not None and column not in frame:
            raise UsageError(_no_column(column, [str(c) for c in frame.columns]))
    from geopandas import GeoDataFrame

    codes = _codes(frame[ids]) if ids else [str(i + 1) for i in range(len(frame))]
    units = GeoDataFrame({"unit": codes}, geometry=frame.geometry.values, crs=frame.crs)
    units["name"] = frame[names].fillna("").astype(str).values if names else units["unit"]
    return units.sort_values("unit", kind="stable").reset_index(drop=True)


def _usual_ids(frame: GeoDataFrame) -> str | None:
    """Return the column that identifies the units, if it has one of the usual names."""
    columns = {str(c).lower(): str(c) for c in frame.columns if c != frame.geometry.name}
    for usual in _IDS:
        column = columns.get(usual)
        if column is None or frame[column].isna().any():
            continue
        codes = _codes(frame[column])
        if all(c.strip() for c in codes) and len(set(codes)) == len(codes):
            return column
    return None


def _codes(values: Any) -> list[str]:
    """Return identifiers as text; whole numbers stored as reals lose their '.0'."""
    return [
        str(int(v)) if isinstance(v, float) and v.is_integer() else str(v) for v in values.tolist()
    ]


def _missing(role: str, path: Path) -> Problem:
    return problem("file-missing", file=str(path), key="file-missing.missing", role=role)


def _no_column(column: str, columns: list[str]) -> Problem:
    return problem(
        "column-missing",
        field=column,
        key="column-missing.no-column",
        column=column,
        columns=list(columns),
    )
