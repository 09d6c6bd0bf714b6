"""What a site owes to presumed answers alone, gathered into one declaration to be signed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from zoning.messages import message
from zoning.model import Finding, Project, Status


@dataclass(slots=True)
class Declaration:
    """The findings of one site, those apart that rest on what its trade lets presume.

    A presumption never clears: what would be open without it is held off, not met, until the
    answers are stated or the declaration is signed. Nor does a presumption convict.
    """

    project: Project
    kept: list[Finding] = field(default_factory=list)
    held: list[Finding] = field(default_factory=list)

    def keep(self, found: Finding) -> None:
        """Keep a finding on which no presumption bears."""
        self.kept.append(found)

    def weigh(self, found: Finding, then: Finding) -> None:
        """Take in a finding that is open, and what it comes to with the presumed answers.

        Parameters
        ----------
        found : Finding
            On what is known alone; it may still restrict.
        then : Finding
            With the presumed answers taken for known.
        """
        if not then.may_restrict:
            self.held.append(found)
            if then.counts_as is Status.CONDITIONAL:
                self.kept.append(then)  # a duty by presumption; the clause itself is held off
        elif then.is_open:
            # What the trade answers need not be asked, but the finding is as open as before.
            self.kept.append(replace(found, missing=then.missing))
        else:
            self.kept.append(found)

    def findings(self) -> list[Finding]:
        """Return the findings, with the declaration where anything hangs on one."""
        if not self.held:
            return self.kept
        rules: dict[str, list[str]] = {answer.attribute: [] for answer in self.project.presumed}
        for finding in self.held:
            for missing in finding.missing:
                if missing.attribute in rules:
                    rules[missing.attribute].append(str(finding.rule))
        presumed = tuple(
            replace(answer, rules=tuple(rules[answer.attribute]))
            for answer in self.project.presumed
            if rules[answer.attribute]
        )
        reason = message(
            "declaration.to-sign",
            profile=self.project.presumed[0].profile,
            answers=len(presumed),
            rules=len(self.held),
        )
        worst = max((f.worst for f in self.held), key=lambda status: status.severity)
        return [
            *self.kept,
            Finding(
                self.project.id,
                Status.CONDITIONAL,
                reason,
                "declaration",
                worst=worst,
                needs="signature",
                presumed=presumed,
            ),
        ]
