"""Options that several commands share, declared once and handed to the command as one value."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoning.cli.output import require_choice, require_date, say

if TYPE_CHECKING:
    from zoning.api.sources import ReadOptions

LangOption = Annotated[str | None, typer.Option(help="zh | en")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help=say("options.print-nothing"))]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help=say("options.overwrite"))]
WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", "-w", help=say("options.workspace-zoning-toml"))
]

#: What a user may say of a file; the names are those of ``zoning.ReadOptions``.
_READING: Mapping[str, Any] = {
    "layer": Annotated[str | None, typer.Option(help=say("options.layer-file-several"))],
    "crs": Annotated[str | None, typer.Option(help=say("options.crs-e-g-epsg"))],
    "encoding": Annotated[str | None, typer.Option(help=say("options.text-encoding-e-g"))],
    "datum": Annotated[
        str | None, typer.Option(help=say("options.shifted-coordinates-gcj02-bd09"))
    ],
    "transform": Annotated[str | None, typer.Option(help=say("options.parameters-from-old-datum"))],
    "repair": Annotated[bool, typer.Option("--repair", help=say("options.accept-repairs"))],
    "accept_left_out": Annotated[
        str | None, typer.Option(metavar="REASON", help=say("options.accept-left-out"))
    ],
    "lon": Annotated[str | None, typer.Option(help=say("options.longitude-column"))],
    "lat": Annotated[str | None, typer.Option(help=say("options.latitude-column"))],
    "wkt": Annotated[str | None, typer.Option(help=say("options.column-wkt"))],
    "gap": Annotated[float | None, typer.Option(min=0.0, help=say("options.gap"))],
    "nested": Annotated[str | None, typer.Option(help=say("options.nested"))],
}
_REVIEW: Mapping[str, Any] = {
    "as_of": Annotated[str | None, typer.Option(help=say("options.law-which-day"))],
    **_READING,
    "workspace": WorkspaceOption,
    "entry_list": Annotated[
        Path | None, typer.Option(help=say("options.entry-list-control-units"))
    ],
    "answers": Annotated[Path | None, typer.Option(help=say("options.answers-workbook"))],
    "no_profile": Annotated[bool, typer.Option("--no-profile", help=say("options.no-profile"))],
}
#: Options that are given or not, without a value.
_FLAGS = ("repair", "no_profile")

Command = Callable[..., None]


def reads_file(command: Command) -> Command:
    """Give a command the options of a file; it takes them as ``options: ReadOptions``."""
    return _with(command, _READING, "options", _read_options)


def reviews(command: Command) -> Command:
    """Give a command the options of a review; it takes them as ``how``, for ``zoning.check``."""
    return _with(command, _REVIEW, "how", _review_options)


def _with(
    command: Command,
    shared: Mapping[str, Any],
    name: str,
    packed: Callable[[dict[str, Any]], object],
) -> Command:
    """Replace the parameter ``name`` by the shared options, packed into it when called."""
    own = inspect.signature(command).parameters
    hints = {k: v for k, v in command.__annotations__.items() if k not in (name, "return")}
    kinds = typing.get_type_hints(
        type("_", (), {"__annotations__": hints}), command.__globals__, include_extras=True
    )

    def run(**given: Any) -> None:
        _require_sources(given)
        command(**{name: packed({key: given.pop(key) for key in shared})}, **given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [
        inspect.Parameter(k, keyword, default=False if k in _FLAGS else None, annotation=v)
        for k, v in shared.items()
    ]
    kept = [p.replace(kind=keyword, annotation=kinds[k]) for k, p in own.items() if k != name]
    run.__signature__ = inspect.Signature([*kept, *added])  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in (*kept, *added)}
    run.__doc__, run.__name__ = command.__doc__, command.__name__
    return run


def _require_sources(given: Mapping[str, Any]) -> None:
    """Refuse a file that is not there before anything that takes time is loaded."""
    from zoning.api.sources import require_present

    named = given.get("files") or given.get("file") or []
    require_present([str(name) for name in (named if isinstance(named, list) else [named])])


def _read_options(given: dict[str, Any]) -> ReadOptions:
    if given["datum"] is not None:
        require_choice("--datum", given["datum"], ("gcj02", "bd09"))
    if given["nested"] is not None:
        require_choice("--nested", given["nested"], ("holes", "sites"))
    from zoning.api.sources import ReadOptions

    return ReadOptions(**given)


def _review_options(given: dict[str, Any]) -> dict[str, Any]:
    rest = {key: given.pop(key) for key in ("workspace", "entry_list", "answers")}
    rest["profiles"] = not given.pop("no_profile")
    day = require_date(given.pop("as_of"))
    return {"as_of": day, "options": _read_options(given), **rest}
