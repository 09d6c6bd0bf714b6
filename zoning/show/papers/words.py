"""The fixed words of a paper, from the message tables."""

from __future__ import annotations

from zoning.messages import Lang, message


class Words:
    """Looks up the words of one paper, those of all papers by their full code."""

    def __init__(self, prefix: str, lang: Lang) -> None:
        self._prefix, self._lang = prefix, lang

    def __call__(self, key: str, **values: str) -> str:
        """Return the words of a key; values may be Jinja expressions."""
        code = key if "." in key else f"{self._prefix}.{key}"
        return message(code, **values).in_(self._lang)

    def heads(self, *keys: str) -> tuple[str, ...]:
        """Return the head row of a table."""
        return tuple(self(f"papers.head.{key}") for key in keys)
