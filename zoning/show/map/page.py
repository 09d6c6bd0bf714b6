"""A folium map that needs no network: Leaflet and the data lie inside the page."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import folium
from branca.element import Element, Figure

from zoning.base.errors import UsageError, problem
from zoning.base.targets import Target
from zoning.base.writing import whole
from zoning.messages import Lang

#: Leaflet itself carries these two; neither loads anything, but a page without a single outward
#: address is easier to trust (and to test). The first is a link in the corner of the map.
_LEAFLET_LINK: Final = '<a href="https://leafletjs.com" title="A JavaScript library for interactive'
_LEAFLET_LINK_PLAIN: Final = '<a title="A JavaScript library for interactive'
_LEAFLET_MAP: Final = "//# sourceMappingURL=leaflet.js.map"

#: The browser itself refuses to load anything from anywhere.
_POLICY: Final = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:{hosts}\">"
)
#: The page's own scripts, in the order in which they need each other.
_SCRIPTS: Final = (
    "geodesy.js", "cards.js", "layers.js", "base.js", "furniture.js", "search.js", "print.js",
    "sites.js", "page.js",
)  # fmt: skip
#: An attribute or a style that would fetch something over the network.
_OUTWARD: Final = re.compile(
    r"""(?:<(?:script|link|img|iframe|source|object|embed)\b[^>]*?\b(?:src|href|data)\s*=\s*["']?"""
    r"""|@import\s+["']?|url\(\s*["']?|L\.tileLayer(?:\.wms)?\(\s*["'])((?:https?:)?//[^"'\s)>]+)""",
    re.IGNORECASE,
)


#: Control characters, reading-direction marks and broken surrogates.
_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


class _Raw(Element):
    """Text that goes into the page as it is.

    branca treats every text as a Jinja template, so a site named ``{{ … }}`` would be run by the
    template engine of the person who draws the map. Data must never pass that way.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **_: Any) -> str:
        """Return the text."""
        return self.text


class OfflineMap(folium.Map):
    """A `folium.Map` whose page holds Leaflet, the styles and the data.

    Parameters
    ----------
    payload : dict
        The data for ``assets/page.js``.
    hosts : sequence of str, optional
        Origins of the basemaps that the reader may switch on; no other is ever asked.
    scripts, styles : sequence of str, optional
        Further files of ``assets``, which join the page by ``zoningPage.parts``.
    """

    def __init__(
        self,
        payload: dict[str, Any],
        hosts: Sequence[str] = (),
        scripts: Sequence[str] = (),
        styles: Sequence[str] = (),
    ) -> None:
        super().__init__(
            tiles=None, location=(37.5, 112.3), zoom_start=7, zoom_control=False,
            zoom_snap=0.5, fade_animation=False,
        )  # fmt: skip
        self.default_js = []
        self.default_css = []
        self._payload = payload
        self.hosts = tuple(hosts)
        self._scripts, self._styles = tuple(scripts), tuple(styles)
        # folium draws ids at random; the same report must give the same page.
        self._id = "zoning"
        self.figure._id = "zoning_figure"
        self.figure.title = html.escape(payload["title"])

    @property
    def figure(self) -> Figure:
        """The page around the map."""
        root = self.get_root()
        assert isinstance(root, Figure)
        return root

    def render(self, **kwargs: Any) -> str:
        """Put Leaflet, styles and data into the page, then let folium draw the rest."""
        figure = self.figure
        own = "".join(_text(name) for name in (*_SCRIPTS, *self._scripts))
        css = _asset_css() + "".join(_text(name) for name in self._styles)
        head = f"<style>{css}</style>\n<script>{_asset_js()}</script>\n<script>{own}</script>"
        figure.header.add_child(_Raw(head), name="zoning_head")
        drawn: str = super().render(**kwargs)  # type: ignore[no-untyped-call]
        call = f"zoningPage({self.get_name()}, {script_json(self._payload)});"
        figure.script.add_child(_Raw(call), name="zoning_call")
        return drawn


def script_json(value: Any) -> str:
    """Return JSON that is safe inside a ``<script>`` element.

    ``<``, ``>`` and ``&`` cannot end the element or open a comment, U+2028 and U+2029 cannot end a
    line, and no pair of braces or percent signs looks like a template. Control characters and
    marks that turn the reading direction are shown as U+FFFD: a name must read as it is spelt.
    """
    text = json.dumps(_visible(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return re.sub(r"\{(?=[{%#])", r"\\u007b", text)


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return _HIDDEN.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: _visible(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_visible(item) for item in value]
    return value


def save_html(page: folium.Map, path: Target | Path | str) -> Path:
    """Write a map as one file that opens without any network.

    Parameters
    ----------
    page : folium.Map
        What `review_map` or `layer_map` returned, with whatever was added to it since.
    path : path
        The file; missing folders are made. It is written whole or not at all.

    Returns
    -------
    Path
        The file written: the same bytes for the same map.

    Raises
    ------
    UsageError
        If something added to the map would be loaded from the network (a tile layer, say), or if
        the place cannot be written.
    """
    target = Target.of(path)
    path = target.path
    text = _steady(page.get_root().render(), page)
    outward = _OUTWARD.search(text)
    if outward:
        raise _needs_network(path, outward[1])
    hosts = "".join(f" {host}" for host in page.hosts) if isinstance(page, OfflineMap) else ""
    text = text.replace("<head>", f"<head>\n{_POLICY.format(hosts=hosts)}", 1)
    with whole(target) as temporary:
        temporary.write_bytes(text.encode("utf-8"))
    return path


def set_language(page: OfflineMap, lang: Lang) -> None:
    """Name the language of the page for screen readers and font choice."""
    page.figure.header.add_child(
        _Raw(f'<script>document.documentElement.lang="{lang}"</script>'), name="zoning_lang"
    )


def _steady(text: str, page: folium.Map) -> str:
    """Number the random ids of what was added to a map by their place in the tree.

    Only ids that folium drew are touched: a site may well be named after a checksum.
    """
    ids = {drawn: f"e{number}" for number, drawn in enumerate(_ids(page))}
    return re.sub("[0-9a-f]{32}", lambda m: ids.get(m[0], m[0]), text)


def _ids(element: Any) -> Iterator[str]:
    """Walk a tree; popups keep their content in trees of their own beside the children."""
    aside = (getattr(element, name, None) for name in ("header", "html", "script"))
    yield element._id
    for child in (*element._children.values(), *(x for x in aside if isinstance(x, Element))):
        yield from _ids(child)


def _needs_network(path: Path, url: str) -> UsageError:
    return UsageError(problem("map-needs-network", file=str(path), url=url))


def _text(name: str) -> str:
    return (files("zoning.show.map") / "assets" / name).read_text(encoding="utf-8")


def _data_uri(name: str) -> str:
    body = (files("zoning.show.map") / "assets" / "leaflet" / name).read_bytes()
    return f"data:image/png;base64,{base64.b64encode(body).decode('ascii')}"


@cache
def _asset_css() -> str:
    """Leaflet's style sheet with its pictures inside, then the page's own."""
    css = _text("leaflet/leaflet.css")
    css = re.sub(r"url\(images/([\w-]+\.png)\)", lambda m: f"url({_data_uri(m[1])})", css)
    css = css.replace("behavior: url(#default#VML);", "")
    return re.sub(r"/\*.*?\*/", "", css + _text("page.css"), flags=re.DOTALL)


@cache
def _asset_js() -> str:
    """Leaflet as published, less its outward link and source map, with its default pin inside."""
    script = _text("leaflet/leaflet.js")
    for old, new in ((_LEAFLET_LINK, _LEAFLET_LINK_PLAIN), (_LEAFLET_MAP, "")):
        assert script.count(old) == 1, "the vendored Leaflet is not the version expected"
        script = script.replace(old, new)
    pin = json.dumps(
        {
            "iconUrl": _data_uri("marker-icon.png"),
            "iconRetinaUrl": _data_uri("marker-icon-2x.png"),
            "shadowUrl": _data_uri("marker-shadow.png"),
        }
    )
    return f"{script}\nL.Icon.Default.imagePath='';L.Icon.Default.mergeOptions({pin});"
