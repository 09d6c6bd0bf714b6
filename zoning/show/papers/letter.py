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
    When,
)
from zoning.show.papers.words import Words


def outline(lang: Lang) -> Outline:
    """Return the outline in one language; the values are those of ``letter_values``."""
    say = Words("letters", lang)
    blocks = (*_letter(say), *_attachments(say))
    return Outline(blocks, say("papers.table"), say("papers.figure"), lang)


def _letter(say: Words) -> tuple[Block, ...]:
    sites = ("{{ loop.index }}", "{{ site.name }}", "{{ site.counties }}", "{{ site.size }}")
    return (
        Para("{{ title }}", "title"),
        Para(say("opinion.number"), "number"),
        Para("{{ addressee }}", "plain"),
        Para("{{ reason }}"),
        Heading("{{ section() }}" + say("sites")),
        Table("site in sites", sites, (8, 40, 26, 26),
              say.heads("no", "site", "county", "size"), say("sites-table")),
        Para(say("sites-told")),
        Heading("{{ section() }}" + say("data")),
        Para(say("data-told")),
        Table(
            "row in layers",
            ("{{ loop.index }}", "{{ row.layer }}", "{{ row.fields }}", "{{ row.clauses }}",
             "{{ row.sites }}", "{{ row.count }}"),
            (7, 22, 20, 33, 10, 8),
            say.heads("no", "layer", "fields", "clauses", "sites", "count"),
            say("data-table"),
        ),
        Heading("{{ section() }}" + say("questions")),
        Table(
            "row in questions",
            ("{{ loop.index }}", "{{ row.question }}", "{{ row.clauses }}"),
            (7, 47, 46), say.heads("no", "question", "clauses"), say("questions-table"),
        ),
        Heading("{{ section() }}" + say("reply")),
        *(Para(say(f"reply-{n}")) for n in (1, 2, 3, 4)),
        Para(say("closing")),
        Para(say("attached"), "body"),
        Para(say("signed"), "right"),
        Para(say("dated"), "right"),
        Para(say("contact"), "plain"),
    )  # fmt: skip


def _attachments(say: Words) -> tuple[Block, ...]:
    point = ("name", "ring", "x", "y")
    cells = tuple(f"{{{{ row.{side}.{key} }}}}" for side in ("left", "right") for key in point)
    heads = say.heads("point", "ring", "x", "y")
    blank = ("{{ row.layer }}", "", "", "", "", "", "")
    return (
        NewPage(),
        Heading(say("attachment-1")),
        Each(
            "site in sites",
            (
                Para("{{ site.points.told }}"),
                Table("row in site.points.rows", cells, (7, 5, 19, 20) * 2, (*heads, *heads),
                      say("opinion.points-table", name="{{ site.name }}")),
            ),
        ),
        NewPage(),
        Heading(say("attachment-2")),
        Each(
            "site in sites",
            (When("site.map", (Figure("site.map", say("map-caption", name="{{ site.name }}")),)),),
        ),
        NewPage(),
        Heading(say("attachment-3")),
        Para(say("return-told")),
        Table(
            "row in layers", blank, (20, 11, 15, 14, 14, 15, 15),
            say.heads("layer", "any", "version", "authority", "covers", "format", "contact"),
            say("return-table"),
        ),
        Para(say("return-signed"), "right"),
    )  # fmt: skip
