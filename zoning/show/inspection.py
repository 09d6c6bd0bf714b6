"""What ``zoning inspect`` found, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zoning.messages import Lang, message

if TYPE_CHECKING:
    from rich.console import Console

    from zoning.read import Inspection

#: No more problems than this are named one by one.
_MAX_PROBLEMS = 50


def print_inspection(found: Inspection, console: Console, lang: Lang) -> None:
    """Print a fact a line, then the problems, the notices and the verdict."""
    for key, value in _facts(found, lang):
        console.print(f"[bold]{message(f'inspection.{key}').in_(lang)}[/bold]  ", end="")
        console.print(_inert(value), markup=False)
    for problem in found.problems[:_MAX_PROBLEMS]:
        console.print("× ", style="red", end="")
        console.print(_inert(problem.line(lang)), markup=False)
    if len(found.problems) > _MAX_PROBLEMS:
        console.print(f"… +{len(found.problems) - _MAX_PROBLEMS}")
    for notice in found.notices:
        console.print(_inert(f"· {notice.in_(lang)}"), markup=False)
    console.print(_inert(found.verdict.in_(lang)), markup=False)


def _facts(found: Inspection, lang: Lang) -> Iterator[tuple[str, str]]:
    why = found.crs_evidence.in_(lang) if found.crs_evidence else ""
    read_as = found.encoding_evidence.in_(lang) if found.encoding_evidence else ""
    layers = ", ".join(
        f"{x.name} ({x.geometry or '?'}, {'?' if x.features is None else x.features})"
        for x in found.layers
    )
    counts = message(
        "inspection.counts", features=found.features, usable=found.usable, failed=found.failed
    )
    yield "file", f"{found.file}  sha256 {found.sha256}"
    yield "driver", found.driver or "-"
    yield "layers", layers or found.layer or "-"
    yield "features", counts.in_(lang)
    yield "geometry", ", ".join(f"{k} {v}" for k, v in found.geometry_types)
    yield "crs", f"{found.crs or '-'}  {why}"
    yield "encoding", f"{found.encoding or '-'}  {read_as}"
    yield "extent", ", ".join(f"{v:.5f}" for v in found.extent) if found.extent else "-"
    for info in found.fields:
        example = ", ".join(info.examples)
        yield "field", f"{info.name} ({'/'.join(info.types)}, {info.filled}): {example}"


def _inert(text: str) -> str:
    """Take control characters out of what a file says of itself."""
    return "".join(c if c.isprintable() else "�" for c in text)
