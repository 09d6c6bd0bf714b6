"""Which official data would settle what, by the office that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoning.messages import Text, message
from zoning.model import Finding, FindingView, Layer, ProjectResult, Report, Views
from zoning.show import titles
from zoning.show.papers.parts import by_layer

if TYPE_CHECKING:
    from zoning.catalogue import Catalogue


@dataclass(frozen=True)
class Wanted:
    """A layer whose official data are wanted.

    Attributes
    ----------
    layer : Layer
    views : tuple of FindingView
        The findings that its official data would settle.
    """

    layer: Layer
    views: tuple[FindingView, ...]

    @property
    def sites(self) -> tuple[str, ...]:
        """Ids of the sites it is wanted for."""
        return tuple(dict.fromkeys(v.finding.project for v in self.views))


@dataclass(frozen=True)
class OfficeRequest:
    """What one office is asked for, the layers that settle most first."""

    id: str
    title: Text
    wanted: tuple[Wanted, ...]

    @property
    def findings(self) -> int:
        """How many findings its answer would settle."""
        return sum(len(w.views) for w in self.wanted)

    @property
    def sites(self) -> tuple[str, ...]:
        """Ids of the sites it is asked about."""
        return tuple(dict.fromkeys(site for w in self.wanted for site in w.sites))


def requests(report: Report, catalogue: Catalogue) -> tuple[OfficeRequest, ...]:
    """Return one request an office, those that settle most first.

    Asked for is what findings wait for that may yet restrict a site: a layer without official data,
    or a line that is not known well enough. A layer that no office is known for comes under one
    request without an addressee.
    """
    views = Views.of(report)
    open_ = (f for result in report.results for f in _open(result, views))
    offices: dict[str, list[Wanted]] = {}
    for name, found in by_layer(views, open_).items():
        office = catalogue.office_of(name)
        wanted = Wanted(catalogue.layer(name), tuple(found))
        offices.setdefault(office.id if office is not None else "", []).append(wanted)
    made = [
        OfficeRequest(
            key,
            catalogue.offices[key].title if key else message("letters.no-office"),
            tuple(sorted(wanted, key=lambda w: (-len(w.views), w.layer.id))),
        )
        for key, wanted in offices.items()
    ]
    return tuple(sorted(made, key=lambda r: (-r.findings, r.id)))


def _open(result: ProjectResult, views: Views) -> Iterator[Finding]:
    """Yield the findings of a site that an official line would settle."""
    yield from result.to_obtain
    for finding in result.to_confirm:
        layer = views(finding).layer
        unsure = finding.needs == "position" and finding not in result.to_obtain
        if unsure and layer is not None and not layer.official:
            yield finding


def questions(wanted: Wanted) -> list[tuple[Text, list[FindingView]]]:
    """Return what an office can answer of a layer, with the findings that ask."""
    out: dict[tuple[str, float], list[FindingView]] = {}
    for view in wanted.views:
        if view.rule is not None:
            scope = view.rule.scope
            out.setdefault((scope.op, scope.distance_m or 0.0), []).append(view)
    return [(_question(wanted.layer, *key), found) for key, found in sorted(out.items())]


def _question(layer: Layer, op: str, distance_m: float) -> Text:
    size = Text(titles.length(distance_m, "zh"), titles.length(distance_m, "en"))
    return message(f"letters.question.{op}", layer=layer.name, distance=size)
