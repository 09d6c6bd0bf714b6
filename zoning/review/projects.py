"""The sites as projects: what is stated, inferred and presumed of each, and what is in doubt."""

from __future__ import annotations

from zoning import law
from zoning.catalogue.words import trade_words
from zoning.model import Project
from zoning.review.answers import by_site
from zoning.review.declared import with_declared
from zoning.review.places import compare_places
from zoning.review.reviewed import Reviewed
from zoning.review.sites import features
from zoning.review.witnesses import compare_statements


def projects_of(reviewed: Reviewed) -> list[Project]:
    """Return the sites of a review in file order, those that could not be read too."""
    catalogue, asked = reviewed.catalogue, reviewed.asked
    rows = list(features(reviewed.readings))
    profiles = catalogue.profiles if asked.profiles else {}
    ids = {at: found for reading in reviewed.readings for at, found in reading.ids.items()}
    answers = by_site(asked.answers)
    trades = trade_words()
    found = law.make_projects(rows, catalogue.attributes, profiles, answers, ids, trades)
    found = with_declared(found, rows)
    found = compare_places(found, rows, reviewed.layers, asked.datum)
    return compare_statements(found, rows, reviewed.readings, asked.datum)
