"""``zoning report``: the opinion that goes into the file, and the template it is made from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from zoning.base.errors import UsageError, problem
from zoning.cli.options import LangOption, OverwriteOption, QuietOption, reviews
from zoning.cli.output import require_choice, require_lang, say, show_progress
from zoning.messages import Lang, message

_Sources = Annotated[list[Path] | None, typer.Argument(help=say("report.sources"))]
_Output = Annotated[Path | None, typer.Option("--output", "-o", help=say("report.output"))]
_Export = Annotated[Path | None, typer.Option("--template", help=say("report.template"))]
_Template = Annotated[Path | None, typer.Option(help=say("report.template-file"))]


@reviews
def report(
    how: dict[str, Any],
    files: _Sources = None,
    output: _Output = None,
    template: _Export = None,
    template_file: _Template = None,
    kind: Annotated[str, typer.Option("--format", help=say("report.kind"))] = "docx",
    overwrite: OverwriteOption = False,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write the opinion, or the template; the exit code says how the review ended."""
    spoken = require_lang(lang)
    require_choice("--format", kind, ("docx", "pdf", "html", "xlsx"))
    if template is not None:
        _export(template, spoken, overwrite)
        if not files:
            return
    if not files or output is None:
        raise UsageError(problem("report-what"))
    from zoning.api.opinion import SUFFIXES, report, sources
    from zoning.api.outputs import targets

    chosen = sources(files)
    if output.suffix and not output.is_dir():
        read = (*chosen, how.get("entry_list"), how.get("answers"), template_file)
        asked = {"--output": (output, SUFFIXES)}
        targets(asked, read, workspace=how.get("workspace"), overwrite=overwrite)
    with show_progress(spoken, quiet) as progress:
        made, written = report(
            chosen, output, lang=spoken, template=template_file, kind=kind, overwrite=overwrite,
            progress=progress, **how,
        )  # fmt: skip
    if not quiet:
        for path in written:
            typer.echo(message("output.written", path=path).in_(spoken))
    raise typer.Exit(made.exit_code)


def _export(target: Path, lang: Lang, overwrite: bool) -> None:
    from zoning.api.opinion import report_template

    path = report_template(target, lang, overwrite=overwrite)
    typer.echo(message("output.written", path=path).in_(lang))


COMMANDS = {"report": report}
