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
    say = Words("opinion", lang)
    each = (Each("site in sites", _site(say)),) if sites else ()
    blocks = (*_head(say), *each, *_tail(say))
    return Outline(blocks, say("papers.table"), say("papers.figure"), lang)


def _head(say: Words) -> tuple[Block, ...]:
    heads = say.heads("no", "site", "county", "size", "status", "decisive")
    cells = ("{{ loop.index }}", "{{ site.name }}", "{{ site.counties }}", "{{ site.size }}",
             "{{ site.status }}", "{{ site.decisive }}")  # fmt: skip
    return (
        Para("{{ title }}", "title"),
        Para(say("number"), "number"),
        Heading("{{ section() }}" + say("basis")),
        Para("{{ scope }}"),
        Table(
            "document in documents",
            ("{{ loop.index }}", "{{ document.title }}", "{{ document.number }}",
             "{{ document.issuer }}", "{{ document.force }}"),
            (7, 38, 18, 20, 22),
            say.heads("no", "document", "number", "issuer", "force"),
            say("basis-table"),
        ),
        Heading("{{ section() }}" + say("overall")),
        Table("site in sites", cells, (7, 24, 16, 20, 12, 26), heads, say("overall-table")),
        When("indicative", (Para("{{ indicative }}"),)),
        Each("line in not_done", (Para("{{ line }}"),)),
    )  # fmt: skip


def _site(say: Words) -> tuple[Block, ...]:
    return (
        When("sites | length > 1", (NewPage(),)),
        Heading("{{ section() }}" + say("site", name="{{ site.name }}")),
        *_overview(say),
        Heading("{{ part() }}" + say("conclusion-head"), 2),
        Each("line in site.conclusion", (Para("{{ line }}"),)),
        *_findings(say, "hits", "hits"),
        When(
            "site.map",
            (Figure("site.map", say("map-caption", name="{{ site.name }}")),),
        ),
        When(
            "site.remedies",
            (
                Heading("{{ part() }}" + say("remedies"), 2),
                Each("line in site.remedies", (Para("{{ loop.index }}. {{ line }}"),)),
            ),
        ),
        *_open(say),
        *_declaration(say),
        *_duties(say),
        *_findings(say, "failed", "failed"),
        *_indicators(say),
    )


def _overview(say: Words) -> tuple[Block, ...]:
    point = ("name", "ring", "x", "y")
    cells = tuple(f"{{{{ row.{side}.{key} }}}}" for side in ("left", "right") for key in point)
    heads = say.heads("point", "ring", "x", "y")
    return (
        Heading("{{ part() }}" + say("overview"), 2),
        Table(
            "row in site.facts", ("{{ row.label }}", "{{ row.value }}"), (30, 70),
            caption=say("overview-table", name="{{ site.name }}"),
        ),
        Each("line in site.notices", (Para("{{ line }}", "note"),)),
        When(
            "site.points",
            (
                Para("{{ site.points.told }}"),
                Table(
                    "row in site.points.rows", cells, (7, 5, 19, 20) * 2, (*heads, *heads),
                    say("points-table", name="{{ site.name }}"),
                ),
            ),
        ),
        When(
            "site.card",
            (
                Heading("{{ part() }}" + say("card"), 2),
                Table(
                    "row in site.card",
                    ("{{ row.system }}", "{{ row.standing }}", "{{ row.told }}"),
                    (22, 14, 64),
                    say.heads("system", "standing", "told"),
                    say("card-table", name="{{ site.name }}"),
                ),
            ),
        ),
    )  # fmt: skip


def _findings(say: Words, key: str, what: str) -> tuple[Block, ...]:
    return (
        When(
            f"site.{key}",
            (
                Heading("{{ part() }}" + say(what), 2),
                Table(
                    f"row in site.{key}",
                    ("{{ loop.index }}", "{{ row.status }}", "{{ row.clause }}",
                     "{{ row.found }}", "{{ row.advice }}"),
                    (7, 11, 36, 32, 24),
                    say.heads("no", "status", "clause", "found", "advice"),
                    say(f"{what}-table", name="{{ site.name }}"),
                ),
            ),
        ),
    )  # fmt: skip


def _declaration(say: Words) -> tuple[Block, ...]:
    return (
        When(
            "site.declaration",
            (
                Heading("{{ part() }}" + say("declaration"), 2),
                Para(say("declaration-told", profile="{{ site.declaration[0].profile }}")),
                Table(
                    "row in site.declaration",
                    ("{{ loop.index }}", "{{ row.title }}", "{{ row.told }}", "{{ row.reason }}",
                     "{{ row.count }}"),
                    (7, 28, 14, 42, 9),
                    say.heads("no", "attribute", "presumed", "reason", "count"),
                    say("declaration-table", name="{{ site.name }}"),
                ),
                Para(say("declaration-signed"), "right"),
            ),
        ),
    )  # fmt: skip


def _duties(say: Words) -> tuple[Block, ...]:
    return (
        When(
            "site.duties",
            (
                Heading("{{ part() }}" + say("duties"), 2),
                Table(
                    "row in site.duties",
                    ("{{ loop.index }}", "{{ row.citation }}", "{{ row.text }}"),
                    (7, 34, 59),
                    say.heads("no", "clauses", "duty"),
                    say("duties-table", name="{{ site.name }}"),
                ),
            ),
        ),
    )


def _open(say: Words) -> tuple[Block, ...]:
    return (
        When(
            "site.answers",
            (
                Heading("{{ part() }}" + say("answers"), 2),
                Table(
                    "row in site.answers",
                    ("{{ loop.index }}", "{{ row.title }}", "{{ row.question }}",
                     "{{ row.clauses }}", "{{ row.worst }}"),
                    (7, 18, 34, 34, 14),
                    say.heads("no", "attribute", "question", "clauses", "worst"),
                    say("answers-table", name="{{ site.name }}"),
                ),
            ),
        ),
        When(
            "site.obtain",
            (
                Heading("{{ part() }}" + say("obtain"), 2),
                Table(
                    "row in site.obtain",
                    ("{{ loop.index }}", "{{ row.layer }}", "{{ row.office }}",
                     "{{ row.clauses }}", "{{ row.count }}", "{{ row.worst }}"),
                    (7, 20, 22, 38, 8, 14),
                    say.heads("no", "layer", "office", "clauses", "count", "worst"),
                    say("obtain-table", name="{{ site.name }}"),
                ),
            ),
        ),
        *_findings(say, "confirm", "confirm"),
    )  # fmt: skip


def _indicators(say: Words) -> tuple[Block, ...]:
    return (
        When(
            "site.indicators",
            (
                Heading("{{ part() }}" + say("indicators"), 2),
                Table(
                    "row in site.indicators",
                    ("{{ row.place }}", "{{ row.title }}", "{{ row.figure }}", "{{ row.source }}"),
                    (14, 34, 26, 30),
                    say.heads("county", "indicator", "figure", "source"),
                    say("indicators-table", name="{{ site.name }}"),
                ),
            ),
        ),
    )


def _tail(say: Words) -> tuple[Block, ...]:
    return (
        When(
            "unchecked",
            (
                Heading("{{ section() }}" + say("unchecked")),
                Para(say("unchecked-told")),
                Table(
                    "row in unchecked",
                    ("{{ row.office }}", "{{ row.layers }}", "{{ row.count }}"),
                    (24, 66, 10),
                    say.heads("office", "layers", "count"),
                    say("unchecked-table"),
                ),
            ),
        ),
        Heading("{{ section() }}" + say("use")),
        Para(say("use-told")),
        Para(say("signed"), "right"),
        Para(say("checked"), "right"),
        Para("{{ day }}", "right"),
        NewPage(),
        Heading("{{ section() }}" + say("provenance")),
        Table("row in made", ("{{ row.label }}", "{{ row.value }}"), (30, 70),
              caption=say("made-table")),
        Table(
            "row in inputs", ("{{ row.name }}", "{{ row.crs }}", "{{ row.sha256 }}"),
            (30, 20, 50), say.heads("file", "crs", "sha256"), say("inputs-table"),
        ),
        Table(
            "row in layers",
            ("{{ row.name }}", "{{ row.basis }}", "{{ row.file }}", "{{ row.sha256 }}"),
            (34, 26, 28, 18), say.heads("layer", "basis", "file", "sha256"), say("layers-table"),
        ),
        Each("line in notices", (Para("{{ line }}", "note"),)),
        Table(
            "row in all_documents",
            ("{{ loop.index }}", "{{ row.title }}", "{{ row.number }}", "{{ row.force }}"),
            (7, 52, 20, 28), say.heads("no", "document", "number", "force"),
            say("documents-table"),
        ),
    )  # fmt: skip
