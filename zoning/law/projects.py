"""From the features of a file to projects: an identity, a name, normalised attributes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from zoning.base.table import Table
from zoning.law.attributes import Stated, is_empty, key
from zoning.law.described import contradictions
from zoning.law.profiles import CODE, chooser, presumptions
from zoning.law.trades import reader_of
from zoning.messages import Text, message
from zoning.model import AttributeSpec, Presumed, Profile, Project
from zoning.model.trades import TradeWords

_ID = ("id", "project_id", "编号", "项目编号", "XMDM", "XMBH", "DKBH", "地块编号", "fid_")
_NAME = ("name", "project", "名称", "项目名称", "XMMC", "DKMC", "地块名称")


def make_projects(
    features: Iterable[_Feature],
    specs: Mapping[str, AttributeSpec],
    profiles: Mapping[str, Profile] | None = None,
    answers: Mapping[str, Mapping[str, str]] | None = None,
    ids: Mapping[int, str] | None = None,
    trades: Sequence[TradeWords] = (),
) -> list[Project]:
    """Turn features into projects.

    Parameters
    ----------
    features : iterable of (position, geometry, attributes)
        Position is 0-based in its file; geometry is None for a feature that could not be read.
    specs : mapping
        Declared attributes.
    profiles : mapping, optional
        Kinds of project by id, and what is presumed of each; nothing is if left out.
    answers : mapping, optional
        What is stated besides the file, by site and attribute; an empty answer says that the
        attribute is unknown, whatever the kind of project lets presume.
    ids : mapping, optional
        By position, the ids that :func:`settled_ids` found with all of the file in view.
    trades : sequence of TradeWords, optional
        Words that tell a trade; a code that contradicts them is not believed.

    Returns
    -------
    list of Project
        In the order given. A feature without an id gets its 1-based position; a repeated id gets
        ``#2``, ``#3`` and a notice, so that every finding names one site only.
    """
    found, kinds, read = [], profiles or {}, reader_of(specs.values())
    chosen, another = chooser(kinds), contradictions(trades)
    alike: dict[tuple[Any, ...], tuple[Presumed, ...]] = {}
    same: dict[tuple[Any, ...], tuple[Stated, tuple[Presumed, ...]]] = {}
    for (position, geometry, raw), (identity, base) in identified(features, ids or {}):
        more = (answers or {}).get(identity, {})
        stated = read(_with(raw, more) if more else raw)
        name, doubts = _first(raw, _NAME) or identity, list[Text]()
        if CODE in stated.values:
            doubt = another(name, raw, str(stated.values[CODE]))
            if doubt is not None:
                stated = read(_with(raw, more), frozenset({CODE}))
                doubts.append(doubt)
        refused = stated.unsettled | {name for name, value in more.items() if not value}
        kind = chosen(name, stated.values.get(CODE))
        # Most share what was read of them, which takes long to compare with its like.
        short = kind and kind.id, id(stated), refused
        if short not in same:
            key = kind and kind.id, frozenset(stated.values.items()), refused
            if key not in alike:
                alike[key] = presumptions(kind, kinds, specs, stated.values, refused)
            same[short] = stated, alike[key]
        repeated = () if identity == base else (_repeated(base, identity, position),)
        project = Project(
            identity,
            name,
            geometry,
            stated.values,
            stated.deduced,
            (*repeated, *doubts, *stated.notices),
            presumed=same[short][1],
        )
        found.append(project)
    return found


_Feature = tuple[int, Any, Mapping[str, Any]]


def identified(
    features: Iterable[_Feature], ids: Mapping[int, str]
) -> Iterator[tuple[_Feature, tuple[str, str]]]:
    """Yield each feature with the id that its site goes by, and the one that its file states."""
    rows = [(feature, _first(feature[2], _ID)) for feature in features]
    named = _named([(feature[0], stated) for feature, stated in rows])
    for (feature, _), (identity, base) in zip(rows, named, strict=True):
        yield feature, (ids.get(feature[0], identity), base)


def settled_ids(positions: Sequence[int], stated: Sequence[str | None]) -> dict[int, str]:
    """Return, by row, the ids of features whose own is taken by an earlier one.

    Parameters
    ----------
    positions : sequence of int
        0-based in their file, one file after the other.
    stated : sequence of str or None
        As :func:`stated_ids` returns them.
    """
    named = _named(list(zip(positions, stated, strict=True)))
    return {row: identity for row, (identity, base) in enumerate(named) if identity != base}


def stated_ids(columns: Table) -> list[str | None]:
    """Return the id that each row of a table states, if any."""
    found: list[str | None] = [None] * len(columns)
    wanted = [key(name) for name in _ID]
    own = [name for name in columns.columns if key(name) in wanted]
    for name in sorted(own, key=lambda name: wanted.index(key(name))):
        for row, value in enumerate(columns[name].tolist()):
            if found[row] is None and value is not None and not is_empty(value):
                found[row] = _text(value)
    return found


def _named(rows: Sequence[tuple[int, str | None]]) -> Iterator[tuple[str, str]]:
    """Yield the id that each site goes by, and the one it states or gets from its position."""
    # A made-up id must not be one that another feature states.
    stated_ids = {stated for _, stated in rows if stated}
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    for position, stated in rows:
        base = stated or str(position + 1)
        identity = base
        while identity in taken or (identity != stated and identity in stated_ids):
            seen[base] += 1
            identity = f"{base}#{seen[base] + 1}"
        taken.add(identity)
        yield identity, base


def _with(raw: Mapping[str, Any], answers: Mapping[str, str]) -> Mapping[str, Any]:
    """Add answers as columns beside those of the file; where they differ, neither is believed."""
    columns = dict(raw)
    for name, value in answers.items():
        column = name
        while column in columns:
            column += " "  # names that differ in spaces only speak of the same attribute
        columns[column] = value
    return columns


def _first(raw: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for column in _columns(tuple(raw), names):
        value = raw[column]
        if value is not None and not is_empty(value):
            return _text(value)
    return None


@lru_cache(maxsize=256)
def _columns(columns: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns that go by some names, in the order of the names."""
    folded = [key(column) for column in columns]
    wanted = dict.fromkeys(map(key, names))
    return tuple(
        c for name in wanted for c, own in zip(columns, folded, strict=True) if own == name
    )


def _text(value: Any) -> str:
    """Write an id; a whole number has no ``.0``."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _repeated(base: str, identity: str, position: int) -> Text:
    return message("projects.id-used-again-by", base=base, position=position + 1, identity=identity)
