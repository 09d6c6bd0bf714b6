"""Why a rule does or does not apply: every test of its conditions, with what was known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zoning.law.logic import evaluate
from zoning.messages import Text, message
from zoning.model import (
    AttributeSpec,
    Condition,
    Project,
    Tri,
    Value,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One test of a condition: how deep it stands, what it asks, and what it came to."""

    depth: int
    text: Text
    result: Tri


def steps(
    condition: Condition | None,
    project: Project,
    specs: Mapping[str, AttributeSpec],
    depth: int = 0,
) -> Iterator[Step]:
    """Walk a condition in reading order; None asks nothing."""
    if condition is None:
        return
    result = evaluate(condition, project.attributes)
    if condition.attribute is not None:
        yield Step(depth, _test(condition, project, specs[condition.attribute]), result)
        return
    head, parts = _group(condition)
    yield Step(depth, head, result)
    for part in parts:
        yield from steps(part, project, specs, depth + 1)


def _group(condition: Condition) -> tuple[Text, tuple[Condition, ...]]:
    if condition.all is not None:
        return message("explain.all"), condition.all
    if condition.any is not None:
        return message("explain.any"), condition.any
    assert condition.not_ is not None  # held by the model's validator
    return message("explain.not"), (condition.not_,)


def _test(condition: Condition, project: Project, spec: AttributeSpec) -> Text:
    asked = _asked(condition, spec)
    if spec.name not in project.attributes:
        return message("explain.stated", title=spec.title, name=spec.name, asked=asked)
    value = _shown(project.attributes[spec.name], spec)
    inferred = spec.name in project.deduced
    sources = [d.attribute for d in spec.derivations() if d.attribute in project.attributes]
    source = message("explain.inferred", source="/".join(sources)) if inferred else None
    return message(
        "explain.value", title=spec.title, name=spec.name, asked=asked, value=value, source=source
    )


def _asked(condition: Condition, spec: AttributeSpec) -> Text:
    if condition.is_ is not None:
        return message("explain.yes") if condition.is_ else message("explain.no")
    if condition.in_ is not None:
        values = [_shown(v, spec) for v in condition.in_]
        return message("explain.in", values=values)
    if condition.prefix is not None:
        codes = " ".join(condition.prefix)
        return message("explain.starts", codes=codes)
    unit = f" {spec.unit}" if spec.unit else ""
    if condition.at_least is not None:
        return message("explain.text-2", at_least=condition.at_least, unit=unit)
    if condition.at_most is not None:
        return message("explain.at-most", at_most=condition.at_most, unit=unit)
    return message("explain.text", below=condition.below, unit=unit)


def _shown(value: Value, spec: AttributeSpec) -> Text:
    if isinstance(value, bool):
        return message("explain.yes-2") if value else message("explain.no-2")
    for option in spec.values:
        if option.value == value:
            return option.title
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return Text(text, text)
