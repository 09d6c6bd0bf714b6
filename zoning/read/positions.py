"""Positions in Shanxi that a text states, in whatever way numbers and codes write them.

This is the one scanner of the readers: what a container holds beside the features is searched by
it, see :mod:`zoning.read.rest`, and so are the attributes, see :mod:`zoning.read.stated`.
"""

from __future__ import annotations

import base64
import binascii
import html
import itertools
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote

import numpy as np

from zoning.base.patterns import pattern
from zoning.messages import Text
from zoning.read import codes, prefilter, readings
from zoning.read.crs import systems
from zoning.read.prefilter import FAR, NEAR
from zoning.read.readings import CALLED, LIKELY, SURE, Floats, Ints

_WIDE: Final = str.maketrans(
    "０１２３４５６７８９．，：；－＋°º˚′’‘＇″”“＂", "0123456789.,:;-+°°°''''\"\"\"\""
)
#: An exponent has a sign, or stands behind decimals: ``4e6`` is a part of many an identifier.
_NUMBER: Final = pattern(
    r"(?<![\d.])[-+]?\d{1,12}(?:(?:\.\d{1,20})?[eE][+-]\d{1,2}|\.\d{1,20}(?:[eE]\d{1,2})?)?(?!\d)"
)
_GROUPED: Final = pattern(r"(?<![\d.,])\d{1,3}(?:[,'’\u00a0\u202f]\d{3})+(?:\.\d+)?(?![\d,])")
_PARTED: Final = pattern(r"\d[,'’\u00a0\u202f]\d{3}")
_COMMA: Final = pattern(r"(?<![\d,.])(\d{2,3}),(\d{4,})(?=\D+\d{2,3},\d{4,})")
_COMMA_LAST: Final = pattern(r"(?<![\d,.])(\d{2,3}),(\d{4,})(?![\d,.])")
#: Some signs are those of Big5 read as GB 18030.
_DMS: Final = pattern(
    r"(?<![\d.])(\d{2,3})\s*(?:°|度|\ue094|deg|d|[:\s_-])\s*(\d{1,2}(?:\.\d+)?)\s*(?:'|分|\u3060|m|[:\s_-])"
    r"\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:''|\"|秒|\ue108|s)?)?(?![\d.])",
    re.IGNORECASE,
)
#: Words beside numbers that call them coordinates.
_AXIS: Final = pattern(
    r"经|纬|lon|lat|lng|north|south|east|west|坐标|coord|°|\bpos|geo|位置|[东北][:：=]|\b[EN]\b|(?<=\d)[EN]\b",
    re.IGNORECASE,
)
#: Words behind numbers that say what else they are; metres are told by size.
_UNIT: Final = pattern(
    r"\s*(?:公顷|亩|平方|㎡|m²|m2|m³|m3|万|亿|元|吨|%|‰|hm|ha\b|km|kg|t\b|t/|人|户|[MkG]W|kV|立方|℃|"
    r"年|月|日|层|栋|套|号|株|头|岁|dB|mm|cm|毫米|厘米|(?:mg|μg|ug)/)",
    re.IGNORECASE,
)
_LENGTH: Final = pattern(r"\s*(?:米|m\b)", re.IGNORECASE)
_SMALL: Final = 1e5
#: What keeps numbers apart: no white space, which patterns would have to go through.
SPACER: Final = "\x02"
_BETWEEN: Final = SPACER * (FAR + 1)
#: A text without any of these signs is written plainly.
_DISGUISED: Final = pattern(rf"[{''.join(map(chr, _WIDE))}&\\%]")
_BASE64: Final = pattern(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{16,}={0,2}")
_FIRST: Final = pattern("(?:.{4})*?[CDI-Za-f]|[AH]")
_HEX: Final = pattern(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){10,}(?![0-9A-Fa-f])")
_ESCAPE: Final = pattern(r"\\u([0-9a-fA-F]{4})")
#: Numbers of one axis from which on a list of them could bound an area.
_LISTED: Final = 3
#: Characters of a text that is one list, the share of its numbers that are coordinates, and the
#: degrees that they may be apart.
_DECIMALS: Final = pattern(r"\.\d{4}")
_LONGEST, _SHARE, _WIDEST = 100_000, 0.8, 0.5
_SLICE: Final = 1 << 21
#: Full-width digits in GB 18030, and its signs of degrees, minutes and seconds behind digits.
_WIDE_BYTES: Final = pattern(
    rb"(?:\xa3[\xb0-\xb9]){2}|\d(?:" + b"|".join(s.encode("gb18030") for s in "°度") + rb")"
)
_PRINTABLE: Final = bytes((*range(32, 127), *b"\t\r\n"))
#: Two numbers of eight bytes between 32 and 128, whichever end comes first.
_TWO_DOUBLES: Final = pattern(
    rb"[\x40-\x5f]\x40.{6}[\x40-\x5f]\x40|\x40[\x40-\x5f].{6}\x40[\x40-\x5f]", re.DOTALL
)
_PACKED: Final = (b"\x1f\x8b", b"\x78\x9c", b"\x78\xda", b"\x78\x01")


@dataclass(frozen=True, slots=True)
class Stated:
    """Positions that something states.

    Attributes
    ----------
    shown : tuple of str
        Each as it is written.
    lonlat : ndarray of float, shape (k, n, 2)
        Its meanings; NaN where one is none, or for an axis that is not stated.
    slack : ndarray of float, shape (n,)
        How far it may be rounded, m.
    where : str or Text
        The part that states them.
    begins : ndarray of int, shape (n,)
        Where each begins in a text, or of which text it is.
    """

    shown: tuple[str, ...]
    lonlat: Floats
    slack: Floats
    where: str | Text = ""
    begins: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __bool__(self) -> bool:
        return bool(self.shown)


def joined(parts: Iterable[Stated], where: str | Text = "") -> Stated:
    """Return the positions of several parts as those of one."""
    some = [part for part in parts if part]
    most = max((part.lonlat.shape[0] for part in some), default=0)
    filled = [
        np.pad(p.lonlat, ((0, most - len(p.lonlat)), (0, 0), (0, 0)), constant_values=np.nan)
        for p in some
    ]
    return Stated(
        tuple(text for part in some for text in part.shown),
        np.concatenate(filled, axis=1) if filled else np.empty((0, 0, 2)),
        np.concatenate([p.slack for p in some]) if some else np.empty(0),
        where,
        np.concatenate([p.begins for p in some]) if some else np.empty(0, dtype=np.int64),
    )


def find(text: str, where: str | Text = "", *, depth: int = 0) -> Stated:
    """Return every position in Shanxi that a text states; ``where`` names the text."""
    return replace(find_each([text], depth=depth), where=where)


def find_each(texts: Sequence[str], *, depth: int = 0) -> Stated:
    """Return every position that texts state; ``begins`` tells of which of them each is."""
    plain = [_plain(text) if _DISGUISED.search(text) else text for text in texts]
    several = [(at, text) for at, text in enumerate(plain) if prefilter.has_pair(text)]
    written = [*several, *(pair for at, text in several for pair in _rewritten(at, text))]
    coded = [(at, text) for at, text in enumerate(plain) if prefilter.CODED.search(text)]
    parts = [*_together(written, (_numbers, _angles)), *_together(coded, (_codes,))]
    parts += [_of(_lists(text), at) for at, text in several if text.count(".") >= _LISTED]
    for at, text in coded if depth < 2 else ():
        parts += [_of(in_bytes(d, depth=depth + 1), at) for d in _encoded(text)]
    return joined(parts)


def _of(stated: Stated, at: int) -> Stated:
    return replace(stated, begins=np.full(len(stated.shown), at, dtype=np.int64))


def _rewritten(at: int, text: str) -> Iterator[tuple[int, str]]:
    """Yield a text without signs that group digits, and with points for decimal commas."""
    if not _PARTED.search(text):
        return
    regrouped = _GROUPED.sub(lambda m: re.sub(r"[^\d.]", "", m[0]), text)
    if regrouped != text:
        yield at, regrouped
    if _COMMA.search(text):
        yield at, _COMMA_LAST.sub(r"\1.\2", _COMMA.sub(r"\1.\2", text))


def _together(
    texts: Sequence[tuple[int, str]], searches: Iterable[Callable[[str], Stated]]
) -> Iterator[Stated]:
    """Search many texts at once, so far from each other that none counts with the next."""
    if not texts:
        return
    owners, parts = zip(*texts, strict=True)
    starts = np.cumsum([0, *(len(text) + len(_BETWEEN) for text in parts)])
    whole = _BETWEEN.join(parts)
    for found in (search(whole) for search in searches):
        if found:
            rank = np.searchsorted(starts, found.begins, side="right") - 1
            yield replace(found, begins=np.array(owners, dtype=np.int64)[rank])


def in_bytes(data: bytes, where: str | Text = "", *, depth: int = 0) -> Stated:
    """Return the positions in a part that may be text of any encoding, or binary."""
    if data.startswith(_PACKED) and depth < 3:
        for header in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):
            try:
                packed = zlib.decompressobj(header)
                return in_bytes(packed.decompress(data, 1 << 26), where, depth=depth + 1)
            except zlib.error:
                continue
    parts = []
    for start in range(0, len(data), _SLICE):
        piece = data[max(start - 256, 0) : start + _SLICE]
        if piece.count(0) > len(piece) // 5:
            parts.append(find(piece.replace(b"\x00", b"").decode("utf-8", "replace"), depth=depth))
        # A zero ends a text of a binary part.
        lines = piece.replace(b"\x00", b"\n")
        parts.append(find(lines.decode("utf-8", "replace"), depth=depth))
        if _is_text(piece):
            continue
        if _WIDE_BYTES.search(piece):
            parts.append(find(lines.decode("gb18030", "replace"), depth=depth))
        if _TWO_DOUBLES.search(piece):
            parts.append(_doubles(piece))
    return joined(parts, where)


def _is_text(piece: bytes) -> bool:
    try:
        text = piece.decode("utf-8", "strict")
    except UnicodeDecodeError:
        return False
    return not any(ord(sign) < 9 for sign in set(text))


def _plain(text: str) -> str:
    plain = text if text.isascii() else text.translate(_WIDE)
    if "&" in plain:
        plain = html.unescape(plain).translate(_WIDE)
    if re.search(r"%[0-9A-Fa-f]{2}", plain):
        plain = unquote(plain)
    if "\\u" in plain:
        plain = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), plain)
    return plain


def _numbers(text: str) -> Stated:
    """Return pairs of numbers beside each other."""
    found = list(_NUMBER.finditer(text))
    if len(found) < 2:
        return joined(())
    spans = np.array([m.span() for m in found])
    near = np.flatnonzero(spans[1:, 0] - spans[:-1, 1] <= FAR)
    if not len(near):
        return joined(())
    values = np.full(len(found), np.nan)
    for at in np.union1d(near, near + 1).tolist():
        values[at] = float(found[at][0])
    xy = np.column_stack([values[:-1], values[1:]])
    any_: Ints = np.full((len(near), 2), 9, dtype=np.int64)
    meant = np.isfinite(readings.readings(xy[near], any_, SURE)[..., 0])
    may = near[meant.any(axis=0)] if len(meant) else near[:0]
    digits = np.array([[_decimals(m[0]) for m in found[at : at + 2]] for at in may], dtype=np.int64)
    least = np.array([_least(text, found[at], found[at + 1]) for at in may], dtype=np.int64)
    lonlat = readings.readings(xy[may], digits.reshape(-1, 2), least)
    sure = np.isfinite(lonlat[..., 0]).any(axis=0) if len(lonlat) else np.zeros(len(may), bool)
    kept, last = [], -2
    for at in np.flatnonzero(sure).tolist():
        # A number is one of one pair only: the next begins behind it.
        if may[at] > last + 1:
            kept.append(at)
            last = may[at]
    pairs = [(found[may[at]], found[may[at] + 1]) for at in kept]
    return Stated(
        tuple(_shown(text[a.start() : b.end()]) for a, b in pairs),
        lonlat[:, kept],
        np.array([max(readings.slack(a[0]), readings.slack(b[0])) for a, b in pairs]),
        begins=np.array([a.start() for a, _ in pairs], dtype=np.int64),
    )


def _shown(text: str) -> str:
    return " ".join(text.replace(SPACER, " ").split())[:80]


def _decimals(number: str) -> int:
    if "e" in number.lower():
        return readings.decimals_of(float(number))
    return len(number.partition(".")[2])


def _least(text: str, one: re.Match[str], two: re.Match[str]) -> int:
    """Return the level from which on two numbers count as a pair."""
    gap = two.start() - one.end()
    if gap > FAR:
        return SURE + 1
    around = text[max(one.start() - NEAR, 0) : two.end() + 3]
    if _AXIS.search(around) and ("." in one[0] or "." in two[0]):
        return CALLED
    for number in (one, two):
        if _UNIT.match(text, number.end()) or (
            _LENGTH.match(text, number.end()) and abs(float(number[0])) < _SMALL
        ):
            return SURE + 1
    return LIKELY if gap <= NEAR else SURE


def _angles(text: str) -> Stated:
    """Return pairs of degrees, minutes and seconds."""
    found = []
    for match in _DMS.finditer(text):
        minutes, seconds = float(match[2]), float(match[3] or 0)
        if minutes < 60 and seconds < 60:
            value = float(match[1]) + minutes / 60 + seconds / 3600
            # Without seconds and marks two numbers say nothing.
            if match[3] or re.search("[°度'分]", match[0]):
                found.append((match, value))
    near = [
        (one, two) for one, two in itertools.pairwise(found) if two[0].start() - one[0].end() <= FAR
    ]
    if not near:
        return joined(())
    xy = np.array([(one[1], two[1]) for one, two in near], dtype=np.float64).reshape(-1, 2)
    return _meant(
        [text[one[0].start() : two[0].end()] for one, two in near],
        readings.readings(xy, np.full(xy.shape, 9), SURE),
        [one[0].start() for one, _ in near],
    )


def _codes(text: str) -> Stated:
    found = list(codes.find(text))
    lonlat = np.array([code[2:] for code in found], dtype=np.float64).reshape(1, -1, 2)
    good = readings.inside(lonlat[0])
    meant = np.where(good[:, None], lonlat, np.nan)
    return _meant([shown for _, shown, *_ in found], meant, [begin for begin, *_ in found])


def _meant(shown: list[str], lonlat: Floats, begins: Sequence[int] = ()) -> Stated:
    good = np.isfinite(lonlat).any(axis=(0, 2)) if len(lonlat) else np.zeros(len(shown), bool)
    kept = np.flatnonzero(good).tolist()
    return Stated(
        tuple(shown[at][:80] for at in kept),
        lonlat[:, kept],
        np.zeros(len(kept)),
        begins=np.array(begins or [0] * len(shown), dtype=np.int64)[kept],
    )


def _lists(text: str) -> Stated:
    """Return the numbers of lists of one axis: degrees, one beside the other."""
    listed = len(text) <= _LONGEST and len(_DECIMALS.findall(text)) >= _LISTED
    found = list(_NUMBER.finditer(text)) if listed else []
    sure = [m for m in found if _decimals(m[0]) >= 4]
    # Lists of lengths are spread wider, and stand among other numbers.
    if len(sure) < max(_LISTED, _SHARE * len(found)):
        return joined(())
    values = np.array([float(m[0]) for m in sure])
    west, south, east, north = systems.SHANXI
    lons, lats = (values >= west) & (values <= east), (values >= south) & (values <= north)
    both = np.where(lons, values, np.nan), np.where(lats, values, np.nan)
    enough = np.zeros(len(values), dtype=bool)
    for axis in (lons, lats):
        narrow = np.ptp(values[axis]) <= _WIDEST if axis.sum() >= _LISTED else False
        enough |= axis & narrow
    kept = np.flatnonzero(enough).tolist()
    lonlat = np.column_stack(both)[None, kept]
    return Stated(tuple(sure[at][0] for at in kept), lonlat, np.zeros(len(kept)))


def _encoded(text: str) -> Iterator[bytes]:
    """Yield what stands in a text as base64 or as hexadecimal digits and is a text or packed."""
    for match in _HEX.finditer(text):
        yield from _readable(bytes.fromhex(match[0]))
    for match in filter(_decodable, _BASE64.finditer(text)):
        data = match[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield from _readable(base64.b64decode(data + "=" * (-len(data) % 4), validate=True))
        except (binascii.Error, ValueError):
            continue


def _decodable(match: re.Match[str]) -> bool:
    """Whether a first byte of three may be printable, or that of a packed text."""
    return _FIRST.match(match[0]) is not None


def _readable(data: bytes) -> Iterator[bytes]:
    head = data[:400]
    others = len(head.translate(None, _PRINTABLE))
    if others < 0.3 * len(head) or data.startswith(_PACKED) or data[:1] in (b"\0", b"\1"):
        yield data


def _doubles(piece: bytes) -> Stated:
    """Return pairs of longitude and latitude as numbers of eight bytes, wherever they stand."""
    parts = []
    for order in ("<f8", ">f8"):
        for shift in range(8):
            size = (len(piece) - shift) // 8
            if size < 2:
                continue
            values = np.frombuffer(piece, dtype=order, count=size, offset=shift)
            with np.errstate(all="ignore"):
                ones = np.flatnonzero((values[:-1] > 34.0) & (values[:-1] < 115.0))
            xy = np.column_stack([values[ones], values[ones + 1]]).astype(np.float64)
            for pairs in (xy, xy[:, ::-1]):
                good = readings.inside(pairs)
                if good.any():
                    shown = [f"{x:.6f}, {y:.6f}" for x, y in pairs[good].tolist()]
                    parts.append(_meant(shown, np.ascontiguousarray(pairs[good])[None]))
    return joined(parts)
