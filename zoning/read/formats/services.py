"""Answers of web services: what they say of features that they did not send.

A service sends a page of some thousand features and says beside them how many there are, or where
the next page is. What is on the other pages was not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.etree import ElementTree as ET

from zoning.messages import message
from zoning.model import Ledger, SetAside, Tally

#: Members, by their letters and digits without case, that count features: all, or those sent.
_COUNTS: Final = frozenset({
    "totalfeatures", "numbermatched", "numberreturned", "numberoffeatures", "featurecount",
    "total", "totalcount", "totalhits", "totalresults", "matched", "returned", "count", "hits",
    "odatacount",
})  # fmt: skip
#: Members that say that there are more.
_MORE: Final = frozenset({"exceededtransferlimit", "hasmore", "hasnext", "truncated", "next",
                          "nextpage", "nextpageurl", "nextlink", "odatanextlink", "partial",
                          "partialresults", "incomplete"})  # fmt: skip
#: Members that say that there were some before.
_BEFORE: Final = frozenset({"previous", "prev", "previouspage", "prevpage", "hasprevious"})
#: Members that hold such members: a plain one, or a list of links.
_HOLDERS: Final = frozenset({"properties", "context", "metadata", "meta", "paging", "pagination",
                             "page", "links"})  # fmt: skip
_NO: Final = frozenset({"", "0", "false", "none", "null"})


def of_collections(found: Sequence[Mapping[str, Any]], read: int) -> Ledger:
    """Account for the features of collections of GeoJSON that were not sent.

    Parameters
    ----------
    found : sequence of mapping
        The collections that share a file, in order: each without its features.
    read : int
        Features of all of them.
    """
    numbers = [number for one in found for key, value in _members(one)
               if key in _COUNTS and (number := _number(value)) is not None]  # fmt: skip
    # A page between others of the same file says that there are more, too.
    ends = ((found[-1:], _MORE), (found[:1], _BEFORE))
    more = any(key in words and _says(value)
               for end, words in ends for one in end for key, value in _members(one))  # fmt: skip
    return _account(max(numbers, default=0), more, read)


def of_document(root: ET.Element, truncated: bool, read: int) -> Ledger:
    """Account for the features of a document of a WFS that were not sent.

    Parameters
    ----------
    root : Element
        The collection, with its attributes.
    truncated : bool
        Whether the document says within that the server did not finish it.
    read : int
        Members of the document.
    """
    told = [(_folded(key.rpartition("}")[2]), value) for key, value in root.attrib.items()]
    numbers = [number for key, value in told
               if key in _COUNTS and (number := _number(value)) is not None]  # fmt: skip
    more = truncated or any(key in _MORE | _BEFORE and _says(value) for key, value in told)
    return _account(max(numbers, default=0), more, read)


def _account(stated: int, more: bool, read: int) -> Ledger:
    if stated > read:
        told = message("services.fewer", stated=stated, read=read)
        return _short(stated - read, told)
    return _short(1, message("services.more", read=read)) if more else Ledger()


def _short(count: int, told: Any) -> Ledger:
    return Ledger((Tally("document", count, 0, set_aside=(SetAside(count, told),)),))


def _members(one: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the members of a collection that may speak of its features, one level down too."""
    for name, value in one.items():
        key = _folded(name)
        if key in ("link", "links") and isinstance(value, list):
            linked = (link for link in value if isinstance(link, Mapping))
            yield from ((_folded(link.get("rel")), link.get("href") or True) for link in linked)
        elif key in _HOLDERS and isinstance(value, Mapping):
            yield from ((_folded(inner), of_it) for inner, of_it in value.items())
        else:
            yield key, value


def _folded(name: Any) -> str:
    return "".join(filter(str.isalnum, str(name).casefold()))


def _number(value: Any) -> int | None:
    """Return a count; ``unknown``, which WFS 2.0 allows, is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).strip().removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None


def _says(value: Any) -> bool:
    """Whether a member says yes, or where the next page is."""
    return str(value).strip().casefold() not in _NO
