"""Which language the command line speaks, and how it says that something went wrong."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from zoning.base.errors import Problem, UsageError, ZoningError
from zoning.base.settings import default_lang
from zoning.messages import Lang, languages, message

if TYPE_CHECKING:
    from rich.console import Console


def asked_lang(argv: Sequence[str]) -> Lang:
    """Return the language of this call, before the options are parsed: help needs it too."""
    for index, word in enumerate(argv):
        value = word.partition("=")[2] if word.startswith("--lang=") else None
        if word == "--lang" and index + 1 < len(argv):
            value = argv[index + 1]
        if value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    return default_lang()


LANG: Lang = asked_lang(sys.argv[1:])


def say(code: str, /, **values: object) -> str:
    """Return a help text, which is fixed when a command is declared."""
    return message(code, **values).in_(LANG)


def require_lang(value: str | None) -> Lang:
    """Check ``--lang``."""
    if value is None:
        return LANG
    if value in languages():
        return value
    fault = message("output.lang-cannot", value=value)
    raise UsageError(
        Problem("bad-option", fault, message("output.use-one", choices=list(languages())))
    )


def require_date(value: str | None) -> date:
    """Check ``--as-of``; today is the default here and nowhere below."""
    if value is None:
        return date.today()
    try:
        return date.fromisoformat(value)
    except ValueError:
        fault = message("output.date", value=value)
        cure = message("output.write-like-2026-11")
        raise UsageError(Problem("bad-date", fault, cure)) from None


def require_choice(option: str, value: str, choices: Sequence[str]) -> str:
    """Check an option that takes one of a few words."""
    if value in choices:
        return value
    fault = message("output.cannot", option=option, value=value)
    cure = message("output.use-one", choices=list(choices))
    raise UsageError(Problem("bad-option", fault, cure))


def print_error(error: ZoningError, lang: Lang, console: Console) -> None:
    """Print every problem of an error, one a line, with markup in user text inert."""
    head = "错误" if lang == "zh" else "error"
    for line in error.lines(lang):
        console.print(f"{head}: {_inert(line)}", style="red", markup=False, highlight=False)


def _inert(text: str) -> str:
    """Take control characters out, so that a file's name cannot drive the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)


def prepare_streams() -> None:
    """Let a console that cannot show a character show its escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def emit(text: str) -> None:
    """Write what a machine reads (JSON, CSV) as UTF-8, whatever the console's encoding is."""
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.flush()
        stream.buffer.write(text.encode("utf-8"))
        stream.buffer.flush()
    else:
        stream.write(text)


def make_console(*, stderr: bool = False, soft_wrap: bool = False) -> Console:
    """Return a console on which a reader that goes away is an error of its own, not exit code 1."""
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Piped(stderr=stderr, soft_wrap=soft_wrap, highlight=False)
