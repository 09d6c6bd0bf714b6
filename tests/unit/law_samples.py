"""Rules, documents and measures as short as they can be, for tests of what is made of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from zoning.law import Evidenced
from zoning.messages import Text
from zoning.model import AttributeSpec, Document, Evidence, Measure, Project, Rule, Topic, Tri

T = Text("文", "text")


def rule(name: str = "T-1", **change: Any) -> Rule:
    form = {"id": name, "layer": "z", "document": "d", "section": T, "text": T, "advice": T,
            "effect": "prohibit"}  # fmt: skip
    return Rule.model_validate(form | change)


def document(name: str = "d", **change: Any) -> Document:
    form = {
        "id": name,
        "title": Text(f"《{name}》", name),
        "issuer": T,
        "level": "law",
        "source": "s",
    }
    return Document.model_validate(form | change)


def topic(name: str = "t", layers: tuple[str, ...] = ("z",), day: str = "2020-01-01") -> Topic:
    return Topic(id=name, title=T, layers=layers, complete_from=date.fromisoformat(day), note=T)


def spec(name: str, kind: str = "bool", **change: Any) -> AttributeSpec:
    form = {"name": name, "title": Text(name, name), "question": T, "type": kind}
    return AttributeSpec.model_validate(form | change)


def values(*names: str) -> list[dict[str, Any]]:
    """Return the options of an enumerated attribute."""
    return [{"value": name, "title": Text(name, name)} for name in names]


def measured(touches: Tri = Tri.YES, **figures: Any) -> Measure:
    form: dict[str, Any] = {"distance_m": 0.0, "depth_m": 500.0, "share": 1.0}
    return Measure("z", "zone", touches=touches, **form | figures)


def known(touches: Tri = Tri.YES, evidence: Evidence = Evidence.OFFICIAL, **more: Any) -> Evidenced:
    return Evidenced(evidence, measured(touches), **more)


def project(**attributes: Any) -> Project:
    return Project("p", "P", None, attributes)
