"""A report and its ways out: a table, a map, files, a bundle. It holds what it reviewed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoning import law, review, show
from zoning.api.drawn import BACKDROP, DrawnReport
from zoning.base.errors import UsageError, problem
from zoning.base.settings import default_lang
from zoning.base.targets import Target
from zoning.messages import Lang, Text
from zoning.show import OPINION

__all__ = ["BACKDROP", "Report"]

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame
    from rich.console import Console

    from zoning.show.gathered import Gathered
    from zoning.show.geopackage import Content


@dataclass(frozen=True)
class Shared:
    """What other processes have told of a review: its tables, and the zones beside its sites.

    Attributes
    ----------
    lang, full
        The language and extent of the tables.
    told : Gathered
    zones : callable
        Returns the zones, some at a time; other processes may still be cutting them.
    """

    lang: Lang
    full: bool
    told: Gathered
    zones: Callable[[], Iterable[Content]]


@dataclass(frozen=True, repr=False)
class Report(DrawnReport):
    """What :func:`zoning.check` returns."""

    shared: Shared | None = field(default=None, kw_only=True, compare=False)

    @property
    def findings(self) -> GeoDataFrame:
        """One row a finding, in EPSG:4490; see :meth:`to_frame`."""
        return self.to_frame()

    @property
    def sites(self) -> GeoDataFrame:
        """One row a site, in EPSG:4490: status, deciding clause, area, counts of findings."""
        from zoning.show import analysis

        return analysis.sites(self, default_lang())

    @property
    def questions(self) -> DataFrame:
        """One row an attribute worth stating, most decisive first."""
        from zoning.show import analysis

        return analysis.questions(self._asked(), default_lang())

    @property
    def missing_layers(self) -> DataFrame:
        """One row a layer without usable data here, first the one most findings wait for."""
        from zoning.show import analysis

        return analysis.missing_layers(self, self._office, default_lang())

    def summary(self, lang: Lang | None = None) -> DataFrame:
        """Return how many sites and findings have each status, the most severe first."""
        from zoning.show import analysis

        return analysis.summary(self, lang or default_lang())

    def to_frame(self, lang: Lang | None = None) -> GeoDataFrame:
        """Return one row a finding, with overlap geometry in EPSG:4490.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
            Language of the texts; that of the locale by default.

        Returns
        -------
        GeoDataFrame
        """
        return show.to_frame(self, lang or default_lang())

    def to_dict(self, *, full: bool = False) -> dict[str, Any]:
        """Return the report as the published JSON structure (``docs/report.schema.json``).

        Without ``full``, what conforms or was not checked is told by its rules only.
        """
        return dict(show.to_dict(self, self.cards(), full=full))

    def to_json(self, *, full: bool = False) -> str:
        """Return :meth:`to_dict` as text, the same bytes for the same review."""
        return show.to_json(self, self.cards(), full=full)

    def card(
        self, site: str | None = None, lang: Lang | None = None, *, near_m: float = review.NEAR_M
    ) -> DataFrame:
        """Return the card of a site, or of all, as a tidy frame.

        Parameters
        ----------
        site : str, optional
            Id of one site; all of them by default.
        lang : {"zh", "en"}, optional
            Language of titles, names and zones; column names are the same in both.
        near_m : float, optional
            Up to which distance a zone is told as near, m.

        Returns
        -------
        DataFrame
            One row a site and layer: system, standing (``inside``, ``edge``, ``near``, ``outside``,
            ``not_shown``, ``no_data``, ``failed``), zones, distances in m, share, accuracy in m,
            evidence, source, and the office that holds official data.
        """
        found = [card for card in self.cards(near_m) if site in (None, card.project)]
        return show.card_frame(found, lang or default_lang())

    def save(
        self,
        path: str | Path,
        lang: Lang | None = None,
        *,
        full: bool = False,
        template: str | Path | None = None,
        overview: bool = False,
        overwrite: bool = False,
    ) -> None:
        """Write the findings, or the opinion on them, in a format chosen by suffix.

        Parameters
        ----------
        path : path
            Ending in ``.geojson``, ``.gpkg``, ``.parquet``, ``.xlsx`` or ``.csv`` for the
            findings, in ``.docx``, ``.pdf`` or ``.html`` for the opinion.
        lang : {"zh", "en"}, optional
        full : bool, default False
            Also list what conforms or was not checked.
        template : path, optional
            The DOCX that the opinion is made from.
        overview : bool, default False
            An opinion that tells no more of a site than its conclusion.
        overwrite : bool, default False
            Also replace a file that this program did not write; never what was read.

        Raises
        ------
        UsageError
            The suffix is not known, or the file must not be written.
        MissingExtraError
            An opinion without the extra ``report``.
        """
        path, spoken = Path(path), lang or default_lang()
        read = {Path(template)} if template is not None else set()
        target = Target(path, self.reviewed.files | read, overwrite)
        if path.suffix.lower() in OPINION:
            from zoning.show import papers

            papers.save_opinion(self, self.reviewed, target, spoken, template, overview=overview)
            return
        if template is not None:
            raise UsageError(problem("template-unused", file=str(path)))
        kind = path.suffix.lower()
        zones: Callable[[], Iterable[Content]] = partial(self._zones, spoken)
        told = None
        if self.shared is not None:
            assert (self.shared.lang, self.shared.full) == (spoken, full), "told otherwise"
            zones, told = self.shared.zones, self.shared.told
        asked = self._asked() if kind in (".gpkg", ".xlsx") else ()
        beside = show.Beside(zones, asked, self._office, full, told)
        show.write_findings(self, target, spoken, beside)

    def to_docx(self, lang: Lang | None = None, template: str | Path | None = None) -> bytes:
        """Return the opinion as a DOCX, the same bytes for the same review.

        Parameters
        ----------
        lang : {"zh", "en"}, optional
        template : path, optional
            As :func:`zoning.api.opinion.report_template` writes it, changed as you like.
        """
        from zoning.show import papers

        return papers.opinion_docx(self, self.reviewed, lang or default_lang(), template)

    def to_html(self, lang: Lang | None = None) -> str:
        """Return the opinion as one HTML page that needs no network and prints well."""
        from zoning.show import papers

        return papers.opinion_html(self, self.reviewed, lang or default_lang())

    def save_bundle(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write sites, zones, catalogue and findings as one file for :func:`zoning.replay`.

        Raises
        ------
        UsageError
            The file must not be written.
        """
        target = self._target(path, overwrite)
        review.write_bundle(target, self.reviewed, self.to_json(full=True))

    def print(
        self,
        console: Console | None = None,
        lang: Lang | None = None,
        *,
        details: bool = False,
        card: bool = False,
        sites: Sequence[str] = (),
        words: str = "",
        written: str = "",
    ) -> None:
        """Print the report as ``zoning check`` does.

        Parameters
        ----------
        console : rich.console.Console, optional
        lang : {"zh", "en"}, optional
        details : bool, default False
            Every finding of every site instead of one screen.
        card : bool, default False
            Also the card of each site.
        sites : sequence of str, optional
            Tell of these sites only, by id.
        words : str, optional
            The files and options of the review, for the commands that are proposed.
        written : str, optional
            The file that holds all findings.
        """
        if console is None:
            from rich.console import Console as Made

            console = Made()
        spoken, catalogue = lang or default_lang(), self.reviewed.catalogue
        offices = {name: x.title for x in catalogue.offices.values() for name in x.layers}
        guide = show.Guide(catalogue.attributes, offices, words, written, tuple(sites))
        show.print_report(self, console, spoken, details=details, guide=guide)
        if card:
            found = [c for c in self.cards() if not sites or c.project in sites]
            show.print_cards(found, console, spoken)

    def _zones(self, lang: Lang) -> list[Content]:
        from zoning.show.geopackage import zone_content

        return [zone_content(review.touched_zones(self.results, self.reviewed.layers), lang)]

    def _asked(self) -> tuple[law.Question, ...]:
        return law.questions(self.results, self.reviewed.catalogue.attributes)

    def _office(self, layer: str) -> Text | None:
        held = self.reviewed.catalogue.office_of(layer)
        return held.title if held is not None else None

    def _repr_html_(self) -> str:
        from zoning.show import html

        return html.report_html(self, default_lang())
