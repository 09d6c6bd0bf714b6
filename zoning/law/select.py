"""Narrow a review to some rules or themes, and say what that leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from zoning.base.errors import Problem, UsageError, problem
from zoning.messages import Text, message
from zoning.model import Layer, Rule


def narrow(
    cited: Sequence[Rule],
    known: Mapping[str, Rule],
    layers: Mapping[str, Layer],
    patterns: Sequence[str] = (),
    themes: Sequence[str] = (),
) -> tuple[tuple[Rule, ...], tuple[Text, ...]]:
    """Keep the rules that match any pattern and, if themes are given, any theme.

    Parameters
    ----------
    cited : sequence of Rule
        The rules in force.
    known : mapping
        All rules of the catalogue: a pattern that matches none of them is a mistake.
    layers : mapping
        Layers by id; a rule's theme is its layer's.
    patterns : sequence of str
        Rule ids; ``*`` and ``?`` stand for any characters.
    themes : sequence of str

    Returns
    -------
    kept : tuple of Rule
    left_out : tuple of Text
        Empty where nothing was left out.

    Raises
    ------
    UsageError
        For each pattern that matches no rule and each theme that no rule has.
    """
    theme_of = {rule.id: layers[rule.layer].theme for rule in known.values()}
    problems = [_unknown(p, "rules") for p in patterns if not any(_like(n, p) for n in known)]
    problems += [_unknown(t, "themes") for t in themes if t not in set(theme_of.values())]
    if problems:
        raise UsageError(problems)
    kept = tuple(
        rule
        for rule in cited
        if (not patterns or any(_like(rule.id, p) for p in patterns))
        and (not themes or theme_of[rule.id] in themes)
    )
    dropped = Counter(theme_of[r.id] for r in cited) - Counter(theme_of[r.id] for r in kept)
    return kept, (_left_out(dropped, patterns, themes),) if dropped else ()


def _like(name: str, pattern: str) -> bool:
    return fnmatchcase(name.casefold(), pattern.casefold())


def _left_out(dropped: Counter[str], patterns: Sequence[str], themes: Sequence[str]) -> Text:
    asked = " ".join((*patterns, *themes))
    listed = ", ".join(f"{theme} {count}" for theme, count in sorted(dropped.items()))
    return message(
        "select.only-rules-asked-were", asked=asked, dropped=dropped.total(), listed=listed
    )


def _unknown(name: str, option: str) -> Problem:
    word = message("select.rule") if option == "rules" else message("select.theme")
    return problem("unknown-selection", field=f"--{option}", word=word, name=name)
