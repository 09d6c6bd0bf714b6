"""Boundary-point TXT (界址点坐标) as one more vector format: plots become features."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from zoning.base.errors import Problem
from zoning.messages import Text, message
from zoning.model import Ledger, SetAside, Tally
from zoning.read import values
from zoning.read.boundary_txt import parse
from zoning.read.crs.helmert import Helmert
from zoning.read.types import Raw, ReadOptions

#: Contradictions between a plot and what the file says of it; no site is decided on such a plot.
_WITNESSES = ("txt-area-disagrees", "txt-count-disagrees", "txt-numbering")


def read(path: Path, name: str, options: ReadOptions) -> Raw:
    """Read the plots of a boundary-point TXT, those that cannot be read by name.

    Raises
    ------
    UsageError
        If ``options.transform`` cannot be read.
    SourceError
        As :func:`zoning.read.boundary_txt.parse.read_boundary_txt` does.
    """
    found = parse.read_boundary_txt(
        path,
        crs=options.crs,
        encoding=options.encoding,
        transform=Helmert.parse(options.transform) if options.transform is not None else None,
        name=name,
    )
    lost: dict[str, list[Problem]] = {}
    for problem in found.problems:
        lost.setdefault(problem.feature or problem.place("en"), []).append(problem)
    # A plot's position is the rank of its line among all plots, read or not.
    items: list[tuple[int, Any]] = [(plot.line, plot) for plot in found.plots]
    items += [(_line(problems[0]), problems) for problems in lost.values()]
    items.sort(key=lambda item: item[0])
    geometry = np.full(len(items), None, dtype=object)
    rows: list[dict[str, Any]] = []
    broken: dict[int, Problem] = {}
    for at, (_, item) in enumerate(items):
        if isinstance(item, list):
            broken[at] = _broken(item)
            rows.append({"id": item[0].feature} if item[0].feature else {})
        else:
            geometry[at] = item.geometry
            rows.append(_attributes(item))
    # What goes into the record names the file as the record does, not by its folder.
    short = [replace(w, file=(w.file or "").replace(name, path.name)) for w in found.warnings]
    doubts = tuple(Text(w.line("zh"), w.line("en")) for w in short)
    against = {_line(w): w for w in reversed(found.warnings) if w.code in _WITNESSES}
    return Raw(
        geometry=geometry,
        attributes=values.frame(rows),
        positions=np.arange(len(items)),
        driver="界址点 TXT",
        crs=found.crs,
        crs_evidence=found.crs_evidence,
        encoding=found.encoding,
        encoding_evidence=found.encoding_evidence,
        notices=(*found.notices, *doubts),
        broken=broken,
        crs_is_decided=True,
        ledger=_ledger(len(items), found.stray),
        doubts={at: against[line].fault for at, (line, _) in enumerate(items) if line in against},
    )


def _ledger(plots: int, stray: int) -> Ledger:
    tally = Tally("plot", plots, plots)
    if not stray:
        return Ledger((tally,))
    aside = SetAside(stray, message("source.stray-points", count=stray))
    return Ledger((tally, Tally("line", stray, 0, set_aside=(aside,))))


def _line(problem: Problem) -> int:
    tail = (problem.file or "").rpartition(":")[2]
    return int(tail) if tail.isdigit() else 0


def _broken(problems: list[Problem]) -> Problem:
    """Return the first problem of a plot, saying how many more there are and where."""
    first = problems[0]
    line = _line(first)
    more = len(problems) - 1
    fault = message("source.at-line", line=line, fault=first.fault) if line else first.fault
    if more:
        fault = message("source.and-more", fault=fault, count=more)
    return Problem(first.code, fault, first.cure)


def _attributes(plot: parse.Plot) -> dict[str, Any]:
    stated = plot.stated_area.m2 if plot.stated_area else None
    named = {
        "id": plot.number, "name": plot.name, "map_sheet": plot.map_sheet, "land_use": plot.use,
        "land_class": plot.land_class, "stated_area_m2": stated,
    }  # fmt: skip
    return {key: value for key, value in named.items() if value is not None}
