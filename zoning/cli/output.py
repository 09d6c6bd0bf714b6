"""Which language the command line speaks, and how it says that something went wrong."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from zoning.base.errors import UsageError, ZoningError, problem
from zoning.base.progress import Progress
from zoning.base.settings import default_lang
from zoning.messages import Lang, Text, languages, message

if TYPE_CHECKING:
    from rich.console import Console


def asked_lang(argv: Sequence[str]) -> Lang:
    """Return the language of this call, before the options are parsed: help needs it too."""
    for index, word in enumerate(argv):
        value = word.partition("=")[2] if word.startswith("--lang=") else None
        if word == "--lang" and index + 1 < len(argv):
            value = argv[index + 1]
        if value in languages():
            return str(value)
    return default_lang()


#: Variables by which Rich colours what goes to no terminal.
_COLOUR: Final = ("FORCE_COLOR", "TTY_COMPATIBLE")
LANG: Lang = asked_lang(sys.argv[1:])


def say(code: str, /, **values: object) -> str:
    """Return a help text, which is fixed when a command is declared."""
    return message(code, **values).in_(LANG)


def require_lang(value: str | None) -> Lang:
    """Check ``--lang``."""
    if value is None:
        return LANG
    return require_choice("--lang", value, languages())


def require_date(value: str | None) -> date:
    """Check ``--as-of``; today is the default here and nowhere below."""
    if value is None:
        return date.today()
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(problem("bad-date", value=value)) from None


def require_choice(option: str, value: str, choices: Sequence[str]) -> str:
    """Check an option that takes one of a few words."""
    if value in choices:
        return value
    key = "bad-option.choice"
    raise UsageError(
        problem("bad-option", key=key, option=option, value=value, choices=list(choices))
    )


def print_error(error: ZoningError, lang: Lang) -> None:
    """Print every problem of an error on stderr, one a line, with markup in user text inert."""
    head = message("output.error").in_(lang)
    lines = [f"{head}: {_inert(line)}" for line in error.lines(lang)]
    if not sys.stderr.isatty() and not any(name in os.environ for name in _COLOUR):
        print(*lines, sep="\n", file=sys.stderr)  # Rich, which costs more, would add nothing
        return
    console = make_console(stderr=True, soft_wrap=True)
    for line in lines:
        console.print(line, style="red", markup=False, highlight=False)


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


@contextlib.contextmanager
def show_progress(lang: Lang, quiet: bool) -> Iterator[Progress | None]:
    """Show progress on stderr where a person is watching."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.markup import escape
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=make_console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def progress(what: Text, done: int, total: int) -> None:
            bar.update(task, description=escape(what.in_(lang)), completed=done, total=total)

        yield progress


def log_to_stderr(verbosity: int) -> None:
    """Let stages say what they do and how long it took: ``-v`` in short, ``-vv`` in full."""
    if verbosity:
        level = logging.INFO if verbosity == 1 else logging.DEBUG
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(relativeCreated)7.0f ms %(name)s: %(message)s"))
        logging.getLogger("zoning").addHandler(handler)
        logging.getLogger("zoning").setLevel(level)
