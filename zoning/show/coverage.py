"""The matrix of layers by city or county, for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoning.base.seals import CSV_COLUMN
from zoning.base.settings import VERSION
from zoning.base.targets import Target
from zoning.base.writing import whole
from zoning.messages import Lang, message

if TYPE_CHECKING:
    from pandas import DataFrame
    from rich.console import Console

#: What the matrix shows for each state of a layer in a unit.
_SIGNS = {
    "official": "O",
    "surveyed": "S",
    "derived": "D",
    "schematic": "~",
    "empty": ".",
    "none": "-",
}


def print_coverage(table: DataFrame, console: Console, lang: Lang) -> None:
    """Print one line a layer: a sign a city, or the signs of all counties in a row."""
    lines = []
    wide = len(table.columns) > 20
    first = max(map(len, table.index)) + 1
    if not wide:
        # Two characters of a city's name take four columns of the terminal.
        heads = [str(column).removesuffix("市")[:2] for column in table.columns]
        lines.append(" " * first + " ".join(heads))
    for name, row in table.iterrows():
        signs = [_SIGNS[value] for value in row]
        line = "".join(signs) if wide else "".join(f"{sign:<5}" for sign in signs)
        lines.append(f"{name:<{first}}{line}".rstrip())
    lines.append(message("coverage.legend").in_(lang))
    for line in lines:
        console.print(line, markup=False, highlight=False)


def write_coverage(table: DataFrame, place: Target) -> None:
    """Write the matrix as CSV."""
    marked = table.assign(**{CSV_COLUMN: VERSION})
    with whole(place) as temporary:
        marked.to_csv(temporary, index_label="layer", encoding="utf-8-sig", lineterminator="\n")
