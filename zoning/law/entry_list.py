"""A city's eco-environmental entry list (准入清单), a user's table, as rules.

Columns, Chinese or English: ``unit_code`` 单元编码, ``effect`` 管控 (禁止, 限制, 要求, 允许),
``text`` 内容, and optionally ``industry`` 行业代码 (prefixes, separated by ; or 、) and ``nature``
建设性质. Rows that allow become no rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from zoning.base.encoding import read_rows
from zoning.base.errors import CatalogueError, Problem
from zoning.base.spelling import code
from zoning.law.attributes import key, read_attributes
from zoning.messages import Text, message
from zoning.model import (
    Area,
    AttributeSpec,
    Condition,
    Effect,
    Rule,
    Scope,
)

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "unit_code": ("unit_code", "单元编码", "管控单元编码", "HJGKDYBM"),
    "effect": ("effect", "管控", "管控要求", "准入类型"),
    "text": ("text", "内容", "清单内容", "条款"),
    "industry": ("industry", "行业代码", "行业"),
    "nature": ("nature", "建设性质"),
}
_EFFECTS: Mapping[str, Effect | None] = {
    "prohibit": Effect.PROHIBIT, "禁止": Effect.PROHIBIT, "禁止准入": Effect.PROHIBIT,
    "restrict": Effect.RESTRICT, "限制": Effect.RESTRICT, "限制准入": Effect.RESTRICT,
    "require": Effect.REQUIRE, "要求": Effect.REQUIRE, "管控": Effect.REQUIRE,
    "allow": None, "允许": None, "鼓励": None,
}  # fmt: skip
#: What the rules cite: the article that makes an entry list binding.
DOCUMENT = "eco_code"
#: First day of the Code.
CODE_FROM = date(2026, 8, 15)
_BASIN = message("entry-list.art-26-109")
_SECTION = message("entry-list.art-67-row-entry")
_ADVICE = message("entry-list.answer-entry-list-item")
_CODE = re.compile(r"^\d{2,4}$")
#: A blank between the letters and the figures of one code.
_INNER = re.compile(r"(?<![^\W\d_])([^\W\d_]{2})\s+(?=\d{6})")
#: Stands for the code of a unit that no row names; no unit has it.
_ANY_OTHER = "清单未列的单元"


def read_entry_list(path: str | Path, specs: Mapping[str, AttributeSpec]) -> tuple[Rule, ...]:
    """Read an entry list from a CSV file in UTF-8 or GB 18030.

    Raises
    ------
    SourceError
        If the file cannot be read as text.
    CatalogueError
        With one problem per faulty row or missing column.
    """
    path = Path(path)
    rows = list(map(_cells, read_rows(path)))
    problems: list[Problem] = []
    if not rows:
        problems.append(_problem(path, None, message("entry-list.table-empty")))
    rules = [r for n, row in enumerate(rows, 2) if (r := _rule(path, n, row, specs, problems))]
    if problems:
        raise CatalogueError(problems)
    return tuple(rules)


def read_unlisted(path: str | Path) -> Rule:
    """Return the rule that a site lies in units which an entry list has rows for.

    A unit without any row is no unit without demands: the list may be another city's or another
    edition's. Such a unit may be the one that the last word of the rule stands for, so of a site
    in it the rule decides nothing.
    """
    rows = map(_cells, read_rows(Path(path)))
    codes = dict.fromkeys(unit for row in rows for unit in _codes(row["unit_code"]))
    return Rule(
        id="LIST-0",
        layer="control_units",
        document=DOCUMENT,
        section=message("entry-list.art-67"),
        text=message("entry-list.unit-listed"),
        advice=message("entry-list.list-of-the-unit"),
        effect=Effect.REQUIRE,
        special=True,
        scope=Scope(op="outside", where={"unit_code": (_ANY_OTHER, *codes)}),
    )


def earlier_editions(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return what the rows of an entry list came to before the Code made them law everywhere.

    From 2020-12-31 a list was policy (晋政发〔2020〕26号): what it prohibits needed an argument. In
    the basin of the Yellow River it has been binding by statute since 2023-04-01
    (黄河保护法 art. 26 para. 1 and art. 109 para. 3).
    """
    out: list[Rule] = []
    for rule in rules:
        change = {"in_force_until": CODE_FROM - timedelta(days=1), "successor": rule.id}
        softer = Effect.RESTRICT if rule.effect is Effect.PROHIBIT else rule.effect
        policy = {"document": "shanxi_units_2020", "effect": softer, "verified": False, **change}
        out.append(rule.model_copy(update={"id": f"{rule.id}-2020", **policy}))
        if rule.effect is Effect.PROHIBIT:
            basin = rule.scope.model_copy(update={"area": Area(layer="yellow_river_basin_86")})
            law = {"document": "yellow_river_law", "section": _BASIN, "scope": basin, **change}
            out.append(rule.model_copy(update={"id": f"{rule.id}-2023", **law}))
    return tuple(out)


def is_listed(rule: Rule) -> bool:
    """Whether a rule is a row of a user's entry list."""
    return rule.id.startswith("LIST-")


def _cells(row: Mapping[str, str | None]) -> dict[str, str]:
    """Return what a row states, by our names of the columns."""
    folded = {key(name): (value or "").strip() for name, value in row.items() if name}
    return {
        name: next((folded[key(a)] for a in aliases if folded.get(key(a))), "")
        for name, aliases in _COLUMNS.items()
    }


def _rule(
    path: Path,
    number: int,
    cells: Mapping[str, str],
    specs: Mapping[str, AttributeSpec],
    problems: list[Problem],
) -> Rule | None:
    faults = list(_faults(cells, specs))
    problems.extend(_problem(path, f"{number}", fault, column) for column, fault in faults)
    effect = _EFFECTS.get(cells["effect"].casefold())
    if faults or effect is None:
        return None
    return Rule(
        id=f"LIST-{number}",
        layer="control_units",
        document=DOCUMENT,
        section=Text(_SECTION.zh.format(n=number), _SECTION.en.format(n=number)),
        text=Text(cells["text"], cells["text"]),
        advice=_ADVICE,
        effect=effect,
        force="hard",
        special=True,
        scope=Scope(where={"unit_code": _codes(cells["unit_code"])}),
        when=_when(cells, specs),
    )


def _faults(
    cells: Mapping[str, str], specs: Mapping[str, AttributeSpec]
) -> Iterator[tuple[str, Text]]:
    for column in ("unit_code", "effect", "text"):
        if not (_codes(cells[column]) if column == "unit_code" else cells[column]):
            yield column, message("entry-list.required-column-empty")
    if cells["effect"] and cells["effect"].casefold() not in _EFFECTS:
        shown = cells["effect"][:40]
        yield "effect", message("entry-list.understood", shown=shown)
    for trade in _split(cells["industry"]):
        if not _CODE.match(trade):
            yield "industry", message("entry-list.no-industry-code", code_=trade)
    for word in _split(cells["nature"]):
        if not read_attributes([specs["nature"]], {"nature": word})[0]:
            yield "nature", message("entry-list.understood-2", word=word)


def _when(cells: Mapping[str, str], specs: Mapping[str, AttributeSpec]) -> Condition | None:
    tests: list[Condition] = []
    if trades := _split(cells["industry"]):
        tests.append(Condition(attribute="industry", prefix=tuple(trades)))
    if words := _split(cells["nature"]):
        found = [read_attributes([specs["nature"]], {"nature": w})[0]["nature"] for w in words]
        tests.append(Condition.model_validate({"attribute": "nature", "in": found}))
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else Condition(all=tuple(tests))


def _split(cell: str) -> list[str]:
    return [part for part in re.split(r"[;；、,，\s]+", cell) if part]


def _codes(cell: str) -> tuple[str, ...]:
    """Return the codes of units in a cell, spelt as those of the layer are."""
    return tuple(filter(None, map(code, _split(_INNER.sub(r"\1", cell)))))


def _problem(path: Path, row: str | None, fault: Text, column: str | None = None) -> Problem:
    cure = message("entry-list.columns-unit-code-effect")
    return Problem("entry-list", fault, cure, file=str(path), feature=row, field=column)
