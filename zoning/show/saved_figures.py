"""Figures that were saved as JSON, read again to stand beside those of another year."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from zoning.base.errors import SourceError, problem
from zoning.messages import Text
from zoning.stats.figures import Figures, Note


def read_figures(path: Path, like: Figures) -> Figures:
    """Return figures that `write_figures` wrote as JSON.

    Parameters
    ----------
    path : path
    like : Figures
        Figures of the same topic and units: columns and geometry are theirs.

    Raises
    ------
    SourceError
        The file cannot be read, or holds no such figures.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        found = _figures(body, like)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise SourceError(problem("figures-unreadable", file=str(path), reason=reason)) from error
    return found


def _figures(body: Any, like: Figures) -> Figures:
    names = [column.name for column in like.columns]
    rows = pd.DataFrame(body["rows"])
    rows = rows[names].set_index("unit")
    rows.index = rows.index.astype(str)
    wanted = like.frame["unit"].astype(str)
    if body["topic"] != like.topic or set(rows.index) != set(wanted):
        raise ValueError(f"{body['topic']}, {len(rows)} units")
    frame = like.frame.copy()
    for name in names:
        if name not in ("unit", "name"):
            frame[name] = rows.loc[list(wanted), name].to_numpy()
    notes = tuple(Note(n["kind"], Text(n["zh"], n["en"])) for n in body["notes"])
    return replace(like, frame=frame, notes=notes, tables=(), facts=dict(body["facts"]))
