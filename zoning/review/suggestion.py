"""A first ``zoning.toml``: what each official file is, by its name, columns and content."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from zoning import read
from zoning.base.errors import SourceError
from zoning.catalogue.content import Catalogue
from zoning.catalogue.load import load_catalogue
from zoning.catalogue.words import official_words
from zoning.messages import Lang, Text, message
from zoning.model import FieldSpec, Layer, OfficialLayer
from zoning.read.types import ReadOptions
from zoning.review import chosen, official_fields
from zoning.review.recognition import fits, named, occurs, recognise

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

#: Files that a folder is searched for; parts of a shapefile and tables without geometry are not.
_DATA = {".shp", ".gpkg", ".gdb", ".geojson", ".geojsonl", ".fgb", ".parquet", ".kml", ".kmz",
         ".dxf", ".gml", ".tab", ".mif", ".zip"}  # fmt: skip
#: How many folders deep.
_DEPTH = 3


@dataclass(frozen=True)
class _Found:
    """One layer of a file: where it is, what it holds, and what it seems to be."""

    path: Path
    inner: str | None
    sha256: str
    frame: GeoDataFrame | None
    layer: Layer | None
    exact: bool = False
    word: str | None = None
    trouble: Text | None = None
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: tuple[chosen.Choice, ...] = ()


def suggest_entries(files: Sequence[Path], folder: Path, lang: Lang) -> list[str]:
    """Return a workspace entry for each official file, or each layer of it.

    Parameters
    ----------
    files : sequence of Path
        Without any, the folder is searched.
    folder : Path
        Where the workspace is written; paths are told from there.
    lang : {"zh", "en"}
        Language of the comments.

    Returns
    -------
    list of str
        TOML; a comment where the file was not recognised, or stands for a layer that another file
        stands for already.

    Raises
    ------
    SourceError
        A file that was named cannot be found.
    """
    catalogue = load_catalogue()
    paths = files or sorted(_search(folder))
    every = [found for path in paths for found in _layers(catalogue, path, strict=bool(files))]
    rivals: dict[str, list[_Found]] = {}
    for found in every:
        if found.layer is not None:
            rivals.setdefault(found.layer.id, []).append(found)
    out = [_entry(found, folder, _beaten(found, rivals, folder), lang) for found in every]
    return [*out, *_absences(catalogue, set(rivals), lang)]


def _beaten(found: _Found, rivals: Mapping[str, list[_Found]], folder: Path) -> Text | None:
    """Say why a file is not used for its layer; None where it is.

    Of several that seem to be the same layer only one whose name says that and nothing else is
    used: any choice among the rest could be the old edition, or a part.
    """
    if found.layer is None:
        return None
    same = rivals[found.layer.id]
    exact = [rival for rival in same if rival.exact]
    if len(same) == 1 or (len(exact) == 1 and exact[0] is found):
        return None
    said = {"file": _place(found, folder), "layer": found.layer.id}
    if len(exact) == 1:
        return message("suggestion.repeated", **said, used=_place(exact[0], folder))
    others = [_place(rival, folder) for rival in same if rival is not found]
    return message("suggestion.several", **said, others=others)


def _place(found: _Found, folder: Path) -> str:
    place = Path(os.path.relpath(found.path, folder)).as_posix()
    return f"{place} {found.inner}" if found.inner is not None else place


def _search(folder: Path, depth: int = _DEPTH) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith("."):
            continue
        if path.suffix.lower() in _DATA:
            yield path
        elif path.is_dir() and depth > 1:
            yield from _search(path, depth - 1)


def _layers(catalogue: Catalogue, path: Path, *, strict: bool) -> Iterator[_Found]:
    """Yield what a file holds, layer by layer; a file that cannot be read says why."""
    try:
        seen = read.inspect(path)
    except SourceError as error:
        if strict:
            raise
        yield _Found(path, None, "", None, None, trouble=_line(error))
        return
    names: list[str | None] = [info.name for info in seen.layers]
    for inner in names or [None]:
        inside = inner if len(seen.layers) > 1 else None
        try:
            frame = read.read_vector(path, ReadOptions(layer=inside)).frame
            trouble = None
        except SourceError as error:
            frame, trouble = None, _line(error)
        names_of = (inside, path.stem) if inside is not None else (path.stem, inner or "")
        seems = recognise(catalogue, names_of, frame)
        whole = _Found(path, inside, seen.sha256, frame, *seems, trouble)
        parts = list(_parts(catalogue, whole, names_of))
        if whole.layer is not None or not parts:
            yield whole
        yield from parts


def _parts(catalogue: Catalogue, whole: _Found, names: Sequence[str]) -> Iterator[_Found]:
    """Yield the layers that are a part of a table, chosen by its own codes."""
    frame = whole.frame
    if frame is None:
        return
    have = {str(column).casefold(): str(column) for column in frame.columns}
    for layer, usual in official_words().items():
        known = all(column.casefold() in have for column in usual.where)
        said = any(occurs(word, name) for word in usual.tables for name in names)
        if not usual.where or not known or not said:
            continue
        where = {have[column.casefold()]: words for column, words in usual.where.items()}
        entry = OfficialLayer(source="-", where=where)
        choices = tuple(chosen.choices(catalogue.layers[layer], entry, frame))
        rows = frame[choices[-1].kept | choices[-1].doubtful]
        if len(rows) and fits(catalogue.layers[layer], rows):
            exact = any(named(name, usual.tables) for name in names)
            found = replace(whole, layer=catalogue.layers[layer], exact=exact, frame=rows)
            yield replace(found, word=None, where=where, choices=choices)


def _line(error: SourceError) -> Text:
    first = error.problems[0]
    return Text(first.line("zh"), first.line("en"))


def _entry(found: _Found, folder: Path, beaten: Text | None, lang: Lang) -> str:
    """Write the entry of one layer of a file."""
    place = os.path.relpath(found.path, folder)
    lines = [f"[layers.{found.layer.id if found.layer else 'LAYER_ID'}]"]
    lines.append(f"source = {_quoted(Path(place).as_posix())}")
    if found.inner is not None:
        lines.append(f"layer = {_quoted(found.inner)}")
    if found.where:
        picked = (f"{_quoted(k)} = {_listed(v)}" for k, v in found.where.items())
        lines.append(f"where = {{ {', '.join(picked)} }}")
    lines += _left(found.choices, lang)
    lines += ['authority = ""', "covers = []"]
    if found.sha256:
        lines.append(f'sha256 = "{found.sha256}"')
    if found.layer is not None and found.frame is not None:
        lines += _values(found.layer, found.frame)
    head: list[Text] = []
    if found.word is not None:
        head.append(message("suggestion.set-apart", file=place, word=found.word))
    elif found.layer is None:
        head.append(message("suggestion.not-recognised", file=place))
    elif beaten is not None:
        head.append(beaten)
    if found.trouble is not None:
        head.append(message("suggestion.trouble", said=found.trouble))
    mark = "# " if found.layer is None or beaten is not None else ""
    told = [f"# {' '.join(text.in_(lang).split())}" for text in head]
    return "\n" + "\n".join([*told, *(mark + line for line in lines)]) + "\n"


def _left(choices: Iterable[chosen.Choice], lang: Lang) -> Iterator[str]:
    """Yield, as comments, the words that ``where`` leaves out, those that nobody knows by name."""
    for choice in choices:
        if choice.others:
            told = message("suggestion.left-out", field=choice.column, words=list(choice.others))
            yield f"# {told.in_(lang)}"
        if choice.unknown:
            told = message("suggestion.unknown-words", count=int(choice.doubtful.sum()))
            yield f"# {told.in_(lang)}"
            yield f"# left_out = {{ {_quoted(choice.column)} = {_listed(choice.unknown)} }}"


def _values(layer: Layer, frame: GeoDataFrame) -> Iterator[str]:
    """Yield the translation of each class column, and the words that are left to the user."""
    entry = OfficialLayer(source="-")
    try:
        columns = official_fields.columns(layer, entry, frame)
    except SourceError:
        return
    known = official_fields.translation(layer, entry)
    for spec in layer.fields:
        if spec.values and spec.name in columns:
            yield from _translated(spec, known.get(spec.name, {}), frame[columns[spec.name]])


def _translated(
    spec: FieldSpec, known: Mapping[str, str], column: Iterable[object]
) -> Iterator[str]:
    words = sorted({str(v).strip() for v in column if v is not None and str(v).strip()})
    words = [word for word in words if word not in spec.values]
    pairs = [f"{_quoted(word)} = {_quoted(known[word])}" for word in words if word in known]
    if pairs:
        yield f"values.{spec.name} = {{ {', '.join(pairs)} }}"
    left = [word for word in words if word not in known][:20]
    if left:
        yield f"# values.{spec.name}: {', '.join(map(_quoted, left))} -> {', '.join(spec.values)}"


def _absences(catalogue: Catalogue, taken: set[str], lang: Lang) -> Iterator[str]:
    """Yield, office by office, a statement to be signed on the layers that no file stands for."""
    needed = {rule.layer for rule in catalogue.rules.values()} - taken
    left = {x for x in needed if catalogue.layers[x].complete_in != "province"}
    for number, office in enumerate(catalogue.offices.values()):
        layers = [layer for layer in office.layers if layer in left]
        if not layers:
            continue
        head = [] if number else ["", message("suggestion.absent").in_(lang)]
        titles = [catalogue.layers[layer].name for layer in layers]
        told = message("suggestion.office", office=office.title, layers=titles)
        lines = [*head, "", told.in_(lang), "[[absent]]", f"layers = {_listed(layers)}"]
        lines += ["none_in = []", 'authority = ""', "date = ", 'document = ""']
        yield "\n".join(f"# {line}".rstrip() if line else "" for line in lines) + "\n"


def _listed(words: Iterable[str]) -> str:
    """Write a TOML array of strings."""
    return f"[{', '.join(map(_quoted, words))}]"


def _quoted(text: str) -> str:
    """Write a TOML basic string, whatever it holds."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
