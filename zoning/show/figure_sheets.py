"""Statistics as a workbook: typed cells, units in the heads, a chart, pictures, notes once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pandas as pd

from zoning.base.errors import MissingExtraError
from zoning.messages import Lang, message
from zoning.show.cells import write_row
from zoning.show.patch_pictures import SIZE, patch_png
from zoning.stats.figures import Column, Figures

#: Files carry no time of their making, so that equal figures give equal bytes.
_EPOCH: Final = datetime(2000, 1, 1)
#: The column that the chart of each topic shows; ends of the range where the figure is withheld.
CHARTED: Final[Mapping[str, tuple[str, ...]]] = {
    "forest-cover": ("forest_cover_pct",),
    "soil-loss": ("soil_loss_t_km2_a",),
    "soil-conservation": ("soil_conservation_pct",),
    "land-use": ("cropland_ha", "forest_land_ha", "grassland_ha"),
    "monitor": ("change_km2",),
    "layer": ("area_ha", "length_km"),
}
_RANGES: Final[Mapping[str, tuple[str, ...]]] = {
    "forest-cover": ("forest_cover_low_pct", "forest_cover_high_pct"),
    "soil-loss": ("soil_loss_low_t_km2_a", "soil_loss_high_t_km2_a"),
    "soil-conservation": ("soil_conservation_low_pct", "soil_conservation_high_pct"),
}
#: Changed pieces that get a picture: the gravest and largest, which come first.
_PICTURES: Final = 100
_NARROW, _WIDE = 9, 60
Rows = Callable[[pd.DataFrame, Sequence[Column], Lang], list[dict[str, Any]]]


def write_sheets(
    figures: Figures,
    path: Path,
    lang: Lang,
    rows: Rows,
    heading: Callable[[Column, Lang], str],
    notes: Sequence[tuple[str, str]],
) -> None:
    """Write every table as a sheet of its own, a chart beside the first, and the notes.

    Raises
    ------
    MissingExtraError
        xlsxwriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        purpose = message("figures.writing-excel-file")
        raise MissingExtraError("xlsxwriter", "stats", purpose) from error
    sheets = [("figures", figures.columns, figures.frame)]
    sheets += [(t.name, t.columns, t.frame) for t in figures.tables]
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": _EPOCH})
        for name, columns, frame in sheets:
            heads = [heading(c, lang) for c in columns]
            _sheet(book, name, columns, heads, rows(frame, columns, lang))
            if name == "figures":
                _chart(book, figures, heads)
            if name == "pieces" and "geometry" in frame and len(frame):
                _pictures(book.get_worksheet_by_name(name), figures, frame, len(columns), lang)
        _notes(book, notes)


def _sheet(
    book: Any, name: str, columns: Sequence[Column], heads: list[str], body: list[dict[str, Any]]
) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    looks = [_look(book, column) for column in columns]
    sheet.freeze_panes(1, 2 if len(columns) > 2 else 0)
    for at, (column, title) in enumerate(zip(columns, heads, strict=True)):
        sheet.write_string(0, at, title, head)
        cells = [str(row[column.name] or "") for row in body[:200]]
        longest = max((_width(text) for text in (*cells, title.split("(")[0])), default=_NARROW)
        sheet.set_column(at, at, min(max(longest + 2, _NARROW), _WIDE))
    for line, row in enumerate(body, start=1):
        write_row(sheet, line, row.values(), looks)
    if body:
        sheet.autofilter(0, 0, len(body), len(columns) - 1)


def _look(book: Any, column: Column) -> Any:
    """Return the number format of a column; texts have none."""
    if column.unit is None:
        return None
    places = "." + "0" * column.digits if column.digits else ""
    return book.add_format({"num_format": f"#,##0{places}"})


def _width(text: str) -> int:
    """Return how many Latin letters wide a text is: Chinese characters are two."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


def _chart(book: Any, figures: Figures, heads: list[str]) -> None:
    """Draw the main figure by unit; ranges, side by side, where it is withheld."""
    names = [c.name for c in figures.columns]
    wanted = [n for n in CHARTED.get(figures.topic, ()) if n in names]
    if not any(figures.frame[n].notna().any() for n in wanted):
        wanted = [n for n in _RANGES.get(figures.topic, ()) if n in names]
    if not wanted or not len(figures.frame):
        return
    chart, last = book.add_chart({"type": "bar"}), len(figures.frame)
    for name in wanted:
        at = names.index(name)
        chart.add_series({
            "name": heads[at],
            "categories": ["figures", 1, 1, last, 1],
            "values": ["figures", 1, at, last, at],
        })  # fmt: skip
    chart.set_y_axis({"reverse": True})
    chart.set_legend({"position": "top"})
    chart.set_size({"width": 640, "height": max(240, 18 * last + 80)})
    book.get_worksheet_by_name("figures").insert_chart(1, len(names) + 1, chart)


def _pictures(sheet: Any, figures: Figures, frame: pd.DataFrame, column: int, lang: Lang) -> None:
    """Put a picture beside each of the first changed pieces."""
    units = dict(zip(figures.frame["unit"], figures.frame.geometry, strict=True))
    sheet.write_string(0, column, message("figures.picture").in_(lang))
    sheet.set_column(column, column, SIZE / 7)
    shown = zip(frame["unit"], frame["geometry"], strict=True)
    for line, (unit, shape) in enumerate(list(shown)[:_PICTURES], start=1):
        sheet.set_row_pixels(line, SIZE)
        picture = {"image_data": BytesIO(patch_png(shape, units.get(unit))), "object_position": 1}
        sheet.insert_image(line, column, f"{line}.png", picture)


def _notes(book: Any, notes: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("notes")
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 120)
    for line, note in enumerate(notes):
        write_row(sheet, line, note, (wrapped, wrapped))
