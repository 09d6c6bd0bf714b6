"""All letters of a report, and the lists of what they ask for, as files by name."""

from __future__ import annotations

from zoning.messages import Lang
from zoning.model import Report
from zoning.review.reviewed import Reviewed
from zoning.show.papers import docx, letter, letter_values
from zoning.show.papers.pictures import Picture
from zoning.show.papers.requests import requests


def letters(report: Report, reviewed: Reviewed, lang: Lang) -> dict[str, bytes]:
    """Return the letters, those that settle most first, then ``letters.json`` and the CSV.

    Raises
    ------
    MissingExtraError
        Without the extras ``report`` and ``plot``.
    UsageError
        Without a font for Chinese.
    """
    asked = requests(report, reviewed.catalogue)
    source = docx.template(letter.outline(lang))
    sketches: dict[str, Picture] = {}
    files: dict[str, bytes] = {}
    made = []
    for rank, request in enumerate(asked, 1):
        name = f"{rank:02d}_{request.title.in_(lang)}.docx"
        found = letter_values.values(report, reviewed, request, sketches, lang)
        files[name] = docx.filled(source, found, lang)
        made.append((request, name))
    listed = letter_values.listing(report, made, lang)
    files["letters.json"] = letter_values.as_json(listed).encode("utf-8")
    # The byte-order mark makes Excel read UTF-8, not the code page of the machine.
    files["requests.csv"] = letter_values.as_csv(made, lang).encode("utf-8-sig")
    return files
