"""The values of a review opinion: everything its template may use, from one report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from zoning.messages import Lang, Text, message
from zoning.model import Card, Document, Finding, Missing, ProjectResult, Report, Status, Views
from zoning.review import cards, repairs
from zoning.review.reviewed import Reviewed
from zoning.show import card as card_text
from zoning.show import lines, remedies, titles
from zoning.show.facts import name_of, period_note
from zoning.show.papers import indicators, parts
from zoning.show.papers.parts import Row
from zoning.show.statements import statement

if TYPE_CHECKING:
    from zoning.catalogue import Catalogue

#: The order in which documents are named: by rank, then by date.
_LEVELS: Final = (
    "law", "regulation", "local_regulation", "rule", "normative", "plan", "standard",
)  # fmt: skip


def values(report: Report, reviewed: Reviewed, lang: Lang, *, details: bool = True) -> Row:
    """Return the values of the opinion on the sites of a report.

    Parameters
    ----------
    report : Report
    reviewed : Reviewed
        What the report was made from; nothing is opened a second time.
    lang : {"zh", "en"}
    details : bool, default True
        Also what only a paper that tells of each site holds: cards, sketches, tables.

    Returns
    -------
    dict
        Texts, lists of rows, and pictures.
    """
    views = Views.of(report)
    sites = [_summary(x, views, lang) for x in report.results]
    if details:
        made = cards([x.project for x in report.results], reviewed.layers)
        found = {card.project: card for card in made}
        for site, result in zip(sites, report.results, strict=True):
            site.update(_site(result, report, reviewed, views, lang))
            site["card"] = list(_card(found.get(result.project.id), lang))
    cited = _cited(report, views)
    return {
        "title": _title(report.results, lang),
        "day": parts.day(report.as_of, lang),
        "scope": _scope(report, lang),
        "indicative": _indicative(report, lang),
        "documents": [_document(d, report, lang) for d in cited],
        "all_documents": [_document(d, report, lang) for d in _ranked(report.documents)],
        "sites": sites,
        "unchecked": _unchecked(report, reviewed.catalogue, views, lang),
        "not_done": [x.in_(lang) for x in (*report.left_out, *report.incomplete)],
        "notices": [x.in_(lang) for x in (*reviewed.layers.notices(), *repairs(reviewed.readings))],
        "made": _made(report, lang),
        "inputs": [{"name": x.name, "crs": x.crs, "sha256": x.sha256} for x in report.inputs],
        "layers": [_layer(x, lang) for x in report.layers if x.state == "used"],
    }


def _title(results: tuple[ProjectResult, ...], lang: Lang) -> str:
    if len(results) == 1:
        return message("opinion.title", name=name_of(results[0])).in_(lang)
    return message("opinion.title-several", count=len(results)).in_(lang)


def _scope(report: Report, lang: Lang) -> str:
    found = message(
        "opinion.scope",
        day=parts.day(report.as_of, lang),
        rules=len(report.rules),
        documents=len(report.documents),
        sites=len(report.results),
    )
    return found.in_(lang)


def _indicative(report: Report, lang: Lang) -> str:
    return "".join(x.text.in_(lang) for x in statement(report) if x.kind == "indicative")


def _cited(report: Report, views: Views) -> list[Document]:
    """Return the documents whose clauses bear on a site."""
    named = {
        view.document.id: view.document
        for result in report.results
        for view in map(views, result.findings)
        if view.document is not None
        and view.finding.status not in (Status.COMPLIANT, Status.NOT_CHECKED)
    }
    return _ranked(named.values())


def _ranked(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda d: (_LEVELS.index(d.level), str(d.in_force_from), d.id))


def _document(document: Document, report: Report, lang: Lang) -> Row:
    note = period_note(document, report.as_of)
    force = [*lines.in_force(document, lang), *([note.in_(lang)] if note is not None else [])]
    return {
        "title": lines.heading(document, lang),
        "number": document.number or message("papers.none").in_(lang),
        "issuer": document.issuer.in_(lang),
        "force": lines.joined(force, lang) or message("papers.none").in_(lang),
    }


def _summary(result: ProjectResult, views: Views, lang: Lang) -> Row:
    placed, hits = result.project.geometry is not None, result.hits
    none = message("papers.none").in_(lang)
    decisive = lines.joined((views(f).citation(lang) for f in hits[:3]), lang, "semicolon")
    return {
        "id": result.project.id,
        "name": name_of(result),
        "counties": lines.joined(result.counties, lang, "list") or none,
        "size": parts.size(result.project.geometry, lang) if placed else none,
        "status": titles.STATUS[result.status].in_(lang),
        "decisive": decisive or none,
        "counts": {
            "answers": len(result.to_answer),
            "obtain": len(result.to_obtain),
            "confirm": len(result.to_confirm),
            "duties": len(result.duties),
        },
    }


def _site(
    result: ProjectResult, report: Report, reviewed: Reviewed, views: Views, lang: Lang
) -> Row:
    placed, hits = result.project.geometry is not None, result.hits
    failed = [f for f in result.findings if f.status is Status.FAILED]
    return {
        "facts": parts.facts(result, reviewed.catalogue, lang),
        "notices": [x.in_(lang) for x in result.project.notices],
        "points": parts.points(result, lang) if placed else None,
        "conclusion": list(_conclusion(result, views, lang)),
        "hits": [parts.finding_row(views(f), lang) for f in hits],
        "duties": [parts.finding_row(views(f), lang) for f in _clauses(result.duties)],
        "answers": _answers(result.to_answer, views, lang),
        "obtain": _obtain(result.to_obtain, reviewed.catalogue, views, lang),
        "confirm": [parts.finding_row(views(f), lang) for f in result.to_confirm if f not in hits],
        "declaration": list(_declaration(result, lang)),
        "failed": [parts.finding_row(views(f), lang) for f in failed],
        "map": parts.drawn(reviewed.layers, views, result, lang) if placed else None,
        "remedies": _remedies(result, report, lang),
        "indicators": indicators.rows(result, reviewed.layers, lang) if placed else [],
    }


def _clauses(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings of clauses; a declaration has a section of its own."""
    return (f for f in findings if f.rule is not None)


def _declaration(result: ProjectResult, lang: Lang) -> Iterator[Row]:
    """Yield the answers that are presumed of a site, to be signed or corrected."""
    for finding in result.findings:
        for answer in finding.presumed:
            yield {
                "title": answer.title.in_(lang),
                "told": answer.told.in_(lang),
                "reason": answer.reason.in_(lang),
                "profile": answer.profile.in_(lang),
                "count": len(answer.rules),
            }


def _card(card: Card | None, lang: Lang) -> Iterator[Row]:
    for line in card.lines if card is not None else ():
        for kind, entries in card_text.groups(line):
            yield {
                "system": line.title.in_(lang),
                "standing": card_text.standing(kind, lang),
                "told": card_text.told(kind, entries, lang),
            }


def _conclusion(result: ProjectResult, views: Views, lang: Lang) -> Iterator[str]:
    yield message("opinion.conclusion", status=titles.STATUS[result.status]).in_(lang)
    for view in map(views, result.hits):
        figures = lines.joined(parts.figures(view, lang), lang, "semicolon")
        yield message(
            "opinion.hit",
            status=titles.STATUS[view.finding.status],
            clause=view.citation(lang),
            text=view.clause(lang),
            figures=message("opinion.figures", figures=figures) if figures else "",
        ).in_(lang)
    if result.status is Status.FAILED and result.project.geometry is None:
        yield message("opinion.not-reviewed").in_(lang)
        return
    if not result.hits:
        yield message("opinion.no-hit").in_(lang)
    if result.status not in (Status.CONDITIONAL, Status.COMPLIANT):
        yield message("opinion.not-clear").in_(lang)
    counts = _summary(result, views, lang)["counts"]
    yield message("opinion.counts", **counts).in_(lang)


def _answers(findings: Iterable[Finding], views: Views, lang: Lang) -> list[Row]:
    """Return one row a question, those of most clauses first."""
    asked: dict[str, tuple[Missing, list[Finding]]] = {}
    for finding in findings:
        for missing in finding.missing:
            asked.setdefault(missing.attribute, (missing, []))[1].append(finding)
    ranked = sorted(asked.values(), key=lambda pair: (-len(pair[1]), pair[0].attribute))
    return [
        {
            "title": missing.title.in_(lang),
            "question": missing.question.in_(lang),
            "clauses": parts.clauses(map(views, found), lang),
            "worst": titles.STATUS[parts.worst(found)].in_(lang),
        }
        for missing, found in ranked
    ]


def _obtain(
    findings: Iterable[Finding], catalogue: Catalogue, views: Views, lang: Lang
) -> list[Row]:
    """Return one row a layer whose official line would settle findings."""
    return [
        {
            "layer": catalogue.layer(name).name.in_(lang),
            "office": _office(catalogue, name, lang),
            "clauses": parts.clauses(found, lang),
            "count": len(found),
            "worst": titles.STATUS[parts.worst(v.finding for v in found)].in_(lang),
        }
        for name, found in parts.by_layer(views, findings).items()
    ]


def _office(catalogue: Catalogue, layer: str, lang: Lang) -> str:
    office = catalogue.office_of(layer)
    return office.title.in_(lang) if office is not None else message("papers.none").in_(lang)


def _remedies(result: ProjectResult, report: Report, lang: Lang) -> list[str]:
    return [
        line
        for remedy in report.remedies
        if remedy.project == result.project.id
        for line in remedies.lines(remedy, lang)
    ]


def _unchecked(report: Report, catalogue: Catalogue, views: Views, lang: Lang) -> list[Row]:
    """Return one row an office: its layers that nothing could be checked against."""
    findings = [f for r in report.results for f in r.findings if f.status is Status.NOT_CHECKED]
    offices: dict[str, list[tuple[str, int]]] = {}
    for name, found in parts.by_layer(views, findings).items():
        rules = len({v.finding.rule for v in found})
        offices.setdefault(_office(catalogue, name, lang), []).append((name, rules))
    return [
        {
            "office": office,
            "layers": lines.joined(
                (
                    message("opinion.layer-rules", name=catalogue.layer(n).name, count=k).in_(lang)
                    for n, k in layers
                ),
                lang,
                "list",
            ),
            "count": sum(k for _, k in layers),
        }
        for office, layers in sorted(offices.items(), key=lambda x: -sum(k for _, k in x[1]))
    ]


def _made(report: Report, lang: Lang) -> list[Row]:
    rows: Mapping[str, str | Text] = {
        "tool": f"zoning {report.tool_version}",
        "catalogue": report.catalogue_sha256,
        "as-of": parts.day(report.as_of, lang),
        "workspace": report.workspace or message("papers.none"),
    }
    return [
        {
            "label": message(f"opinion.made.{key}").in_(lang),
            "value": value.in_(lang) if isinstance(value, Text) else value,
        }
        for key, value in rows.items()
    ]


def _layer(record: Any, lang: Lang) -> Row:
    parts_ = [titles.EVIDENCE[record.evidence].in_(lang)] if record.evidence else []
    parts_ += [titles.accuracy(record.accuracy_m, lang)] if record.accuracy_m else []
    return {
        "name": record.name.in_(lang),
        "basis": lines.joined(parts_, lang),
        "file": PurePath(record.file or "").name,
        "sha256": (record.sha256 or "")[:12],
    }
