"""Decide the encoding of a shapefile's text from all the evidence there is, and tell it.

Three witnesses: the ``.cpg`` file, the language driver id (LDID) in the DBF header, and the bytes
themselves. Chinese desktop GIS leaves the first out, and writes 0x00, 0x4D or 0x57 as the second
whatever the third is; so the bytes are heard first, and the others decide where the bytes could be
two things. The scores are shares of characters that are common in their language: GB 2312 level 1
(3755 characters, over 99 % of running text) counts fully, the rest of GBK hardly at all.

Sources
-------
LDID codes: dBASE/FoxPro "language driver" table as used by GDAL's shapefile driver. Level 1 and 2
of GB 2312-80: rows 16-55 and 56-87; level 1 of Big5, 5401 common characters: 0xA440 to 0xC67E.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zoning.base import encoding
from zoning.messages import Text, message

_CODE_PAGES = {
    "65001": "utf-8", "936": "gb18030", "54936": "gb18030", "20936": "gb18030", "950": "big5",
    "1252": "cp1252", "88591": "cp1252", "28591": "cp1252", "8859": "cp1252", "1250": "cp1250",
    "1251": "cp1251", "932": "cp932", "949": "cp949",
}  # fmt: skip
_LDID = {
    0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x03: "cp1252", 0x59: "cp1252",
    0x58: "cp1252", 0x13: "cp932", 0x7B: "cp932",
}  # fmt: skip
_TITLES = {"utf-8": "UTF-8", "gb18030": "GB18030", "cp1252": "Windows-1252", "big5": "Big5"}
_USUAL = ("utf-8", "gb18030", "cp1252")
#: A winner needs this score, and this lead over the next.
_SURE, _LEAD = 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Choice:
    """An encoding, the evidence for it, and whether another would have done as well."""

    codec: str
    title: str
    evidence: Text
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """One encoding tried on all texts: the share that decodes, and how likely it reads."""

    codec: str
    valid: float
    score: float

    def text(self) -> Text:
        """Return the result in words."""
        title = _TITLES.get(self.codec, self.codec)
        if self.valid < 1.0:
            return message("shapefile-encoding.fails-on-texts", title=title, self=1 - self.valid)
        return message("shapefile-encoding.gives-common-characters", title=title, score=self.score)


def decide(
    texts: Iterable[bytes], cut: Iterable[bytes], cpg: str | None, ldid: int | None
) -> Choice:
    """Return the encoding of a DBF's texts.

    Parameters
    ----------
    texts : iterable of bytes
        Names and values that are not cut off.
    cut : iterable of bytes
        Values that fill their field, so that the last character may be half of one.
    cpg : str or None
        Content of the ``.cpg`` file.
    ldid : int or None
        Byte 29 of the DBF header.
    """
    foreign = sorted({t for t in texts if not t.isascii()})
    halved = sorted({t for t in cut if not t.isascii()})
    declared = _from_cpg(cpg)
    driver = _LDID.get(ldid) if ldid is not None else None
    witness = _witnesses(cpg, declared, ldid, driver)
    if not foreign and not halved:
        evidence = message("shapefile-encoding.all-text-ascii-so", witness=witness)
        codec = declared or driver or "utf-8"
        return Choice(codec, _TITLES.get(codec, codec), evidence)
    names = dict.fromkeys([*_USUAL, *(c for c in (declared, driver) if c)])
    trials = sorted(
        (_try(codec, foreign, halved) for codec in names), key=lambda t: (-t.valid, -t.score)
    )
    return _judge(
        [t for t in trials if t.valid == 1.0] or trials[:1], trials, declared or driver, witness
    )


def _judge(
    fit: Sequence[Trial], all_: Sequence[Trial], stated: str | None, witness: Text
) -> Choice:
    """Let the bytes decide where they can, and the statement where they cannot."""
    best = fit[0]
    lead = best.score - (fit[1].score if len(fit) > 1 else 0.0)
    ambiguous = best.valid < 1.0 or best.score < _SURE or lead < _LEAD
    if ambiguous and stated is not None and any(t.codec == stated for t in fit):
        best = next(t for t in fit if t.codec == stated)
        ambiguous = best.score < fit[0].score
    tried = [t.text() for t in all_]
    against = stated is not None and best.codec != stated
    evidence = message(
        "shapefile-encoding.evidence",
        witness=witness,
        tried=tried,
        against=message("shapefile-encoding.against") if against else None,
        doubt=message("shapefile-encoding.ambiguous") if ambiguous else None,
    )
    return Choice(best.codec, _TITLES.get(best.codec, best.codec), evidence, ambiguous)


def _from_cpg(cpg: str | None) -> str | None:
    """Return Python's name of the encoding that a ``.cpg`` file names, or None."""
    if cpg is None:
        return None
    word = cpg.strip("\ufeff\x00 \t\r\n\"'")
    if not word:
        return None
    digits = re.sub(r"\D", "", word)
    if digits in _CODE_PAGES and not re.match(r"(?i)gb|utf", word):
        return _CODE_PAGES[digits]
    try:
        found = codecs.lookup(word).name
    except (LookupError, ValueError):
        return None
    if found in ("iso8859-1", "latin-1"):
        return "cp1252"
    return "gb18030" if found in ("gbk", "gb2312") else found


def _witnesses(cpg: str | None, declared: str | None, ldid: int | None, driver: str | None) -> Text:
    """Return what .cpg and LDID say, and whether it is understood."""
    if cpg is None:
        said = message("shapefile-encoding.no-cpg")
    else:
        word = cpg.strip("\ufeff\x00 \t\r\n")[:40]
        said = message("shapefile-encoding.cpg", word=word)
        if declared is None:
            said = message("shapefile-encoding.not-understood", said=said)
    if ldid is None:
        return said
    meaning = driver and _TITLES.get(driver, driver)
    return message(
        "shapefile-encoding.ldid-0x",
        ldid=ldid,
        detail=said,
        meaning=meaning or message("shapefile-encoding.no-encoding"),
    )


def _try(codec: str, texts: Sequence[bytes], halved: Sequence[bytes]) -> Trial:
    """Decode everything with ``codec`` and weigh the characters that come out."""
    failed, weight, count, long_ = 0, 0.0, 0, 0
    for may_be_cut, group in ((False, texts), (True, halved)):
        for data in group:
            text = decode(data, codec, cut=may_be_cut)
            if text is None:
                failed += 1
                continue
            got, of = _weigh(text, codec)
            weight, count = weight + got, count + of
            long_ += sum(c > "\u07ff" for c in text)
    score = weight / count if count else 0.0
    valid = 1.0 - failed / (len(texts) + len(halved))
    # Several three-byte sequences in a row are UTF-8 by their build alone, whatever they spell.
    if codec == "utf-8" and valid == 1.0 and long_ >= 3:
        score = max(score, 0.95)
    return Trial(codec, valid, score)


def decode(data: bytes, codec: str, cut: bool) -> str | None:
    """Decode strictly; where ``cut``, up to three bytes of a last half character are dropped."""
    for drop in range(4 if cut else 1):
        try:
            return data[: len(data) - drop].decode(codec)
        except UnicodeDecodeError:
            continue
    return None


def _weigh(text: str, codec: str) -> tuple[float, int]:
    """Return the summed weight of the non-ASCII characters, and their number."""
    weight, count = 0.0, 0
    for at, char in enumerate(text):
        if char.isascii():
            continue
        count += 1
        if "\u3400" <= char <= "\u9fff":
            weight += _hanzi(char, codec)
        elif "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef" or char in "—–“”‘’…·℃㎡":
            weight += 1.0
        elif "\u00c0" <= char <= "\u024f" and char not in "×÷":
            beside = text[max(0, at - 1) : at] + text[at + 1 : at + 2]
            weight += 1.0 if any(c.isascii() and c.isalpha() for c in beside) else 0.1
        elif char.isalpha():
            weight += 0.2
    return weight, count


def _hanzi(char: str, codec: str) -> float:
    """Return how common a Chinese character is; in Big5, whose characters are the traditional."""
    standard, last = ("big5", 0xC6) if codec == "big5" else ("gb2312", 0xD7)
    try:
        lead = char.encode(standard)[0]
    except UnicodeEncodeError:
        return 0.05
    return 1.0 if lead <= last else 0.4


def override(stated: str, name: str) -> Choice:
    """Return the user's own choice."""
    return Choice(
        encoding.lookup(stated, name),
        stated,
        message("shapefile-encoding.given-by-user-encoding"),
    )
