"""What is stated of sites besides their files: a workbook filled in, or a mapping."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from zoning import law
from zoning.base.errors import Problem, SourceError, problem
from zoning.catalogue import Catalogue
from zoning.catalogue.words import trade_words
from zoning.messages import Text, message
from zoning.model import AttributeSpec, Presumed, Project
from zoning.read import Reading
from zoning.review.reviewed import Asked
from zoning.review.sites import features

Answers = tuple[tuple[str, str, str], ...]

#: Columns of a workbook that are no attributes: the site, its name, and whether its applicant
#: signs what is presumed.
SITE, NAME, SIGNED = "id", "name", "signed"
#: The row of column names stands within so many rows from the top, below the titles.
_HEAD_ROWS = 5


def by_site(answers: Answers) -> dict[str, dict[str, str]]:
    """Return answers by site and attribute."""
    out: dict[str, dict[str, str]] = {}
    for site, attribute, value in answers:
        out.setdefault(site, {})[attribute] = value
    return out


def answered_from(asked: Asked) -> tuple[Text, ...]:
    """Tell where answers come from that no file of sites states."""
    if not asked.answers:
        return ()
    sites = len({site for site, *_ in asked.answers})
    count = len(asked.answers)
    if asked.answers_from is None:
        return (message("answers.given", count=count, sites=sites),)
    name, digest = asked.answers_from
    return (message("answers.from-workbook", count=count, sites=sites, name=name, digest=digest),)


def answered(
    asked: Asked,
    source: str | Path | Mapping[str, Mapping[str, Any]],
    catalogue: Catalogue,
    readings: Sequence[Reading],
) -> Asked:
    """Add answers to what is asked of a review.

    Parameters
    ----------
    asked : Asked
    source : path or mapping
        A workbook, or values by site and attribute. Of a workbook, a cell that still holds what is
        presumed states nothing unless the site is signed; an empty one in its place withdraws it.
    catalogue : Catalogue
    readings : sequence of Reading
        The sites.

    Raises
    ------
    SourceError
        A workbook that cannot be read, a site that the files do not hold, an attribute that is
        not declared, a value that is not allowed; each with its cell.
    """
    profiles = catalogue.profiles if asked.profiles else {}
    projects = law.make_projects(
        features(readings), catalogue.attributes, profiles, trades=trade_words()
    )
    sites = {project.id: project for project in projects}
    problems: list[Problem] = []
    if isinstance(source, Mapping):
        cells: Iterable[_Cell] = _mapped(source)
        origin = None
    else:
        path = Path(source)
        cells = list(_workbook(path, problems))
        origin = (path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    kept = list(_stated(cells, sites, catalogue.attributes, problems))
    if problems:
        raise SourceError(problems)
    given = {(site, name): value for site, name, value in (*asked.answers, *kept)}
    return replace(
        asked,
        answers=tuple((*place, value) for place, value in sorted(given.items())),
        answers_from=origin or asked.answers_from,
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    """One value, and where it stands."""

    site: str
    column: str
    value: str
    signed: bool = True
    file: str | None = None
    place: str | None = None


def _mapped(answers: Mapping[str, Mapping[str, Any]]) -> Iterator[_Cell]:
    for site, values in answers.items():
        for name, value in values.items():
            yield _Cell(str(site), name, _written(value))


def _workbook(path: Path, problems: list[Problem]) -> Iterator[_Cell]:
    """Yield every cell below the row that names the columns."""
    if not path.is_file():
        raise SourceError(problem("file-missing", file=str(path)))
    from zoning.read.formats.workbook import first_sheet

    rows = first_sheet(path, str(path))
    head = next((n for n, row in enumerate(rows[:_HEAD_ROWS]) if SITE in map(_key, row)), None)
    if head is None:
        raise SourceError(problem("answers-no-header", file=str(path)))
    columns = [_key(name) for name in rows[head]]
    for number, row in enumerate(rows[head + 1 :], head + 2):
        values = dict(zip(columns, map(_written, row), strict=False))
        if not any(values.values()):
            continue
        at = columns.index(SITE)
        if not values[SITE]:
            place = f"{_letters(at)}{number}"
            problems.append(problem("answers-no-site", file=str(path), field=place))
            continue
        for index, column in enumerate(columns):
            if column and column not in (SITE, NAME, SIGNED):
                place = f"{_letters(index)}{number}"
                signed = values.get(SIGNED, "")
                yield _Cell(
                    values[SITE], column, values.get(column, ""), _yes(signed), str(path), place
                )


def _stated(
    cells: Iterable[_Cell],
    sites: Mapping[str, Project],
    specs: Mapping[str, AttributeSpec],
    problems: list[Problem],
) -> Iterator[tuple[str, str, str]]:
    """Yield the cells that state something, or withdraw what is presumed."""
    names = {law.column_key(a): s.name for s in specs.values() for a in (s.name, *s.aliases)}
    unknown: set[str] = set()
    for cell in cells:
        name = names.get(law.column_key(cell.column))
        if cell.site not in sites:
            if cell.site not in unknown:
                unknown.add(cell.site)
                problems.append(_fault(cell, "answers-unknown-site", sites=list(sites)[:20]))
            continue
        if name is None:
            problems.append(_fault(cell, "answers-unknown-column", column=cell.column))
            continue
        presumed = {answer.attribute: answer for answer in sites[cell.site].presumed}.get(name)
        if not cell.value:
            if presumed is not None and cell.file is not None:
                yield cell.site, name, ""
            continue
        found = law.read_attributes([specs[name]], {name: cell.value})
        if name not in found[0]:
            values = law.allowed(specs[name])
            problems.append(_fault(cell, "answers-value", value=cell.value, values=values))
        elif cell.signed or not _same(presumed, found[0][name]):
            yield cell.site, name, cell.value


def _same(presumed: Presumed | None, value: object) -> bool:
    return presumed is not None and presumed.value == value


def _fault(cell: _Cell, code: str, **values: Any) -> Problem:
    place = cell.place or cell.column
    return problem(code, file=cell.file, feature=cell.site, field=place, **values)


def _yes(word: str) -> bool:
    spec = AttributeSpec(name=SIGNED, title=Text("", ""), question=Text("", ""), type="bool")
    return law.read_attributes([spec], {SIGNED: word})[0].get(SIGNED) is True


def _key(name: object) -> str:
    return str(name).strip() if name is not None else ""


def _written(value: object) -> str:
    """Write a cell as a user would: no ``.0`` behind a whole number, nothing for an empty one."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _letters(index: int) -> str:
    """Return the letters of a column, counted from 0."""
    out = ""
    while index >= 0:
        out = chr(ord("A") + index % 26) + out
        index = index // 26 - 1
    return out
