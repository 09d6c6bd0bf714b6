"""A Report as JSON, as a frame, as files and on the terminal.

>>> from zoning.report import print_report, to_frame, to_json, write_findings  # doctest: +SKIP
"""

from zoning.report.document import to_dict, to_json
from zoning.report.export import SUFFIXES, write_findings
from zoning.report.frame import to_frame
from zoning.report.schema import json_schema
from zoning.report.statement import Statement, statement
from zoning.report.terminal import print_report

__all__ = [
    "SUFFIXES",
    "Statement",
    "json_schema",
    "print_report",
    "statement",
    "to_dict",
    "to_frame",
    "to_json",
    "write_findings",
]
