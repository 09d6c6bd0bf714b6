"""Two columns of one name get the same answer in every format: unknown where they differ."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapefile
import shapely

from tests.corpus.made import PLOTS
from zoning.catalogue import load_catalogue
from zoning.law.attributes import read_attributes
from zoning.read import ReadOptions, read_vector

PRJ = (
    'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]]'
)
POINTS = shapely.get_coordinates(PLOTS[0].reverse()).tolist()


def csv(path: Path, values: tuple[str, str]) -> Path:
    path = path / "a.csv"
    path.write_text(f'industry,industry,wkt\n{",".join(values)},"{PLOTS[0].wkt}"\n', "utf-8")
    return path


def xlsx(path: Path, values: tuple[str, str]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["industry", "industry", "wkt"])
    book.active.append([*values, PLOTS[0].wkt])
    book.save(path / "a.xlsx")
    return path / "a.xlsx"


def geojson(path: Path, values: tuple[str, str]) -> Path:
    path = path / "a.geojson"
    shape = shapely.to_geojson(PLOTS[0])
    said = ",".join(f'"industry":{json.dumps(v)}' for v in values)
    path.write_text(f'{{"type":"Feature","properties":{{{said}}},"geometry":{shape}}}', "utf-8")
    return path


def shp(path: Path, values: tuple[str, str]) -> Path:
    with shapefile.Writer(path / "a.shp") as out:
        out.field("industry", "C", 10)
        out.field("industry", "C", 10)
        out.poly([POINTS])
        out.record(*values)
    (path / "a.prj").write_text(PRJ)
    return path / "a.shp"


def industry(path: Path) -> Any:
    options = ReadOptions(crs="EPSG:4490" if path.suffix in (".csv", ".xlsx") else None)
    (row,) = read_vector(path, options).frame.drop(columns="geometry").to_dict("records")
    known, _, notices = read_attributes(load_catalogue().attributes.values(), row)
    return known.get("industry"), bool(notices)


@pytest.mark.parametrize("write", [csv, xlsx, geojson, shp])
def test_columns_of_one_name(tmp_path, write):
    assert industry(write(tmp_path, ("2521", "6311"))) == (None, True)
    assert industry(write(tmp_path, ("2521", "2521")))[0] == "2521"
    assert industry(write(tmp_path, ("", "2521")))[0] == "2521"
