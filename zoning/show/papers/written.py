"""The opinion on a report in each format, and as a file whose suffix decides."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from zoning.base.errors import UsageError, problem
from zoning.base.targets import Target
from zoning.base.writing import whole
from zoning.messages import Lang
from zoning.model import Report
from zoning.review.reviewed import Reviewed
from zoning.show.papers import docx, html
from zoning.show.papers.opinion import outline
from zoning.show.papers.opinion_values import values
from zoning.show.papers.pdf import pdf
from zoning.show.suffixes import OPINION

#: Suffixes that an opinion can be written with.
SUFFIXES: Final = OPINION

_Template = str | Path | None


def opinion_docx(
    report: Report,
    reviewed: Reviewed,
    lang: Lang,
    template: _Template = None,
    *,
    overview: bool = False,
) -> bytes:
    """Return the opinion as a DOCX, made from a template of the user's if one is given.

    An overview tells no more of a site than its conclusion, and has a template of its own.

    Raises
    ------
    UsageError
        A template that cannot be used.
    MissingExtraError
        Without the extra ``report``.
    """
    if overview or template is None:
        source, name = docx.template(outline(lang, sites=not overview)), None
    else:
        source, name = _read(template), str(template)
    found = values(report, reviewed, lang, details=not overview)
    return docx.filled(source, found, lang, name)


def opinion_template(lang: Lang) -> bytes:
    """Return the DOCX that opinions are made from."""
    return docx.template(outline(lang))


def opinion_html(report: Report, reviewed: Reviewed, lang: Lang, *, overview: bool = False) -> str:
    """Return the opinion as one HTML page that loads nothing."""
    found = values(report, reviewed, lang, details=not overview)
    return html.page(outline(lang, sites=not overview), found)


def save_opinion(
    report: Report,
    reviewed: Reviewed,
    place: Target | Path,
    lang: Lang,
    template: _Template = None,
    *,
    overview: bool = False,
) -> None:
    """Write the opinion, whole or not at all.

    Raises
    ------
    UsageError
        The place cannot be written, a template cannot be used, or LibreOffice is needed and
        missing.
    MissingExtraError
        Without the extra ``report``.
    """
    target = Target.of(place)
    path = target.path
    kind = path.suffix.lower()
    if template is not None and kind == ".html":
        raise UsageError(problem("template-unused", file=str(path)))
    if kind == ".html":
        made = opinion_html(report, reviewed, lang, overview=overview).encode("utf-8")
    else:
        made = opinion_docx(report, reviewed, lang, template, overview=overview)
        made = pdf(made, str(path)) if kind == ".pdf" else made
    with whole(target) as temporary:
        temporary.write_bytes(made)


def _read(template: str | Path) -> bytes:
    try:
        return Path(template).read_bytes()
    except OSError as error:
        raise UsageError(problem("template-unreadable", file=str(template))) from error
