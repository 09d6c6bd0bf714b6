"""``zoning monitor``: what changed between two epochs, with alerts by severity."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zoning.cli.options import LangOption, OverwriteOption, QuietOption
from zoning.cli.output import require_choice, require_lang, say, show_progress
from zoning.cli.stats import deliver

if TYPE_CHECKING:
    from zoning.api.outputs import Target


def monitor(
    base: Annotated[Path, typer.Argument(help=say("monitor.earlier-epoch"))],
    current: Annotated[Path, typer.Argument(help=say("monitor.later-epoch"))],
    by: Annotated[str | None, typer.Option(help=say("monitor.province-city-county-file"))] = None,
    scheme: Annotated[str | None, typer.Option(help=say("monitor.legend-classes"))] = None,
    field: Annotated[str | None, typer.Option(help=say("monitor.column-classes-vector"))] = None,
    regime: Annotated[
        str | None,
        typer.Option(help=say("monitor.regime") + ": redline | farmland | forest | waters | …"),
    ] = None,
    legend: Annotated[Path | None, typer.Option(help=say("stats.legend-file"))] = None,
    accept: Annotated[str | None, typer.Option(metavar="REASON", help=say("stats.accept"))] = None,
    adjustments: Annotated[Path | None, typer.Option(help=say("monitor.adjustments"))] = None,
    min_area: Annotated[
        float, typer.Option(min=0.0, help=say("monitor.least-changed-piece-m"))
    ] = 0.0,
    threads: Annotated[int | None, typer.Option(min=1, help=say("monitor.threads"))] = None,
    format_: Annotated[str, typer.Option("--format", help="table | csv | json")] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=".xlsx .csv .json .gpkg .geojson")
    ] = None,
    map_: Annotated[Path | None, typer.Option("--map", help=say("monitor.map"))] = None,
    overwrite: OverwriteOption = False,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Compare, print and save; the exit code says how it ended."""
    spoken = require_lang(lang)
    require_choice("--format", format_, ("table", "csv", "json"))
    from zoning.api.monitor import Epochs, monitor

    epochs = Epochs(base, current, scheme, field, min_area, threads, regime, adjustments,
                    legend, accept)  # fmt: skip
    target, page = _outputs(output, map_, (base, current, by, adjustments, legend), overwrite)
    with show_progress(spoken, quiet) as progress:
        figures = monitor(epochs, by, progress=progress)
    if page is not None:
        from zoning.api.printing import write_alerts_page

        write_alerts_page(figures, page, spoken)
    deliver(figures, target, format_, spoken, quiet=quiet)
    levels = set(figures.frame["severity"])
    if levels & {"red", "orange"}:
        raise typer.Exit(1)
    raise typer.Exit(3 if "no_data" in levels else 0)


def _outputs(
    output: Path | None, map_: Path | None, read: Iterable[object], overwrite: bool
) -> tuple[Target | None, Target | None]:
    """Refuse outputs that must not be written, before any work is done."""
    from zoning.api.outputs import targets
    from zoning.api.printing import FIGURE_SUFFIXES

    asked = {"--output": (output, FIGURE_SUFFIXES), "--map": (map_, (".html",))}
    given = {name: (path, kinds) for name, (path, kinds) in asked.items() if path is not None}
    found = targets(given, read, overwrite=overwrite)
    return found.get("--output"), found.get("--map")


COMMANDS = {"monitor": monitor}
