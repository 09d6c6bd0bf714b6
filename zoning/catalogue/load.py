"""The catalogue: ``layers/*.toml`` read into frozen models, every fault of every file at once."""

from __future__ import annotations

import hashlib
import json
import logging
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from zoning.base.errors import CatalogueError, Problem, problem
from zoning.base.html import table_html
from zoning.base.settings import data_dir, default_lang, layers_dir
from zoning.messages import Text, message
from zoning.model import (
    AttributeSpec,
    Condition,
    Declared,
    Document,
    Layer,
    Office,
    Rule,
    System,
    Topic,
)

_Item = TypeVar("_Item")
_log = logging.getLogger(__name__)


class CatalogueFile(Declared):
    """What one TOML file of the catalogue may hold."""

    documents: tuple[Document, ...] = ()
    attributes: tuple[AttributeSpec, ...] = ()
    layers: tuple[Layer, ...] = ()
    rules: tuple[Rule, ...] = ()
    topics: tuple[Topic, ...] = ()
    offices: tuple[Office, ...] = ()
    systems: tuple[System, ...] = ()


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
    hint_zh = f"是否指 {'、'.join(near)}？" if near else ""
    hint_en = f"Did you mean {', '.join(near)}? " if near else ""
    raise CatalogueError(
        problem("unknown-id", name=name, kind=kind, command=command, hint=Text(hint_zh, hint_en))
    )


def load_catalogue(folder: Path | None = None) -> Catalogue:
    """Read and cross-check the catalogue.

    Parameters
    ----------
    folder : Path, optional
        Folder of TOML files; the embedded catalogue by default.

    Returns
    -------
    Catalogue

    Raises
    ------
    CatalogueError
        With one Problem per fault of every file, each naming the file and the key.
    """
    place = folder or layers_dir()
    files = sorted(place.glob("*.toml"))
    key = tuple((str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in files)
    if key not in _LOADED:
        _LOADED.clear()  # one at a time: folders of a test or a comparison need not be kept
        _LOADED[key] = _load(place, files)
    return _LOADED[key]


#: The catalogue read last, by its files with their times and sizes.
_LOADED: dict[tuple[tuple[str, int, int], ...], Catalogue] = {}


def _load(place: Path, files: Sequence[Path]) -> Catalogue:
    problems: list[Problem] = []
    read: list[tuple[str, CatalogueFile]] = []
    digest = hashlib.sha256()
    for path in files:
        raw = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + raw + b"\0")
        parsed = _read_file(path, raw, problems)
        if parsed is not None:
            read.append((path.name, parsed))
    if not read and not problems:
        problems.append(_empty(place))
    catalogue = Catalogue(
        layers=_collect(read, "layers", "id", problems),
        rules=_collect(read, "rules", "id", problems),
        documents=_collect(read, "documents", "id", problems),
        attributes=_collect(read, "attributes", "name", problems),
        sha256=digest.hexdigest(),
        topics=_collect(read, "topics", "id", problems),
        offices=_collect(read, "offices", "id", problems),
        systems=_collect(read, "systems", "id", problems),
    )
    problems.extend(_cross_check(catalogue, read))
    if problems:
        raise CatalogueError(problems)
    _log.info("%s: %r", place, catalogue)
    return catalogue


def schema() -> dict[str, Any]:
    """Return the JSON schema of a catalogue file (``layers/schema.json``)."""
    return CatalogueFile.model_json_schema(by_alias=True)


def schema_text() -> str:
    """Return the schema as the bytes-stable text that is committed."""
    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# ---------------------------------------------------------------- reading one file


def _read_file(path: Path, raw: bytes, problems: list[Problem]) -> CatalogueFile | None:
    try:
        table = tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        fault = message("load.file-utf-8")
        problems.append(_problem("not-utf8", path.name, None, fault))
        return None
    except tomllib.TOMLDecodeError as error:
        fault = message("load.toml-syntax-error", error=error)
        problems.append(_problem("toml-syntax", path.name, None, fault))
        return None
    try:
        return CatalogueFile.model_validate(table)
    except ValidationError as error:
        for item in error.errors():
            key = _key(table, item["loc"])
            problems.append(_problem(item["type"], path.name, key, _fault(item)))
        return None


def _key(table: Mapping[str, Any], location: tuple[int | str, ...]) -> str:
    """Name a key the way the file does: ``layers[main_rivers].style.color``."""
    here: Any = table
    out = ""
    for part in location:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(part, int):
            name = here.get("id", here.get("name", part)) if isinstance(here, dict) else part
            out += f"[{name}]"
        else:
            out += f".{part}" if out else part
    return out


def _fault(item: Any) -> Text:
    given = repr(item.get("input"))[:80]
    known = {
        "missing": message("load.known.missing"),
        "extra_forbidden": message("load.known.extra-forbidden"),
        "unexpected_keyword_argument": message("load.known.unexpected-keyword-argument"),
    }
    return known.get(
        item["type"],
        message("load.text", given=given, msg=item["msg"]),
    )


def _problem(code: str, file: str, key: str | None, fault: Text) -> Problem:
    cure = message("load.correct-after-layers-readme")
    return Problem(code=code, fault=fault, cure=cure, file=file, field=key)


def _empty(place: Path) -> Problem:
    fault = message("load.folder-holds-no-toml")
    return _problem("catalogue-empty", str(place), None, fault)


def _collect(
    read: Iterable[tuple[str, CatalogueFile]], table: str, key: str, problems: list[Problem]
) -> dict[str, Any]:
    out: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for file, parsed in read:
        for item in getattr(parsed, table):
            name = getattr(item, key)
            if name in out:
                fault = message("load.defined-twice-first", name=name, origin=origin[name])
                problems.append(_problem("duplicate-id", file, f"{table}[{name}]", fault))
                continue
            out[name], origin[name] = item, file
    return out


# ---------------------------------------------------------------- what only the whole can tell


def _cross_check(
    catalogue: Catalogue, read: Iterable[tuple[str, CatalogueFile]]
) -> Iterator[Problem]:
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
        yield _problem("file-missing", file, f"{key}.source.file", fault)


def _check_rule(catalogue: Catalogue, file: str, rule: Rule) -> Iterator[Problem]:
    key = f"rules[{rule.id}]"
    layer = catalogue.layers.get(rule.layer)
    if layer is None:
        yield _dangling(file, f"{key}.layer", rule.layer)
    elif rule.scope.op == "within" and layer.geometry in ("line", "point"):
        fault = message("load.point-line-layer-needs")
        yield _problem("scope-mismatch", file, f"{key}.scope.op", fault)
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
        yield _problem("test-mismatch", file, key, fault)
    values = {v.value for v in spec.values}
    for value in test.in_ or ():
        if spec.type == "enum" and value not in values:
            yield _dangling(file, f"{key}.{name}", value)


def _dangling(file: str, key: str, name: str) -> Problem:
    fault = message("load.defined", name=name)
    return _problem("dangling-reference", file, key, fault)
