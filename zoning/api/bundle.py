"""replay and verify: make a review again from its bundle, and say whether its findings follow."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from zoning import review
from zoning.api.check import decided
from zoning.api.report import Report
from zoning.base.progress import Progress, silent


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding that does not come out as it stands in the bundle; None where it is absent.

    Attributes
    ----------
    project : str
    rule : str
        Id of the rule, or of the layer or fault for a finding without one.
    before, now : str or None
        Status in the bundle, and made again. Both the same: another detail differs.
    """

    project: str
    rule: str
    before: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether the findings of a bundle still follow from what is in it.

    Attributes
    ----------
    same : bool
        The report comes out byte for byte.
    written_by, checked_by : str
        Versions of zoning.
    differences : tuple of Difference
    """

    same: bool
    written_by: str
    checked_by: str
    differences: tuple[Difference, ...] = ()


def replay(path: str | Path, *, progress: Progress | None = None) -> Report:
    """Make the review of a bundle again, without its input files and workspace.

    Parameters
    ----------
    path : path
        Written by :meth:`Report.save_bundle` or ``zoning check --bundle``.
    progress : callable, optional

    Returns
    -------
    Report
        As this version of zoning decides.

    Raises
    ------
    SourceError
        The file is no bundle, is damaged, or is of a format this version does not know.
    """
    reviewed, _ = review.read_bundle(path)
    reviewed = replace(reviewed, files=frozenset({Path(path)}))
    return decided(reviewed, progress or silent)


def verify(path: str | Path) -> Verification:
    """Say whether the findings of a bundle still follow from its sites, zones and rules.

    Parameters
    ----------
    path : path

    Returns
    -------
    Verification

    Raises
    ------
    SourceError
        As :func:`replay`.
    """
    reviewed, stored = review.read_bundle(path)
    again = decided(reviewed, silent)
    made = again.to_json(full=True)
    before = json.loads(stored)
    return Verification(
        same=made == stored,
        written_by=str(before.get("tool", {}).get("version", "?")),
        checked_by=again.tool_version,
        differences=_differences(_findings(before), _findings(json.loads(made))),
    )


def _findings(report: Any) -> dict[tuple[str, str], Any]:
    return {
        (str(site["id"]), str(f.get("rule") or f.get("layer") or f.get("code"))): f
        for site in report["projects"]
        for f in site["findings"]
    }


def _differences(
    before: dict[tuple[str, str], Any], now: dict[tuple[str, str], Any]
) -> tuple[Difference, ...]:
    return tuple(
        Difference(
            *key,
            before[key]["status"] if key in before else None,
            now[key]["status"] if key in now else None,
        )
        for key in sorted({*before, *now})
        if before.get(key) != now.get(key)
    )
