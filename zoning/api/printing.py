"""Results for people at a terminal, and statistics as files; all take the language as ``lang``."""

from zoning.show.alerts_page import write_alerts_page
from zoning.show.coverage import print_coverage, write_coverage
from zoning.show.figures import (
    FIGURE_SUFFIXES,
    figures_to_csv,
    figures_to_json,
    print_figures,
    write_figures,
)
from zoning.show.inspection import print_inspection
from zoning.show.layers import print_layer, print_layers
from zoning.show.questions import (
    print_questions,
    print_standings,
    question_lines,
    questions_to_json,
)
from zoning.show.rules import print_changes, print_rule, print_rules, timeline_lines
from zoning.show.rules_page import rules_page

__all__ = [
    "FIGURE_SUFFIXES",
    "figures_to_csv",
    "figures_to_json",
    "print_changes",
    "print_coverage",
    "print_figures",
    "print_inspection",
    "print_layer",
    "print_layers",
    "print_questions",
    "print_rule",
    "print_rules",
    "print_standings",
    "question_lines",
    "questions_to_json",
    "rules_page",
    "timeline_lines",
    "write_alerts_page",
    "write_coverage",
    "write_figures",
]
