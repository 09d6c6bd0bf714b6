"""check: the walk of the data from sites to a report, one step a line.

    read ──▶ catalogue (layers + rules) ──▶ measure (numbers) ──▶ law (decisions) ──▶ report

Nothing here measures, decides or draws; every line hands a frozen value to the next stage.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias

from zoning import law, review
from zoning.api import outputs
from zoning.api.report import BACKDROP, Report
from zoning.base.progress import Progress, silent
from zoning.base.settings import VERSION
from zoning.catalogue import Catalogue, load_catalogue, open_workspace
from zoning.messages import message
from zoning.model import Project, ProjectResult
from zoning.read import Reading, ReadOptions
from zoning.review import Asked, Layers, Reviewed

if TYPE_CHECKING:
    from zoning.review.sites import Sites

_log = logging.getLogger(__name__)
#: Reviews some projects for themselves.
Again: TypeAlias = Callable[[Sequence[Project]], tuple[ProjectResult, ...]]
#: Reviews all projects, of what was read; opens the layers meanwhile.
Elsewhere: TypeAlias = Callable[
    [Sequence[Project], Sequence[Reading], Again, Callable[[], object]], tuple[ProjectResult, ...]
]


def check(
    sites: Sites,
    *,
    attributes: Mapping[str, Any] | None = None,
    as_of: date | None = None,
    options: ReadOptions | None = None,
    workspace: str | Path | None = None,
    only: Sequence[str] = (),
    themes: Sequence[str] = (),
    catalogue: Catalogue | None = None,
    remedy: bool = False,
    entry_list: str | Path | None = None,
    profiles: bool = True,
    answers: str | Path | Mapping[str, Mapping[str, Any]] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Review sites against every rule of the catalogue that is in force on a day.

    Parameters
    ----------
    sites : path, sequence of paths, GeoDataFrame or shapely geometry
        Polygons, lines or points. A geometry is in ``options.crs``.
    attributes : mapping, optional
        What a single geometry is, by the names or aliases of ``layers/attributes.toml``.
    as_of : date, optional
        The day whose law is asked for. Today if left out; nothing below this line reads the clock.
    options : ReadOptions, optional
        What the files do not say of themselves: layer, CRS, encoding, datum.
    workspace : path, optional
        A ``zoning.toml`` with official sources; the one in the current folder if left out.
    only, themes : sequence of str, optional
        Review these rules (``*`` stands for anything) or themes only; the report says what was
        left out.
    catalogue : Catalogue, optional
        Another catalogue than the embedded one.
    remedy : bool, default False
        Also work out what would cure each site with a violation.
    entry_list : path, optional
        A city's entry list of control units (准入清单) as CSV; its rows become rules.
    profiles : bool, default True
        Presume what is plainly true of the trade of a project where nobody has stated it. What is
        met only so becomes one condition: a declaration to be signed.
    answers : path or mapping, optional
        What is stated besides the files: a workbook that :func:`zoning.ask` wrote, filled in, or
        attributes with their values by site.
    progress : callable, optional
        Told about each stage.

    Returns
    -------
    Report

    Raises
    ------
    ZoningError
        A source that cannot be read at all, or a faulty catalogue. Features that cannot be read
        become findings with status ``failed``.
    """
    options, told = options or ReadOptions(), progress or silent
    asked = Asked(
        as_of or date.today(), options.datum, tuple(only), tuple(themes), remedy, profiles
    )
    reviewed = reviewed_of(
        sites, asked, options, told, answers=answers, attributes=attributes,
        catalogue=catalogue, entry_list=entry_list, workspace=workspace,
    )  # fmt: skip
    return decided(reviewed, told)


def reviewed_of(
    sites: Sites,
    asked: Asked,
    options: ReadOptions,
    progress: Progress,
    *,
    answers: str | Path | Mapping[str, Mapping[str, Any]] | None = None,
    attributes: Mapping[str, Any] | None = None,
    catalogue: Catalogue | None = None,
    entry_list: str | Path | None = None,
    workspace: str | Path | None = None,
) -> Reviewed:
    """Read the sites of a review and open its catalogue and layers, as :func:`check` says."""
    catalogue = review.asked_of(catalogue or load_catalogue(), asked, entry_list)
    opened = open_workspace(workspace, catalogue.layers, asked.as_of)
    readings = review.read_sites(sites, options, attributes, progress)
    if answers is not None:
        asked = review.answered(asked, answers, catalogue, readings)
    layers = Layers(catalogue, opened, review.surroundings(readings), progress)
    files = outputs.files_read([*_listed(sites), entry_list, answers], workspace)
    return Reviewed(catalogue, layers, readings, asked, files=files)


def _listed(sites: Sites) -> Sequence[Any]:
    """Return what was handed in as a list; a frame or a geometry is no file."""
    return sites if isinstance(sites, list | tuple) else [sites]


def decided(
    reviewed: Reviewed,
    progress: Progress,
    projects: Sequence[Project] | None = None,
    elsewhere: Elsewhere | None = None,
) -> Report:
    """Return the report on sites that have been read; a replay starts here.

    Parameters
    ----------
    reviewed : Reviewed
    progress : callable
    projects : sequence of Project, optional
        What was made of the sites, where that is known.
    elsewhere : callable, optional
        Returns what the projects come to: of it, this process measures single sites only.
    """
    catalogue, layers, readings = reviewed.catalogue, reviewed.layers, reviewed.readings
    asked, begun = reviewed.asked, perf_counter()
    projects = review.projects_of(reviewed) if projects is None else projects
    in_force, notes = law.citable(catalogue.rules.values(), catalogue.documents, asked.as_of)
    rules, left_out = law.narrow(
        in_force, catalogue.rules, catalogue.layers, asked.only, asked.themes
    )
    meant = law.narrow(
        tuple(catalogue.rules.values()), catalogue.rules, catalogue.layers, asked.only, asked.themes
    )[0]
    book = reviewed.book or law.RuleBook(rules, catalogue.attributes)
    early = law.EarlyLaw(catalogue.topics.values(), meant, catalogue.attributes, asked.as_of)

    def reviewed_again(these: Sequence[Project]) -> tuple[ProjectResult, ...]:
        numbers = review.measure_sites(these, rules, layers, early)
        return tuple(review.decide(these, (), book, layers, numbers, early))

    progress(message("check.measuring"), 0, len(projects))
    numbers = reviewed.numbers
    if elsewhere is not None:
        opening = partial(review.open_layers, rules, layers, early)
        results = elsewhere(projects, readings, reviewed_again, opening)
    else:
        numbers = numbers or review.measure_sites(projects, rules, layers, early)
        results = tuple(review.decide(projects, readings, book, layers, numbers, early))
    remedies = review.remedies(results, book, layers, reviewed_again) if asked.remedy else ()
    _log.info("%d projects, %d rules: %.2f s", len(projects), len(rules), perf_counter() - begun)
    report = Report(
        tool_version=VERSION,
        catalogue_sha256=catalogue.sha256,
        as_of=asked.as_of,
        inputs=tuple(reading.record for reading in readings),
        layers=layers.records(),
        rules=rules,
        documents=tuple(catalogue.documents[k] for k in sorted({r.document for r in rules})),
        results=results,
        notices=(*layers.notices(), *review.repairs(readings), *review.answered_from(asked)),
        left_out=left_out,
        rules_left_out=len(in_force) - len(rules),
        incomplete=review.incomplete(left_out, rules, catalogue, readings, layers.records()),
        workspace=str(layers.opened.path) if layers.opened else None,
        remedies=remedies,
        law_notes=notes,
        reviewed=replace(reviewed, numbers=numbers, book=book),
    )
    layers.hold((*BACKDROP, *review.official_layers(layers)))
    return report
