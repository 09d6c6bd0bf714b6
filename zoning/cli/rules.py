"""``zoning rules``: list, show, date and compare the clauses that a review rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
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
from zoning.cli.output import (
    emit,
    make_console,
    require_lang,
    say,
)
from zoning.messages import Lang, message

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from zoning.catalogue.load import Catalogue
    from zoning.law import Change
    from zoning.model import Document, Rule
    from zoning.pipeline import Review
    from zoning.read import ReadOptions

rules_app = typer.Typer(no_args_is_help=True, help=say("rules.catalogue-rules"))

_Lang = Annotated[str | None, typer.Option(help="zh | en")]


def register(app: typer.Typer) -> None:
    """Add the command group to the application."""
    app.add_typer(rules_app, name="rules")


def _catalogue() -> Catalogue:
    from zoning.catalogue.load import load_catalogue

    return load_catalogue()


def _console() -> Console:

    return make_console()


def _table(*heads: str) -> Table:
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    return table


def _row(table: Table, *cells: str) -> None:
    from rich.text import Text as Inert

    table.add_row(*(Inert(cell) for cell in cells))


@rules_app.command("list", help=say("rules.list-all-rules"))
def rules_list(
    theme: Annotated[str | None, typer.Option(help=say("rules.one-theme-only"))] = None,
    lang: _Lang = None,
) -> None:
    """Print one row a rule."""
    tongue = require_lang(lang)
    catalogue = _catalogue()
    heads = (
        ("条款", "主题", "图层", "效力", "文号", "内容")
        if tongue == "zh"
        else ("rule", "theme", "layer", "effect", "document", "text")
    )
    table = _table(*heads)
    for rule in sorted(catalogue.rules.values(), key=lambda r: r.id):
        found = catalogue.layers[rule.layer].theme
        if theme not in (None, found):
            continue
        document = catalogue.documents[rule.document]
        number = document.number or document.title.in_(tongue)
        effect = rule.effect.value
        _row(table, rule.id, found, rule.layer, effect, number, rule.text.in_(tongue))
    _console().print(table)


@rules_app.command("show", help=say("rules.show-one-rule"))
def rules_show(name: str, lang: _Lang = None) -> None:
    """Print a rule with its clause, document, exceptions and dates."""
    tongue = require_lang(lang)
    catalogue = _catalogue()
    rule = catalogue.rule(name)
    console = _console()
    for key, value in _rule_facts(rule, catalogue.documents[rule.document], tongue):
        console.print(f"[bold]{key}[/bold]  ", end="")
        console.print(value, markup=False)


def _rule_facts(rule: Rule, document: Document, lang: Lang) -> list[tuple[str, str]]:
    from zoning.law import force_span

    zh = lang == "zh"
    when = rule.when.model_dump_json(exclude_none=True, by_alias=True) if rule.when else "-"
    start, end = force_span(rule, document)
    checked = rule.verified and document.verified
    unverified = "" if checked else ("未核实" if zh else "unverified")
    facts = [
        ("id", rule.id),
        ("内容" if zh else "text", rule.text.in_(lang)),
        ("建议" if zh else "advice", rule.advice.in_(lang)),
        ("效力" if zh else "effect", f"{rule.effect.value} ({rule.basis}, {rule.force})"),
        ("范围" if zh else "scope", _place(rule, lang)),
        ("活动" if zh else "activity", when),
        ("文件" if zh else "document", f"{document.title.in_(lang)} {document.number or ''}"),
        ("章节" if zh else "section", rule.section.in_(lang)),
        ("定位" if zh else "locator", rule.locator or "-"),
        ("发文机关" if zh else "issuer", document.issuer.in_(lang)),
        ("有效期" if zh else "in force", f"{start or '?'} - {end or ''}"),
        ("接替" if zh else "successor", rule.successor or document.superseded_by or "-"),
        ("来源" if zh else "source", document.source),
        ("可信度" if zh else "confidence", f"{rule.confidence} {unverified}".strip()),
        ("备注" if zh else "note", rule.note.in_(lang) if rule.note else "-"),
    ]
    for permit in rule.permits:
        proof = ("须提交" if zh else "proof") + ": " + permit.proof.in_(lang)
        told = f"{permit.id} → {permit.status.value}: {permit.text.in_(lang)} {proof}"
        facts.append(("例外" if zh else "exception", told))
    return facts


def _place(rule: Rule, lang: Lang) -> str:
    zh, scope = lang == "zh", rule.scope
    place = rule.layer
    if scope.op == "outside":
        place = f"{rule.layer} 以外" if zh else f"outside {rule.layer}"
    if scope.distance_m is not None:
        place = f"{rule.layer} < {scope.distance_m:g} m"
    if scope.distance_basis == "parameter":
        place += "(参数)" if zh else " (parameter)"
    if scope.where:
        place += " " + "; ".join(f"{k} = {list(v)}" for k, v in scope.where.items())
    if scope.area is not None:
        place += f" @ {scope.area.layer} {dict(scope.area.where)}"
    return place


@rules_app.command("timeline", help=say("rules.when-law-changes"))
def rules_timeline(
    since: Annotated[str | None, typer.Option(help=say("rules.from-day-on"))] = None,
    until: Annotated[str | None, typer.Option(help=say("rules.up-day"))] = None,
    lang: _Lang = None,
) -> None:
    """Print each day and document on which the citable law changes."""
    from zoning.law import timeline

    tongue = require_lang(lang)
    first, last = _day("--since", since), _day("--until", until)
    catalogue = _catalogue()
    zh = tongue == "zh"
    words = {
        "begins": "施行" if zh else "comes into force",
        "ends": "失效" if zh else "ceases",
        "period_ends": "规划期满" if zh else "period is over",
    }
    for event in timeline(catalogue.rules.values(), catalogue.documents):
        if (first and event.day < first) or (last and event.day > last):
            continue
        document = catalogue.documents[event.document]
        title = f"{document.title.in_(tongue)} {document.number or ''}".strip()
        mark = "" if document.verified else ("(未核实)" if zh else " (unverified)")
        typer.echo(f"{event.day}  {words[event.kind]}  {title}{mark}")
        if event.rules:
            _wrapped("    ", event.rules)
        if event.successors:
            _wrapped("    → ", event.successors)


def _wrapped(lead: str, names: Sequence[str]) -> None:
    import textwrap

    rest = " " * len(lead)
    pen = textwrap.TextWrapper(100, lead, rest, break_on_hyphens=False, break_long_words=False)
    typer.echo(pen.fill(", ".join(names)))


@rules_app.command("table", help=say("rules.write-docs-rules-md"))
def rules_table() -> None:
    """Print the table of all rules and candidate clauses in Markdown."""
    from zoning.catalogue.load import load_candidates
    from zoning.cli.rules_page import rules_page

    emit(rules_page(_catalogue(), load_candidates()))


@rules_app.command(
    "diff",
    help=say("rules.who-change-law-affects"),
)
def rules_diff(
    old: Annotated[str, typer.Argument(help=say("rules.date-catalogue-folder"))],
    new: Annotated[str, typer.Argument(help=say("rules.date-catalogue-folder"))],
    files: Annotated[list[Path], typer.Argument(help=say("rules.project-files"))],
    everything: Annotated[
        bool,
        typer.Option("--all", help=say("rules.also-clauses-lack-data")),
    ] = False,
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
    lang: _Lang = None,
) -> None:
    """Print the findings that differ; exit 1 if there are any."""
    from zoning.law import compare
    from zoning.model import Status

    tongue = require_lang(lang)
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
    sites = _Sites(files, options, workspace, entry_list)
    found = compare(_review(old, sites), _review(new, sites))
    idle = {None, Status.NOT_CHECKED}
    changes = [c for c in found if everything or not {c.old, c.new} <= idle]
    _print_changes(changes, len(found) - len(changes), tongue)
    raise typer.Exit(1 if changes else 0)


def _print_changes(changes: Sequence[Change], hidden: int, lang: Lang) -> None:
    from zoning.show.titles import STATUS

    zh = lang == "zh"
    words = {
        "changed": "结论变化" if zh else "changed",
        "replaced": "条款接替" if zh else "replaced",
        "added": "新增" if zh else "added",
        "dropped": "取消" if zh else "dropped",
    }
    heads = ("项目", "变化", "原条款", "原结论", "新条款", "新结论")
    english = ("project", "change", "old rule", "old status", "new rule", "new status")
    table = _table(*(heads if zh else english))
    for found in changes:
        before = STATUS[found.old].in_(lang) if found.old else "-"
        after = STATUS[found.new].in_(lang) if found.new else "-"
        row = (found.project, words[found.kind], found.old_rule or "-", before)
        _row(table, *row, found.new_rule or "-", after)
    if changes:
        _console().print(table)
    if hidden:
        typer.echo(
            f"另有 {hidden} 条变化因没有数据而未核查，用 --all 查看。"
            if zh
            else f"{hidden} more changes concern clauses that lack data; see --all."
        )
    count = len({c.project for c in changes})
    typer.echo(
        f"{len(changes)} 条结论不同，涉及 {count} 个项目。"
        if zh
        else f"{len(changes)} findings differ, for {count} project{'' if count == 1 else 's'}."
    )


@dataclass(frozen=True, slots=True)
class _Sites:
    """What both sides of a comparison review."""

    files: list[Path]
    options: ReadOptions
    workspace: Path | None
    entry_list: Path | None


def _review(side: str, sites: _Sites) -> Review:
    from zoning import pipeline
    from zoning.catalogue.load import load_catalogue

    folder = Path(side)
    known = load_catalogue(folder) if folder.is_dir() else None
    return pipeline.check(
        sites.files,
        as_of=None if known else _day("OLD/NEW", side),
        options=sites.options,
        workspace=sites.workspace,
        catalogue=known,
        entry_list=sites.entry_list,
    )


def _day(option: str, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        fault = message("rules.no-date", option=option, value=value)
        cure = message("rules.write-like-2026-11")
        raise UsageError(Problem("bad-date", fault, cure)) from None
