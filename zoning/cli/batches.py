"""``zoning check`` on a folder: sites that need not fit into memory, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from zoning.base.errors import UsageError, problem
from zoning.cli.output import make_console, show_progress
from zoning.messages import Lang, message

#: Options that mean nothing without batches; several processes may also share one file.
_ONLY = ("resume", "scheduler")


def in_batches(
    files: Sequence[str],
    output: Path | None,
    batches: Mapping[str, Any],
    how: Mapping[str, Any],
    lang: Lang,
    *,
    whole: bool,
    quiet: bool,
) -> bool:
    """Say whether a review goes in batches: asked for, into a folder, or of very many sites.

    Parameters
    ----------
    files, output, batches, how, lang, quiet
        As of :func:`check_batches`; a ``batch_size`` of 0 switches batches off.
    whole : bool
        Whether something is asked for that needs all sites in this process.

    Raises
    ------
    UsageError
        Very many sites, and one file to write them to.
    """
    size, asked = batches["batch_size"], any(batches[name] for name in _ONLY)
    if size == 0:
        if asked or batches["jobs"]:
            told = {"one": "--batch-size 0", "other": "--resume, --scheduler, --jobs"}
            raise UsageError(problem("bad-option", key="bad-option.one-of", **told))
        return False
    folder = output is not None and not output.suffix
    if size or asked or folder or (whole and batches["jobs"]):
        return True
    from zoning.api.sources import AT_ONCE, most_in_one_file, stated_if_many

    count = stated_if_many(files, how["options"])
    if count is None:
        return False
    if output is not None:
        most = AT_ONCE if whole else most_in_one_file()
        if count <= most:
            return False
        beside = str(output.with_suffix(""))
        key, name = "too-many-at-once", str(output)
        raise UsageError(problem(key, file=name, count=count, most=most, folder=beside))
    if not quiet:
        typer.echo(message("batches.by-itself", count=count).in_(lang), err=True)
    return True


def check_batches(
    files: Sequence[str],
    folder: Path | None,
    batches: Mapping[str, Any],
    how: dict[str, Any],
    unused: Mapping[str, Any],
    lang: Lang,
    *,
    quiet: bool,
    **options: Any,
) -> int:
    """Run a review in batches, print its summary, and return the exit code.

    Parameters
    ----------
    files : sequence of str
        What is to be reviewed.
    folder : Path or None
        What ``--output`` names.
    batches : mapping
        ``batch_size``, ``resume``, ``scheduler``, ``jobs``.
    how : dict
        Options of a review.
    unused : mapping
        By option, what was given for those that make no sense here.
    lang : {"zh", "en"}
    quiet : bool
    **options
        As :func:`zoning.check_batches` takes them.
    """
    needed = any(value is not None and value is not False for value in batches.values())
    _require(folder, {**unused, "--answers": how.pop("answers")}, needed=needed)
    from zoning.api.batches import check_batches

    with show_progress(lang, quiet) as progress:
        done = check_batches(
            files, folder, **batches, **how, **options, lang=lang, progress=progress
        )
    if not quiet:
        done.print(make_console(), lang)
    return done.exit_code


def _require(folder: Path | None, unused: Mapping[str, Any], *, needed: bool) -> None:
    problems = [
        problem("bad-option", key="bad-option.not-in-batches", option=option)
        for option, value in unused.items()
        if value
    ]
    if folder is None and needed:
        problems.append(problem("bad-option", key="bad-option.batches-need-a-folder"))
    if problems:
        raise UsageError(problems)
