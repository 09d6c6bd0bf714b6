"""Short HTML tables for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

#: A notebook cell shows no more rows than this.
_MAX_ROWS = 50


def table_html(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return an HTML table of at most 50 rows; every cell is escaped."""
    shown = list(rows)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in shown[:_MAX_ROWS]
    )
    more = f"<p>… +{len(shown) - _MAX_ROWS}</p>" if len(shown) > _MAX_ROWS else ""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    caption = f"<caption>{escape(title)}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
