"""What became of each candidate clause of the source documents: ``layers/candidates.csv``."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zoning.base.settings import layers_dir
from zoning.messages import Text, message


@dataclass(frozen=True, slots=True)
class Candidate:
    """What became of one candidate clause of the source documents.

    ``decision`` is ``rule`` where ``rules`` represent it, else a key of :data:`DECISIONS`.
    """

    id: str
    decision: str
    rules: tuple[str, ...]
    note: Text


#: Why a candidate clause became no rule.
DECISIONS: Mapping[str, Text] = {
    "rule": message("load.decisions.rule"),
    "authority": message("load.decisions.authority"),
    "covered": message("load.decisions.covered"),
    "encouragement": message("load.decisions.encouragement"),
    "no_zone": message("load.decisions.no-zone"),
    "not_spatial": message("load.decisions.not-spatial"),
    "operation": message("load.decisions.operation"),
    "target": message("load.decisions.target"),
    "works": message("load.decisions.works"),
}


def load_candidates(folder: Path | None = None) -> tuple[Candidate, ...]:
    """Read ``candidates.csv``: every candidate clause and what became of it."""
    path = (folder or layers_dir()) / "candidates.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(
            Candidate(
                row["candidate"],
                row["decision"],
                tuple(row["rules"].split()),
                Text(row["note_zh"], row["note_en"]),
            )
            for row in csv.DictReader(handle)
        )
