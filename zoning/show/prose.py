"""Running text in Chinese and English: made harmless, and broken where a reader expects it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.text import Text

_OPENING = frozenset("（《“‘「『〔【([{<")
_CLOSING = frozenset("，。；：、！？）》”’」』〕】,.;:!?)]}>%…")


class Prose:
    """A paragraph that wraps between Chinese characters, which Rich takes for one long word.

    Parameters
    ----------
    text : str
        Harmless already, see `inert`.
    style : str
        Rich style of the whole.
    """

    def __init__(self, text: str, style: str = "") -> None:
        self.text, self.style = text, style

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        for line in wrap(self.text, options.max_width):
            yield Text(line, style=self.style, no_wrap=True, overflow="ignore")

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        widest = cell_len(self.text)
        longest = max((cell_len(x) for x in pieces(self.text)), default=0)
        return Measurement(min(longest, options.max_width), min(widest, options.max_width))


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most ``width`` cells; what cannot be broken is cut."""
    lines: list[str] = []
    line = ""
    for piece in pieces(text):
        if cell_len(line) + cell_len(piece.rstrip(" ")) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip(" "))
        line = piece
        while cell_len(line) > width:
            cut = _fitting(line, width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line.rstrip(" ")]


def pieces(text: str) -> Iterator[str]:
    """Split a text where a line may end.

    After a blank, but not between a figure and its unit; around a Chinese character, but not
    before closing nor after opening punctuation.
    """
    start = 0
    for i in range(1, len(text)):
        if _may_break(text[i - 2 : i - 1] if i > 1 else "", text[i - 1], text[i]):
            yield text[start:i]
            start = i
    if text:
        yield text[start:]


def _may_break(before: str, left: str, right: str) -> bool:
    if right == " ":
        return False
    if left == " ":
        return not (before.isdigit() and not right.isdigit())
    if right in _CLOSING or left in _OPENING:
        return False
    return _wide(left) or _wide(right)


def _wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in ("W", "F")


def _fitting(text: str, width: int) -> int:
    """Return how many characters fit; at least one, or a narrow column would never end."""
    count = used = 0
    for char in text:
        used += cell_len(char)
        if used > width:
            break
        count += 1
    return max(count, 1)


def inert(value: str, encoding: str = "utf-8") -> str:
    """Return a text that cannot steer a terminal.

    Control characters (ANSI escapes with them), reading-direction marks and broken surrogates
    become ``\\xNN`` in plain sight; line breaks become blanks; what the terminal's encoding lacks
    becomes ``?``.
    """
    kept = []
    for char in value:
        if char in "\n\r\t":
            kept.append(" ")
        elif unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            kept.append(char.encode("unicode_escape").decode("ascii"))
        else:
            kept.append(char)
    text = "".join(kept)
    return text.encode(encoding, "replace").decode(encoding, "replace")
