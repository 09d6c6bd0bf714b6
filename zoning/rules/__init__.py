"""Numbers, rule and date in, finding out. Knows no geometry."""

from zoning.rules.activity import Activity, assess, outcome
from zoning.rules.attributes import read_attributes
from zoning.rules.dates import Event, citable, force_span, in_force, precedence, timeline
from zoning.rules.decide import Evidenced, decide
from zoning.rules.projects import make_projects
from zoning.rules.review import RuleBook, area_of, failed_project, queries_of, query_of

__all__ = [
    "Activity",
    "Event",
    "Evidenced",
    "RuleBook",
    "area_of",
    "assess",
    "citable",
    "decide",
    "failed_project",
    "force_span",
    "in_force",
    "make_projects",
    "outcome",
    "precedence",
    "queries_of",
    "query_of",
    "read_attributes",
    "timeline",
]
