"""Which rasters and units a request means: the user's files, or the embedded ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from zoning.errors import DataError, Problem, Text, UsageError
from zoning.settings import data_dir
from zoning.statistics.engine import Input
from zoning.statistics.request import Request

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Role -> embedded raster and the year it shows.
STOCK: Final[Mapping[str, tuple[str, int | None]]] = {
    "landcover": ("rasters/landcover_2019.tif", 2019),
    "dem": ("rasters/dem_30s.tif", None),
    "rain": ("rasters/rain_monthly.tif", None),
    "ndvi": ("rasters/ndvi_max.tif", None),
    "zones": ("rasters/grid_erosion_zones.tif", None),
}
ROLES: Final[Mapping[str, Text]] = {
    "landcover": Text("土地覆盖", "land cover"),
    "dem": Text("高程", "elevation"),
    "rain": Text("雨量", "rain"),
    "erosivity": Text("降雨侵蚀力 R", "erosivity R"),
    "erodibility": Text("土壤可蚀性 K", "erodibility K"),
    "soil": Text("土壤类型", "soil classes"),
    "ls": Text("地形因子 LS", "topographic factor LS"),
    "cover": Text("植被盖度", "vegetation cover"),
    "ndvi": Text("NDVI", "NDVI"),
    "practice": Text("工程措施 E", "practice codes for E"),
    "zones": Text("侵蚀类型区", "erosion zones"),
    "wind": Text("风力侵蚀", "wind erosion"),
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
        given = getattr(request, role)
        if given is not None:
            path = Path(given)
            if not path.is_file():
                problems.append(_missing(role, path))
                continue
            text = Text(f"{title.zh}：{path.name}", f"{title.en}: {path.name}")
            year = request.year if role == "landcover" else None
            found[role] = Input(path, text, False, digest(path), year)
        elif role in STOCK and getattr(request, _INSTEAD.get(role, role)) is None:
            found[role] = _stock(role, registry, digest)
    if problems:
        raise UsageError(problems)
    return found


def _stock(
    role: str, registry: Mapping[str, Mapping[str, Any]], digest: Callable[[Path], str]
) -> Input:
    name, year = STOCK[role]
    entry, path = registry.get(name), data_dir() / name
    if entry is None or not path.is_file() or digest(path) != entry["sha256"]:
        raise DataError(
            Problem(
                code="data-damaged",
                fault=Text(
                    "内嵌栅格缺失或被改动，不能使用。",
                    "The embedded raster is missing or was changed and cannot be used.",
                ),
                cure=Text("重新安装 zoning。", "Reinstall zoning."),
                file=f"data/{name}",
            )
        )
    origin = "; ".join(
        f"{s.get('package', '')} {s.get('version', '')}".strip() for s in entry.get("source", ())
    )
    title, accuracy = ROLES[role], entry["positional_accuracy_m"]
    text = Text(
        f"{title.zh}：内嵌 {entry['title_zh']}（{origin}，位置精度 {accuracy} m）",
        f"{title.en}: embedded, {entry['title']} ({origin}, positional accuracy {accuracy} m)",
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
    return Problem(
        code="file-missing",
        fault=Text("文件不存在。", "There is no such file."),
        cure=Text(f"检查 --{role} 的路径。", f"Check the path of --{role}."),
        file=str(path),
    )


def _no_column(column: str, columns: list[str]) -> Problem:
    return Problem(
        code="column-missing",
        fault=Text(f"统计单元没有字段 {column}。", f"The units have no column {column}."),
        cure=Text(f"可用：{'、'.join(columns)}。", f"Use one of: {', '.join(columns)}."),
        field=column,
    )
