"""The command line: parse, call the API, print, exit code. No geometry in here.

What can be told of a call without its parameters is told here, before Typer is imported.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from zoning.base.collector import look_seldom
from zoning.base.errors import ZoningError
from zoning.base.lazy import attributes
from zoning.cli.output import asked_lang, prepare_streams, print_error

if TYPE_CHECKING:
    from zoning.cli.app import application

__all__ = ["application", "run"]

#: Verbs whose first words are files to be read, and how many of the words are; None for all.
READ_FIRST: Final[Mapping[str, int | None]] = {
    "check": None,
    "report": None,
    "letters": None,
    "ask": None,
    "explain": 1,
    "inspect": 1,
    "convert": 1,
}


def run() -> None:
    """Entry point: every expected fault becomes a message and an exit code, never a traceback."""
    # Looking for plugins of pydantic reads what every installed package says of itself.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    look_seldom()
    # Taking apart at the end, object by object, what ends with the process takes 0.3 s.
    atexit.register(gc.freeze)
    prepare_streams()
    words = sys.argv[1:]
    try:
        require_named(words)
        from zoning.cli.app import call
    except ZoningError as error:
        print_error(error, asked_lang(words))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    call()


def require_named(words: Sequence[str]) -> None:
    """Refuse a file that is not there, where it is plain which words are files.

    Parameters
    ----------
    words : sequence of str
        The call, without the name of the program.

    Raises
    ------
    SourceError
        With the problem of each file.
    """
    if not words or words[0] not in READ_FIRST or {"--help", "-h"} & set(words):
        return
    from zoning.api.sources import require_present

    options = (n for n, word in enumerate(words) if word.startswith("-"))
    named = words[1 : next(options, len(words))]
    require_present(named[: READ_FIRST[words[0]]])


__getattr__ = attributes(__name__, {"app": ["application"]})
