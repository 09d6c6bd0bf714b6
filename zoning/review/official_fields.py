"""Columns of official sources: which is which field of a layer, and what its words stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from zoning.base.errors import Problem, SourceError, problem
from zoning.catalogue.words import official_words
from zoning.messages import Text, message
from zoning.model import Layer, OfficialLayer
from zoning.review.official_values import not_understood, read_cells

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: 标识码, the running number of a record in the standards of natural-resources databases.
_RECORD_NUMBER = "bsm"
#: How well each zone is known, m, in the catalogue's own data.
_ACCURACY = "accuracy_m"


def rename(layer: Layer, entry: OfficialLayer, frame: GeoDataFrame) -> GeoDataFrame:
    """Give the columns the catalogue's names, by the workspace first and then by alias.

    What they say is said in the catalogue's words.
    """
    wanted = columns(layer, entry, frame)
    missing = [spec for spec in layer.fields if spec.required and spec.name not in wanted]
    if missing:
        raise SourceError([no_field(layer, entry, spec.name, spec.aliases) for spec in missing])
    renamed, words = _renamed(frame, wanted), translation(layer, entry)
    for spec in layer.fields:
        if spec.name in wanted:
            cells = renamed[spec.name]
            renamed[spec.name] = read_cells(spec, cells, words.get(spec.name, {}))
    return renamed.reset_index(drop=True)


def _renamed(frame: GeoDataFrame, wanted: Mapping[str, str]) -> GeoDataFrame:
    """Give the columns their names; another column that bears one is kept under a longer one."""
    names = {source: name for name, source in wanted.items()}
    taken = {*map(str, frame.columns), *wanted}
    for column in map(str, frame.columns):
        if column in wanted and column not in names:
            free = f"{column}_"
            while free in taken:
                free += "_"
            names[column] = free
            taken.add(free)
    renamed = frame.rename(columns=names)
    for name, source in wanted.items():
        if names[source] != name:  # one column may be two fields
            renamed[name] = renamed[names[source]]
    return renamed


def remarks(layer: Layer, entry: OfficialLayer, frame: GeoDataFrame) -> Iterator[Text]:
    """Tell what a source states that is not understood, or not used."""
    wanted, words = columns(layer, entry, frame), translation(layer, entry)
    for spec in layer.fields:
        if spec.name in wanted:
            column = wanted[spec.name]
            yield from not_understood(spec, frame[column], words.get(spec.name, {}), column)
    for column in map(str, frame.columns):
        if column.casefold() == _ACCURACY:
            yield message("official.accuracy", column=column, accuracy_m=entry.accuracy_m)


def translation(layer: Layer, entry: OfficialLayer) -> dict[str, dict[str, str]]:
    """Return, by column, what each word of a source stands for.

    What the workspace says outranks the usual words of such data.
    """
    usual = official_words().get(layer.id)
    out = {name: dict(words) for name, words in (usual.classes if usual else {}).items()}
    for name, words in entry.values.items():
        out[name] = {**out.get(name, {}), **words}
    return out


def columns(layer: Layer, entry: OfficialLayer, frame: GeoDataFrame) -> dict[str, str]:
    """Return the source column of each field of the layer that the source has."""
    have: dict[str, list[str]] = {}
    for column in frame.columns.drop(frame.geometry.name):
        have.setdefault(str(column).casefold(), []).append(str(column))
    out: dict[str, str] = {}
    for name, column in entry.fields.items():
        named = have.get(column.casefold(), [])
        if not named:
            raise SourceError(no_field(layer, entry, name, (column,)))
        exact = [column] if column in named else named
        out[name] = _one(layer, entry, name, frame, exact)
    for spec in layer.fields:
        if spec.name in out:
            continue
        aliases = [alias.casefold() for alias in (spec.name, *spec.aliases)]
        found = [column for alias in aliases for column in have if column.rstrip("_") == alias]
        named = list(dict.fromkeys(one for column in found for one in have[column]))
        # The record's own number stands in every official table; any name beside it says more.
        named = [column for column in named if column.casefold() != _RECORD_NUMBER] or named
        if named:
            out[spec.name] = _one(layer, entry, spec.name, frame, named)
    return out


def _one(
    layer: Layer, entry: OfficialLayer, name: str, frame: GeoDataFrame, columns: list[str]
) -> str:
    """Return the first of some columns, if they do not contradict each other."""
    if len(columns) > 1 and not _alike(frame, columns):
        raise SourceError(_ambiguous(layer, entry, name, columns))
    return columns[0]


def _alike(frame: GeoDataFrame, columns: list[str]) -> bool:
    """Whether columns never state two different things of one zone."""
    return bool((frame[columns].nunique(axis=1) <= 1).all())


def _ambiguous(layer: Layer, entry: OfficialLayer, name: str, columns: list[str]) -> Problem:
    return problem(
        "workspace-field-ambiguous",
        file=shown(entry),
        layer=layer.id,
        field=name,
        name=name,
        columns=columns,
    )


def no_field(layer: Layer, entry: OfficialLayer, name: str, aliases: tuple[str, ...]) -> Problem:
    """Say that a source has no column for a field, and which names were looked for."""
    tried = "、".join(aliases)
    return problem(
        "workspace-field-missing",
        file=shown(entry),
        layer=layer.id,
        field=name,
        name=name,
        aliases=Text(tried, ", ".join(aliases)),
    )


def shown(entry: OfficialLayer) -> str:
    """Name a source without the password of a database."""
    if entry.source is None:
        return entry.document
    if not entry.is_database:
        return entry.source
    from urllib.parse import urlsplit

    parts = urlsplit(entry.source)
    place = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
    return f"postgresql://{place} {entry.table or 'sql'}"
