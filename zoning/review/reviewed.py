"""What a report was made from, kept with it: everything shown later comes from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from zoning import law
from zoning.catalogue.content import Catalogue
from zoning.law import RuleBook
from zoning.read import Reading
from zoning.review.layers import Layers
from zoning.review.run import Numbers


@dataclass(frozen=True)
class Asked:
    """What was asked of a review besides its sites.

    Attributes
    ----------
    as_of : date
        The day whose law is asked for.
    datum : {"gcj02", "bd09"} or None
        The shift of the coordinates that was taken out.
    only, themes : tuple of str
        The rules and themes that the review is narrowed to; empty for all.
    remedy : bool
        Whether what would cure a violation is asked for too.
    profiles : bool
        Whether the trade of a project may tell what nobody has stated.
    answers : tuple of (site, attribute, value)
        What was stated of sites besides their files.
    answers_from : (name, sha256) or None
        The workbook of these answers.
    """

    as_of: date
    datum: str | None = None
    only: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    remedy: bool = False
    profiles: bool = True
    answers: tuple[tuple[str, str, str], ...] = ()
    answers_from: tuple[str, str] | None = None


@dataclass(frozen=True)
class Reviewed:
    """The catalogue, the layers, the sites as they were read, and what was asked.

    ``numbers`` is what was measured, and ``book`` the rules with what they came to: kept, because
    no answer to a question changes them.

    Attributes
    ----------
    catalogue : Catalogue
    layers : Layers
    readings : tuple of Reading
    asked : Asked
    numbers : Numbers or None
    book : RuleBook or None
    files : frozenset of Path
        What was read, so that no output takes its place.
    """

    catalogue: Catalogue
    layers: Layers
    readings: tuple[Reading, ...]
    asked: Asked
    numbers: Numbers | None = None
    book: RuleBook | None = None
    files: frozenset[Path] = frozenset()


def asked_of(catalogue: Catalogue, asked: Asked, entry_list: str | Path | None = None) -> Catalogue:
    """Return the catalogue that a review asks, before anything that takes time is done.

    Parameters
    ----------
    catalogue : Catalogue
    asked : Asked
    entry_list : path, optional
        Its rows become rules.

    Raises
    ------
    UsageError
        For each rule or theme that is asked for and that the catalogue does not know.
    ZoningError
        An entry list that is missing or faulty.
    """
    if entry_list is not None:
        rows = law.read_entry_list(entry_list, catalogue.attributes)
        listed = (*rows, law.read_unlisted(entry_list))
        rules = (*listed, *law.earlier_editions(listed))
        catalogue = catalogue.with_rules(rules, Path(entry_list).read_bytes())
    law.narrow((), catalogue.rules, catalogue.layers, asked.only, asked.themes)
    return catalogue
