"""Statistics as a table on the terminal, JSON, CSV, Excel, GeoJSON and GeoPackage."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import shapely

from zoning.base.seals import CSV_COLUMN, MARK
from zoning.base.settings import CRS, VERSION
from zoning.base.targets import Target, require_suffix
from zoning.base.writing import whole
from zoning.messages import Lang, Text, message
from zoning.show.cells import inert
from zoning.show.figure_sheets import write_sheets
from zoning.stats.figures import Column, Figures

if TYPE_CHECKING:
    from rich.console import Console

#: Files carry no time of their making, so that equal figures give equal bytes.
_EPOCH: Final = datetime(2000, 1, 1)
_KINDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "warning": message("figures.kinds.warning"),
        "caliber": message("figures.kinds.caliber"),
        "method": message("figures.kinds.method"),
        "parameter": message("figures.kinds.parameter"),
        "resampling": message("figures.kinds.resampling"),
        "source": message("figures.kinds.source"),
    }
)

#: Columns for programs; the terminal shows their wording instead.
_MACHINE: Final = frozenset({"verdict", "target_id", "binding", "severity"})
#: Tables of no more columns than this are not cut into strips.
_STRIP: Final = 7
#: Tables beside the main one that are printed.
_PRINTED: Final = ("targets", "published", "matrix", "alerts", "net", "dashboard", "calibration")
#: What fits beside each other in 80 columns, by topic and table.
_ESSENTIAL: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "forest-cover": ("unit", "name", "forest_cover_pct", "forest_cover_low_pct",
                         "forest_cover_high_pct", "coverage_share"),
        "soil-loss": ("unit", "name", "soil_loss_t_km2_a", "soil_loss_low_t_km2_a",
                      "soil_loss_high_t_km2_a", "coverage_share"),
        "soil-conservation": ("unit", "name", "soil_conservation_pct",
                              "soil_conservation_low_pct", "soil_conservation_high_pct",
                              "coverage_share"),
        "land-use": ("name", "cropland_ha", "forest_land_ha", "grassland_ha",
                     "forest_cover_pct", "forest_grass_pct"),
        "monitor": ("unit", "name", "severity_title", "change_km2", "to_construction_km2",
                    "compared_share"),
        "targets": ("name", "indicator", "figure", "target", "target_year", "verdict_title",
                    "probability"),
        "indicators": ("unit", "name", "targets", "met", "not_met", "undetermined", "missing"),
        "dashboard": ("name", "indicator", "measured_in", "figure", "target", "target_year",
                       "verdict_title"),
        "published": ("name", "computed", "published", "low", "high", "inside"),
        "alerts": ("name", "severity_title", "kind", "area_ha", "area_mu", "regime"),
        "net": ("name", "lost_ha", "approved_ha", "added_ha", "net_ha"),
    }
)  # fmt: skip


def _essential(name: str, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return the columns that a table shows on a terminal; files hold all of them."""
    wanted = _ESSENTIAL.get(name)
    if wanted is None:
        return tuple(c for c in columns if c.name not in _MACHINE)
    return tuple(c for n in wanted for c in columns if c.name == n)


def heading(column: Column, lang: Lang) -> str:
    """Return a column's title with its unit."""
    title = column.title.in_(lang)
    return f"{title} ({column.unit})" if column.unit not in (None, "1") else title


def plain(value: Any, lang: Lang | None = None) -> Any:
    """Return a Python value: numpy scalars unwrapped, missing numbers as None, one language."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, Text):
        return _both(value) if lang is None else value.in_(lang)
    return value


def figures_to_dict(figures: Figures) -> dict[str, Any]:
    """Return everything but the geometry as plain values, both languages side by side."""
    tables = {
        t.name: {
            "title": _both(t.title),
            "columns": [_column(c) for c in t.columns],
            "rows": _rows(t.frame, t.columns),
        }
        for t in figures.tables
    }
    return {
        "topic": figures.topic,
        "title": _both(figures.title),
        "tool_version": VERSION,
        "columns": [_column(c) for c in figures.columns],
        "rows": _rows(figures.frame, figures.columns),
        "tables": tables,
        "notes": [{"kind": n.kind} | _both(n.text) for n in figures.notes],
        "facts": figures.facts,
    }


def figures_to_json(figures: Figures) -> str:
    """Return :func:`figures_to_dict` as JSON text."""
    return _text_of(figures_to_dict(figures))


def _text_of(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, indent=1, allow_nan=False, default=str) + "\n"


def print_figures(figures: Figures, console: Console, lang: Lang) -> None:
    """Print the main table, the tables that compare, and every note."""
    _print_table(figures.title.in_(lang), figures.frame, _essential(figures.topic, figures.columns),
                 console, lang)  # fmt: skip
    for table in figures.tables:
        if table.name in _PRINTED and len(table.frame):
            columns = _essential(table.name, table.columns)
            _print_table(table.title.in_(lang), table.frame, columns, console, lang)
    console.print(message("figures.more-columns").in_(lang), style="dim", markup=False)
    for note in figures.notes:
        style = "yellow" if note.kind == "warning" else "dim"
        text = f"{_KINDS[note.kind].in_(lang)}: {note.text.in_(lang)}"
        console.print(_printable(text), style=style, markup=False, highlight=False)


def write_figures(figures: Figures, path: Target | Path | str, lang: Lang) -> Path:
    """Write figures to a file; its suffix chooses the format.

    Parameters
    ----------
    figures : Figures
    path : path
        ``.xlsx`` and ``.gpkg`` hold all tables and notes, ``.json`` all but geometry,
        ``.geojson`` geometry and notes, ``.csv`` the main table with the notes in its first row.
    lang : {"zh", "en"}

    Returns
    -------
    Path
        The file, written whole or not at all.

    Raises
    ------
    UsageError
        Unsupported suffix, or a file that must not be written.
    MissingExtraError
        ``.xlsx`` without xlsxwriter.
    """
    target = Target.of(path)
    require_suffix(target.path, _WRITERS)
    with whole(target) as temporary:
        _WRITERS[target.path.suffix.lower()](figures, temporary, lang)
    return target.path


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _column(column: Column) -> dict[str, Any]:
    return {"name": column.name, "unit": column.unit} | _both(column.title)


def _rows(
    frame: pd.DataFrame, columns: Iterable[Column], lang: Lang | None = None
) -> list[dict[str, Any]]:
    """Return plain rows; figures have the digits that they mean."""
    wanted = tuple(columns)
    values = [frame[c.name].tolist() for c in wanted]
    return [
        {c.name: _rounded(plain(v, lang), c) for c, v in zip(wanted, row, strict=True)}
        for row in zip(*values, strict=True)
    ]


def _rounded(value: Any, column: Column) -> Any:
    if not isinstance(value, float):
        return value
    return round(value, column.digits) + 0.0  # No minus before a zero.


def _print_table(
    title: str, frame: pd.DataFrame, columns: tuple[Column, ...], console: Console, lang: Lang
) -> None:
    """Print a table; what does not fit beside each other goes below, names repeated."""
    columns = _telling(frame, columns)
    # The unit on its own line, and figures never broken over two.
    heads = [heading(c, lang).replace(" (", "\n(") for c in columns]
    body = [[_shown(row[c.name], c, lang) for c in columns] for row in _rows(frame, columns, lang)]
    widths = [
        max(_width(text) for text in (head, *(row[at] for row in body)))
        for at, head in enumerate(heads)
    ]
    names = [c.unit is None for c in columns[:2]]
    fixed = 2 if all(names) else int(names[0])
    # What was chosen to fit stays in one strip: texts are folded, figures never.
    figures = sum(w for w, c in zip(widths, columns, strict=True) if c.unit is not None)
    texts = sum(c.unit is None for c in columns)
    whole = len(columns) <= _STRIP and figures + 3 * len(columns) + 8 * texts < console.width
    parts = [list(range(len(columns)))] if whole else _fitting(widths, fixed, console.width)
    for part in parts:
        _print_part(title, [heads[i] for i in part], [[r[i] for i in part] for r in body], console,
                    [columns[i].unit is not None for i in part])  # fmt: skip


def _telling(frame: pd.DataFrame, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Leave the coverage out where it is whole everywhere."""
    if "low_coverage" in frame and not frame["low_coverage"].any():
        return tuple(c for c in columns if c.name not in ("coverage_share", "low_coverage"))
    return columns


def _fitting(widths: list[int], names: int, room: int) -> list[list[int]]:
    """Split column numbers so that each part fits, the first ``names`` columns in all parts."""
    fixed = [i for i in range(min(names, len(widths))) if widths[i] <= room // 3]
    taken = 1 + sum(widths[i] + 3 for i in fixed)
    parts: list[list[int]] = []
    part, used = list(fixed), taken
    for i in range(len(fixed), len(widths)):
        if len(part) > len(fixed) and used + widths[i] + 3 > room:
            parts.append(part)
            part, used = list(fixed), taken
        part.append(i)
        used += widths[i] + 3
    return [*parts, part]


def _print_part(
    title: str, heads: list[str], body: list[list[str]], console: Console, numbers: list[bool]
) -> None:
    from rich.table import Table as RichTable
    from rich.text import Text as RichText

    table = RichTable(title=RichText(title), title_justify="left", header_style="bold")
    for head, number in zip(heads, numbers, strict=True):
        justify: Any = "right" if number else "left"
        table.add_column(RichText(head), justify=justify, no_wrap=number, overflow="fold")
    for row in body:
        table.add_row(*map(RichText, row))
    console.print(table)


def _width(text: str) -> int:
    from rich.cells import cell_len

    return max(cell_len(line) for line in text.split("\n"))


def _shown(value: Any, column: Column, lang: Lang) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return ("是", "yes")[lang == "en"] if value else ""
    if isinstance(value, float):
        return f"{value:,.{column.digits}f}"
    return _printable(str(value))


def _printable(text: str) -> str:
    """Take control characters out, so that a name in a file cannot drive the terminal."""
    return "".join(c if c.isprintable() else "�" for c in text)


def _notes_table(figures: Figures, lang: Lang) -> list[tuple[str, str]]:
    notes = [(_KINDS[n.kind].in_(lang), n.text.in_(lang)) for n in figures.notes]
    facts = [(k, json.dumps(v, ensure_ascii=False, default=str)) for k, v in figures.facts.items()]
    return [*notes, ("zoning", VERSION), *facts]


def _json(figures: Figures, path: Path, _lang: Lang) -> None:
    body = {**figures_to_dict(figures), "seal": MARK}
    path.write_text(_text_of(body), encoding="utf-8")


def figures_to_csv(figures: Figures, lang: Lang) -> str:
    """Return the main table as CSV text; the notes stand once, in the first row."""
    remarks = inert(" | ".join(n.text.in_(lang) for n in figures.notes))
    names = [c.name for c in figures.columns]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, "remarks", CSV_COLUMN])
    for row in _rows(figures.frame, figures.columns, lang):
        writer.writerow([*(inert(row[n]) for n in names), remarks, VERSION])
        remarks = ""
    return text.getvalue()


def _csv(figures: Figures, path: Path, lang: Lang) -> None:
    # The byte-order mark makes Excel read UTF-8, not the code page of the machine.
    text = figures_to_csv(figures, lang)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode("utf-8", "backslashreplace"))


def _xlsx(figures: Figures, path: Path, lang: Lang) -> None:
    write_sheets(figures, path, lang, _rows, heading, _notes_table(figures, lang))


def _geojson(figures: Figures, path: Path, lang: Lang) -> None:
    shapes = figures.frame.geometry
    features = [
        {
            "type": "Feature",
            "properties": row,
            "geometry": _rfc7946(shape),
        }
        for row, shape in zip(_rows(figures.frame, figures.columns, lang), shapes, strict=True)
    ]
    body = {
        "type": "FeatureCollection",
        "features": features,
        "notes": [n.text.in_(lang) for n in figures.notes],
        "facts": figures.facts,
        "seal": MARK,
    }
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, default=str)
    path.write_text(text + "\n", encoding="utf-8")


def _rfc7946(shape: Any) -> Any:
    if shape is None or shape.is_empty:
        return None
    oriented = shapely.orient_polygons(shapely.force_2d(shape), exterior_cw=False)
    # 1e-7 degrees are about 1 cm, finer than any layer (RFC 7946 §11.2).
    return json.loads(shapely.to_geojson(shapely.transform(oriented, lambda c: c.round(7))))


def _gpkg(figures: Figures, path: Path, lang: Lang) -> None:
    main = geopandas.GeoDataFrame(
        _plain_frame(figures.frame, figures.columns, lang),
        geometry=np.asarray(figures.frame.geometry.values, dtype=object),
        crs=CRS,
    )
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _EPOCH.isoformat() + ".000Z"})
    try:
        pyogrio.write_dataframe(
            main, path, layer="figures", driver="GPKG", geometry_type="Unknown", append=False,
            layer_options={"DESCRIPTION": MARK},
        )  # fmt: skip
        for table in figures.tables:
            frame = _plain_frame(table.frame, table.columns, lang)
            if "geometry" in table.frame:
                shapes = np.asarray(table.frame["geometry"].values, dtype=object)
                frame = geopandas.GeoDataFrame(frame, geometry=shapes, crs=CRS)
            pyogrio.write_dataframe(frame, path, layer=table.name, driver="GPKG")
        notes = pd.DataFrame(_notes_table(figures, lang), columns=["kind", "text"])
        pyogrio.write_dataframe(notes, path, layer="notes", driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _plain_frame(frame: pd.DataFrame, columns: Iterable[Column], lang: Lang) -> pd.DataFrame:
    """Return the columns in types that GDAL can write."""
    found = pd.DataFrame(index=range(len(frame)))
    for column in columns:
        values = frame[column.name].reset_index(drop=True)
        if values.dtype == object:
            values = values.map(lambda v: plain(v, lang))
        found[column.name] = values
    return found


_WRITERS: Final[Mapping[str, Callable[[Figures, Path, Lang], None]]] = MappingProxyType(
    {".xlsx": _xlsx, ".csv": _csv, ".json": _json, ".gpkg": _gpkg, ".geojson": _geojson}
)
#: The suffixes `write_figures` understands.
FIGURE_SUFFIXES: Final = tuple(_WRITERS)
