"""Styles that QGIS finds in a GeoPackage (table ``layer_styles``): colours by status."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import quoteattr

from zoning.messages import Lang
from zoning.model import Status
from zoning.show import titles

#: The colours of the map.
COLORS: Final = {
    Status.VIOLATION: "#b3001b",
    Status.RESTRICTED: "#d98200",
    Status.UNDETERMINED: "#7b3fa0",
    Status.FAILED: "#444444",
    Status.NOT_CHECKED: "#8a8a8a",
    Status.CONDITIONAL: "#1f6fb2",
    Status.COMPLIANT: "#2e8b57",
}
_ZONE: Final = "#5b7083"
_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
_KINDS: Final = ("marker", "line", "fill")


def by_status(dimension: int, lang: Lang, *, opacity: int = 120) -> str:
    """Return a QML style with one symbol a status, named in the language asked for."""
    rows = "".join(
        f'<category value={quoteattr(status.value)} symbol="{at}" render="true" '
        f"label={quoteattr(titles.STATUS[status].in_(lang))}/>"
        for at, status in enumerate(COLORS)
    )
    symbols = "".join(
        _symbol(at, dimension, color, opacity) for at, color in enumerate(COLORS.values())
    )
    body = f"<categories>{rows}</categories><symbols>{symbols}</symbols>"
    return _qml(
        f'<renderer-v2 type="categorizedSymbol" attr="status" enableorderby="0">{body}'
        "</renderer-v2>"
    )


def plain(dimension: int) -> str:
    """Return a QML style of one quiet symbol, for zones that lie under the sites."""
    symbol = _symbol(0, dimension, _ZONE, 40)
    return _qml(f'<renderer-v2 type="singleSymbol"><symbols>{symbol}</symbols></renderer-v2>')


def _qml(renderer: str) -> str:
    return f'{_DOCTYPE}\n<qgis version="3.28" styleCategories="Symbology">{renderer}</qgis>'


def _symbol(at: int, dimension: int, color: str, opacity: int) -> str:
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    line, inside = f"{red},{green},{blue},255", f"{red},{green},{blue},{opacity}"
    kind = _KINDS[dimension]
    drawn, options = {
        "marker": ("SimpleMarker", {"color": line, "name": "circle", "size": "3"}),
        "line": ("SimpleLine", {"line_color": line, "line_width": "0.8"}),
        "fill": (
            "SimpleFill",
            {"color": inside, "outline_color": line, "outline_width": "0.5", "style": "solid"},
        ),
    }[kind]
    told = "".join(f'<Option type="QString" name="{k}" value="{v}"/>' for k, v in options.items())
    layer = (
        f'<layer class="{drawn}" enabled="1" pass="0"><Option type="Map">{told}</Option></layer>'
    )
    return f'<symbol type="{kind}" name="{at}" alpha="1" clip_to_extent="1">{layer}</symbol>'
