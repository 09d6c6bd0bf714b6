"""Numbers, rule and date in, finding out. Knows no geometry."""

from zoning.law.activity import Activity, assess, outcome
from zoning.law.attributes import key as column_key
from zoning.law.columns import Decisions, decide_all
from zoning.law.compare import Change, compare
from zoning.law.dates import (
    Event,
    citable,
    force_span,
    in_force,
    precedence,
    timeline,
)
from zoning.law.decide import Evidenced, decide
from zoning.law.early import EarlyLaw
from zoning.law.entry_list import earlier_editions, is_listed, read_entry_list, read_unlisted
from zoning.law.explain import Step, steps
from zoning.law.projects import identified, make_projects, settled_ids, stated_ids
from zoning.law.questions import Question, Standing, allowed, questions, standing
from zoning.law.rulebook import (
    RuleBook,
    area_of,
    by_severity,
    failed_project,
    outside_finding,
    queries_of,
    query_of,
    status_of,
    statuses_of,
)
from zoning.law.satisfying import satisfying
from zoning.law.select import narrow
from zoning.law.trades import read_attributes

__all__ = [
    "Activity",
    "Change",
    "Decisions",
    "EarlyLaw",
    "Event",
    "Evidenced",
    "Question",
    "RuleBook",
    "Standing",
    "Step",
    "allowed",
    "area_of",
    "assess",
    "by_severity",
    "citable",
    "column_key",
    "compare",
    "decide",
    "decide_all",
    "earlier_editions",
    "failed_project",
    "force_span",
    "identified",
    "in_force",
    "is_listed",
    "make_projects",
    "narrow",
    "outcome",
    "outside_finding",
    "precedence",
    "queries_of",
    "query_of",
    "questions",
    "read_attributes",
    "read_entry_list",
    "read_unlisted",
    "satisfying",
    "settled_ids",
    "standing",
    "stated_ids",
    "status_of",
    "statuses_of",
    "steps",
    "timeline",
]
