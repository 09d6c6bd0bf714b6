"""Numbers, rule and date in, finding out. Knows no geometry."""

from zoning.rules.attributes import read_attributes
from zoning.rules.decide import Evidenced, decide, in_force, outcome

__all__ = ["Evidenced", "decide", "in_force", "outcome", "read_attributes"]
