"""The result of a statistic: tables, the unit of every column, and what has to be said with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from zoning.base.html import table_html
from zoning.base.settings import default_lang
from zoning.messages import Lang, Text, message
from zoning.stats.chance import Draws

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

NoteKind = Literal["caliber", "warning", "method", "source", "parameter", "resampling"]


#: Column that is empty where a unit has no data, of topics without a share of coverage.
_MEASURED: Final[Mapping[str, str]] = {
    "monitor": "change_km2",
    "indicators": "targets",
    "table": "table_line",
    "layer": "land_area_km2",
}
#: Units without data that are named; of more, the number is given.
_NAMED: Final = 5


@dataclass(frozen=True)
class Column:
    """A column: its name, title, unit (None for names and flags) and digits when printed."""

    name: str
    title: Text
    unit: str | None = None
    digits: int = 2


@dataclass(frozen=True)
class Note:
    """A sentence that every output carries."""

    kind: NoteKind
    text: Text


@dataclass(frozen=True)
class Table:
    """A table beside the main one, e.g. the targets."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    frame: pd.DataFrame


@dataclass(frozen=True, repr=False)
class Figures:
    """Figures per unit, with geometry, and all that must stand beside them.

    Attributes
    ----------
    topic : str
        ``forest-cover``, ``soil-loss``, ``soil-conservation``, ``land-use``, ``monitor``,
        ``indicators``, ``table`` or ``layer``.
    title : Text
    columns : tuple of Column
        Columns of ``frame`` in order, without geometry.
    frame : GeoDataFrame
        One row a unit, EPSG:4490.
    notes : tuple of Note
    tables : tuple of Table
    facts : dict
        Provenance: file hashes, parameters, options; plain values only. ``demonstration`` is true
        where the figures rest on embedded coarse data: they are ranges only, and rank nothing.
    draws : Draws or None
        What the figure can be, given all that is unknown.
    """

    topic: str
    title: Text
    columns: tuple[Column, ...]
    frame: GeoDataFrame
    notes: tuple[Note, ...]
    tables: tuple[Table, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    draws: Draws | None = None

    def table(self, name: str) -> Table | None:
        """Return a table beside the main one, or None."""
        return next((t for t in self.tables if t.name == name), None)

    @property
    def bare(self) -> tuple[str, ...]:
        """Names of the units without any data."""
        if "coverage_share" in self.frame:
            empty = ~(self.frame["coverage_share"].astype(float) > 0.0)
        else:
            empty = self.frame[_MEASURED[self.topic]].isna()
        return tuple(self.frame.loc[empty, "name"].astype(str))

    @property
    def shortfall(self) -> Text | None:
        """What is to be said of units without any data; None if there are none."""
        bare, count = self.bare, len(self.frame)
        if not bare:
            return None
        if self.topic == "table":
            return message("own-tables.missing", count=len(bare), names=bare[:_NAMED])
        if self.topic == "monitor":
            lack = message("figures.no-ground-in-both-epochs")
            nothing = message("figures.nothing-could-compared")
        else:
            lack = message("figures.no-data")
            nothing = message("figures.no-figure-could-computed")
        head = nothing if len(bare) == count else message("figures.text")
        more = len(bare) - _NAMED
        rest = message("figures.and-more", more=more) if more > 0 else None
        return message(
            "figures.units-have-cure-check",
            head=head,
            count=count,
            bare_count=len(bare),
            detail=lack,
            names=bare[:_NAMED],
            rest=rest,
        )

    def _repr_html_(self) -> str:
        frame = self.to_frame(default_lang())
        flat = frame.drop(columns=frame.geometry.name)
        rows = [[f"{v:.4g}" if isinstance(v, float) else v for v in r] for r in flat.to_numpy()]
        return table_html(self.topic, [str(c) for c in flat.columns], rows)

    def __repr__(self) -> str:
        return f"<Figures {self.topic}: {len(self.frame)} units>"

    def to_frame(self, lang: Lang = "en") -> GeoDataFrame:
        """Return a copy of the frame; ``attrs`` has units, titles, notes and facts."""
        frame = self.frame.copy()
        frame.attrs = {
            "topic": self.topic,
            "units": {c.name: c.unit for c in self.columns if c.unit is not None},
            "titles": {c.name: c.title.in_(lang) for c in self.columns},
            "notes": [note.text.in_(lang) for note in self.notes],
            "facts": dict(self.facts),
        }
        return frame


def unit_columns() -> tuple[Column, ...]:
    """Return the columns that name a unit."""
    return (
        Column("unit", message("figures.code")),
        Column("name", message("figures.name")),
        Column("land_area_km2", message("figures.area"), "km2", 2),
    )


def quality_columns() -> tuple[Column, ...]:
    """Return the columns that say how much of a unit has data."""
    return (
        Column("coverage_share", message("figures.share-data"), "1", 4),
        Column("low_coverage", message("figures.under-99-data")),
    )


def unverified_note(names: Sequence[Text], sources: Sequence[str]) -> Note:
    """Say that a value could not be checked against an official text."""
    each = [
        message("figures.from-source", name=name, source=source)
        for name, source in zip(names, sources, strict=True)
    ]
    return Note("parameter", message("figures.unverified-default-values", detail=each))


def with_warning(figures: Figures) -> Figures:
    """Return the figures with a warning first if some units have no data."""
    said = figures.shortfall
    if said is None:
        return figures
    return replace(figures, notes=(Note("warning", said), *figures.notes))
