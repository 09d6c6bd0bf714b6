"""Which encoding text is in: decided from evidence, and the evidence is told."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from zoning.base.errors import SourceError, problem
from zoning.messages import Text, message

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"), (b"\xff\xfe", "utf-16", "UTF-16"),
         (b"\xfe\xff", "utf-16", "UTF-16"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text file's content, the encoding it was in, and how that was known."""

    text: str
    encoding: str
    evidence: Text


def lookup(encoding: str, name: str) -> str:
    """Return Python's name of an encoding the user gave, or raise ``encoding-unknown``."""
    try:
        found = codecs.lookup(encoding.strip())
    except (LookupError, ValueError) as error:
        raise SourceError(problem("encoding-unknown", file=name, encoding=encoding[:40])) from error
    # GBK and GB2312 are subsets of GB18030; files that claim them hold characters beyond.
    return "gb18030" if found.name in ("gbk", "gb2312") else found.name


def first_fit(data: bytes) -> str | None:
    """Return a short text decoded as UTF-8, else as GB18030, else None."""
    for codec in ("utf-8", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return None


def decode_file(data: bytes, name: str, stated: str | None) -> Decoded:
    """Decode a whole text file: as stated, else by its BOM, else UTF-8, else GB18030."""
    if stated is not None:
        encoding = lookup(stated, name)
        try:
            text = data.decode(encoding).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError) as error:
            raise SourceError(problem("encoding-wrong", file=name, encoding=stated)) from error
        return Decoded(text, stated, message("encoding.given-by-user-encoding"))
    for bom, codec, title in _BOMS:
        if data.startswith(bom):
            try:
                return Decoded(data.decode(codec), title, message("encoding.bom-begins"))
            except UnicodeDecodeError as error:
                raise SourceError(problem("encoding-wrong", file=name, encoding=title)) from error
    for codec, title, why in (
        ("utf-8", "UTF-8", message("encoding.all-bytes-valid-utf")),
        (
            "gb18030",
            "GB18030",
            message("encoding.no-valid-utf-8"),
        ),
    ):
        try:
            return Decoded(data.decode(codec), title, why)
        except UnicodeDecodeError:
            continue
    raise SourceError(problem("encoding-wrong", file=name, encoding="UTF-8, GB18030"))
