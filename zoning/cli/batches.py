"""``zoning check`` on a folder: sites that need not fit into memory, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zoning.base.errors import UsageError, problem
from zoning.cli.output import make_console, show_progress
from zoning.messages import Lang


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
        What is to be reviewed; one of them.
    folder : Path or None
        What ``--output`` names.
    batches : mapping
        ``batch_size``, ``resume``, ``scheduler``.
    how : dict
        Options of a review.
    unused : mapping
        By option, what was given for those that make no sense here.
    lang : {"zh", "en"}
    quiet : bool
    **options
        As :func:`zoning.check_batches` takes them.
    """
    _require(files, folder, {**unused, "--answers": how.pop("answers")})
    assert folder is not None  # required above
    from zoning.api.batches import BATCH_SIZE, check_batches

    given = {**batches, "batch_size": batches["batch_size"] or BATCH_SIZE}
    with show_progress(lang, quiet) as progress:
        done = check_batches(
            files[0], folder, **given, **how, **options, lang=lang, progress=progress
        )
    if not quiet:
        done.print(make_console(), lang)
    return done.exit_code


def _require(files: Sequence[str], folder: Path | None, unused: Mapping[str, Any]) -> None:
    problems = [
        problem("bad-option", key="bad-option.not-in-batches", option=option)
        for option, value in unused.items()
        if value
    ]
    if folder is None:
        problems.append(problem("bad-option", key="bad-option.batches-need-a-folder"))
    if len(files) != 1:
        problems.append(problem("bad-option", key="bad-option.one-source", count=len(files)))
    if problems:
        raise UsageError(problems)
