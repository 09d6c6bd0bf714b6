"""``zoning report``: the opinion that goes into the file, and the template it is made from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zoning.base.errors import UsageError, problem
from zoning.cli.options import LangOption, QuietOption, reviews
from zoning.cli.output import require_choice, require_lang, say, show_progress
from zoning.messages import Lang, message

_Sources = Annotated[list[Path] | None, typer.Argument(help=say("report.sources"))]
_Output = Annotated[Path | None, typer.Option("--output", "-o", help=say("report.output"))]
_Export = Annotated[Path | None, typer.Option("--template", help=say("report.template"))]
_Template = Annotated[Path | None, typer.Option(help=say("report.template-file"))]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("report", help=say("report.help"))(report)


@reviews
def report(
    how: dict[str, Any],
    files: _Sources = None,
    output: _Output = None,
    template: _Export = None,
    template_file: _Template = None,
    kind: Annotated[str, typer.Option("--format", help=say("report.kind"))] = "docx",
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write the opinion, or the template; the exit code says how the review ended."""
    spoken = require_lang(lang)
    require_choice("--format", kind, ("docx", "pdf", "html", "xlsx"))
    if template is not None:
        _export(template, spoken)
        if not files:
            return
    if not files or output is None:
        raise UsageError(problem("report-what"))
    from zoning.api.opinion import report, sources
    from zoning.api.outputs import files_read

    listed = how.get("entry_list")
    chosen = sources(files)
    given = [x for x in (listed, template_file) if x is not None]
    refuse_inputs(output, files_read([*chosen, *given], how.get("workspace")))
    with show_progress(spoken, quiet) as progress:
        made, written = report(
            chosen, output, lang=spoken, template=template_file, kind=kind, progress=progress, **how
        )
    if not quiet:
        for path in written:
            typer.echo(message("output.written", path=path).in_(spoken))
    raise typer.Exit(made.exit_code)


def _export(target: Path, lang: Lang) -> None:
    from zoning.api.opinion import report_template

    path = report_template(target, lang)
    typer.echo(message("output.written", path=path).in_(lang))


def refuse_inputs(output: Path, read: frozenset[Path]) -> None:
    """Refuse a file that the review reads as its output, before any work is done."""
    if output.resolve() in read:
        key = "target-is-input.option"
        raise UsageError(problem("target-is-input", key=key, file=str(output), option="--output"))
