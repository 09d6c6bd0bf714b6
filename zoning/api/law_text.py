"""law_text: the wording of the articles that a rule cites, from a collection of the user's."""

from __future__ import annotations

from zoning.catalogue import Catalogue, load_catalogue
from zoning.catalogue.law_text import Article, articles


def law_text(rule: str, *, catalogue: Catalogue | None = None) -> tuple[Article, ...]:
    """Return the articles that a rule cites.

    Parameters
    ----------
    rule : str
        Rule id.
    catalogue : Catalogue, optional
        The embedded one by default.

    Returns
    -------
    tuple of Article
        Empty where the collection does not hold the document: it has national law in force.

    Raises
    ------
    CatalogueError
        There is no such rule.
    MissingExtraError
        The collection is not installed (extra ``lawtext``).
    """
    known = catalogue or load_catalogue()
    found = known.rule(rule)
    return articles(found, known.documents[found.document])
