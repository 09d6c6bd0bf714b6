"""The fixed words of a paper, from the message tables."""

from __future__ import annotations

from zoning.messages import Lang, message


class Words:
    """Looks up the words of a paper in one language."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang

    def __call__(self, code: str, **values: str) -> str:
        """Return the words of a code; values may be Jinja expressions."""
        return message(code, **values).in_(self._lang)

    def heads(self, *keys: str) -> tuple[str, ...]:
        """Return the head row of a table."""
        return tuple(message(f"papers.head.{key}").in_(self._lang) for key in keys)
