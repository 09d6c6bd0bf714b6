"""A workspace: which official sources stand for which layers, and what the user knows of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, model_validator

from zoning.model.declared import Declared, Identifier, NonNegative

#: Six-digit division code of a county or city; a city stands for all its counties.
Adcode = Annotated[str, Field(pattern=r"^14\d{4}$")]


#: Written by earlier versions of ``workspace init`` where nobody had stated a date.
_PLACEHOLDER = datetime.date(1900, 1, 1)


#: The province, or some of its counties and cities.
Codes = Literal["province"] | tuple[Adcode, ...]


class OfficialLayer(Declared):
    """An official source that replaces an embedded layer, or a statement that there is none.

    ``source`` is a file, relative to the workspace file, or ``postgresql://…``. ``fields`` maps the
    catalogue's column names to the source's own; what is left out is found by alias. ``values``
    translates codes of a column to the catalogue's words. ``where`` keeps the features whose own
    column holds one of some words, as the cropland of a land-use survey; a feature with nothing in
    that column is kept, for it may be one. ``left_out`` names words of such a column that stand for
    something else; a source with a word of which nobody says so is complete nowhere. ``covers``
    says where the source is complete: a miss elsewhere is not checked, and where it is left out a
    miss is checked nowhere. ``none_in`` says where the authority states that there is no such zone
    at all; it needs no source. Both are statements, so they need an authority and a date, and
    ``none_in`` the document that makes it; a statement without them states nothing.
    ``accept_left_out`` is the reason why the source counts as complete although parts of it are not
    read. ``gap`` (m) and ``nested`` are for drawings: how far apart ends of lines are joined, and
    whether closed lines within others are holes or zones of their own (``"sites"``). An official
    line is where it is drawn, so ``accuracy_m`` is 0 unless stated; ``half_width_m`` is how far the
    edge that the law counts from lies from lines drawn in the middle (0 where the edge itself is
    drawn).
    """

    source: str | None = None
    layer: str | None = None
    table: str | None = None
    sql: str | None = None
    crs: str | None = None
    encoding: str | None = None
    datum: Literal["gcj02", "bd09"] | None = None
    repair: bool = False
    gap: NonNegative | None = None
    nested: Literal["holes", "sites"] | None = None
    accept_left_out: str = ""
    fields: Mapping[Identifier, str] = Field(default_factory=dict)
    values: Mapping[Identifier, Mapping[str, str]] = Field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    left_out: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    covers: Codes = ()
    none_in: Codes = ()
    date: datetime.date | None = None
    authority: str = ""
    document: str = ""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    accuracy_m: NonNegative = 0.0
    half_width_m: NonNegative | None = None
    _day: datetime.date | None = PrivateAttr(default=None)

    def on(self, day: datetime.date | None) -> OfficialLayer:
        """Return the entry as it is known on a day; None stands for any."""
        out = self.model_copy()
        out._day = day
        return out

    @property
    def early(self) -> bool:
        """Whether the statement is dated after the day on which it is asked for."""
        return self._day is not None and self.date is not None and self.date > self._day

    @property
    def is_database(self) -> bool:
        """Whether the source is a table of a PostGIS database."""
        return (self.source or "").startswith(("postgresql://", "postgres://"))

    @model_validator(mode="after")
    def _database_needs_a_table(self) -> OfficialLayer:
        chosen = (self.table is not None) + (self.sql is not None)
        if self.is_database and chosen != 1:
            raise ValueError("a database source takes exactly one of table and sql")
        if self.is_database and self.where:
            raise ValueError("where is for files; a database takes sql")
        if {name.casefold() for name in self.left_out} - {name.casefold() for name in self.where}:
            raise ValueError("left_out names words of a column that where does not choose by")
        if not self.is_database and chosen:
            raise ValueError("table and sql are for postgresql:// sources")
        return self

    @model_validator(mode="after")
    def _has_something(self) -> OfficialLayer:
        if self.source is None and not self.none_in:
            raise ValueError("no source and no none_in")
        return self

    @property
    def unsigned(self) -> tuple[str, ...]:
        """What a statement about absence lacks to be one: authority, date, document.

        Nobody can have stated by now what is dated later.
        """
        if not self.covers and not self.none_in:
            return ()
        dated = self.date is not None and self.date > _PLACEHOLDER and not self.early
        lacking = {"authority": self.authority.strip(), "date": dated}
        if self.none_in:
            lacking["document"] = self.document.strip()
        return tuple(name for name, given in lacking.items() if not given)

    @property
    def complete_in(self) -> Codes:
        """Where somebody states that the source is complete."""
        return () if {"authority", "date"} & set(self.unsigned) else self.covers

    @property
    def absent_in(self) -> Codes:
        """Where somebody states that there is no such zone."""
        return () if self.unsigned else self.none_in


class Absence(Declared):
    """A statement of an authority that a county has no zone of some layers."""

    layers: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    none_in: Codes
    authority: Annotated[str, Field(min_length=1)]
    date: datetime.date
    document: Annotated[str, Field(min_length=1)]

    def entry(self) -> OfficialLayer:
        """Return what the statement says of each of its layers."""
        return OfficialLayer(
            none_in=self.none_in,
            authority=self.authority,
            date=self.date,
            document=self.document,
        )


class Workspace(Declared):
    """The content of ``zoning.toml``. ``required`` names layers a complete review cannot lack.

    ``absent`` says in one entry of many layers what ``none_in`` says of one.
    """

    name: str = ""
    required: tuple[Identifier, ...] = ()
    layers: Mapping[Identifier, OfficialLayer] = Field(default_factory=dict)
    absent: tuple[Absence, ...] = ()
    _day: datetime.date | None = PrivateAttr(default=None)

    def on(self, day: datetime.date | None) -> Workspace:
        """Return the workspace as it is known on a day; None stands for any."""
        out = self.model_copy()
        out._day = day
        return out

    @model_validator(mode="after")
    def _stated_once(self) -> Workspace:
        told = [*self.layers, *(name for absence in self.absent for name in absence.layers)]
        twice = sorted({name for name in told if told.count(name) > 1})
        if twice:
            raise ValueError(f"stated twice: {', '.join(twice)}")
        return self

    @property
    def entries(self) -> Mapping[str, OfficialLayer]:
        """What is stated of each layer, by source or as an absence."""
        absent = {name: x.entry() for x in self.absent for name in x.layers}
        return {name: entry.on(self._day) for name, entry in {**self.layers, **absent}.items()}
