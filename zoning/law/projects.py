"""From the features of a file to projects: an identity, a name, normalised attributes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from zoning.law.attributes import is_empty, key, read_columns
from zoning.law.profiles import choose, presumptions
from zoning.messages import Text, message
from zoning.model import AttributeSpec, Profile, Project

_ID = ("id", "project_id", "编号", "项目编号", "XMDM", "XMBH", "DKBH", "地块编号", "fid_")
_NAME = ("name", "project", "名称", "项目名称", "XMMC", "DKMC", "地块名称")


def make_projects(
    features: Iterable[tuple[int, Any, Mapping[str, Any]]],
    specs: Mapping[str, AttributeSpec],
    profiles: Mapping[str, Profile] | None = None,
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

    Returns
    -------
    list of Project
        In the order given. A feature without an id gets its 1-based position; a repeated id gets
        ``#2``, ``#3`` and a notice, so that every finding names one site only.
    """
    rows = [(*feature, _first(feature[2], _ID)) for feature in features]
    # A made-up id must not be one that another feature states.
    stated_ids = {stated for *_, stated in rows if stated}
    seen: Counter[str] = Counter()
    taken: set[str] = set()
    out: list[Project] = []
    for position, geometry, raw, stated in rows:
        base = stated or str(position + 1)
        identity = base
        while identity in taken or (identity != stated and identity in stated_ids):
            seen[base] += 1
            identity = f"{base}#{seen[base] + 1}"
        taken.add(identity)
        notices: list[Text] = []
        if identity != base:
            notices.append(_repeated(base, identity, position))
        found = read_columns(specs.values(), raw)
        name = _first(raw, _NAME) or identity
        kind = choose(profiles or {}, name, found.values)
        out.append(
            Project(
                identity,
                name,
                geometry,
                found.values,
                found.deduced,
                (*notices, *found.notices),
                presumed=presumptions(kind, profiles or {}, specs, found.values, found.unsettled),
            )
        )
    return out


def _first(raw: Mapping[str, Any], names: Iterable[str]) -> str | None:
    folded: dict[str, Any] = {}
    for column, value in raw.items():
        if value is not None and not is_empty(value):
            folded.setdefault(key(column), value)
    for name in names:
        value = folded.get(key(name))
        if value is not None:
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            return str(value)
    return None


def _repeated(base: str, identity: str, position: int) -> Text:
    return message("projects.id-used-again-by", base=base, position=position + 1, identity=identity)
