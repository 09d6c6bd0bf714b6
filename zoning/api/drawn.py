"""drawn: a report with its maps, pictures and cards, from the layers that it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from zoning import model, review
from zoning.api.outputs import MAP
from zoning.base.errors import UsageError, problem
from zoning.base.settings import default_lang
from zoning.base.targets import Target, require_suffix
from zoning.messages import Lang
from zoning.review import Reviewed

if TYPE_CHECKING:
    from folium import Map

#: Layers drawn under every review map.
BACKDROP = ("province", "cities", "counties", "main_rivers", "karst_springs")
#: Sites that a map shows in full, some 14 kB each; of the others it shows place and status.
MOST_MAPPED = 500


@dataclass(frozen=True, repr=False)
class DrawnReport(model.Report):
    """A report that can be drawn; what :func:`zoning.check` returns is one.

    Attributes
    ----------
    reviewed : Reviewed
        Catalogue, layers and sites of this review. Maps, explanations and files are made from
        them; no file is opened a second time.
    """

    reviewed: Reviewed = field(kw_only=True, compare=False)
    _cards: dict[float, tuple[model.Card, ...]] = field(
        default_factory=dict, init=False, compare=False
    )

    def cards(self, near_m: float = review.NEAR_M) -> tuple[model.Card, ...]:
        """Return where every site stands in each zoning system; measured on the first call.

        Parameters
        ----------
        near_m : float, optional
            Up to which distance a zone is told as near, m.

        Returns
        -------
        tuple of Card
            In file order, without the sites that have no place.
        """
        if near_m not in self._cards:
            projects = [result.project for result in self.results]
            numbers = self.reviewed.numbers
            sites = numbers.sites if numbers is not None else None
            self._cards[near_m] = review.cards(projects, self.reviewed.layers, near_m, sites)
        return self._cards[near_m]

    def map(self, lang: Lang | None = None, *, online: Sequence[str] = ()) -> Map:
        """Draw sites, what decides on them, and zoning as a folium map that needs no network.

        Of more than 500 sites the 500 most severe are drawn in full, the others as dots, and the
        map says so: a page of any number opens in a browser.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
        online : sequence of str, optional
            Basemaps from the network that the reader may switch on: ``osm``, ``tianditu`` (with a
            key in ``ZONING_TIANDITU_KEY``, which then stands in the page), ``tianditu-image``, or
            the address of tiles with ``{z}``, ``{x}`` and ``{y}``, after ``gcj02:`` where the
            service uses GCJ-02.
        """
        from zoning.show import map as maps

        layers = self.reviewed.layers
        names = [*BACKDROP, *(record.id for record in self.layers if record.state == "used")]
        frames = layers.drawn(dict.fromkeys(names))
        shown = [layers[name].layer for name in frames]
        spoken = lang or default_lang()
        report, others = self._foremost()
        zones, cards = review.shown_for(layers, report), report.cards()
        return maps.review_map(
            report, frames, shown, spoken, cards=cards, zones=zones, others=others, online=online
        )

    def save_map(
        self,
        path: str | Path,
        lang: Lang | None = None,
        *,
        online: Sequence[str] = (),
        overwrite: bool = False,
    ) -> None:
        """Write :meth:`map` as one HTML file that opens without a network."""
        from zoning.show import map as maps

        require_suffix(Path(path), MAP)
        maps.save_html(self.map(lang, online=online), self._target(path, overwrite))

    def sketch(self, site: str, lang: Lang | None = None, *, dpi: int = 170) -> bytes:
        """Draw where a site lies, with the zones and bands that decide, as a PNG.

        Parameters
        ----------
        site : str
            Id of the site.
        lang : {"zh", "en"}, optional
        dpi : int, default 170
            Pixels an inch; the picture is 6.1 by 5 inches.

        Raises
        ------
        UsageError
            No such site, or it has no place; or no font for Chinese.
        MissingExtraError
            Without the extra ``plot``.
        """
        from zoning.api.explain import pick
        from zoning.show.map.sketch import sketch

        result = pick(self, site)
        if result.project.geometry is None:
            raise UsageError(problem("site-without-place", project=site))
        views, layers = model.Views.of(self), self.reviewed.layers
        return sketch(layers, views, result, lang or default_lang(), dpi=dpi)

    def _foremost(self) -> tuple[DrawnReport, list[model.ProjectResult]]:
        """Return the report of the most severe sites, and the other sites; both in their order."""
        severity = [-result.status.severity for result in self.results]
        ranked = sorted(range(len(severity)), key=severity.__getitem__)
        first = set(ranked[:MOST_MAPPED])
        if len(first) == len(ranked):
            return self, []
        results = tuple(self.results[at] for at in sorted(first))
        # What was measured is measured of all sites.
        report = replace(self, results=results, reviewed=replace(self.reviewed, numbers=None))
        return report, [self.results[at] for at in sorted(ranked[MOST_MAPPED:])]

    def _target(self, path: str | Path, overwrite: bool) -> Target:
        return Target(Path(path), self.reviewed.files, overwrite)
