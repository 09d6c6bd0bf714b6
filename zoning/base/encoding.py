"""Which encoding text is in: the one policy for every text file, and its evidence is told."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path

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
        "".encode(found.name)  # a text encoding, not a codec such as "hex"
    except (LookupError, ValueError, UnicodeError) as error:
        raise SourceError(problem("encoding-unknown", file=name, encoding=encoding[:40])) from error
    # GBK and GB2312 are subsets of GB18030; files that claim them hold characters beyond.
    return "gb18030" if found.name in ("gbk", "gb2312", "cp936") else found.name


def first_fit(data: bytes) -> str | None:
    """Return a short text decoded as UTF-8, else as GB18030, else None."""
    for codec in ("utf-8", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return None


def read_text(path: Path, encoding: str | None = None) -> Decoded:
    """Read a user's text file: CSV, TXT or the like.

    Parameters
    ----------
    path : Path
    encoding : str, optional
        What the user states; found from the bytes if left out.

    Raises
    ------
    SourceError
        ``file-missing``, ``file-unreadable``, ``encoding-unknown``, ``encoding-wrong``.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(problem("file-missing", file=str(path))) from None
    except OSError:
        raise SourceError(
            problem("file-unreadable", file=str(path), key="file-unreadable.unreadable")
        ) from None
    return decode_file(data, str(path), encoding)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file by the names in its first line; as :func:`read_text` reads it.

    A cell that a short row lacks is absent.
    """
    rows = csv.DictReader(io.StringIO(read_text(path).text, newline=""))
    try:
        return [{k: v for k, v in row.items() if isinstance(v, str)} for row in rows]
    except csv.Error as error:  # a cell of more than 131,072 characters
        raise SourceError(problem("csv-unreadable", file=str(path), detail=error)) from error


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
