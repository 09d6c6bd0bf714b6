"""One small file of each kind that sites arrive in, made here and never copied.

Every file holds the same two plots; a mutation adds or hides a third. Places and sizes are such
that each plot is 0.01° x 0.01° in the county 平遥.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas
import pyproj
import shapely

#: The two plots of every file, and the one that mutations hide.
PLOTS = tuple(shapely.box(x, 37.2, x + 0.01, 37.21) for x in (112.20, 112.24))
HIDDEN = shapely.box(112.28, 37.2, 112.29, 37.21)
NAMES = ("甲", "乙", "丙")
_TO_GRID = pyproj.Transformer.from_crs(4490, 4547, always_xy=True)


def frame(shapes: Sequence[Any]) -> geopandas.GeoDataFrame:
    """Return plots as a frame."""
    names = {"id": [str(n) for n in range(len(shapes))], "name": list(NAMES[: len(shapes)])}
    return geopandas.GeoDataFrame(names, geometry=list(shapes), crs=4490)


def shp(path: Path, shapes: Sequence[Any]) -> Path:
    """Write a shapefile."""
    frame(shapes).to_file(path, encoding="UTF-8")
    return path


def gpkg(path: Path, shapes: Sequence[Any], layer: str = "plots") -> Path:
    """Write a layer of a GeoPackage."""
    frame(shapes).to_file(path, driver="GPKG", layer=layer)
    return path


def fgb(path: Path, shapes: Sequence[Any]) -> Path:
    """Write a FlatGeobuf without an index, so that features can be added at its end."""
    frame(shapes).to_file(path, driver="FlatGeobuf", SPATIAL_INDEX="NO")
    return path


def gdb(path: Path, shapes: Sequence[Any], layer: str = "plots") -> Path:
    """Write a feature class of a file geodatabase."""
    frame(shapes).to_file(path, driver="OpenFileGDB", layer=layer)
    return path


def geojson(path: Path, shapes: Sequence[Any]) -> Path:
    """Write GeoJSON of RFC 7946."""
    path.write_text(json.dumps(collection(shapes)), encoding="utf-8")
    return path


def collection(shapes: Sequence[Any]) -> dict[str, Any]:
    """Return plots as a feature collection."""
    return {"type": "FeatureCollection", "features": [feature(shape) for shape in shapes]}


def feature(shape: Any) -> dict[str, Any]:
    """Return one plot as a feature."""
    return {
        "type": "Feature",
        "properties": {"name": "甲"},
        "geometry": json.loads(shapely.to_geojson(shape)),
    }


def placemark(shape: Any) -> str:
    """Return one plot as a placemark."""
    points = " ".join(f"{x},{y}" for x, y in shapely.get_coordinates(shape))
    return (
        "<Placemark><name>甲</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{points}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )


def kml_text(shapes: Sequence[Any], more: str = "") -> str:
    """Return a KML document, with ``more`` before its end."""
    inside = "".join(placemark(shape) for shape in shapes) + more
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document>{inside}</Document></kml>"
    )


def kml(path: Path, shapes: Sequence[Any]) -> Path:
    """Write KML."""
    path.write_text(kml_text(shapes), encoding="utf-8")
    return path


def kmz(path: Path, shapes: Sequence[Any]) -> Path:
    """Write KMZ."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", kml_text(shapes))
    return path


def rows(shapes: Sequence[Any]) -> list[list[Any]]:
    """Return plots as the rows of a table, headings first."""
    area = [["name", "wkt", "用地面积(公顷)"]]
    return [*area, *([n, s.wkt, hectares(s)] for n, s in zip(NAMES, shapes, strict=False))]


def hectares(shape: Any) -> float:
    """Return the area on the ellipsoid, rounded as a form would state it."""
    geod = pyproj.Geod(a=6378137.0, rf=298.257222101)
    return round(abs(geod.geometry_area_perimeter(shape)[0]) / 1e4, 2)


def csv(path: Path, shapes: Sequence[Any]) -> Path:
    """Write CSV with WKT."""
    lines = (",".join(f'"{cell}"' for cell in row) for row in rows(shapes))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def xlsx(path: Path, shapes: Sequence[Any]) -> Path:
    """Write a workbook of one sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows(shapes):
        book.active.append(row)
    book.save(path)
    return path


def parquet(path: Path, shapes: Sequence[Any]) -> Path:
    """Write GeoParquet."""
    frame(shapes).to_parquet(path)
    return path


def txt_plot(shape: Any, number: int, *, area: float | None = None) -> list[str]:
    """Return the lines of one plot of a boundary-point file."""
    points = [_TO_GRID.transform(x, y) for x, y in shapely.get_coordinates(shape)]
    stated = hectares(shape) if area is None else area
    head = f"{len(points)},{stated},{number},{NAMES[number - 1]},面,,,,@"
    names = [f"J{n}" for n in (*range(1, len(points)), 1)]
    body = [f"{n},1,{y:.4f},{x:.4f}" for n, (x, y) in zip(names, points, strict=True)]
    return [head, *body]


def txt_lines(shapes: Sequence[Any]) -> list[str]:
    """Return the lines of a boundary-point file."""
    head = ["[属性描述]", "坐标系=2000国家大地坐标系", "几度分带=3", "投影类型=高斯克吕格",
            "计量单位=米", "带号=38", "[地块坐标]"]  # fmt: skip
    return [*head, *(line for n, s in enumerate(shapes, 1) for line in txt_plot(s, n))]


def txt(path: Path, shapes: Sequence[Any]) -> Path:
    """Write a boundary-point file."""
    path.write_text("\n".join(txt_lines(shapes)), encoding="utf-8")
    return path


def shp_zip(path: Path, shapes: Sequence[Any]) -> Path:
    """Write a zipped shapefile."""
    whole = shp(path.with_suffix(".shp"), shapes)
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(whole.parent.glob(f"{whole.stem}.*")):
            if part != path:
                archive.write(part, part.name)
                part.unlink()
    return path


MAKERS: dict[str, Callable[[Path, Sequence[Any]], Path]] = {
    "shp": shp, "gpkg": gpkg, "fgb": fgb, "gdb": gdb, "geojson": geojson, "kml": kml, "kmz": kmz,
    "csv": csv, "xlsx": xlsx, "parquet": parquet, "txt": txt, "zip": shp_zip,
}  # fmt: skip


def make(kind: str, folder: Path, shapes: Sequence[Any] = PLOTS) -> Path:
    """Make a file of one kind."""
    return MAKERS[kind](folder / f"plots.{kind}", shapes)
