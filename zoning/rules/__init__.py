"""Numbers, rule and date in, finding out. Knows no geometry."""

from zoning.rules.activity import Activity, assess, outcome
from zoning.rules.ask import Question, questions
from zoning.rules.attributes import read_attributes
from zoning.rules.compare import Change, compare
from zoning.rules.dates import Event, citable, force_span, in_force, precedence, timeline
from zoning.rules.decide import Evidenced, decide
from zoning.rules.entry_list import read_entry_list
from zoning.rules.explain import Step, steps
from zoning.rules.projects import make_projects
from zoning.rules.review import RuleBook, area_of, failed_project, queries_of, query_of
from zoning.rules.select import narrow

__all__ = [
    "Activity",
    "Change",
    "Event",
    "Evidenced",
    "Question",
    "RuleBook",
    "Step",
    "area_of",
    "assess",
    "citable",
    "compare",
    "decide",
    "failed_project",
    "force_span",
    "in_force",
    "make_projects",
    "narrow",
    "outcome",
    "precedence",
    "queries_of",
    "query_of",
    "questions",
    "read_attributes",
    "read_entry_list",
    "steps",
    "timeline",
]
