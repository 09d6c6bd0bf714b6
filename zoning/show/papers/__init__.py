"""Papers that go into the file: review opinions and letters, as DOCX, HTML and PDF."""

from zoning.show.papers.written import (
    SUFFIXES,
    opinion_docx,
    opinion_html,
    opinion_template,
    save_opinion,
)

__all__ = ["SUFFIXES", "opinion_docx", "opinion_html", "opinion_template", "save_opinion"]
