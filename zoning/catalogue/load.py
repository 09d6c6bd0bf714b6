"""The catalogue: ``layers/*.toml`` read into frozen models, every fault of every file at once."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import tomli
from pydantic import ValidationError

from zoning.base.errors import CatalogueError, Problem
from zoning.base.settings import layers_dir
from zoning.catalogue import compiled
from zoning.catalogue.content import Catalogue, CatalogueFile, catalogue_problem
from zoning.catalogue.cross_check import cross_check
from zoning.messages import Text, message

_Item = TypeVar("_Item")
_log = logging.getLogger(__name__)


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
    raws = {path: path.read_bytes() for path in files}
    joined = b"".join(path.name.encode() + b"\0" + raw + b"\0" for path, raw in raws.items())
    digest = hashlib.sha256(joined).hexdigest()

    def read() -> dict[str, Any]:
        return _tables(place, raws, digest)

    own = place == layers_dir()
    tables = compiled.tables(digest, read) if own else read()
    catalogue = Catalogue(**tables, sha256=digest)
    _log.info("%s: %r", place, catalogue)
    return catalogue


def _tables(place: Path, raws: Mapping[Path, bytes], digest: str) -> dict[str, Any]:
    """Return the tables of a catalogue, read and checked."""
    problems: list[Problem] = []
    parsed = ((path.name, _read_file(path, raw, problems)) for path, raw in raws.items())
    read = [(name, file) for name, file in parsed if file is not None]
    if not read and not problems:
        problems.append(_empty(place))
    tables = {
        table: _collect(read, table, "name" if table == "attributes" else "id", problems)
        for table in CatalogueFile.model_fields
    }
    problems.extend(cross_check(Catalogue(**tables, sha256=digest), read))
    if problems:
        raise CatalogueError(problems)
    return tables


def schema() -> dict[str, Any]:
    """Return the JSON schema of a catalogue file (``layers/schema.json``)."""
    return CatalogueFile.model_json_schema(by_alias=True)


def schema_text() -> str:
    """Return the schema as the bytes-stable text that is committed."""
    return json.dumps(schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# ---------------------------------------------------------------- reading one file


def _read_file(path: Path, raw: bytes, problems: list[Problem]) -> CatalogueFile | None:
    try:
        table = tomli.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        fault = message("load.file-utf-8")
        problems.append(catalogue_problem("not-utf8", path.name, None, fault))
        return None
    except tomli.TOMLDecodeError as error:
        fault = message("load.toml-syntax-error", error=error)
        problems.append(catalogue_problem("toml-syntax", path.name, None, fault))
        return None
    try:
        return CatalogueFile.model_validate(table)
    except ValidationError as error:
        for item in error.errors():
            key = _key(table, item["loc"])
            problems.append(catalogue_problem(item["type"], path.name, key, _fault(item)))
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


def _empty(place: Path) -> Problem:
    fault = message("load.folder-holds-no-toml")
    return catalogue_problem("catalogue-empty", str(place), None, fault)


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
                problems.append(catalogue_problem("duplicate-id", file, f"{table}[{name}]", fault))
                continue
            out[name], origin[name] = item, file
    return out
