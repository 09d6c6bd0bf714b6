"""A sentence in every language: written out (:class:`Text`) or looked up (:class:`Message`)."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

from zoning.messages.table import table

#: A language for which there is a table: ``"zh"``, ``"en"``.
Lang = str


@dataclass(frozen=True, slots=True, eq=False)
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
        """Return the wording in ``lang``; declared texts know Chinese and English only."""
        return self.zh if lang == "zh" else self.en

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Text):
            return NotImplemented
        return self.zh == other.zh and self.en == other.en

    def __hash__(self) -> int:
        return hash((self.zh, self.en))


class Message(Text):
    """A wording of the tables with its values filled in when it is read, in the language asked."""

    __slots__ = ("code", "values")

    code: str
    values: Mapping[str, object]

    def __init__(self, code: str, values: Mapping[str, object]) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "values", values)

    @property
    def zh(self) -> str:
        """The Chinese wording."""
        return self.in_("zh")

    @property
    def en(self) -> str:
        """The English wording."""
        return self.in_("en")

    def in_(self, lang: Lang) -> str:
        """Return the wording in ``lang``."""
        wording = table(lang)[self.code]
        if not self.values and "{" not in wording:
            return wording
        return _Filler(lang).vformat(wording, (), self.values)

    def __repr__(self) -> str:
        return f"Message({self.code!r}, {dict(self.values)!r})"

    def __reduce__(self) -> tuple[type[Message], tuple[str, Mapping[str, object]]]:
        return Message, (self.code, self.values)


@runtime_checkable
class Told(Protocol):
    """What tells itself on one line, such as a fault; inside a sentence it follows a colon."""

    def line(self, lang: Lang) -> str:
        """Return the whole of it in ``lang``."""
        ...


def message(code: str, /, **values: object) -> Text:
    """Return the sentence ``code`` of the tables with ``values`` for its placeholders."""
    return Message(code, values)


def alternatives(texts: Sequence[Text]) -> Text:
    """Return texts as one, apart by semicolons since they hold commas of their own."""
    first, *others = texts
    for other in others:
        first = message("separator.alternative", first=first, other=other)
    return first


class _Filler(string.Formatter):
    """Fills placeholders as the language writes lists, nested sentences and counted nouns."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return ""
        if isinstance(value, Text):
            return value.in_(self.lang)
        # A protocol is slow to ask, and most values are plain.
        if not isinstance(value, str | int | float) and isinstance(value, Told):
            return table(self.lang)["separator.colon"] + value.line(self.lang)
        if isinstance(value, list | tuple):
            joint = table(self.lang)["list-separator"]
            return joint.join(self.format_field(part, "") for part in value)
        if "|" in format_spec:
            one, _, many = format_spec.removeprefix("# ").partition("|")
            noun = one if value == 1 else many
            return f"{value} {noun}" if format_spec.startswith("# ") else noun
        return str(super().format_field(value, format_spec))
