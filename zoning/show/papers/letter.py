"""The outline of a request to an office for data and comment, with its attachments."""

from __future__ import annotations

from zoning.messages import Lang
from zoning.show.papers.outline import (
    Block,
    Each,
    Figure,
    Heading,
    NewPage,
    Outline,
    Para,
    Table,
)
from zoning.show.papers.words import Words


def outline(lang: Lang) -> Outline:
    """Return the outline in one language; the values are those of ``letter_values``."""
    words = Words(lang)
    blocks = (*_letter(words), *_attachments(words))
    return Outline(blocks, words("papers.table"), words("papers.figure"), lang)


def _letter(words: Words) -> tuple[Block, ...]:
    sites = ("{{ loop.index }}", "{{ site.name }}", "{{ site.counties }}", "{{ site.size }}")
    return (
        Para("{{ title }}", "title"),
        Para(words("opinion.number"), "number"),
        Para("{{ addressee }}", "plain"),
        Para("{{ reason }}"),
        Heading("{{ section() }}" + words("letters.sites")),
        Table("site in sites", sites, (8, 40, 26, 26),
              words.heads("no", "site", "county", "size"), words("letters.sites-table")),
        Para(words("letters.sites-told")),
        Heading("{{ section() }}" + words("letters.data")),
        Para(words("letters.data-told")),
        Table(
            "row in layers",
            ("{{ loop.index }}", "{{ row.layer }}", "{{ row.fields }}", "{{ row.clauses }}",
             "{{ row.sites }}", "{{ row.count }}"),
            (7, 21, 18, 32, 11, 12),
            words.heads("no", "layer", "fields", "clauses", "sites", "count"),
            words("letters.data-table"),
        ),
        Heading("{{ section() }}" + words("letters.questions")),
        Table(
            "row in questions",
            ("{{ loop.index }}", "{{ row.question }}", "{{ row.clauses }}"),
            (7, 47, 46), words.heads("no", "question", "clauses"), words("letters.questions-table"),
        ),
        Heading("{{ section() }}" + words("letters.reply-head")),
        *(Para(words(f"letters.reply.{n}")) for n in (1, 2, 3, 4)),
        Para(words("letters.closing")),
        Para(words("letters.attached"), "body"),
        Para(words("letters.signed"), "right"),
        Para(words("letters.dated"), "right"),
        Para(words("letters.contact"), "note"),
    )  # fmt: skip


def _attachments(words: Words) -> tuple[Block, ...]:
    point = ("name", "ring", "x", "y")
    cells = tuple(f"{{{{ row.{side}.{key} }}}}" for side in ("left", "right") for key in point)
    heads = words.heads("point", "ring", "x", "y")
    blank = ("{{ row.layer }}", "", "", "", "", "", "")
    return (
        NewPage(),
        Heading(words("letters.attachment-1")),
        Each(
            "site in sites",
            (
                Para("{{ site.points.told }}", "note"),
                Table("row in site.points.rows", cells, (9, 7, 17, 18) * 2, (*heads, *heads),
                      words("opinion.points-table", name="{{ site.name }}")),
            ),
        ),
        NewPage(),
        Heading(words("letters.attachment-2")),
        Each(
            "site in sites",
            (Figure("site.map", words("letters.map-caption", name="{{ site.name }}")),),
        ),
        NewPage(),
        Heading(words("letters.attachment-3")),
        Para(words("letters.return-told")),
        Table(
            "row in layers", blank, (20, 11, 15, 14, 14, 15, 15),
            words.heads("layer", "any", "version", "authority", "covers", "format", "contact"),
            words("letters.return-table"),
        ),
        Para(words("letters.return-signed"), "right"),
    )  # fmt: skip
