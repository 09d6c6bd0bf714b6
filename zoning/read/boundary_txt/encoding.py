"""The encoding of a boundary-point TXT: decided on evidence, never by process-wide settings."""

from __future__ import annotations

import codecs
import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from zoning.base.encoding import lookup
from zoning.base.errors import Problem, SourceError, problem
from zoning.messages import Text, message

#: Words that nearly every file of the format holds; decoding that makes them appear is right.
_WORDS: Final = ("属性描述", "地块坐标", "坐标系", "高斯", "带号", "米", "面", "地块", "大地")
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NON_ASCII: Final = re.compile(rb"[^\x00-\x7f]")
#: Evidence is judged on this many non-ASCII lines; files of this format are ASCII below the names.
_SAMPLE_LINES: Final = 2000


@dataclass(slots=True)
class Content:
    """The bytes of a file whose lines can be decoded one by one; ``data`` may be let go after.

    Attributes
    ----------
    name : str
        File name for messages.
    data : bytes
        Line ends are ``\\n`` only; the encoding is ``codec``, a superset of ASCII.
    encoding : str
        The encoding as reported (before UTF-16 was recoded to UTF-8).
    codec : str
        Codec for the lines of ``data``.
    evidence : Text
        Why this encoding.
    damaged : tuple of int
        Line numbers (from 1, at most 20) that hold bytes invalid in it.
    """

    name: str
    data: bytes
    encoding: str
    codec: str
    evidence: Text
    damaged: tuple[int, ...]

    def lines(self) -> Iterator[bytes]:
        """Yield the lines without their ends."""
        for line in io.BytesIO(self.data):
            yield line.rstrip(b"\n")

    def decode(self, line: bytes) -> str:
        """Decode one line; invalid bytes become U+FFFD."""
        return line.decode(self.codec, errors="replace")


def load(
    source: str | os.PathLike[str] | bytes, encoding: str | None, name: str | None = None
) -> Content:
    """Read a file or bytes and decide their encoding; ``name`` is for messages.

    Raises
    ------
    SourceError
        If the file cannot be read, is binary, or no encoding fits.
    """
    if isinstance(source, bytes):
        name, data = name or "<bytes>", source
    else:
        path = Path(source)
        name = name or str(source)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise SourceError(
                problem("file-unreadable", file=name, strerror=error.strerror)
            ) from error
    return _decide(name, data, encoding)


def _decide(name: str, data: bytes, encoding: str | None) -> Content:
    """Choose the encoding: the caller's, else a byte-order mark, else the content."""
    if encoding is not None:
        chosen = lookup(encoding, name)
        why = message("encoding.given-by-caller", encoding=encoding)
        try:
            return _content(name, data, chosen, why)
        except UnicodeError as error:  # codecs that know no replacement, such as idna
            raise SourceError(_undecodable(name)) from error
    for mark, codec in _BOMS:
        if data.startswith(mark):
            why = message("encoding.byte-order-mark-at")
            return _content(name, data, codec, why)
    if b"\x00" in data:
        raise SourceError(_not_text(name))
    if not _NON_ASCII.search(data):
        why = message("encoding.all-bytes-ascii-nothing")
        return _content(name, data, "ascii", why)
    return _content(name, data, *_by_content(name, data))


def _by_content(name: str, data: bytes) -> tuple[str, Text]:
    """Weigh UTF-8 against GB 18030: valid bytes, and words the format is known to hold."""
    lines = (line for line in io.BytesIO(data) if _NON_ASCII.search(line))
    sample = list(islice(lines, _SAMPLE_LINES))
    score: dict[str, tuple[int, int]] = {}
    for codec in ("utf-8", "gb18030"):
        text = [line.decode(codec, errors="replace") for line in sample]
        words = sum(any(word in line for line in text) for word in _WORDS)
        bad = sum("\ufffd" in line for line in text)
        score[codec] = (words, -bad)
    best = max(score, key=lambda codec: score[codec])  # UTF-8 first wins a tie
    other = "gb18030" if best == "utf-8" else "utf-8"
    (words, bad), (other_words, other_bad) = score[best], score[other]
    if words == 0 and bad < 0:
        raise SourceError(_undecodable(name))
    return best, message(
        "encoding.weighed",
        lines=len(sample),
        best=best,
        bad=-bad,
        words=words,
        other=other,
        other_bad=-other_bad,
        other_words=other_words,
        doubt=message("encoding.neither-proved") if words == other_words else None,
    )


def _content(name: str, data: bytes, codec: str, why: Text) -> Content:
    """Bring line ends to ``\\n`` and encodings to a superset of ASCII."""
    encoding = codec
    if codec == "utf-8-sig":
        codec = "utf-8"
    elif codec not in ("utf-8", "ascii", "gb18030"):
        # Anything else is recoded once, so that lines can be cut at the byte "\n".
        data = data.decode(codec, errors="replace").encode("utf-8", errors="replace")
        codec = "utf-8"
    if codec == "utf-8":
        data = data.removeprefix(codecs.BOM_UTF8)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return Content(name, data, encoding, codec, why, _damage(data, codec))


def _damage(data: bytes, codec: str) -> tuple[int, ...]:
    """Return the numbers of the first lines that are not valid in ``codec``."""
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        found: list[int] = []
        for number, line in enumerate(io.BytesIO(data), 1):
            if _NON_ASCII.search(line) and "\ufffd" in line.decode(codec, errors="replace"):
                found.append(number)
                if len(found) == 20:
                    break
        return tuple(found)
    return ()


def _not_text(name: str) -> Problem:
    return problem("txt-binary", file=name)


def _undecodable(name: str) -> Problem:
    return problem("encoding-undecided", file=name)
