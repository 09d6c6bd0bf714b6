"""The catalogue: all layers, rules and what goes with them, by id."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from zoning.base.errors import CatalogueError, Problem, problem
from zoning.base.html import table_html
from zoning.base.settings import default_lang
from zoning.messages import Text, message
from zoning.model import (
    AttributeSpec,
    Declared,
    Document,
    Layer,
    Office,
    Profile,
    Rule,
    System,
    Topic,
)

_Item = TypeVar("_Item")


class CatalogueFile(Declared):
    """What one TOML file of the catalogue may hold."""

    documents: tuple[Document, ...] = ()
    attributes: tuple[AttributeSpec, ...] = ()
    layers: tuple[Layer, ...] = ()
    rules: tuple[Rule, ...] = ()
    topics: tuple[Topic, ...] = ()
    offices: tuple[Office, ...] = ()
    systems: tuple[System, ...] = ()
    profiles: tuple[Profile, ...] = ()


@dataclass(frozen=True, repr=False)
class Catalogue:
    """All layers, rules, documents and attributes, by id, and the hash of their files."""

    layers: Mapping[str, Layer]
    rules: Mapping[str, Rule]
    documents: Mapping[str, Document]
    attributes: Mapping[str, AttributeSpec]
    sha256: str
    topics: Mapping[str, Topic] = field(default_factory=dict)
    offices: Mapping[str, Office] = field(default_factory=dict)
    systems: Mapping[str, System] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        lang = default_lang()
        heads = ("layer", "name", "evidence", "rules")
        sizes = len(self.layers), len(self.rules), len(self.documents)
        layers, rules, documents = sizes
        title = message("catalogue.sound", layers=layers, rules=rules, documents=documents)
        rows = [
            (x.id, x.name.in_(lang), x.evidence or "-", len(self.rules_of(x.id)))
            for x in self.layers.values()
        ]
        said = [message(f"layers-table.{head}").in_(lang) for head in heads]
        return table_html(title.in_(lang), said, rows)

    def __repr__(self) -> str:
        sizes = f"{len(self.layers)} layers, {len(self.rules)} rules"
        return f"<Catalogue {self.sha256[:12]}: {sizes}, {len(self.documents)} documents>"

    def rules_of(self, layer: str) -> tuple[Rule, ...]:
        """Return the rules that hold in a layer, by id."""
        return tuple(r for r in self.rules.values() if r.layer == layer)

    def office_of(self, layer: str) -> Office | None:
        """Return the office that holds a layer's official data; None where none is known."""
        return next((x for x in self.offices.values() if layer in x.layers), None)

    def with_rules(self, more: Iterable[Rule], origin: bytes) -> Catalogue:
        """Return the catalogue with a user's rules added; ``origin`` enters the hash."""
        digest = hashlib.sha256(self.sha256.encode() + b"\0" + origin).hexdigest()
        rules = {**self.rules, **{rule.id: rule for rule in more}}
        return replace(self, rules=rules, sha256=digest)

    def layer(self, name: str) -> Layer:
        """Return a layer by id.

        Raises
        ------
        CatalogueError
            If there is none; the message lists similar ids.
        """
        return _pick(self.layers, name, message("load.layer"), "zoning layers list")

    def rule(self, name: str) -> Rule:
        """Return a rule by id, or raise CatalogueError naming similar ids."""
        return _pick(self.rules, name, message("load.rule"), "zoning rules list")


def _pick(table: Mapping[str, _Item], name: str, kind: Text, command: str) -> _Item:
    if name in table:
        return table[name]
    from difflib import get_close_matches

    near = get_close_matches(name, table, n=3)
    hint = message("load.did-you-mean", near=near) if near else None
    raise CatalogueError(problem("unknown-id", name=name, kind=kind, command=command, hint=hint))


def catalogue_problem(code: str, file: str, key: str | None, fault: Text) -> Problem:
    """Return a fault of a file of the catalogue, with the key it stands under."""
    cure = message("load.correct-after-layers-readme")
    return Problem(code=code, fault=fault, cure=cure, file=file, field=key)
