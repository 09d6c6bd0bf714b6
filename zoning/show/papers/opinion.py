"""The outline of a review opinion: basis, overview, each site, what is open, provenance."""

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


def outline(lang: Lang, *, sites: bool = True) -> Outline:
    """Return the outline in one language; the values are those of ``opinion_values``.

    Without ``sites`` it is an overview, which tells no more of a site than its conclusion.
    """
    words = Words(lang)
    each = (Each("site in sites", _site(words)),) if sites else ()
    blocks = (*_head(words), *each, *_tail(words))
    return Outline(blocks, words("papers.table"), words("papers.figure"), lang)


def _head(words: Words) -> tuple[Block, ...]:
    heads = words.heads("no", "site", "county", "size", "status", "decisive")
    cells = ("{{ loop.index }}", "{{ site.name }}", "{{ site.counties }}", "{{ site.size }}",
             "{{ site.status }}", "{{ site.decisive }}")  # fmt: skip
    return (
        Para("{{ title }}", "title"),
        Para(words("opinion.number"), "number"),
        Heading("{{ section() }}" + words("opinion.basis")),
        Para("{{ scope }}"),
        Table(
            "document in documents",
            ("{{ loop.index }}", "{{ document.title }}", "{{ document.number }}",
             "{{ document.issuer }}", "{{ document.force }}"),
            (7, 38, 18, 20, 22),
            words.heads("no", "document", "number", "issuer", "force"),
            words("opinion.basis-table"),
        ),
        Heading("{{ section() }}" + words("opinion.overall")),
        Table("site in sites", cells, (7, 23, 15, 19, 15, 26), heads,
              words("opinion.overall-table")),
        When("indicative", (Para("{{ indicative }}"),)),
        Each("line in not_done", (Para("{{ line }}"),)),
    )  # fmt: skip


def _site(words: Words) -> tuple[Block, ...]:
    return (
        When("sites | length > 1", (NewPage(),)),
        Heading("{{ section() }}" + words("opinion.site", name="{{ site.name }}")),
        *_overview(words),
        Heading("{{ part() }}" + words("opinion.conclusion-head"), 2),
        Each("line in site.conclusion", (Para("{{ line }}"),)),
        *_findings(words, "hits", "hits"),
        When(
            "site.map",
            (Figure("site.map", words("opinion.map-caption", name="{{ site.name }}")),),
        ),
        When(
            "site.remedies",
            (
                Heading("{{ part() }}" + words("opinion.remedies"), 2),
                Each("line in site.remedies", (Para("{{ loop.index }}. {{ line }}"),)),
            ),
        ),
        *_open(words),
        *_declaration(words),
        *_duties(words),
        *_findings(words, "failed", "failed"),
        *_indicators(words),
    )


def _overview(words: Words) -> tuple[Block, ...]:
    point = ("name", "ring", "x", "y")
    cells = tuple(f"{{{{ row.{side}.{key} }}}}" for side in ("left", "right") for key in point)
    heads = words.heads("point", "ring", "x", "y")
    return (
        Heading("{{ part() }}" + words("opinion.overview"), 2),
        Table(
            "row in site.facts", ("{{ row.label }}", "{{ row.value }}"), (30, 70),
            caption=words("opinion.overview-table", name="{{ site.name }}"),
        ),
        Each("line in site.notices", (Para("{{ line }}", "note"),)),
        When(
            "site.points",
            (
                Para("{{ site.points.told }}"),
                Table(
                    "row in site.points.rows", cells, (9, 7, 17, 18) * 2, (*heads, *heads),
                    words("opinion.points-table", name="{{ site.name }}"),
                ),
            ),
        ),
        When(
            "site.card",
            (
                Heading("{{ part() }}" + words("opinion.card"), 2),
                Table(
                    "row in site.card",
                    ("{{ row.system }}", "{{ row.standing }}", "{{ row.told }}"),
                    (22, 14, 64),
                    words.heads("system", "standing", "told"),
                    words("opinion.card-table", name="{{ site.name }}"),
                ),
            ),
        ),
    )  # fmt: skip


def _findings(words: Words, key: str, what: str) -> tuple[Block, ...]:
    return (
        When(
            f"site.{key}",
            (
                Heading("{{ part() }}" + words(f"opinion.{what}"), 2),
                Table(
                    f"row in site.{key}",
                    ("{{ loop.index }}", "{{ row.status }}", "{{ row.clause }}",
                     "{{ row.found }}", "{{ row.advice }}"),
                    (7, 14, 34, 31, 24),
                    words.heads("no", "status", "clause", "found", "advice"),
                    words(f"opinion.{what}-table", name="{{ site.name }}"),
                ),
            ),
        ),
    )  # fmt: skip


def _declaration(words: Words) -> tuple[Block, ...]:
    return (
        When(
            "site.declaration",
            (
                Heading("{{ part() }}" + words("opinion.declaration"), 2),
                Para(words("opinion.declaration-told",
                           profile="{{ site.declaration[0].profile }}")),
                Table(
                    "row in site.declaration",
                    ("{{ loop.index }}", "{{ row.title }}", "{{ row.told }}", "{{ row.reason }}",
                     "{{ row.count }}"),
                    (7, 28, 14, 40, 12),
                    words.heads("no", "attribute", "presumed", "reason", "count"),
                    words("opinion.declaration-table", name="{{ site.name }}"),
                ),
                Para(words("opinion.declaration-signed"), "right"),
            ),
        ),
    )  # fmt: skip


def _duties(words: Words) -> tuple[Block, ...]:
    return (
        When(
            "site.duties",
            (
                Heading("{{ part() }}" + words("opinion.duties"), 2),
                Table(
                    "row in site.duties",
                    ("{{ loop.index }}", "{{ row.citation }}", "{{ row.text }}"),
                    (7, 34, 59),
                    words.heads("no", "clauses", "duty"),
                    words("opinion.duties-table", name="{{ site.name }}"),
                ),
            ),
        ),
    )


def _open(words: Words) -> tuple[Block, ...]:
    return (
        When(
            "site.answers",
            (
                Heading("{{ part() }}" + words("opinion.answers"), 2),
                Table(
                    "row in site.answers",
                    ("{{ loop.index }}", "{{ row.title }}", "{{ row.question }}",
                     "{{ row.clauses }}", "{{ row.worst }}"),
                    (7, 18, 34, 34, 14),
                    words.heads("no", "attribute", "question", "clauses", "worst"),
                    words("opinion.answers-table", name="{{ site.name }}"),
                ),
            ),
        ),
        When(
            "site.obtain",
            (
                Heading("{{ part() }}" + words("opinion.obtain"), 2),
                Table(
                    "row in site.obtain",
                    ("{{ loop.index }}", "{{ row.layer }}", "{{ row.office }}",
                     "{{ row.clauses }}", "{{ row.count }}", "{{ row.worst }}"),
                    (7, 20, 21, 36, 11, 15),
                    words.heads("no", "layer", "office", "clauses", "count", "worst"),
                    words("opinion.obtain-table", name="{{ site.name }}"),
                ),
            ),
        ),
        *_findings(words, "confirm", "confirm"),
    )  # fmt: skip


def _indicators(words: Words) -> tuple[Block, ...]:
    return (
        When(
            "site.indicators",
            (
                Heading("{{ part() }}" + words("opinion.indicators"), 2),
                Table(
                    "row in site.indicators",
                    ("{{ row.place }}", "{{ row.title }}", "{{ row.figure }}", "{{ row.source }}"),
                    (14, 34, 26, 30),
                    words.heads("county", "indicator", "figure", "source"),
                    words("opinion.indicators-table", name="{{ site.name }}"),
                ),
            ),
        ),
    )


def _tail(words: Words) -> tuple[Block, ...]:
    return (
        When(
            "unchecked",
            (
                Heading("{{ section() }}" + words("opinion.unchecked")),
                Para(words("opinion.unchecked-told")),
                Table(
                    "row in unchecked",
                    ("{{ row.office }}", "{{ row.layers }}", "{{ row.count }}"),
                    (24, 64, 12),
                    words.heads("office", "layers", "count"),
                    words("opinion.unchecked-table"),
                ),
            ),
        ),
        Heading("{{ section() }}" + words("opinion.use")),
        Para(words("opinion.use-told")),
        Para(words("opinion.signed"), "right"),
        Para(words("opinion.checked"), "right"),
        Para("{{ day }}", "right"),
        NewPage(),
        Heading("{{ section() }}" + words("opinion.provenance")),
        Table("row in made", ("{{ row.label }}", "{{ row.value }}"), (30, 70),
              caption=words("opinion.made-table")),
        Table(
            "row in inputs", ("{{ row.name }}", "{{ row.crs }}", "{{ row.sha256 }}"),
            (30, 20, 50), words.heads("file", "crs", "sha256"), words("opinion.inputs-table"),
        ),
        Table(
            "row in layers",
            ("{{ row.name }}", "{{ row.basis }}", "{{ row.file }}", "{{ row.sha256 }}"),
            (34, 26, 28, 18), words.heads("layer", "basis", "file", "sha256"),
            words("opinion.layers-table"),
        ),
        Each("line in notices", (Para("{{ line }}", "note"),)),
        Table(
            "row in all_documents",
            ("{{ loop.index }}", "{{ row.title }}", "{{ row.number }}", "{{ row.force }}"),
            (7, 52, 20, 28), words.heads("no", "document", "number", "force"),
            words("opinion.documents-table"),
        ),
    )  # fmt: skip
