"""A workspace: ``zoning.toml``, which says what official data stand for which layers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import tomli
from pydantic import ValidationError

from zoning.base.errors import CatalogueError, Problem, problem
from zoning.base.settings import WORKSPACE
from zoning.messages import Text, message
from zoning.model import Layer, OfficialLayer, Workspace


@dataclass(frozen=True)
class OpenWorkspace:
    """A workspace and the folder its relative paths start from."""

    path: Path
    content: Workspace
    sha256: str

    def entry(self, layer: str) -> OfficialLayer | None:
        """Return the official source of a layer, if there is one."""
        return self._entries.get(layer)

    @cached_property
    def _entries(self) -> Mapping[str, OfficialLayer]:
        return self.content.entries


def open_workspace(
    path: str | Path | None, layers: Mapping[str, Layer], day: date | None = None
) -> OpenWorkspace | None:
    """Read a workspace file.

    Parameters
    ----------
    path : path or None
        ``zoning.toml``, or the folder that holds it. None looks in the current folder and is
        content with nothing there.
    layers : mapping
        The catalogue's layers; an entry for any other id is a fault.
    day : date, optional
        The day of the review. A statement dated after it and after today is still to be made, and
        states nothing; a review of the law of a former day may use the data of today. None
        believes any.

    Raises
    ------
    CatalogueError
        With every fault at once.
    """
    found = Path(WORKSPACE) if path is None else Path(path)
    if found.is_dir():
        found = found / WORKSPACE
    if not found.is_file():
        if path is None:
            return None
        fault = message("official.there-no-such-workspace")
        cure = message("official.make-one-zoning-workspace")
        raise CatalogueError(Problem("workspace-missing", fault, cure, file=str(found)))
    raw = found.read_bytes()
    content = _parse(found, raw)
    unknown = [i for i in (*content.entries, *content.required) if i not in layers]
    if unknown:
        raise CatalogueError([_unknown_layer(found, name) for name in unknown])
    if strange := list(_unknown_columns(found, content, layers)):
        raise CatalogueError(strange)
    known = None if day is None else max(day, date.today())
    return OpenWorkspace(found, content.on(known), hashlib.sha256(raw).hexdigest())


def _unknown_columns(
    path: Path, content: Workspace, layers: Mapping[str, Layer]
) -> Iterator[Problem]:
    """Yield what ``fields`` and ``values`` say of columns that a layer does not have."""
    from difflib import get_close_matches

    for layer, entry in content.entries.items():
        known = [spec.name for spec in layers[layer].fields]
        for key, said in (("fields", entry.fields), ("values", entry.values)):
            for name in said:
                if name not in known:
                    near = get_close_matches(name, known, n=3)
                    yield problem(
                        "workspace-unknown-column",
                        file=str(path),
                        field=f"layers.{layer}.{key}.{name}",
                        name=name,
                        hint=message("load.did-you-mean", near=near) if near else "",
                        known=known,
                    )


def _parse(path: Path, raw: bytes) -> Workspace:
    cure = message("official.correct-after-docs-workspace")
    try:
        return Workspace.model_validate(tomli.loads(raw.decode("utf-8-sig")))
    except (UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        fault = message("official.toml-utf-8", error=error)
        raise CatalogueError(Problem("workspace-syntax", fault, cure, file=str(path))) from None
    except ValidationError as error:
        problems = [
            Problem(
                code=f"workspace-{item['type']}",
                fault=_wording(item["type"], item["msg"]),
                cure=cure,
                file=str(path),
                field=".".join(map(str, item["loc"])),
            )
            for item in error.errors()
        ]
        raise CatalogueError(problems) from None


def _wording(kind: str, detail: str) -> Text:
    """Say what pydantic found in both languages."""
    known = {
        "missing": message("official.known.missing"),
        "extra_forbidden": message("official.known.extra-forbidden"),
        "date_from_datetime_parsing": message("official.known.date-from-datetime-parsing"),
        "date_type": message("official.known.date-type"),
        "string_type": message("official.known.string-type"),
        "string_pattern_mismatch": message("official.known.string-pattern-mismatch"),
        "literal_error": message("official.known.literal-error"),
        "value_error": message("official.known.value-error", detail=detail),
    }
    if "stated twice" in detail:
        return message("official.known.stated-twice", names=detail.partition("stated twice: ")[2])
    if "no none_in" in detail:
        return message("official.known.no-source")
    return known.get(kind, message("official.known.other", detail=detail))


def _unknown_layer(path: Path, name: str) -> Problem:
    return problem("workspace-unknown-layer", file=str(path), field=f"layers.{name}", name=name)
