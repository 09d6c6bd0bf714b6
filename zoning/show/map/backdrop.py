"""The ground of a page: relief and seats from inside the package, and maps from the network."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from zoning.base.errors import UsageError, problem
from zoning.messages import Lang, message

#: Where the key of the Tianditu service is looked for. It then stands in the page.
KEY: Final = "ZONING_TIANDITU_KEY"
_TIANDITU: Final = (
    "https://t{s}.tianditu.gov.cn/%s_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=%s"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=%s"
)
_OSM: Final = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
_XYZ: Final = re.compile(r"(?:gcj02:)?(https?://[^\s\"'<>;,]+)")


@dataclass(frozen=True)
class Basemap:
    """Tiles from the network, off until the reader switches them on.

    Attributes
    ----------
    name, attribution : str
    urls : tuple of str
        Templates with ``{z}``, ``{x}`` and ``{y}``, drawn one above the other.
    gcj : bool
        The service uses GCJ-02: everything else on the page is shifted on it.
    subdomains : str
        What ``{s}`` stands for.
    zoom : int
        The deepest level that the service has.
    """

    name: str
    attribution: str
    urls: tuple[str, ...]
    gcj: bool = False
    subdomains: str = "abc"
    zoom: int = 18

    def as_dict(self) -> dict[str, Any]:
        """Return the values for the script."""
        return {
            "name": self.name, "attribution": self.attribution, "urls": list(self.urls),
            "gcj": self.gcj, "subdomains": self.subdomains, "zoom": self.zoom,
        }  # fmt: skip

    @property
    def hosts(self) -> tuple[str, ...]:
        """The origins that the page may load pictures from."""
        found: dict[str, None] = {}
        for url in self.urls:
            origin = "/".join(url.split("/")[:3])
            for letter in self.subdomains if "{s}" in origin else "-":
                found[origin.replace("{s}", letter)] = None
        return tuple(found)


def basemaps(names: Sequence[str], lang: Lang) -> tuple[Basemap, ...]:
    """Return the basemaps that a page offers.

    Parameters
    ----------
    names : sequence of str
        ``osm``, ``tianditu`` (with a key in ``ZONING_TIANDITU_KEY``), ``tianditu-image``, or the
        address of tiles with ``{z}``, ``{x}`` and ``{y}``; ``gcj02:`` before it says that the
        service uses GCJ-02.
    lang : {"zh", "en"}

    Raises
    ------
    UsageError
        No such basemap, no key, or no template of an address.
    """
    return tuple(_basemap(name, lang) for name in names)


def _basemap(name: str, lang: Lang) -> Basemap:
    if name == "osm":
        return Basemap("OpenStreetMap", "© OpenStreetMap contributors", (_OSM,), zoom=19)
    if name in ("tianditu", "tianditu-image"):
        key = os.environ.get(KEY, "")
        if not re.fullmatch(r"[0-9A-Za-z]+", key):
            raise UsageError(problem("basemap-key", name=name, variable=KEY))
        drawn = ("img", "cia") if name.endswith("image") else ("vec", "cva")
        urls = tuple(_TIANDITU % (layer, layer, key) for layer in drawn)
        title = message(f"basemap.{name}").in_(lang)
        return Basemap(title, "© 天地图 Tianditu", urls, subdomains="01234567")
    found = _XYZ.fullmatch(name)
    if found is None or not all(part in name for part in ("{z}", "{x}", "{y}")):
        raise UsageError(problem("basemap-unknown", name=name))
    host = found[1].split("/")[2]
    return Basemap(host, host, (found[1],), gcj=name.startswith("gcj02:"))


@cache
def _ground() -> tuple[str, dict[str, Any]]:
    folder = files("zoning.show.map") / "assets" / "base"
    picture = base64.b64encode((folder / "relief.webp").read_bytes()).decode("ascii")
    return f"data:image/webp;base64,{picture}", json.loads(
        (folder / "base.json").read_text(encoding="utf-8")
    )


def ground(lang: Lang) -> dict[str, Any]:
    """Return relief and seats, for ``base`` of a page's data.

    Parameters
    ----------
    lang : {"zh", "en"}
        Language of the names.

    Returns
    -------
    dict
        ``relief`` (a data address), its ``bounds``, and ``seats``: longitude, latitude, name, rank.
    """
    picture, facts = _ground()
    at = 2 if lang == "zh" else 3
    seats = [[*row[:2], row[at], row[4]] for row in facts["seats"]]
    return {"relief": picture, "bounds": facts["bounds"], "seats": seats}
