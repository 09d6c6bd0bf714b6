"""``zoning explain``: every rule that was considered for one site, and why it holds or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoning.base.errors import Problem, UsageError
from zoning.cli.options import (
    CrsOption,
    DatumOption,
    EncodingOption,
    EntryListOption,
    LatOption,
    LayerOption,
    LonOption,
    RepairOption,
    TransformOption,
    WktOption,
    WorkspaceOption,
    read_options,
)
from zoning.cli.output import require_date, require_lang, say
from zoning.messages import Lang, Text, message

if TYPE_CHECKING:
    from zoning.catalogue.load import Catalogue
    from zoning.model import Finding, ProjectResult, Rule
    from zoning.pipeline import Review

#: No more sites than this are named where one has to be chosen.
_MAX_IDS = 20
_SIGN = {"yes": "+", "no": "-", "unknown": "?"}


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    told = say("explain.say-one-site-rule")
    app.command("explain", help=told)(explain)


def explain(
    file: Annotated[Path, typer.Argument(help=say("explain.vector-file"))],
    project: Annotated[
        str | None, typer.Option("--project", "-p", help=say("explain.id-site"))
    ] = None,
    rule: Annotated[list[str] | None, typer.Option(help=say("explain.these-rules-allowed"))] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=say("explain.also-rules-do-apply"))
    ] = False,
    as_of: Annotated[str | None, typer.Option(help=say("explain.law-which-day"))] = None,
    layer: LayerOption = None,
    crs: CrsOption = None,
    encoding: EncodingOption = None,
    datum: DatumOption = None,
    transform: TransformOption = None,
    repair: RepairOption = False,
    lon: LonOption = None,
    lat: LatOption = None,
    wkt: WktOption = None,
    workspace: WorkspaceOption = None,
    entry_list: EntryListOption = None,
    lang: Annotated[str | None, typer.Option(help="zh | en")] = None,
) -> None:
    """Print the trace of every rule considered for one site."""
    tongue = require_lang(lang)
    from zoning import pipeline
    from zoning.catalogue.load import load_catalogue

    options = read_options(
        layer=layer,
        crs=crs,
        encoding=encoding,
        datum=datum,
        transform=transform,
        repair=repair,
        lon=lon,
        lat=lat,
        wkt=wkt,
    )
    review = pipeline.check(
        file,
        as_of=require_date(as_of),
        options=options,
        workspace=workspace,
        only=tuple(rule or ()),
        entry_list=entry_list,
    )
    result = pick_site(review, project)
    for line in _lines(load_catalogue(), review, result, tongue, everything=everything):
        typer.echo(line)


def pick_site(review: Review, project: str | None) -> ProjectResult:
    """Return the site asked for, or the only one; else say which there are."""
    ids = [r.project.id for r in review.results]
    if project is None and len(ids) == 1:
        return review.results[0]
    if project in ids:
        return review.results[ids.index(project)]
    code = "unknown-project"
    fault = message("explain.file-holds-no-site", project=project)
    if project is None:
        code, count = "project-needed", len(ids)
        fault = message("explain.file-holds-sites-name", count=count)
    shown, cut = ids[:_MAX_IDS], len(ids) > _MAX_IDS
    cure = message(
        "explain.give-project-one",
        shown=list(shown),
        cut=Text(f" 等 {len(ids)} 个" if cut else "", f" … {len(ids)} in all" if cut else ""),
    )
    raise UsageError(Problem(code, fault, cure, field="--project"))


def _lines(
    catalogue: Catalogue, review: Review, result: ProjectResult, lang: Lang, *, everything: bool
) -> Iterator[str]:
    from zoning.model import Status
    from zoning.show.titles import SIGN, STATUS

    zh = lang == "zh"
    site = result.project
    yield f"{site.id}  {site.name}  {'、'.join(result.counties)}  {review.as_of}"
    yield from _attributes(catalogue, result, lang)
    known = {**catalogue.rules, **{r.id: r for r in review.rules}}  # an entry list adds rules
    hidden = 0
    for finding in result.findings:
        if finding.status is Status.COMPLIANT and not everything:
            hidden += 1
            continue
        head = f"{SIGN[finding.status]} {STATUS[finding.status].in_(lang)}"
        yield ""
        yield f"{head}  {finding.rule or finding.layer or finding.code}"
        found = known.get(finding.rule) if finding.rule else None
        if found is None:
            yield f"    {finding.reason.in_(lang)}"
        else:
            yield from _finding(catalogue, result, found, finding, lang)
    yield ""
    if everything:
        yield from _not_in_force(catalogue, review, lang)
    else:
        yield (
            f"另有 {hidden} 条符合或不适用，用 --all 查看。"
            if zh
            else f"{hidden} more rules are met or do not apply; see --all."
        )
    yield from (text.in_(lang) for text in review.left_out)


def _attributes(catalogue: Catalogue, result: ProjectResult, lang: Lang) -> Iterator[str]:
    zh, site = lang == "zh", result.project
    for name, value in sorted(site.attributes.items()):
        mark = ("(推断)" if zh else " (inferred)") if name in site.deduced else ""
        yield f"  {name} = {value}{mark}  {catalogue.attributes[name].title.in_(lang)}"


def _finding(
    catalogue: Catalogue, result: ProjectResult, rule: Rule, finding: Finding, lang: Lang
) -> Iterator[str]:
    from zoning.show.brief import question

    zh = lang == "zh"
    document = catalogue.documents[rule.document]
    title = f"{document.number or ''} {document.title.in_(lang)}".strip()
    yield f"    {'条款' if zh else 'clause'}: {title} {rule.section.in_(lang)}"
    yield f"    {rule.text.in_(lang)}"
    yield f"    {'为什么' if zh else 'why'}: {finding.reason.in_(lang)} [{finding.code}]"
    yield from _tests(catalogue, result, rule, lang)
    yield from _place(rule, finding, lang)
    for missing in finding.missing:
        yield f"    {'缺少' if zh else 'missing'}: {question(missing, lang)}"
    if rule.note is not None:
        yield f"    {'注' if zh else 'note'}: {rule.note.in_(lang)}"


def _tests(catalogue: Catalogue, result: ProjectResult, rule: Rule, lang: Lang) -> Iterator[str]:
    from zoning.law import steps

    zh, site = lang == "zh", result.project
    yield f"    {'活动' if zh else 'activity'}:" + (
        "" if rule.when else (" 任何活动" if zh else " any")
    )
    for step in steps(rule.when, site, catalogue.attributes):
        yield f"      {'  ' * step.depth}{_SIGN[step.result]} {step.text.in_(lang)}"
    for permit in rule.permits:
        yield f"    {'例外' if zh else 'exception'} {permit.id}: {permit.text.in_(lang)}"
        for step in steps(permit.when, site, catalogue.attributes):
            yield f"      {'  ' * step.depth}{_SIGN[step.result]} {step.text.in_(lang)}"
        yield f"      {'须提交' if zh else 'proof'}: {permit.proof.in_(lang)}"


def _place(rule: Rule, finding: Finding, lang: Lang) -> Iterator[str]:
    from zoning.show.titles import measures

    zh, scope = lang == "zh", rule.scope
    asked = {"within": "在内" if zh else "within", "outside": "在外" if zh else "outside"}
    distance = f"< {scope.distance_m:g} m" if scope.distance_m is not None else ""
    where = " ".join(f"{k}={'/'.join(map(str, v))}" for k, v in scope.where.items())
    parts = [asked.get(scope.op, distance), rule.layer, where]
    if scope.area is not None:
        parts.append(f"@ {scope.area.layer} {dict(scope.area.where)}")
    yield f"    {'位置' if zh else 'place'}: {' '.join(part for part in parts if part)}"
    total = finding.total
    if total is None:
        return
    sign = _SIGN[total.touches.value]
    figures = "; ".join(measures(total, lang)) or f"{total.distance_m:.0f} m"
    yield f"      {sign} {total.zone or rule.layer}: {figures} (±{total.accuracy_m:g} m)"
    for zone in finding.zones:
        if len(finding.zones) > 1:
            yield f"        {zone.zone}: {'; '.join(measures(zone, lang))}"


def _not_in_force(catalogue: Catalogue, review: Review, lang: Lang) -> Iterator[str]:
    from zoning.law import force_span

    if review.left_out:
        return
    cited = {rule.id for rule in review.rules}
    for rule in sorted(catalogue.rules.values(), key=lambda r: r.id):
        if rule.id in cited:
            continue
        start, end = force_span(rule, catalogue.documents[rule.document])
        told = "不在有效期内" if lang == "zh" else "not in force"
        heir = f" → {rule.successor}" if rule.successor else ""
        yield f"  {rule.id}  {told}: {start or '?'} - {end or ''}{heir}"
