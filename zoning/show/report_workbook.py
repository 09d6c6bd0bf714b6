"""A review as a workbook for people: heads in their language, ha and mu, widths and filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from zoning.base import units
from zoning.base.errors import MissingExtraError
from zoning.messages import Lang, message
from zoning.model import Evidence, Report, Status
from zoning.show import analysis, titles
from zoning.show.beside import Beside
from zoning.show.cells import inert
from zoning.show.document import number
from zoning.show.qgis import COLORS
from zoning.show.statements import statement

#: Columns of each sheet, in order; their heads are messages of the same names.
_SITES: Final = (
    "project_id", "project_name", "status_title", "counties", "area_ha", "area_mu", "length_m",
    "citation", "reason", "violation", "restricted", "undetermined", "conditional", "to_answer",
    "to_obtain",
)  # fmt: skip
_FINDINGS: Final = (
    "project_id", "project_name", "status_title", "layer_name", "zones", "document_number",
    "document_title", "article", "clause", "reason", "advice", "distance_m", "area_ha", "area_mu",
    "length_m", "share", "accuracy_m", "evidence", "near_boundary", "missing", "in_force_from",
    "in_force_until", "rule",
)  # fmt: skip
_QUESTIONS: Final = (
    "column", "title", "question", "values", "unit", "worst_title", "sites", "decides", "waits",
    "projects",
)  # fmt: skip
_LAYERS: Final = ("name", "state", "office", "rules", "findings", "sites", "problem", "layer")
_FACTS: Final = ("fact", "value")
#: Number formats of the columns that hold figures.
_FORMATS: Final[Mapping[str, str]] = {
    "area_ha": "#,##0.0000", "area_mu": "#,##0.000", "length_m": "#,##0.0", "distance_m": "#,##0.0",
    "accuracy_m": "#,##0", "share": "0.0%", "in_force_from": "yyyy-mm-dd",
    "in_force_until": "yyyy-mm-dd",
}  # fmt: skip
_NARROW, _WIDE = 6, 48


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    columns: Sequence[str]
    rows: list[dict[str, Any]]


def write_report_workbook(report: Report, path: Path, lang: Lang, beside: Beside) -> None:
    """Write sites, findings, questions, layers without data, and what the review rests on.

    Raises
    ------
    MissingExtraError
        Without xlsxwriter.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        purpose = message("files.writing-excel-file")
        raise MissingExtraError("xlsxwriter", "stats", purpose) from error
    sheets = _sheets(report, lang, beside)
    # Text that looks like a link or a formula is text here.
    options = {"strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        # Created "now" would change the bytes; the review's own date is what matters.
        created = datetime(report.as_of.year, report.as_of.month, report.as_of.day)
        book.set_properties({"created": created})
        for sheet in sheets:
            _write(book, sheet, lang)


def _sheets(report: Report, lang: Lang, beside: Beside) -> list[_Sheet]:
    questions = analysis.question_rows(beside.questions, lang)
    layers = analysis.missing_layer_rows(report, beside.office, lang)
    for row in layers:
        row["state"] = message(f"workbook.state.{row['state'].replace('_', '-')}").in_(lang)
    told = beside.gathered(report, lang)
    return [
        _Sheet("sites", _SITES, list(told.sites)),
        _Sheet("findings", _FINDINGS, [_finding(x, lang) for x in told.found.rows()]),
        _Sheet("questions", _QUESTIONS, questions),
        _Sheet("layers", _LAYERS, layers),
        _Sheet("facts", _FACTS, _facts(report, lang)),
    ]


def _finding(row: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """Return a finding in the units and words of people."""
    area = row["area_m2"]
    near = message("workbook.yes" if row["near_boundary"] else "workbook.no")
    evidence = row["evidence"]
    return {
        **row,
        "area_ha": number(units.ha(area), 4) if area else None,
        "area_mu": number(units.mu(area), 3) if area else None,
        "length_m": row["length_m"] or None,
        "share": row["share"] or None,
        "near_boundary": near.in_(lang),
        "evidence": titles.EVIDENCE[Evidence(evidence)].in_(lang) if evidence else None,
        "in_force_from": _day(row["in_force_from"]),
        "in_force_until": _day(row["in_force_until"]),
    }


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _facts(report: Report, lang: Lang) -> list[dict[str, Any]]:
    """Return what is needed to make the review again, and what it did not check."""
    told: list[tuple[str, Any]] = [
        ("tool", f"zoning {report.tool_version}"),
        ("catalogue", report.catalogue_sha256),
        ("as-of", report.as_of),
        *(("input", f"{x.name}  {x.sha256}") for x in report.inputs),
        *(
            ("layer", f"{x.name.in_(lang)}  {x.sha256 or ''}")
            for x in report.layers
            if x.state == "used"
        ),
        *(("statement", x.text.in_(lang)) for x in statement(report)),
    ]
    return [
        {"fact": message(f"workbook.fact.{key}").in_(lang), "value": value} for key, value in told
    ]


def _write(book: Any, sheet: _Sheet, lang: Lang) -> None:
    """Write one sheet: frozen and filtered heads, typed cells, widths by content."""
    page = book.add_worksheet(message(f"workbook.sheet.{sheet.name}").in_(lang))
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    looks = [book.add_format(_look(name)) for name in sheet.columns]
    signs = {s: book.add_format({"bold": True, "font_color": COLORS[s]}) for s in Status}
    heads = [message(f"workbook.head.{c.replace('_', '-')}").in_(lang) for c in sheet.columns]
    for at, title in enumerate(heads):
        page.write_string(0, at, title, head)
    for line, row in enumerate(sheet.rows, start=1):
        for at, (column, look) in enumerate(zip(sheet.columns, looks, strict=True)):
            colored = signs[Status(row["status"])] if column == "status_title" else look
            _cell(page, line, at, row[column], colored)
    page.freeze_panes(1, min(2, len(heads) - 1))
    page.autofilter(0, 0, max(len(sheet.rows), 1), len(heads) - 1)
    for at, width in enumerate(_widths(heads, sheet)):
        page.set_column(at, at, width)


def _look(column: str) -> dict[str, Any]:
    form = {"num_format": _FORMATS[column]} if column in _FORMATS else {}
    return {"valign": "top", "text_wrap": True, **form}


def _cell(page: Any, line: int, at: int, value: Any, look: Any) -> None:
    """Write a value with its own type: a text is never a formula, a link or a number."""
    if isinstance(value, str):
        clean = value.encode("utf-8", "backslashreplace").decode("utf-8")
        page.write_string(line, at, inert(clean), look)
    elif isinstance(value, date):
        page.write_datetime(line, at, datetime(value.year, value.month, value.day), look)
    elif value is not None:
        page.write_number(line, at, value, look)


def _widths(heads: Sequence[str], sheet: _Sheet) -> Iterable[int]:
    """Yield a width for each column: that of its longest text, within bounds."""
    from rich.cells import cell_len

    for head, column in zip(heads, sheet.columns, strict=True):
        texts = [head, *(str(row[column]) for row in sheet.rows[:500] if row[column] is not None)]
        yield min(max(_NARROW, *(cell_len(text) + 2 for text in texts)), _WIDE)
