"""``zoning ask``: which attributes a file should hold, most decisive first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoning.cli.explain import pick_site
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
    require_choice,
    require_date,
    require_lang,
    say,
)
from zoning.messages import Lang

if TYPE_CHECKING:
    from zoning.law import Question


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    told = say("ask.list-attributes-file-lacks")
    app.command("ask", help=told)(ask)


def ask(
    files: Annotated[list[Path], typer.Argument(help=say("ask.vector-files"))],
    project: Annotated[
        str | None, typer.Option("--project", "-p", help=say("ask.one-site-only"))
    ] = None,
    as_of: Annotated[str | None, typer.Option(help=say("ask.law-which-day"))] = None,
    format_: Annotated[str, typer.Option("--format", help=say("ask.table-json"))] = "table",
    limit: Annotated[int, typer.Option(min=1, help=say("ask.at-most-so-many"))] = 30,
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
    """Print one row an attribute."""
    tongue = require_lang(lang)
    require_choice("--format", format_, ("table", "json"))
    from zoning import pipeline
    from zoning.catalogue.load import load_catalogue
    from zoning.law import questions

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
        files,
        as_of=require_date(as_of),
        options=options,
        workspace=workspace,
        entry_list=entry_list,
    )
    results = review.results if project is None else (pick_site(review, project),)
    found = questions(results, load_catalogue().attributes)
    if format_ == "json":
        rows = [_json(question) for question in found[:limit]]
        emit(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
        return
    _print(found, limit, tongue)


def _json(question: Question) -> dict[str, object]:
    spec = question.spec
    return {
        "attribute": spec.name,
        "title": {"zh": spec.title.zh, "en": spec.title.en},
        "question": {"zh": spec.question.zh, "en": spec.question.en},
        "type": spec.type,
        "unit": spec.unit,
        "columns": [spec.name, *spec.aliases],
        "values": [v.value for v in spec.values],
        "weight": round(question.weight, 6),
        "projects": sorted(question.projects),
        "decides": sorted(question.decides),
        "waiting_for_data": sorted(question.waiting),
        "worst": question.worst.value,
        "stands_for": sorted(question.stands_for),
    }


def _print(found: tuple[Question, ...], limit: int, lang: Lang) -> None:
    from rich.table import Table
    from rich.text import Text as Inert

    from zoning.show.titles import STATUS

    zh = lang == "zh"
    if not found:
        typer.echo("没有缺少的属性。" if zh else "No attribute is missing.")
        return
    table = Table(box=None, header_style="bold")
    heads = (
        ("属性", "要回答的问题", "可填", "项目", "能定", "待数据", "最坏")
        if zh
        else ("attribute", "question", "values", "sites", "decides", "waits", "worst")
    )
    for number, head in enumerate(heads):
        table.add_column(head, overflow="fold", no_wrap=number == 0)
    for question in found[:limit]:
        spec = question.spec
        plain = {"bool": "是/否" if zh else "yes/no", "number": spec.unit or ""}
        values = "/".join(v.title.in_(lang) for v in spec.values) or plain.get(spec.type, "")
        counts = (len(question.projects), len(question.decides), len(question.waiting))
        cells = (
            spec.name,
            spec.question.in_(lang),
            values,
            *map(str, counts),
            STATUS[question.worst].in_(lang),
        )
        table.add_row(*(Inert(cell) for cell in cells))
    make_console().print(table)
    if len(found) > limit:
        more = len(found) - limit
        typer.echo(f"另有 {more} 个，用 --limit 查看。" if zh else f"{more} more; see --limit.")
