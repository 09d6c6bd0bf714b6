"""The one error file: every fault names itself, its place and its cure, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zoning.messages import Lang, Text, message, table


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: what is wrong, where, and what to do about it.

    Attributes
    ----------
    code : str
        Stable identifier such as ``"crs-missing"``; tests and scripts rely on it, not on words.
    fault, cure : Text
        What is wrong, and the user's next step.
    file, layer, feature, field : str or None
        The place, as far as it is known.
    """

    code: str
    fault: Text
    cure: Text
    file: str | None = None
    layer: str | None = None
    feature: str | None = None
    field: str | None = None

    def place(self, lang: Lang) -> str:
        """Name the place of the fault, e.g. ``a.geojson, feature 7, field 'name'``."""
        parts = [self.file] if self.file else []
        for key, value in (("layer", self.layer), ("feature", self.feature), ("field", self.field)):
            if value is not None:
                parts.append(message(f"problem.{key}", name=value).in_(lang))
        return table(lang)["separator.comma"].join(parts)

    def line(self, lang: Lang) -> str:
        """Return the whole message on one line: place, fault, cure."""
        place = self.place(lang)
        head = f"{place}: " if place else ""
        told = message("problem.line", fault=self.fault, cure=self.cure)
        return f"{head}{told.in_(lang)}"


def problem(
    code: str,
    *,
    key: str | None = None,
    file: str | None = None,
    layer: str | None = None,
    feature: str | None = None,
    field: str | None = None,
    **values: object,
) -> Problem:
    """Return the fault ``code`` in the wording of the message tables.

    Parameters
    ----------
    code : str
        Stable identifier of the fault.
    key : str, optional
        Where its ``fault`` and ``cure`` stand in the tables; ``code`` unless it has several.
    file, layer, feature, field : str, optional
        The place, as far as it is known.
    **values
        For the placeholders of both sentences.
    """
    stem = key or code
    fault, cure = message(f"{stem}.fault", **values), message(f"{stem}.cure", **values)
    return Problem(code, fault, cure, file, layer, feature, field)


class ZoningError(Exception):
    """Base class of everything this package raises on purpose.

    Parameters
    ----------
    problems : Problem or iterable of Problem
        All faults found; they are collected first and raised once.
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(p.line("en") for p in self.problems))

    def lines(self, lang: Lang) -> list[str]:
        """Return one line a problem in ``lang``."""
        return [p.line(lang) for p in self.problems]


class UsageError(ZoningError):
    """The call itself is wrong: an unknown option value, a missing file, a contradiction."""


class SourceError(ZoningError):
    """A file or table cannot be read as what it should be."""


class CatalogueError(ZoningError):
    """Layer, rule or workspace declarations are faulty."""


class DataError(ZoningError):
    """Shipped or official data do not match what the catalogue or registry says."""


class MissingExtraError(ZoningError):
    """A feature needs an optional dependency that is not installed."""

    def __init__(self, package: str, extra: str, purpose: Text) -> None:
        super().__init__(problem("extra-missing", purpose=purpose, package=package, extra=extra))
