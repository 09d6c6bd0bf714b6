"""Everything the package says, as data: one table per language, keyed by code.

A table is ``<language>.toml`` beside this file; a third language is a third file. Placeholders are
named and the same in every language. ``{names}`` of a sequence is joined as the language joins
lists, a :class:`Text` is said in the language of the sentence, and ``{count:# file|files}`` writes
the number with its noun, ``{count:was|were}`` the word alone.
"""

from zoning.messages.table import languages, table
from zoning.messages.text import Lang, Message, Text, alternatives, message

__all__ = ["Lang", "Message", "Text", "alternatives", "languages", "message", "table"]
