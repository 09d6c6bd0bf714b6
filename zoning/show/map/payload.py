"""A Report as the data of a page: plain values in one language, each text written once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from zoning.messages import Lang, message, table
from zoning.model import (
    Card,
    Document,
    Evidence,
    Finding,
    FindingView,
    LayerRecord,
    Measure,
    ProjectResult,
    Report,
    Status,
    Views,
    indicative,
)
from zoning.review.deciding import Shown, surroundings
from zoning.show import brief, lines, titles
from zoning.show.card import line_text
from zoning.show.map import palette
from zoning.show.map.backdrop import ground
from zoning.show.map.codec import pack, packed
from zoning.show.receipt import receipt

#: 1e-6° is about 0.1 m.
_DECIMALS = 6
#: Digits of a dot's degrees (10 m), and those that keep more dots than that bounded (1 km).
_DOT, _MOST_DOTS, _GRID = 4, 20_000, 2
#: Of more sites than this, what was not checked is counted and not told one by one.
_MANY = 40
#: Figures go to the script as good as whole, so that they are rounded once, where they are told.
_EXACT = 6


class ReviewPayload:
    """Collects what the page shows of a report.

    Clauses, advice and reasons recur from site to site; each is stored once in ``texts`` and
    findings refer to it by number. Of ``others`` only place and status are told.
    """

    def __init__(
        self,
        report: Report,
        lang: Lang,
        cards: Sequence[Card] = (),
        zones: Mapping[str, Sequence[Shown]] | None = None,
        others: Sequence[ProjectResult] = (),
    ) -> None:
        self.report, self.lang, self.others = report, lang, others
        self.zones = zones or {}
        self.cards = {card.project: card for card in cards}
        self.views = Views.of(report)
        self.texts: dict[str, int] = {}
        self.rules: dict[str, dict[str, int]] = {}
        self.words = titles.page(lang)
        self.many = len(report.results) > _MANY

    def build(self) -> dict[str, Any]:
        """Return everything the script needs but the context layers."""
        report = self.report
        sites = [self._site(x) for x in report.results]
        return {
            **_frame(self.lang),
            "title": self.words["title"],
            "facts": self._facts(),
            "warning": self._warning(),
            "partial": self._partial(),
            "sites": sites,
            "dots": self._dots(),
            "bounds": self._bounds(),
            "closing": self._closing(),
            "empty": [x.name.in_(self.lang) for x in report.layers if x.state == "no_data"],
            "sources": [self._source(x) for x in report.layers if x.state == "used"],
            "texts": list(self.texts),
            "rules": self.rules,
        }

    def ref(self, text: str) -> int:
        """Return the number of a text, storing it on first use."""
        return self.texts.setdefault(text, len(self.texts))

    def _facts(self) -> list[str]:
        report, page = self.report, self.words
        return [
            f"{page['as_of']} {report.as_of.isoformat()}",
            f"zoning {report.tool_version}",
            f"{page['catalogue']} {report.catalogue_sha256[:12]}",
            *(receipt(x, self.lang) for x in report.inputs),
        ]

    def _warning(self) -> str | None:
        """The warning stands unless every layer used is official."""
        used = [x for x in self.report.layers if x.state == "used"]
        if used and all(x.evidence is Evidence.OFFICIAL for x in used):
            return None
        return self.words["warning"]

    def _bounds(self) -> list[float] | None:
        shapes = [
            r.project.geometry
            for r in (*self.report.results, *self.others)
            if r.project.geometry is not None and not r.project.geometry.is_empty
        ]
        if not shapes:
            return None
        return [round(float(x), _DECIMALS) for x in shapely.total_bounds(shapes)]

    def _partial(self) -> str | None:
        """Say that not all sites are shown in full."""
        if not self.others:
            return None
        shown = len(self.report.results)
        told = {"count": shown + len(self.others), "shown": shown}
        return message("map.partial", **told).in_(self.lang)

    def _dots(self) -> dict[str, Any]:
        """Return of the other sites how many have each status, and the middle of each."""
        digits = _DOT if len(self.others) <= _MOST_DOTS else _GRID
        found: dict[str, Any] = {}
        for status in dict.fromkeys(result.status for result in self.others):
            shapes = [x.project.geometry for x in self.others if x.status is status]
            box = shapely.bounds(np.array([*shapes, None], dtype=object)[:-1])
            middle = (box[:, :2] + box[:, 2:]) / 2
            placed = np.unique(np.round(middle[np.isfinite(middle).all(axis=1)], digits), axis=0)
            line = {"type": "LineString", "d": digits, "coordinates": pack(placed, digits)}
            found[status.value] = {"n": len(shapes), "g": line if len(placed) else None}
        return found

    def _closing(self) -> list[str]:
        """Why the review is not whole, layers that could not be read, and what is left out."""
        page = self.words
        colon = table(self.lang)["separator.colon"]
        found = [
            f"{x.name.in_(self.lang)}{colon}{page['unreadable']}"
            for x in self.report.layers
            if x.state == "failed"
        ]
        notices = (n for x in self.report.inputs for n in x.notices)
        told = dict.fromkeys((*self.report.incomplete, *notices, *self.report.notices))
        before = [x.in_(self.lang) for x in told]
        return [*before, *found, *(x.in_(self.lang) for x in self.report.left_out)]

    def _source(self, layer: LayerRecord) -> str:
        tail = f" · {layer.file}" if layer.file else ""
        return self._standing(layer, layer.accuracy_m) + tail

    def _site(self, result: ProjectResult) -> dict[str, Any]:
        project = result.project
        shape = project.geometry
        ranked = sorted(result.findings, key=lambda f: (-f.status.severity, f.hint))
        shown = [f for f in ranked if f.status is not Status.COMPLIANT]
        met = len(ranked) - len(shown)
        if self.many:
            shown = [f for f in shown if f.status is not Status.NOT_CHECKED]
        drawn = shape is not None and not shape.is_empty
        zones = self.zones.get(project.id, ())
        at = {v.finding.rule: n for n, x in enumerate(zones) for v in x.zone.views}
        severe = [x.zone for x in zones if x.zone.status in (Status.VIOLATION, Status.RESTRICTED)]
        widest = max((zone.reach_m for zone in severe), default=0.0)
        found: dict[str, Any] = {
            "id": project.id,
            "name": project.name or project.id,
            "s": result.status.value,
            "in": list(result.counties),
            "g": packed(shape, _DECIMALS) if drawn else None,
            "at": self._spot(shape) if drawn else None,
            "box": _degrees(surroundings(shape, widest)) if drawn else None,
            "notes": [x.in_(self.lang) for x in project.notices],
            "card": self._card(project.id),
            "f": [self._finding(f, at.get(f.rule)) for f in shown],
            "met": met,
            "left": len(ranked) - met - len(shown),
        }
        if zones:
            found["z"] = [self._zone(x, number) for number, x in enumerate(zones)]
        return found

    def _zone(self, shown: Shown, number: int) -> dict[str, Any]:
        """Return a zone or band: its name, colour, shapes and how sure its line is."""
        zone, lang = shown.zone, self.lang
        shapes = {
            "band": zone.band if shapely.get_dimensions(zone.band) == 2 else None,
            "edge": zone.edge,
            "zones": zone.zones if zone.distance_m else None,
            "over": zone.overlap,
            "rib": shown.ribbon,
        }
        found = {
            "n": self.ref(palette.zone_name(zone, lang)),
            "s": zone.status.value,
            "k": number % len(palette.BANDS),
            "box": _degrees(shown.box),
            **{k: packed(g, _DECIMALS) for k, g in shapes.items() if g is not None},
        }
        if shown.ribbon is not None:
            found["acc"] = titles.accuracy(zone.accuracy_m, lang)
        return found

    def _card(self, site: str) -> list[tuple[int, int]]:
        """Return the title of each zoning system, and where the site stands in it."""
        if site not in self.cards:
            return []
        return [
            (self.ref(line.title.in_(self.lang)), self.ref(line_text(line, self.lang)))
            for line in self.cards[site].lines
        ]

    @staticmethod
    def _spot(shape: Any) -> list[float]:
        """A point on the site itself; the middle of a line, not of its bounding box."""
        if shapely.get_dimensions(shape) == 1:
            part = max(shapely.get_parts(shape), key=shapely.length)
            spot = shapely.line_interpolate_point(part, 0.5, normalized=True)
        else:
            spot = shapely.point_on_surface(shape)
        return [round(spot.y, _DECIMALS), round(spot.x, _DECIMALS)]

    def _finding(self, finding: Finding, zone: int | None) -> dict[str, Any]:
        """Return a finding with empty parts left out."""
        view, lang = self.views(finding), self.lang
        self._law(view)
        told = finding.problem is not None and finding.problem.fault == finding.reason
        parts: dict[str, Any] = {
            "s": finding.status.value,
            "r": finding.rule,
            "hint": finding.hint,
            "near": finding.near_boundary,
            "reason": None if told else self.ref(finding.reason.in_(lang)),
            "m": self._measure(finding.total) if finding.total is not None else None,
            "zones": list(dict.fromkeys(x.zone for x in finding.zones if x.zone))[:6],
            "basis": self._basis(view),
            "missing": [self.ref(brief.question(x, lang)) for x in finding.missing],
            "problem": self.ref(finding.problem.line(lang)) if finding.problem else None,
            "z": zone,
        }
        return {k: v for k, v in parts.items() if v is not None and v is not False and v != []}

    def _law(self, view: FindingView) -> None:
        """Keep clause and document of a rule, once for all findings of it."""
        rule = view.rule
        if rule is None or rule.id in self.rules:
            return
        texts = {
            "clause": view.clause(self.lang),
            "cite": view.citation(self.lang),
            "doc": self._document(view.document) if view.document is not None else None,
            "advice": view.advice(self.lang),
        }
        self.rules[rule.id] = {key: self.ref(text) for key, text in texts.items() if text}

    def _document(self, document: Document) -> str:
        lang = self.lang
        parts = [lines.heading(document, lang), document.issuer.in_(lang)]
        parts += lines.in_force(document, lang)
        if document.period is not None and document.period[1] < self.report.as_of:
            parts.append(message("document.period-ended", day=document.period[1]).in_(lang))
        return lines.joined(parts, lang)

    def _basis(self, view: FindingView) -> int | None:
        layer, total = view.layer, view.finding.total
        if layer is None or view.finding.status is Status.NOT_CHECKED:
            return None
        accuracy = (total.accuracy_m if total else 0.0) or layer.accuracy_m
        return self.ref(self._standing(layer, accuracy))

    def _standing(self, layer: LayerRecord, accuracy: float | None) -> str:
        text = lines.standing(layer, accuracy, self.lang)
        if not indicative(layer):
            return text
        return lines.joined([text, self.words["indicative"]], self.lang)

    @staticmethod
    def _measure(total: Measure) -> dict[str, float]:
        """Figures in m and m², zeros and infinities left out; the script rounds them, once."""
        figures = {
            "area": total.area_m2,
            "rawArea": total.raw_area_m2,
            "length": total.length_m,
            "rawLength": total.raw_length_m,
            "share": total.share,
            "depth": total.depth_m,
            "distance": total.distance_m,
        }
        return {
            key: round(float(value), _EXACT)
            for key, value in figures.items()
            if value and math.isfinite(value)
        }


def layers_payload(title: str, lang: Lang, *, indicative: bool) -> dict[str, Any]:
    """Return the data of a page without sites; ``indicative`` puts the warning on it."""
    return {
        **_frame(lang),
        "title": title,
        "facts": [],
        "warning": titles.page(lang)["warning"] if indicative else None,
        "partial": None,
        "sites": [],
        "dots": {},
        "bounds": None,
        "closing": [],
        "empty": [],
        "sources": [],
        "texts": [],
        "rules": {},
    }


def _frame(lang: Lang) -> dict[str, Any]:
    """Return what every page holds: words, colours and the ground."""
    return {
        "words": titles.page(lang),
        "lang": lang,
        "status": {s.value: titles.STATUS[s].in_(lang) for s in Status},
        "look": palette.looks(),
        "base": ground(lang),
        "basemaps": [],
    }


def _degrees(box: Sequence[float]) -> list[float]:
    return [round(float(x), _DECIMALS) for x in box]
