"""What the page says, in both languages.

`zoning.show` has the same titles for the terminal; siblings may not import each other, so a test
holds the two together.
"""

from __future__ import annotations

from typing import Final

from zoning.messages import Lang, message
from zoning.model import Evidence, Status

STATUS: Final = {
    Status.VIOLATION: message("titles.status.violation"),
    Status.RESTRICTED: message("titles.status.restricted"),
    Status.UNDETERMINED: message("titles.status.undetermined"),
    Status.FAILED: message("titles.status.failed"),
    Status.NOT_CHECKED: message("titles.status.not-checked"),
    Status.CONDITIONAL: message("titles.status.conditional"),
    Status.COMPLIANT: message("titles.status.compliant"),
}

EVIDENCE: Final = {
    Evidence.OFFICIAL: message("titles.evidence.official"),
    Evidence.SURVEYED: message("titles.evidence.surveyed"),
    Evidence.DERIVED: message("titles.evidence.derived"),
    Evidence.SCHEMATIC: message("titles.evidence.schematic"),
}

#: Everything the script writes that does not come from the report.
PAGE: Final = {
    "title": message("titles.page.title"),
    "layers_title": message("titles.page.layers-title"),
    "as_of": message("titles.page.as-of"),
    "catalogue": message("titles.page.catalogue"),
    "indicative": message("titles.page.indicative"),
    "warning": message("titles.page.warning"),
    "legend": message("titles.page.legend"),
    "overlap": message("titles.page.overlap"),
    "sites": message("titles.page.sites"),
    "more_sites": message("titles.page.more-sites"),
    "not_checked": message("titles.page.not-checked"),
    "no_data": message("titles.page.no-data"),
    "unreadable": message("titles.page.unreadable"),
    "sources": message("titles.page.sources"),
    "simplified": message("titles.page.simplified"),
    "panel": message("titles.page.panel"),
    "hint": message("titles.page.hint"),
    "near": message("titles.page.near"),
    "reason": message("titles.page.reason"),
    "clause": message("titles.page.clause"),
    "document": message("titles.page.document"),
    "measures": message("titles.page.measures"),
    "zones": message("titles.page.zones"),
    "basis": message("titles.page.basis"),
    "missing": message("titles.page.missing"),
    "advice": message("titles.page.advice"),
    "problem": message("titles.page.problem"),
    "note": message("titles.page.note"),
    "yes": message("titles.page.yes"),
    "no": message("titles.page.no"),
    "met": message("titles.page.met"),
    "area": message("titles.page.area"),
    "length": message("titles.page.length"),
    "share": message("titles.page.share"),
    "depth": message("titles.page.depth"),
    "distance": message("titles.page.distance"),
    "raw": message("titles.page.raw"),
    "ha": message("titles.page.ha"),
    "m": message("titles.page.m"),
    "km": message("titles.page.km"),
}


def page(lang: Lang) -> dict[str, str]:
    """Return the script's words in one language."""
    return {key: value.in_(lang) for key, value in PAGE.items()}


def accuracy(accuracy_m: float, lang: Lang) -> str:
    """Write a positional accuracy, always in metres so that layers compare at a glance."""
    return f"±{accuracy_m:,.0f} {'米' if lang == 'zh' else 'm'}"
