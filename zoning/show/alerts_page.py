"""Changed ground on one page without a network: a map, a table, and a picture of each piece."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from zoning.base.seals import MARK
from zoning.base.targets import Target, require_suffix
from zoning.base.writing import whole
from zoning.messages import Lang, message
from zoning.show.patch_pictures import patch_png
from zoning.stats.figures import Figures

_COLOURS: Final = {"red": "#c81e1e", "orange": "#e07b00", "yellow": "#c9a800", "none": "#5b8db8"}
#: Pieces that are listed; all are drawn.
_LISTED: Final = 200
_SIDE: Final = 900.0
_COLUMNS: Final = ("severity_title", "unit", "kind", "from", "to", "area_m2", "area_mu", "lon",
                   "lat", "regime", "clause")  # fmt: skip


def write_alerts_page(figures: Figures, path: Target | Path, lang: Lang) -> Path:
    """Write the changed ground of a comparison as one HTML page.

    Raises
    ------
    UsageError
        Another suffix than ``.html``, or a file that must not be written.
    """
    target = Target.of(path)
    require_suffix(target.path, (".html",))
    with whole(target) as temporary:
        temporary.write_text(alerts_page(figures, lang), encoding="utf-8")
    return target.path


def alerts_page(figures: Figures, lang: Lang) -> str:
    """Return the page as text."""
    pieces = figures.table("pieces")
    title = escape(figures.title.in_(lang))
    if pieces is None:
        raise AssertionError("only comparisons of two epochs have changed pieces")
    notes = "".join(f"<li>{escape(n.text.in_(lang))}</li>" for n in figures.notes)
    return (
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font:15px/1.5 sans-serif;margin:1.5rem;max-width:72rem}"
        "table{border-collapse:collapse;font-size:13px}td,th{border:1px solid #ccc;padding:.3rem;"
        "vertical-align:top;text-align:left}svg{max-width:100%;height:auto;border:1px solid #ccc}"
        "</style>"
        f"<h1>{title}</h1>{_map(figures, pieces.frame)}{_table(figures, lang)}<ul>{notes}</ul>"
        f"<!-- {MARK} --></html>\n"
    )


def _map(figures: Figures, pieces: Any) -> str:
    """Return the units and the pieces as SVG; hovering tells a piece's number in the table."""
    shapes = list(pieces["geometry"]) if len(pieces) else []
    units = list(figures.frame.geometry)
    west, south, east, north = shapely.total_bounds(np.array(shapes or units, dtype=object))
    shrink = float(np.cos(np.radians((south + north) / 2.0)))
    side = max((east - west) * shrink, north - south, 1e-4) * 1.1
    scale = _SIDE / side
    middle = ((west + east) / 2.0, (south + north) / 2.0)

    def path(shape: Any) -> str:
        at = [
            (xy - middle) * (scale * shrink, -scale) + _SIDE / 2.0
            for part in shapely.get_parts(shape)
            if part.geom_type == "Polygon"
            for ring in (part.exterior, *part.interiors)
            for xy in (shapely.get_coordinates(ring),)
        ]
        return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z" for points in at)

    window = shapely.box(middle[0] - side / shrink, middle[1] - side, middle[0] + side / shrink,
                         middle[1] + side)  # fmt: skip
    grounds = shapely.simplify(shapely.intersection(np.array(units, dtype=object), window),
                               side / 2000.0)  # fmt: skip
    body = [f'<path d="{path(g)}" fill="#eef1ee" stroke="#889" stroke-width=".7"/>'
            for g in grounds]  # fmt: skip
    rows = zip(shapes, pieces["severity"], strict=True)
    for number, (shape, level) in enumerate(rows, start=1):
        colour = _COLOURS.get(level, _COLOURS["none"])
        look = f'fill="{colour}" fill-rule="evenodd" stroke="{colour}" stroke-width="1.5"'
        body.append(f'<path d="{path(shape)}" {look}><title>{number}</title></path>')
    return f'<svg viewBox="0 0 {_SIDE:g} {_SIDE:g}" width="{_SIDE:g}">{"".join(body)}</svg>'


def _table(figures: Figures, lang: Lang) -> str:
    pieces = figures.table("pieces")
    assert pieces is not None
    columns = [c for name in _COLUMNS for c in pieces.columns if c.name == name]
    heads = [f"{c.title.in_(lang)} ({c.unit})" if c.unit else c.title.in_(lang) for c in columns]
    units = dict(zip(figures.frame["unit"], figures.frame.geometry, strict=True))
    lines = []
    for number, row in enumerate(pieces.frame.head(_LISTED).to_dict("records"), start=1):
        picture = base64.b64encode(patch_png(row["geometry"], units.get(row["unit"]))).decode()
        cells = "".join(f"<td>{escape(_cell(row[c.name], c.digits, lang))}</td>" for c in columns)
        lines.append(
            f'<tr><td>{number}</td>{cells}<td><img alt="" width="120" '
            f'src="data:image/png;base64,{picture}"></td></tr>'
        )
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    picture_head = escape(message("figures.picture").in_(lang))
    return f"<table><tr><th>#</th>{head}<th>{picture_head}</th></tr>{''.join(lines)}</table>"


def _cell(value: Any, digits: int, lang: Lang) -> str:
    if isinstance(value, float):
        return f"{value:,.{digits}f}"
    return value.in_(lang) if hasattr(value, "in_") else str(value)
