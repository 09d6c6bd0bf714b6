"""A Report as JSON, as a frame, as files and on the terminal.

>>> from zoning.show import print_report, to_frame, to_json, write_findings  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoning.base import lazy

if TYPE_CHECKING:
    from zoning.show.beside import Beside
    from zoning.show.card import card_frame, print_cards
    from zoning.show.document import to_dict, to_json
    from zoning.show.files import write_findings
    from zoning.show.frame import to_frame
    from zoning.show.guide import Guide
    from zoning.show.schema import json_schema
    from zoning.show.statements import Statement, statement
    from zoning.show.suffixes import OPINION, SUFFIXES
    from zoning.show.terminal import print_report
else:
    __getattr__ = lazy.attributes(
        __name__,
        {
            "beside": ["Beside"],
            "card": ["card_frame", "print_cards"],
            "document": ["to_dict", "to_json"],
            "files": ["write_findings"],
            "frame": ["to_frame"],
            "guide": ["Guide"],
            "schema": ["json_schema"],
            "statements": ["Statement", "statement"],
            "suffixes": ["OPINION", "SUFFIXES"],
            "terminal": ["print_report"],
        },
    )

__all__ = [
    "OPINION",
    "SUFFIXES",
    "Beside",
    "Guide",
    "Statement",
    "card_frame",
    "json_schema",
    "print_cards",
    "print_report",
    "statement",
    "to_dict",
    "to_frame",
    "to_json",
    "write_findings",
]
