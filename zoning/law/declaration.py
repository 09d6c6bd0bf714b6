"""What a site owes to presumed answers alone, gathered into one declaration to be signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zoning.messages import message
from zoning.model import Finding, Presumed, Project, Status


def weighed(found: Finding, then: Finding) -> tuple[Finding | None, Finding | None]:
    """Return what is kept, and what is held off, of a finding that presumed answers bear on.

    A presumption never clears: what would be open without it is held off, not met, until the
    answers are stated or the declaration is signed. Nor does a presumption convict.

    Parameters
    ----------
    found : Finding
        On what is known alone; it is open and may still restrict.
    then : Finding
        With the presumed answers taken for known.
    """
    if not then.may_restrict:
        # A duty by presumption is kept; the clause itself is held off.
        return (then if then.counts_as is Status.CONDITIONAL else None), found
    if then.is_open:
        # What the trade answers need not be asked, but the finding is as open as before.
        return replace(found, missing=then.missing), None
    return found, None


def declaration(project: Project, held: Sequence[Finding]) -> Finding:
    """Return the declaration of a site that findings are held off by.

    Parameters
    ----------
    project : Project
        With what its trade lets presume.
    held : sequence of Finding
        At least one.
    """
    presumed = _bearing(project.presumed, held)
    return Finding(
        project.id,
        Status.CONDITIONAL,
        message(
            "declaration.to-sign",
            profile=project.presumed[0].profile,
            answers=len(presumed),
            rules=len(held),
        ),
        "declaration",
        worst=max((f.worst for f in held), key=lambda status: status.severity),
        needs="signature",
        presumed=presumed,
    )


def _bearing(presumed: Sequence[Presumed], held: Sequence[Finding]) -> tuple[Presumed, ...]:
    """Return the answers that something hangs on, each with the rules that hang on it."""
    rules: dict[str, list[str]] = {answer.attribute: [] for answer in presumed}
    for finding in held:
        for missing in finding.missing:
            if missing.attribute in rules:
                rules[missing.attribute].append(str(finding.rule))
    return tuple(
        replace(answer, rules=tuple(rules[answer.attribute]))
        for answer in presumed
        if rules[answer.attribute]
    )
