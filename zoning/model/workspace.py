"""A workspace: which official sources stand for which layers, and what the user knows of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from zoning.model.declared import Declared, Identifier, NonNegative

#: Six-digit division code of a county or city; a city stands for all its counties.
Adcode = Annotated[str, Field(pattern=r"^14\d{4}$")]


class OfficialLayer(Declared):
    """An official source that replaces an embedded layer.

    ``source`` is a file, relative to the workspace file, or ``postgresql://…``. ``fields`` maps the
    catalogue's column names to the source's own; what is left out is found by alias. ``values``
    translates codes of a column to the catalogue's words. ``covers`` says where the source is
    complete: a miss elsewhere is not checked. An official line is where it is drawn, so
    ``accuracy_m`` is 0 unless stated.
    """

    source: str
    layer: str | None = None
    table: str | None = None
    sql: str | None = None
    crs: str | None = None
    encoding: str | None = None
    datum: Literal["gcj02", "bd09"] | None = None
    repair: bool = False
    fields: Mapping[Identifier, str] = Field(default_factory=dict)
    values: Mapping[Identifier, Mapping[str, str]] = Field(default_factory=dict)
    covers: Literal["province"] | tuple[Adcode, ...]
    date: date
    authority: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    accuracy_m: NonNegative = 0.0

    @property
    def is_database(self) -> bool:
        """Whether the source is a table of a PostGIS database."""
        return self.source.startswith(("postgresql://", "postgres://"))

    @model_validator(mode="after")
    def _database_needs_a_table(self) -> OfficialLayer:
        chosen = (self.table is not None) + (self.sql is not None)
        if self.is_database and chosen != 1:
            raise ValueError("a database source takes exactly one of table and sql")
        if not self.is_database and chosen:
            raise ValueError("table and sql are for postgresql:// sources")
        return self


class Workspace(Declared):
    """The content of ``zoning.toml``. ``required`` names layers a complete review cannot lack."""

    name: str = ""
    required: tuple[Identifier, ...] = ()
    layers: Mapping[Identifier, OfficialLayer] = Field(default_factory=dict)
