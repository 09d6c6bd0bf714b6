"""Which layer an official file is, by its name and columns, and which names say that it is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from zoning.catalogue.content import Catalogue
from zoning.catalogue.words import official_words
from zoning.model import Layer
from zoning.review import official

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Short aliases such as MC and MJ stand in every official table and tell nothing.
_TELLING: Final = 5
#: Names of so few letters begin many a longer name.
_SHORT: Final = 3
#: In names of files about projects, of what is no longer in force, and of papers beside the data.
_APART: Final = re.compile(
    r"拟建|拟用|项目|临时|占补|占用|报批|选址|说明|注销|作废|废止|失效|备份|调出|核减"
)
#: Before a word: not that. After it: what lies beside it, or what may become it.
_NOT: Final = r"(?:非|不是|不在|不属于?|不含|不|未|还|退)"
_BESIDE: Final = r"(?:以外|之外|外|范围外|后备)"


class Recognised(NamedTuple):
    """The layer that a table seems to be; ``exact`` where its name says so and nothing else.

    ``word`` is what sets a table apart from every layer.
    """

    layer: Layer | None
    exact: bool = False
    word: str | None = None


def recognise(catalogue: Catalogue, names: Sequence[str], frame: GeoDataFrame | None) -> Recognised:
    """Say which layer a table is: by its name first, then by its columns.

    Parameters
    ----------
    catalogue : Catalogue
    names : sequence of str
        Of the table in its file, if it has one, and of the file: the first that says something.
    frame : GeoDataFrame or None
        What it holds, if that could be read.
    """
    for name in names:
        for layer in _by_name(catalogue, name):
            if fits(layer, frame):
                return Recognised(layer, exact=named(name, _words(layer)))
        word = apart(catalogue, name)
        if word is not None:
            return Recognised(None, word=word)
    return Recognised(None if frame is None else _by_columns(catalogue, frame))


def apart(catalogue: Catalogue, name: str) -> str | None:
    """Return the word that sets a file apart: of a project, or that it is not this layer."""
    found = _APART.search(name)
    if found is not None:
        return found[0]
    every = {word for layer in catalogue.layers.values() for word in _words(layer)}
    negated = (re.search(_denied(word), name) for word in every if not word.isascii())
    return next((match[0] for match in negated if match is not None), None)


def occurs(word: str, name: str) -> bool:
    """Whether a name says that a table is what a word names.

    A Latin word must begin there, and a short one end, too.
    """
    if _APART.search(name):
        return False
    if not word.isascii():
        return word in re.sub(_denied(word), "", name)
    end = "(?![A-Za-z])" if len(word) <= _SHORT else ""
    return re.search(rf"(?<![A-Za-z]){re.escape(word)}{end}", name, re.IGNORECASE) is not None


def named(name: str, words: Iterable[str]) -> bool:
    """Whether a name is one of some words and nothing else."""
    return name.strip().casefold() in {word.casefold() for word in words}


def fits(layer: Layer, frame: GeoDataFrame | None) -> bool:
    """Whether the shapes of a table may be zones of a layer."""
    if frame is None or not len(frame):
        return layer.kind == "vector"
    kinds = {str(kind).removeprefix("Multi") for kind in frame.geom_type.unique()}
    return layer.kind == "vector" and kinds <= set(official.KINDS.get(layer.geometry, ()))


def _denied(word: str) -> str:
    return rf"{_NOT}{re.escape(word)}|{re.escape(word)}{_BESIDE}"


def _words(layer: Layer) -> tuple[str, ...]:
    usual = official_words().get(layer.id)
    return (layer.id, layer.name.zh, *(usual.names if usual else ()))


def _by_name(catalogue: Catalogue, name: str) -> list[Layer]:
    """Return the layers whose names occur in a name, the longest first."""
    words: list[tuple[str, str]] = []
    for layer in catalogue.layers.values():
        words += [(word, layer.id) for word in _words(layer) if occurs(word, name)]
    words.sort(key=lambda pair: (-len(pair[0].encode()), pair[1]))
    return [catalogue.layers[layer] for layer in dict.fromkeys(layer for _, layer in words)]


def _by_columns(catalogue: Catalogue, frame: GeoDataFrame) -> Layer | None:
    columns = {str(column).casefold() for column in frame.columns}
    scores = {
        layer.id: sum(
            any(a.casefold() in columns for a in spec.aliases if len(a) >= _TELLING)
            for spec in layer.fields
        )
        for layer in catalogue.layers.values()
        if fits(layer, frame)
    }
    best = max(scores, key=lambda name: scores[name], default=None)
    return catalogue.layers[best] if best is not None and scores[best] >= 2 else None
