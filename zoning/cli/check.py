"""``zoning check``, ``replay`` and ``verify``: review sites, again from a bundle, and compare."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoning.base.errors import UsageError, problem
from zoning.cli.batches import check_batches, in_batches
from zoning.cli.options import LangOption, OverwriteOption, QuietOption, reviews
from zoning.cli.output import (
    emit,
    make_console,
    require_choice,
    require_lang,
    say,
    show_progress,
)
from zoning.messages import Lang, message

if TYPE_CHECKING:
    from zoning.api.report import Report

_Format = Annotated[str, typer.Option("--format", help=say("check.print-table-json"))]
_Output = Annotated[
    Path | None, typer.Option("--output", "-o", help=say("check.write-findings-here"))
]
_Map = Annotated[Path | None, typer.Option("--map", help=say("check.offline-map-html"))]
_Basemap = Annotated[list[str] | None, typer.Option("--basemap", help=say("check.basemap"))]
_Details = Annotated[bool, typer.Option("--details", help=say("check.list-what-conforms-too"))]
_Full = Annotated[bool, typer.Option("--full", help=say("check.every-finding"))]
_BatchSize = Annotated[int | None, typer.Option(min=0, help=say("check.batch-size"))]
_Resume = Annotated[bool, typer.Option("--resume", help=say("check.resume"))]
_Scheduler = Annotated[str | None, typer.Option(help=say("check.scheduler"))]
_Jobs = Annotated[int | None, typer.Option(min=1, help=say("check.jobs"))]
_Card = Annotated[bool, typer.Option("--card", help=say("check.card-help"))]
_Site = Annotated[str | None, typer.Option("--project", "-p", help=say("check.project-help"))]
_Bundle = Annotated[Path, typer.Argument(help=say("check.bundle-file"))]


@reviews
def check(
    files: Annotated[list[str], typer.Argument(help=say("check.vector-files"))],
    how: dict[str, Any],
    format_: _Format = "table",
    output: _Output = None,
    map_: _Map = None,
    basemap: _Basemap = None,
    bundle: Annotated[Path | None, typer.Option(help=say("check.bundle-to-write"))] = None,
    rules: Annotated[str | None, typer.Option(help=say("check.these-rules-only-r002"))] = None,
    themes: Annotated[str | None, typer.Option(help=say("check.these-themes-only-e"))] = None,
    remedy: Annotated[
        bool, typer.Option("--remedy", help=say("check.say-what-would-cure"))
    ] = False,
    details: _Details = False,
    card: _Card = False,
    project: _Site = None,
    full: _Full = False,
    batch_size: _BatchSize = None,
    resume: _Resume = False,
    scheduler: _Scheduler = None,
    jobs: _Jobs = None,
    overwrite: OverwriteOption = False,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Run a review and print it; the exit code says how it ended."""
    spoken = require_lang(lang)
    require_choice("--format", format_, ("table", "json"))
    batches = {"batch_size": batch_size, "resume": resume, "scheduler": scheduler, "jobs": jobs}
    chosen = {"only": _words("--rules", rules), "themes": _words("--themes", themes)}
    unused = {"--map": map_, "--basemap": basemap, "--bundle": bundle, "--remedy": remedy,
              "--details": details, "--card": card, "--project": project,
              "--format": format_ == "json"}  # fmt: skip
    whole = any(unused.values())
    if in_batches(files, output, batches, how, spoken, whole=whole, quiet=quiet):
        given = {**chosen, "full": full, "overwrite": overwrite}
        code = check_batches(files, output, batches, how, unused, spoken, quiet=quiet, **given)
        raise typer.Exit(code)
    read = (*files, how.get("entry_list"), how.get("answers"))
    options = {"overwrite": overwrite, "workspace": how.get("workspace")}
    _require_targets(output, map_, bundle, read, **options)
    _require_basemaps(basemap, map_, spoken)
    # Without a file, what other processes would put together is not wanted.
    alone = whole or batch_size == 0 or (output is None and jobs is None)
    from zoning.api.sources import processes_for

    others = 0 if alone else processes_for(files, how["options"], jobs)
    words, only_sites = _again(files, how), _words("--project", project)
    shown = _Shown(details, card, only_sites, words, str(output or ""))
    said: Callable[[], str] = str
    with show_progress(spoken, quiet) as progress, ExitStack() as stack:
        asked = {**chosen, **how, "progress": progress}
        if others:
            from zoning.api.copies import ahead
            from zoning.api.shares import Wanted, check_shared

            report = check_shared(files, others, Wanted(spoken, full), **asked)
            if not quiet:  # a screen takes a second, and so does a file
                said = stack.enter_context(ahead(partial(_said, report, spoken, shown)))
        else:
            from zoning.api.check import check

            report = check(files, remedy=remedy, **asked)
        if bundle is not None:
            report.save_bundle(bundle, overwrite=overwrite)
        _save(report, output, map_, spoken, basemap or (), full=full, overwrite=overwrite)
        told = said()
    _print(report, format_, spoken, None if quiet or told else shown, full=full)
    typer.echo(told, nl=False)
    raise typer.Exit(report.exit_code)


def replay(
    bundle: _Bundle,
    format_: _Format = "table",
    output: _Output = None,
    map_: _Map = None,
    details: _Details = False,
    card: _Card = False,
    project: _Site = None,
    full: _Full = False,
    overwrite: OverwriteOption = False,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Make the review of a bundle again and print it as ``check`` does."""
    spoken = require_lang(lang)
    require_choice("--format", format_, ("table", "json"))
    _require_targets(output, map_, None, [bundle], overwrite=overwrite)
    from zoning.api.bundle import replay

    with show_progress(spoken, quiet) as progress:
        report = replay(bundle, progress=progress)
        _save(report, output, map_, spoken, full=full, overwrite=overwrite)
    shown = _Shown(details, card, _words("--project", project), "", str(output or ""))
    _print(report, format_, spoken, None if quiet else shown, full=full)
    raise typer.Exit(report.exit_code)


def verify(bundle: _Bundle, lang: LangOption = None) -> None:
    """Say whether the findings of a bundle still follow; exit code 1 where they do not."""
    spoken = require_lang(lang)
    from zoning.api.bundle import verify

    found = verify(bundle)
    versions = {"before": found.written_by, "now": found.checked_by}
    if found.same:
        typer.echo(message("verify.same", **versions).in_(spoken))
        return
    for item in found.differences:
        typer.echo(f"{item.project}  {item.rule}  {item.before or '-'} → {item.now or '-'}")
    count = len(found.differences)
    typer.echo(message("verify.differs", count=count, **versions).in_(spoken))
    raise typer.Exit(1)


def _words(option: str, value: str | None) -> tuple[str, ...]:
    """Take a list apart; an empty one is a mistake, for it would silently review everything."""
    found = tuple(word.strip() for word in (value or "").split(",") if word.strip())
    if value is not None and not found:
        raise UsageError(problem("bad-option", key="bad-option.empty", option=option))
    return found


def _require_targets(
    output: Path | None,
    map_: Path | None,
    bundle: Path | None,
    read: Sequence[str | Path | None],
    **how: Any,
) -> None:
    """Refuse outputs that must not be written, before any work is done."""
    from zoning.api.outputs import BUNDLE, FINDINGS, MAP, targets

    asked = {"--output": (output, FINDINGS), "--map": (map_, MAP), "--bundle": (bundle, BUNDLE)}
    targets(asked, read, **how)


def _require_basemaps(names: Sequence[str] | None, map_: Path | None, lang: Lang) -> None:
    """Refuse basemaps that a page could not offer, before any work is done."""
    if not names:
        return  # what draws pages need not be loaded
    from zoning.api.outputs import require_basemaps

    if map_ is None:
        raise UsageError(problem("basemap-without-map", option="--basemap"))
    require_basemaps(names, lang)


def _save(
    report: Report,
    output: Path | None,
    map_: Path | None,
    lang: Lang,
    online: Sequence[str] = (),
    *,
    full: bool,
    overwrite: bool,
) -> None:
    if output is not None:
        report.save(output, lang, full=full, overwrite=overwrite)
    if map_ is not None:
        report.save_map(map_, lang, online=online, overwrite=overwrite)


@dataclass(frozen=True)
class _Shown:
    """How a report is printed: how much of it, of which sites, and what the commands are told."""

    details: bool
    card: bool
    sites: tuple[str, ...]
    words: str
    written: str


def _again(files: Iterable[str | Path], how: dict[str, Any]) -> str:
    """Return the files and options of a review as a command line names them.

    Nothing for what was piped in, which is gone, or an address, which may hold a password.
    """
    words = [str(file) for file in files]
    if any(word == "-" or "://" in word for word in words):
        return ""
    day, given = how["as_of"], how["options"]
    options = {
        "--as-of": None if day == date.today() else day,
        "--workspace": how["workspace"],
        "--entry-list": how["entry_list"],
        "--answers": how["answers"],
        "--no-profile": not how["profiles"],
        **{f"--{f.name.replace('_', '-')}": getattr(given, f.name) for f in fields(given)},
    }
    for option, value in options.items():
        if value is True:
            words.append(option)
        elif value:
            words += [option, str(value)]
    return shlex.join(words)


def _said(report: Report, lang: Lang, shown: _Shown) -> str:
    """Return what is printed of a report."""
    console = make_console()
    with console.capture() as said:
        report.print(console, lang, **asdict(shown))
    return said.get()


def _print(report: Report, format_: str, lang: Lang, shown: _Shown | None, *, full: bool) -> None:
    """Print a report; None for not at all."""
    if shown is None:
        return
    if format_ == "json":
        emit(report.to_json(full=full))
        return
    if shown.sites:
        from zoning.api.explain import pick

        for site in shown.sites:
            pick(report, site)
    report.print(make_console(), lang, **asdict(shown))


COMMANDS = {"check": check, "replay": replay, "verify": verify}
