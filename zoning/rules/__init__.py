"""Numbers, rule and date in, finding out. Knows no geometry."""

from zoning.rules.attributes import read_attributes
from zoning.rules.decide import Evidenced, decide, in_force, outcome
from zoning.rules.projects import make_projects
from zoning.rules.review import citable, failed_project, query_of, review_project

__all__ = [
    "Evidenced",
    "citable",
    "decide",
    "failed_project",
    "in_force",
    "make_projects",
    "outcome",
    "query_of",
    "read_attributes",
    "review_project",
]
