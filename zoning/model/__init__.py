"""The vocabulary as frozen values: what is declared (layers, rules) and what is found (reports).

Declarations are pydantic models that refuse unknown keys, because they are read from TOML that
people write. Results are plain frozen dataclasses, because only this package makes them.
"""

from zoning.model.declared import (
    Area,
    AttributeSpec,
    AttributeValue,
    Buffer,
    Condition,
    Declared,
    Derivation,
    DerivedValue,
    Document,
    FieldSpec,
    Layer,
    LayerSource,
    Permit,
    Rule,
    Scope,
    Style,
    Tolerances,
)
from zoning.model.results import (
    Finding,
    InputRecord,
    LayerRecord,
    Measure,
    Missing,
    Outcome,
    Project,
    ProjectResult,
    Query,
    Report,
)
from zoning.model.words import Confidence, Effect, Evidence, Status, Tri, Value
from zoning.model.workspace import OfficialLayer, Workspace

__all__ = [
    "Area",
    "AttributeSpec",
    "AttributeValue",
    "Buffer",
    "Condition",
    "Confidence",
    "Declared",
    "Derivation",
    "DerivedValue",
    "Document",
    "Effect",
    "Evidence",
    "FieldSpec",
    "Finding",
    "InputRecord",
    "Layer",
    "LayerRecord",
    "LayerSource",
    "Measure",
    "Missing",
    "OfficialLayer",
    "Outcome",
    "Permit",
    "Project",
    "ProjectResult",
    "Query",
    "Report",
    "Rule",
    "Scope",
    "Status",
    "Style",
    "Tolerances",
    "Tri",
    "Value",
    "Workspace",
]
