"""The faults of a catalogue that only the whole of it can tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from zoning.base.errors import Problem
from zoning.base.settings import data_dir
from zoning.catalogue.content import Catalogue, CatalogueFile, catalogue_problem
from zoning.messages import message
from zoning.model import (
    AttributeSpec,
    Condition,
    Layer,
    Office,
    Profile,
    Rule,
    System,
    Topic,
    Value,
)


def cross_check(
    catalogue: Catalogue, read: Iterable[tuple[str, CatalogueFile]]
) -> Iterator[Problem]:
    """Yield the faults that no file shows by itself: names that lead nowhere."""
    for file, parsed in read:
        for document in parsed.documents:
            if document.superseded_by and document.superseded_by not in catalogue.documents:
                key = f"documents[{document.id}].superseded_by"
                yield _dangling(file, key, document.superseded_by)
        for layer in parsed.layers:
            yield from _check_layer(catalogue, file, layer)
        for rule in parsed.rules:
            yield from _check_rule(catalogue, file, rule)
        for spec in parsed.attributes:
            yield from _check_derivation(catalogue, file, spec)
        lists: Mapping[str, Sequence[Topic | Office | System]] = {
            "topics": parsed.topics,
            "offices": parsed.offices,
            "systems": parsed.systems,
        }
        for kind, listed in lists.items():
            for entry in listed:
                for name in entry.layers:
                    if name not in catalogue.layers:
                        yield _dangling(file, f"{kind}[{entry.id}].layers", name)
        for profile in parsed.profiles:
            yield from _check_profile(catalogue, file, profile)
        for system in parsed.systems:
            for classes in system.classes:
                key = f"systems[{system.id}].classes"
                chosen: Mapping[str, tuple[str, ...]] = {classes.field: ()}
                yield from _check_where(catalogue, file, key, classes.layer, chosen)


def _check_derivation(catalogue: Catalogue, file: str, spec: AttributeSpec) -> Iterator[Problem]:
    values = {v.value for v in spec.values}
    for derive in spec.derivations():
        key = f"attributes[{spec.name}].derive"
        if derive.attribute not in catalogue.attributes:
            yield _dangling(file, f"{key}.attribute", derive.attribute)
        for option in derive.values:
            if option.value not in values:
                yield _dangling(file, f"{key}.values", option.value)


def _check_profile(catalogue: Catalogue, file: str, profile: Profile) -> Iterator[Problem]:
    key = f"profiles[{profile.id}]"
    for name in profile.includes:
        if name not in catalogue.profiles:
            yield _dangling(file, f"{key}.includes", name)
    others = [p for p in catalogue.profiles.values() if p.id != profile.id]
    for code in profile.codes:
        if any(code in other.codes for other in others):
            fault = message("load.code-of-two-profiles", code_=code)
            yield catalogue_problem("profile-code", file, f"{key}.codes", fault)
    for presumption in profile.presume:
        for name, value in presumption.answers.items():
            spec = catalogue.attributes.get(name)
            if spec is None:
                yield _dangling(file, f"{key}.presume.answers", name)
            elif not _fits(spec, value):
                fault = message("load.no-value-of-attribute", value=str(value), name=name)
                yield catalogue_problem(
                    "profile-answer", file, f"{key}.presume.answers.{name}", fault
                )


def _fits(spec: AttributeSpec, value: Value) -> bool:
    """Whether an attribute can have a value as it is written in a declaration."""
    if spec.type == "bool":
        return isinstance(value, bool)
    if spec.type == "number":
        return isinstance(value, float) and not isinstance(value, bool)
    if spec.type == "enum":
        return value in {option.value for option in spec.values}
    return isinstance(value, str)


def _check_layer(catalogue: Catalogue, file: str, layer: Layer) -> Iterator[Problem]:
    key = f"layers[{layer.id}]"
    for document in layer.documents:
        if document not in catalogue.documents:
            yield _dangling(file, f"{key}.documents", document)
    source = layer.source
    if source is None:
        return
    if source.buffer is not None and source.buffer.layer not in catalogue.layers:
        yield _dangling(file, f"{key}.source.buffer.layer", source.buffer.layer)
    if source.file is not None and not (data_dir() / source.file).is_file():
        fault = message("load.data-file-missing", file_=source.file)
        yield catalogue_problem("file-missing", file, f"{key}.source.file", fault)


def _check_rule(catalogue: Catalogue, file: str, rule: Rule) -> Iterator[Problem]:
    key = f"rules[{rule.id}]"
    layer = catalogue.layers.get(rule.layer)
    if layer is None:
        yield _dangling(file, f"{key}.layer", rule.layer)
    elif rule.scope.op == "within" and layer.geometry in ("line", "point"):
        fault = message("load.point-line-layer-needs")
        yield catalogue_problem("scope-mismatch", file, f"{key}.scope.op", fault)
    if rule.document not in catalogue.documents:
        yield _dangling(file, f"{key}.document", rule.document)
    if rule.successor is not None and rule.successor not in catalogue.rules:
        yield _dangling(file, f"{key}.successor", rule.successor)
    yield from _check_where(catalogue, file, f"{key}.scope.where", rule.layer, rule.scope.where)
    area = rule.scope.area
    if area is not None:
        yield from _check_where(catalogue, file, f"{key}.scope.area", area.layer, area.where)
    for test in rule.when.tests() if rule.when else ():
        yield from _check_test(catalogue, file, f"{key}.when", test)
    for permit in rule.permits:
        where = f"{key}.permits[{permit.id}]"
        if permit.document is not None and permit.document not in catalogue.documents:
            yield _dangling(file, f"{where}.document", permit.document)
        for test in permit.when.tests():
            yield from _check_test(catalogue, file, f"{where}.when", test)


def _check_where(
    catalogue: Catalogue, file: str, key: str, name: str, where: Mapping[str, Any]
) -> Iterator[Problem]:
    """A zone can only be chosen by a field that the layer declares."""
    layer = catalogue.layers.get(name)
    if layer is None:
        if where or key.endswith("area"):
            yield _dangling(file, f"{key}.layer", name)
        return
    declared = {field.name for field in layer.fields}
    for column in where:
        if column not in declared:
            yield _dangling(file, f"{key}.{column}", column)


def _check_test(catalogue: Catalogue, file: str, key: str, test: Condition) -> Iterator[Problem]:
    name = str(test.attribute)
    spec = catalogue.attributes.get(name)
    if spec is None:
        yield _dangling(file, key, name)
        return
    form = {
        "bool": test.is_ is not None,
        "enum": test.in_ is not None,
        "text": test.in_ is not None,
        "code": test.prefix is not None,
        "number": not (test.at_least is test.at_most is test.below is None),
    }[spec.type]
    if not form:
        fault = message("load.attribute-type-which-does", name=name, type=spec.type)
        yield catalogue_problem("test-mismatch", file, key, fault)
    values = {v.value for v in spec.values}
    for value in test.in_ or ():
        if spec.type == "enum" and value not in values:
            yield _dangling(file, f"{key}.{name}", value)


def _dangling(file: str, key: str, name: str) -> Problem:
    fault = message("load.defined", name=name)
    return catalogue_problem("dangling-reference", file, key, fault)
