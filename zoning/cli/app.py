"""The application: its verbs, and how each of their ends becomes a message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer

from zoning.base.errors import Problem, UsageError, ZoningError, problem
from zoning.base.settings import VERSION
from zoning.base.signals import end_on_signal
from zoning.cli.output import asked_lang, log_to_stderr, print_error, say
from zoning.cli.verbs import add_verbs

#: Newer Typer carries its own copy of click, older Typer imports it; this is whichever is in use.
_BadCall: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)


#: What a path that somebody named may fail with: it is the user's to mend.
_UNREACHABLE = (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.EACCES)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"zoning {VERSION}")
        raise typer.Exit


def application(called: str | None = None) -> typer.Typer:
    """Return the application, with every verb or, to be quick, with the one called alone."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=say("cli.ecological-zoning-shanxi-review"),
        epilog=say("cli.example-zoning-check-project"),
    )
    app.callback()(_main)
    add_verbs(app, called)
    return app


def _main(
    _version_asked: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help=say("cli.show-version")
    ),
    verbose: int = typer.Option(0, "--verbose", "-v", count=True, help=say("output.verbose-help")),
) -> None:
    """Hold the options that stand before a command."""
    log_to_stderr(verbose)


def _called(words: Sequence[str]) -> str | None:
    """Return the verb of a call, "" where there is none; None where any might be wanted."""
    if "_ZONING_COMPLETE" in os.environ:
        return None
    return next((word for word in words if not word.startswith("-")), "")


def call() -> NoReturn:
    """Carry out the call: every expected fault becomes a message and an exit code."""
    end_on_signal()
    try:
        code = application(_called(sys.argv[1:]))(standalone_mode=False)
        sys.stdout.flush()
    except ZoningError as error:
        _refuse(error)
    except _BadCall as error:
        error.show()  # type: ignore[attr-defined]
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        sys.exit(130)
    except SystemExit as stop:
        # Typer turns a reader that went away (head, less) into 1, which would mean a violation.
        if type(sys.stdout).__name__ != "PacifyFlushWrapper":
            raise
        _mute()
        raise SystemExit(141) from stop
    except BrokenPipeError:
        _mute()
        sys.exit(141)
    except OSError as error:
        if error.errno in _UNREACHABLE and error.filename is not None:
            _refuse(UsageError(_unreachable(error)))
        if error.filename is not None:
            _unforeseen(error)
        # Output that cannot be written: a full disk behind a redirect. Never 1, which is a finding.
        _mute()
        print(f"{say('cli.error-cannot-write')}: {error.strerror}", file=sys.stderr)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001
        # The last resort: what nobody foresaw is no finding either.
        _unforeseen(error)
    sys.exit(code if isinstance(code, int) else 0)


def _refuse(error: ZoningError) -> NoReturn:
    print_error(error, asked_lang(sys.argv[1:]))
    sys.exit(2)


def _unreachable(error: OSError) -> Problem:
    """Return the fault of a path that was named and leads nowhere."""
    reason = error.strerror or str(error)
    return problem("path-unreachable", file=os.fsdecode(error.filename), reason=reason)


def _unforeseen(error: BaseException) -> NoReturn:
    """Say that the fault is ours, and where everything needed to mend it was written down."""
    from zoning.api.fault import write_fault

    written = write_fault(error, sys.argv[1:])
    key = "cli.unforeseen" if written is not None else "cli.unforeseen-unwritten"
    kind = type(error).__name__
    print(say(key, kind=kind, said=str(error)[:200], path=written), file=sys.stderr)
    sys.exit(2)


def _mute() -> None:
    """Give up standard output, so that closing it at exit does not fail again."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
