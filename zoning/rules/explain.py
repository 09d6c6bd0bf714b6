"""Why a rule does or does not apply: every test of its conditions, with what was known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zoning.errors import Text
from zoning.model import AttributeSpec, Condition, Project, Tri, Value
from zoning.rules.logic import evaluate


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
        return Text("以下全部成立", "all of"), condition.all
    if condition.any is not None:
        return Text("以下任一成立", "any of"), condition.any
    assert condition.not_ is not None  # held by the model's validator
    return Text("以下不成立", "not"), (condition.not_,)


def _test(condition: Condition, project: Project, spec: AttributeSpec) -> Text:
    asked = _asked(condition, spec)
    if spec.name not in project.attributes:
        return Text(
            f"{spec.title.zh}({spec.name}) {asked.zh}：未填",
            f"{spec.title.en} ({spec.name}) {asked.en}: not stated",
        )
    value = _shown(project.attributes[spec.name], spec)
    inferred = spec.name in project.deduced
    sources = [d.attribute for d in spec.derivations() if d.attribute in project.attributes]
    source = "/".join(sources) if inferred else ""
    return Text(
        f"{spec.title.zh}({spec.name}) {asked.zh}：{value.zh}"
        + (f"（由 {source} 推断）" if inferred else ""),
        f"{spec.title.en} ({spec.name}) {asked.en}: {value.en}"
        + (f" (inferred from {source})" if inferred else ""),
    )


def _asked(condition: Condition, spec: AttributeSpec) -> Text:
    if condition.is_ is not None:
        return Text("为是", "is yes") if condition.is_ else Text("为否", "is no")
    if condition.in_ is not None:
        values = [_shown(v, spec) for v in condition.in_]
        return Text(
            f"属于 {'、'.join(v.zh for v in values)}", f"in {', '.join(v.en for v in values)}"
        )
    if condition.prefix is not None:
        codes = " ".join(condition.prefix)
        return Text(f"以 {codes} 开头", f"starts with {codes}")
    unit = f" {spec.unit}" if spec.unit else ""
    if condition.at_least is not None:
        return Text(f"≥ {condition.at_least:g}{unit}", f"≥ {condition.at_least:g}{unit}")
    return Text(f"< {condition.below:g}{unit}", f"< {condition.below:g}{unit}")


def _shown(value: Value, spec: AttributeSpec) -> Text:
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    for option in spec.values:
        if option.value == value:
            return option.title
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return Text(text, text)
