"""What the trade of a project lets presume of it, where nobody has stated it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, lru_cache

from zoning.law.attributes import clashing, spoken
from zoning.law.logic import matches_code
from zoning.messages import Text
from zoning.model import (
    AttributeSpec,
    Presumed,
    Presumption,
    Profile,
    Tri,
    Value,
)

#: The attribute that holds the industry code.
CODE = "industry"


def chooser(profiles: Mapping[str, Profile]) -> Callable[[str, Value | None], Profile | None]:
    """Return what tells the profile of a project, by its industry code or else by its name.

    A stated code outranks the name. Where a name tells of two kinds, or of another kind than the
    code does, nothing is presumed.

    Parameters
    ----------
    profiles : mapping
        Profiles by id.

    Returns
    -------
    callable
        Takes a name, and a code or None.
    """
    every = tuple(profiles.values())
    words = sorted({word.casefold() for p in every for word in p.words})
    # Most names speak of no kind at all.
    spoken_of = re.compile("|".join(map(re.escape, words)) or "(?!)").search

    @cache
    def coded(code: str) -> Profile | None:
        known = [p for p in every if matches_code(code, p.codes) is Tri.YES]
        return max(known, key=lambda p: _length(p, code), default=None)

    def chosen(name: str, code: Value | None) -> Profile | None:
        folded = name.casefold()
        told = [p for p in every if _named(p, folded)] if spoken_of(folded) else []
        if code is None:
            return told[0] if len(told) == 1 else None
        found = coded(str(code))
        return None if told and found not in told else found

    return chosen


def presumptions(
    profile: Profile | None,
    profiles: Mapping[str, Profile],
    specs: Mapping[str, AttributeSpec],
    attributes: Mapping[str, Value],
    unsettled: Collection[str] = (),
) -> tuple[Presumed, ...]:
    """Return what is presumed of a project, without what contradicts anything that is known.

    Parameters
    ----------
    profile : Profile or None
    profiles : mapping
        All profiles by id, for those that it includes.
    specs : mapping
        Declared attributes.
    attributes : mapping
        What is known of the project.
    unsettled : collection of str
        Attributes that were stated, but contradicted or not understood: they stay unknown.
    """
    if profile is None:
        return ()
    found: dict[str, tuple[Value, Text]] = {}
    for presumption in _all(profile, profiles):
        for name, value in presumption.answers.items():
            if name not in attributes and name not in unsettled:
                found.setdefault(name, (value, presumption.reason))
    values = {name: value for name, (value, _) in found.items()}
    doubtful = clashing(specs.values(), {**attributes, **values})
    return tuple(
        Presumed(n, specs[n].title, value, spoken(specs[n], value), reason, profile.title)
        for n, (value, reason) in found.items()
        if n not in doubtful
    )


def _named(profile: Profile, folded: str) -> bool:
    if not any(word in folded for word in _folded(profile.words)):
        return False
    return not any(word in folded for word in _folded(profile.unless))


@lru_cache(maxsize=1024)
def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)


def _length(profile: Profile, code: str) -> int:
    return max(len(prefix) for prefix in profile.codes if code.startswith(prefix))


def _all(profile: Profile, profiles: Mapping[str, Profile]) -> Iterator[Presumption]:
    """Yield the presumptions of a profile, its own before those it includes."""
    yield from profile.presume
    for name in profile.includes:
        yield from profiles[name].presume
