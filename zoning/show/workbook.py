"""The questions as a workbook to fill in: one row a site, with what its kind lets presume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from zoning.base.errors import MissingExtraError
from zoning.base.targets import Target, require_suffix
from zoning.base.writing import whole
from zoning.law import allowed, questions
from zoning.messages import Lang, message
from zoning.model import AttributeSpec, Presumed, ProjectResult
from zoning.show.prose import inert

#: Columns before those of the attributes; the names are those that ``--answers`` looks for.
_FIXED = ("id", "name", "signed")
#: Titles, then the names of the columns; the sites follow.
_HEAD = 2
#: What Excel shows beside a cell is cut by it at these lengths.
_TITLE, _INPUT = 32, 255
_PRESUMED, _IDLE, _ASKED = "#FFF2CC", "#EDEDED", "#E2F0D9"


@dataclass(frozen=True)
class _Column:
    """One attribute, and the sites that it is asked of."""

    spec: AttributeSpec
    asked: frozenset[str]

    def words(self, lang: Lang) -> list[str]:
        """Return what a cell may hold, where it is one of few words."""
        if self.spec.type == "bool":
            return [message(f"activity.{key}").in_(lang) for key in ("yes", "no")]
        return [value.title.in_(lang) for value in self.spec.values]


def write_workbook(
    results: Sequence[ProjectResult],
    specs: Mapping[str, AttributeSpec],
    place: Target | Path,
    lang: Lang,
) -> Path:
    """Write the questions that can still change a verdict, and the answers that are presumed.

    Parameters
    ----------
    results : sequence of ProjectResult
    specs : mapping
        Declared attributes.
    place : Target or Path
        Ending in ``.xlsx``.
    lang : {"zh", "en"}

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        Another ending, or a place that cannot be written.
    MissingExtraError
        Without XlsxWriter.
    """
    target = Target.of(place)
    require_suffix(target.path, (".xlsx",))
    try:
        import xlsxwriter
    except ImportError as error:
        purpose = message("files.writing-excel-file")
        raise MissingExtraError("xlsxwriter", "stats", purpose) from error
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with whole(target) as temporary, xlsxwriter.Workbook(temporary, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # the same bytes each time
        _Writer(book, results, tuple(_columns(results, specs)), lang).write()
    return target.path


def _columns(
    results: Sequence[ProjectResult], specs: Mapping[str, AttributeSpec]
) -> Iterator[_Column]:
    """Yield the attributes asked for, most decisive first, then those that are presumed only."""
    asked = {q.spec.name: frozenset(q.projects) for q in questions(results, specs)}
    held = {
        answer.attribute: frozenset[str]()
        for result in results
        for finding in result.findings
        for answer in finding.presumed
    }
    for name, sites in {**asked, **{n: s for n, s in held.items() if n not in asked}}.items():
        yield _Column(specs[name], sites)


class _Writer:
    """One run of `write_workbook`."""

    def __init__(
        self, book: Any, results: Sequence[ProjectResult], columns: tuple[_Column, ...], lang: Lang
    ) -> None:
        self.book, self.results, self.columns, self.lang = book, results, columns, lang
        self.sheet = book.add_worksheet(self.say("workbook.answers"))
        self.notes = book.add_worksheet(self.say("workbook.notes"))
        self.lists = book.add_worksheet(self.say("workbook.lists"))
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.grey = book.add_format({"font_color": "#7F7F7F", "font_size": 8})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.colours = {
            colour: book.add_format({"bg_color": colour, "border": 1, "border_color": "#BFBFBF"})
            for colour in (_PRESUMED, _IDLE, _ASKED)
        }

    def say(self, key: str, **values: Any) -> str:
        return message(key, **values).in_(self.lang)

    def write(self) -> None:
        """Write the three sheets; the lists behind the drop-downs are hidden."""
        self._head()
        for row, result in enumerate(self.results, start=_HEAD):
            self._site(row, result)
        for index, column in enumerate(self.columns, start=len(_FIXED)):
            self._validate(index, column)
        self._signature()
        self._explain()
        self.lists.hide()
        self.sheet.freeze_panes(_HEAD, 2)

    def _head(self) -> None:
        titles = [self.say(f"workbook.{name}") for name in _FIXED]
        titles += [column.spec.title.in_(self.lang) for column in self.columns]
        names = (*_FIXED, *(column.spec.name for column in self.columns))
        for index, (title, name) in enumerate(zip(titles, names, strict=True)):
            self.sheet.write_string(0, index, title, self.bold)
            self.sheet.write_string(1, index, name, self.grey)
        self.sheet.set_column(0, 0, 12)
        self.sheet.set_column(1, 1, 24)
        self.sheet.set_column(2, len(names), 16)

    def _site(self, row: int, result: ProjectResult) -> None:
        project = result.project
        self.sheet.write_string(row, 0, inert(project.id))
        self.sheet.write_string(row, 1, inert(project.name))
        presumed = {answer.attribute: answer for answer in project.presumed}
        self.sheet.write_blank(row, 2, None, self.colours[_ASKED if presumed else _IDLE])
        for index, column in enumerate(self.columns, start=len(_FIXED)):
            self._cell(row, index, column, project.id, presumed.get(column.spec.name))

    def _cell(
        self, row: int, index: int, column: _Column, site: str, answer: Presumed | None
    ) -> None:
        """Write what is presumed, marked so; leave open what is asked, and grey all else."""
        if answer is None:
            colour = _ASKED if site in column.asked else _IDLE
            self.sheet.write_blank(row, index, None, self.colours[colour])
        elif isinstance(answer.value, float):
            self.sheet.write_number(row, index, answer.value, self.colours[_PRESUMED])
        else:
            told = answer.told.in_(self.lang)
            self.sheet.write_string(row, index, told, self.colours[_PRESUMED])

    def _validate(self, index: int, column: _Column) -> None:
        spec = column.spec
        shown = {
            "input_title": spec.title.in_(self.lang)[:_TITLE],
            "input_message": spec.question.in_(self.lang)[:_INPUT],
        }
        words = column.words(self.lang)
        if words:
            self._list(index, words, shown)
        elif spec.type == "number":
            rule = {"validate": "decimal", "criteria": ">=", "value": 0}
            self._range(index, {**rule, **shown})
        else:
            self._range(index, {"validate": "any", **shown})

    def _list(self, index: int, words: Sequence[str], shown: Mapping[str, str]) -> None:
        from xlsxwriter.utility import xl_range_abs

        for row, word in enumerate(words):
            self.lists.write_string(row, index, word)
        cells = xl_range_abs(0, index, len(words) - 1, index)
        source = f"='{self.lists.get_name()}'!{cells}"
        self._range(index, {"validate": "list", "source": source, **shown})

    def _signature(self) -> None:
        words = [message(f"activity.{key}").in_(self.lang) for key in ("yes", "no")]
        shown = {
            "input_title": self.say("workbook.signed")[:_TITLE],
            "input_message": self.say("workbook.signed-help")[:_INPUT],
        }
        self._list(_FIXED.index("signed"), words, shown)

    def _range(self, index: int, rule: Mapping[str, Any]) -> None:
        last = _HEAD + max(len(self.results), 1) - 1
        self.sheet.data_validation(_HEAD, index, last, index, dict(rule))

    def _explain(self) -> None:
        """Write how to fill the table in, each attribute, and each presumption with its reason."""
        lines = [self.say(f"workbook.how-{number}") for number in (1, 2, 3, 4)]
        for row, line in enumerate(lines):
            self.notes.write_string(row, 0, line, self.wrap)
        row = len(lines) + 1
        heads = ("column", "question", "values", "sites")
        row = self._table(row, heads, [self._row(column) for column in self.columns])
        reasons = ("id", "title", "presumed", "reason", "rules")
        self._table(row + 1, reasons, list(self._presumed()))
        self.notes.set_column(0, 0, 44)
        self.notes.set_column(1, 4, 36)

    def _table(self, row: int, heads: Sequence[str], body: Sequence[Sequence[str]]) -> int:
        for column, head in enumerate(heads):
            self.notes.write_string(row, column, self.say(f"workbook.{head}"), self.bold)
        for line in body:
            row += 1
            for column, text in enumerate(line):
                self.notes.write_string(row, column, inert(text), self.wrap)
        return row + 1

    def _row(self, column: _Column) -> tuple[str, ...]:
        spec = column.spec
        title = f"{spec.title.in_(self.lang)} ({spec.name})"
        words = allowed(spec).in_(self.lang)
        return title, spec.question.in_(self.lang), words, self._joined(sorted(column.asked))

    def _presumed(self) -> Iterator[tuple[str, ...]]:
        for result in self.results:
            for finding in result.findings:
                for answer in finding.presumed:
                    said = (answer.title, answer.told, answer.reason)
                    told = (text.in_(self.lang) for text in said)
                    yield result.project.id, *told, self._joined(answer.rules)

    def _joined(self, words: Sequence[str]) -> str:
        comma = message("separator.list").in_(self.lang)
        return comma.join(words)
