"""The findings of a report as columns: what every table of findings is written from.

What a finding says of its clause is said once for all sites (a *saying*); the rest are numbers. No
finding of a table of codes is made on the way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from zoning.base.columns import Coded, drawn_once, objects, rounded
from zoning.base.table import as_met
from zoning.messages import Lang
from zoning.model import (
    FIGURES,
    Document,
    Finding,
    FindingTable,
    FindingView,
    Measure,
    Measures,
    Report,
    SiteFindings,
    Views,
    loose,
    tables_of,
)
from zoning.show import brief, titles
from zoning.show.facts import matters

#: Unit of every column that holds a quantity.
UNITS = {
    "distance_m": "m", "depth_m": "m", "area_m2": "m²", "raw_area_m2": "m²", "length_m": "m",
    "raw_length_m": "m", "share": "1", "accuracy_m": "m",
}  # fmt: skip
_TEXT_COLUMNS = (
    "project_id", "project_name", "project_status", "counties", "status", "status_title", "code",
    "rule", "layer", "layer_name", "zones", "document", "document_number", "document_title",
    "article", "issuer", "in_force_from", "in_force_until", "effect", "clause", "reason", "advice",
    "evidence", "missing", "problem", "geometry_of",
)  # fmt: skip
_BOOL_COLUMNS = ("hint", "near_boundary", "indicative")
#: All columns in order, without the geometry.
COLUMNS = (*_TEXT_COLUMNS, *_BOOL_COLUMNS, *UNITS)
#: Type of each column.
DTYPES: Final[Mapping[str, str]] = (
    dict.fromkeys(_TEXT_COLUMNS, "object")
    | dict.fromkeys(_BOOL_COLUMNS, "bool")
    | dict.fromkeys(UNITS, "float64")
)
#: What a row takes from its site, and what from its measures; the rest is its saying.
OF_SITE: Final = ("project_id", "project_name", "project_status", "counties")
OF_MEASURE: Final = ("zones", "geometry_of", *UNITS)
OF_SAYING: Final = tuple(x for x in COLUMNS if x not in (*OF_SITE, *OF_MEASURE))

#: The order of a row: what is told of accuracy before the figures.
_ROW: Final = (
    *_TEXT_COLUMNS,
    *_BOOL_COLUMNS,
    *sorted(UNITS, key=("share", "accuracy_m").__contains__, reverse=True),
)

#: The columns of `UNITS` of a measure; where the share stands among them.
_FIGURES: Final = attrgetter(*FIGURES)
_SHARE: Final = FIGURES.index("share")
#: Figures of a finding without a measure.
_NONE: Final = [math.nan] * len(UNITS)

_Objects = NDArray[np.object_]
_Ints = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Columns:
    """n findings, site by site.

    Attributes
    ----------
    sites : sequence of tuple
        What each site is called, as `OF_SITE`.
    sayings : sequence of tuple
        What is said of a clause, as `OF_SAYING`; no two are equal.
    site, saying : ndarray of int, shape (n,)
        Positions in these.
    zones, geometry_of, overlap : ndarray of object, shape (n,)
        Names of zones, ``overlap`` or ``site``, and the overlap; None where there is none.
    figures : mapping of str to ndarray of float64, shape (n,)
        The columns of `UNITS`, NaN where there is none.
    partial : ndarray of bool, shape (n,)
        Where there is an overlap that is not the site itself.
    shapes : ndarray of object
        Geometry of each site.
    place : ndarray of int, shape (n,)
        Where each stands among the findings of its site.
    findings : sequence of (sequence of Finding)
        Those of each site.
    """

    sites: Sequence[tuple[Any, ...]]
    sayings: Sequence[tuple[Any, ...]]
    site: _Ints
    saying: _Ints
    zones: _Objects
    geometry_of: _Objects
    overlap: _Objects
    partial: NDArray[np.bool_]
    figures: Mapping[str, NDArray[np.float64]]
    shapes: _Objects
    place: _Ints
    findings: Sequence[Sequence[Finding]]

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "overlap": drawn_once(self.overlap)}

    def __setstate__(self, told: dict[str, Any]) -> None:
        drawn, codes = told["overlap"]
        vars(self).update(told, overlap=shapely.from_wkb(drawn)[codes])

    def __len__(self) -> int:
        return len(self.site)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a column of `COLUMNS` with its type."""
        return self.part(name, slice(None))

    def part(self, name: str, rows: slice) -> NDArray[Any]:
        """Return some rows of a column: all rows of all columns may be too much to hold."""
        found = self.coded(name, rows)
        if not isinstance(found, Coded):
            return found
        values = found.values[found.codes]
        return values.astype(bool) if DTYPES[name] == "bool" else values

    def coded(self, name: str, rows: slice) -> Coded | NDArray[Any]:
        """Return some rows of a column as its values and which of them each row has, or as they
        are."""
        for names, every, codes in (
            (OF_SITE, self.sites, self.site),
            (OF_SAYING, self.sayings, self.saying),
        ):
            if name in names:
                at = names.index(name)
                return Coded(objects(row[at] for row in every), codes[rows])
        if name in self.figures:
            return self.figures[name][rows]
        return (self.zones if name == "zones" else self.geometry_of)[rows]

    def finding(self, at: int) -> Finding:
        """Return a finding itself."""
        found, place = self.findings[self.site[at]], int(self.place[at])
        return found.placed(place) if isinstance(found, SiteFindings) else found[place]

    @property
    def geometry(self) -> _Objects:
        """The overlap where there is one, else the site."""
        return np.where(_absent(self.overlap), self.shapes[self.site], self.overlap)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one dict a finding with the keys `COLUMNS` and ``geometry``."""
        columns = [_values(self[name]) for name in _ROW]
        for row in zip(*columns, self.geometry.tolist(), strict=True):
            yield dict(zip((*_ROW, "geometry"), row, strict=True))


def columns(report: Report, lang: Lang, *, full: bool = True) -> Columns:
    """Return the findings of a report as columns.

    Without ``full``, what conforms or was not checked is left out.
    """
    return _Gathering(report, lang).done(_every if full else matters)


def missing(finding: Finding, lang: Lang) -> str:
    """Return the missing attributes of a finding with their questions and what follows."""
    return " ".join(brief.question(x, lang) for x in finding.missing)


def _every(_finding: Finding) -> bool:
    return True


@dataclass(frozen=True, eq=False)
class _Block:
    """Some of the findings, in no order: each with the key that puts it in its place."""

    order: NDArray[np.int64]
    site: _Ints
    saying: _Ints
    zones: _Objects
    overlap: _Objects
    partial: NDArray[np.bool_]
    figures: NDArray[np.float64]


class _Gathering:
    """Collects the findings of a report, table by table."""

    def __init__(self, report: Report, lang: Lang) -> None:
        self.report, self.lang, self.views = report, lang, Views.of(report)
        self.sayings: dict[tuple[Any, ...], int] = {}
        self.known: dict[tuple[Any, ...], int] = {}

    def done(self, wanted: Callable[[Finding], bool]) -> Columns:
        sites = [result.findings for result in self.report.results]
        blocks = [self._loose([row for row in loose(sites) if wanted(row[1])])]
        blocks += [self._table(*table, wanted) for table in tables_of(sites)]
        return self._joined(blocks)

    def _joined(self, blocks: Sequence[_Block]) -> Columns:
        results = self.report.results
        order = np.lexsort(np.concatenate([block.order for block in blocks], axis=1)[::-1])
        site = np.concatenate([block.site for block in blocks])[order]
        overlap = np.concatenate([block.overlap for block in blocks])[order]
        measured = np.concatenate([block.figures for block in blocks], axis=1)[:, order]
        shapes = objects(result.project.geometry for result in results)
        said = np.concatenate([block.saying for block in blocks])[order]
        sayings, saying = as_met(list(self.sayings), said)
        geometry_of = objects(None if x is None else "site" for x in shapes.tolist())[site]
        geometry_of[~_absent(overlap)] = "overlap"
        return Columns(
            sites=[
                (x.project.id, x.project.name, x.status.value, "; ".join(x.counties) or None)
                for x in results
            ],
            sayings=sayings,
            site=site,
            saying=saying,
            zones=np.concatenate([block.zones for block in blocks])[order],
            geometry_of=geometry_of,
            overlap=overlap,
            partial=np.concatenate([block.partial for block in blocks])[order],
            figures={
                x: rounded(row, 6 if x == "share" else 3)
                for x, row in zip(UNITS, measured, strict=True)
            },
            shapes=shapes,
            place=np.concatenate([block.order[2] for block in blocks])[order].astype(np.intp),
            findings=[result.findings for result in results],
        )

    def _loose(self, found: Sequence[tuple[tuple[int, int, int], Finding]]) -> _Block:
        """Return findings that are no cells of a table, one by one."""
        views = [self.views(finding) for _, finding in found]
        order = np.array([key for key, _ in found], dtype=np.int64).reshape(-1, 3).T
        totals = [view.finding.total for view in views]
        figures = np.array([_FIGURES(x) if x else _NONE for x in totals] or [_NONE]).T
        return _Block(
            order=order,
            site=order[0].astype(np.intp),
            saying=np.array([self._saying(view) for view in views], dtype=np.intp),
            zones=objects(_zones(view.finding) for view in views),
            overlap=objects(view.overlap for view in views),
            partial=np.array([_partial(x) for x in totals], dtype=bool),
            figures=_accurate(figures[:, : len(views)], views),
        )

    def _table(
        self,
        table: FindingTable,
        places: _Ints,
        rows: _Ints,
        wanted: Callable[[Finding], bool],
    ) -> _Block:
        """Return the cells of a table that are wanted, column by column of the rules."""
        codes = table.codes[rows].T
        column, at = np.nonzero(table.kinds(wanted)[codes])
        kind, row, site = codes[column, at], rows[at], places[at]
        used, which_ = np.unique(kind, return_inverse=True)
        samples = [self.views(table.samples[number]) for number in used.tolist()]
        severity = np.array([-x.finding.status.severity for x in samples], dtype=np.int64)
        sayings = np.array([self._saying(view) for view in samples], dtype=np.intp)
        bare = np.array([x.finding.total is None for x in samples], dtype=bool)
        block = _Block(
            order=np.array([site, severity[which_], column], dtype=np.int64),
            site=site,
            saying=sayings[which_],
            zones=np.full(len(kind), None),
            overlap=np.full(len(kind), None),
            partial=np.zeros(len(kind), dtype=bool),
            figures=np.repeat(np.array([_NONE]).T, len(kind), axis=1),
        )
        measured = np.flatnonzero(~bare[which_]) if len(used) else np.empty(0, dtype=np.intp)
        same: dict[int, tuple[Measures, list[_Ints]]] = {}
        for cells in np.split(measured, np.flatnonzero(np.diff(column[measured])) + 1):
            if len(cells):
                found = table.measures(int(column[cells[0]]))
                same.setdefault(id(found), (found, []))[1].append(cells)
        for found, parts in same.values():
            _fill(block, np.concatenate(parts), found, row)
        _accurate(block.figures, samples, which_)
        return block

    def _saying(self, view: FindingView) -> int:
        # Findings of one kind share what they say: one of them is put into words.
        own = view.finding
        shared = map(id, (own.reason, own.missing, own.problem))
        kind = own.status, own.code, own.rule, own.layer, own.hint, own.near_boundary, *shared
        if kind not in self.known:
            said = _of_kind(view, self.lang)
            self.known[kind] = self.sayings.setdefault(said, len(self.sayings))
        return self.known[kind]


def _fill(block: _Block, cells: _Ints, measures: Measures, row: _Ints) -> None:
    """Put in what was measured for some cells; rules that ask the same share it."""
    rows, where = np.unique(row[cells], return_inverse=True)
    found, zoned = measures.near.totals(rows), measures.near.zones_of(rows)
    away = np.setdiff1d(np.arange(len(rows)), found.at)
    figures = np.zeros((len(UNITS), len(rows)))
    figures[0, away], figures[-1, away] = measures.beyond(rows[away])
    figures[:, found.at] = found.figures
    shapes, zones = np.full(len(rows), None), np.full(len(rows), None)
    shapes[found.at] = found.shapes
    named, first = np.unique(zoned.at, return_index=True)
    for at, begin, end in zip(named.tolist(), first, [*first[1:], None], strict=False):
        zones[at] = "; ".join(zoned.zones[begin:end])
    block.figures[:, cells] = figures[:, where]
    block.zones[cells], block.overlap[cells] = zones[where], shapes[where]
    block.partial[cells] = ~_absent(block.overlap[cells]) & ~(block.figures[_SHARE, cells] >= 1.0)


def _partial(total: Measure | None) -> bool:
    """Say whether there is an overlap that is not the site itself."""
    if total is None or total.share >= 1.0:
        return False
    return total.geometry is not None and not total.geometry.is_empty


def _accurate(
    figures: NDArray[np.float64], views: Sequence[FindingView], which_: _Ints | None = None
) -> NDArray[np.float64]:
    """Put in the accuracy of the layer where none was measured."""
    known = (x.layer.accuracy_m if x.layer else None for x in views)
    layer_m = np.array([math.nan if m is None else m for m in known])
    layer_m = layer_m if which_ is None else layer_m[which_]
    figures[-1] = np.where(np.isfinite(figures[-1]), figures[-1], layer_m)
    return figures


def _values(column: NDArray[Any]) -> list[Any]:
    """Return a column as plain values; None for NaN."""
    values: list[Any] = column.tolist()
    if column.dtype.kind == "f":
        return [None if math.isnan(value) else value for value in values]
    return values


def _absent(values: _Objects) -> NDArray[np.bool_]:
    return np.array([value is None for value in values.tolist()], dtype=bool)


def _zones(found: Finding) -> str | None:
    return "; ".join(x.zone for x in found.zones) or None


def _of_kind(view: FindingView, lang: Lang) -> tuple[Any, ...]:
    """Return what a finding says of its clause, as `OF_SAYING`."""
    finding = view.finding
    row: dict[str, Any] = {
        "status": finding.status.value,
        "status_title": titles.STATUS[finding.status].in_(lang),
        "code": finding.code,
        "rule": finding.rule,
        "layer": view.layer_id,
        "layer_name": view.layer.name.in_(lang) if view.layer else None,
        "article": view.section(lang),
        "in_force_from": view.begins.isoformat() if view.begins else None,
        "in_force_until": view.ends.isoformat() if view.ends else None,
        "effect": view.rule.effect.value if view.rule else None,
        "clause": view.clause(lang),
        "reason": finding.reason.in_(lang),
        "advice": view.advice(lang),
        "evidence": view.evidence.value if view.evidence else None,
        "missing": missing(finding, lang) or None,
        "problem": finding.problem.line(lang) if finding.problem else None,
        "hint": finding.hint,
        "near_boundary": finding.near_boundary,
        "indicative": view.indicative,
        **_document(view.document, lang),
    }
    return tuple(row[name] for name in OF_SAYING)


def _document(document: Document | None, lang: Lang) -> dict[str, str | None]:
    return {
        "document": document.id if document else None,
        "document_number": document.number if document else None,
        "document_title": document.title.in_(lang) if document else None,
        "issuer": document.issuer.in_(lang) if document else None,
    }
