"""The one error file: every fault names itself, its place and its cure, in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in Chinese and in English.

    Attributes
    ----------
    zh, en : str
        The two wordings; neither is a fallback for the other.
    """

    #: Read by pydantic where a declaration holds a Text: unknown keys are refused there too.
    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        """Return the wording in ``lang``."""
        return self.zh if lang == "zh" else self.en


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
        words = {
            "zh": ("图层", "要素", "字段", "，"),
            "en": ("layer", "feature", "field", ", "),
        }[lang]
        parts = [self.file] if self.file else []
        for word, value in zip(words[:3], (self.layer, self.feature, self.field), strict=True):
            if value is not None:
                parts.append(f"{word} {value}")
        return words[3].join(parts)

    def line(self, lang: Lang) -> str:
        """Return the whole message on one line: place, fault, cure."""
        place = self.place(lang)
        head = f"{place}: " if place else ""
        arrow = "处理办法：" if lang == "zh" else "Cure: "
        return f"{head}{self.fault.in_(lang)} {arrow}{self.cure.in_(lang)}"


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
        super().__init__(
            Problem(
                code="extra-missing",
                fault=Text(
                    f"{purpose.zh}需要 {package}，当前环境没有安装。",
                    f"{purpose.en} needs {package}, which is not installed here.",
                ),
                cure=Text(
                    f'在源码目录运行 pip install -e ".[{extra}]"（或 pip install {package}）。',
                    f'In the source folder run: python -m pip install -e ".[{extra}]" '
                    f"(or pip install {package}).",
                ),
            )
        )
