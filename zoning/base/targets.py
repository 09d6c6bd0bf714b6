"""What an output may take the place of: nothing that was read, and nothing of anybody else's."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zoning.base.errors import Problem, UsageError, problem
from zoning.base.seals import sealed
from zoning.base.settings import data_dir, layers_dir

#: Files that make up one data set, by the suffixes that stand behind one name.
_SETS: Final = (
    (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".qix", ".sbn", ".sbx", ".cst", ".qmd",
     ".shp.xml"),
    (".tab", ".dat", ".dbf", ".map", ".id", ".ind"),
    (".mif", ".mid", ".prj"),
    (".csv", ".csvt", ".prj"),
    (".tif", ".tiff", ".tfw", ".ovr"),
)  # fmt: skip
#: What programs put behind the whole name of a file: SQLite's journals, GDAL's remarks.
_TAILS: Final = ("-wal", "-shm", "-journal", ".aux.xml", ".ovr", ".msk", ".xml")
#: What GDAL or a careless eye takes for an address; a path has lost one of its slashes.
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/|/vsi")
#: Parts that are written with a shapefile.
SHAPEFILE: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".shp.xml")


@dataclass(frozen=True, slots=True)
class Target:
    """A file to be written, and what it must leave alone.

    Attributes
    ----------
    path : Path
    inputs : frozenset of Path
        Files and folders that were read; neither they nor any part of them is written over.
    overwrite : bool
        Also replace a file that this program did not write, or that was changed since.
    catalogue : bool
        The place is the catalogue itself, as for ``zoning rules new``.
    """

    path: Path
    inputs: frozenset[Path] = frozenset()
    overwrite: bool = False
    catalogue: bool = False

    @classmethod
    def of(cls, place: Target | Path | str) -> Target:
        """Return a target as it is, and a path as a target of which no inputs are known."""
        return place if isinstance(place, Target) else cls(Path(place))

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that writing the target makes."""
        if self.path.suffix.lower() != ".shp":
            return (self.path,)
        return tuple(self.path.with_suffix(suffix) for suffix in SHAPEFILE)

    def problems(self, option: str | None = None) -> list[Problem]:
        """Return why the target must not be written; ``option`` names it in messages."""
        try:
            return self._problems(option)
        except (OSError, ValueError) as error:  # a name that is too long, or that none can be
            reason = getattr(error, "strerror", None) or str(error)
            return [problem("output-unwritable", file=str(self.path), reason=reason)]

    def _problems(self, option: str | None) -> list[Problem]:
        file = str(self.path)
        if _ADDRESS.match(self.path.as_posix()):
            return [problem("target-is-address", file=file)]
        database = next((f for f in self.path.absolute().parents if _is_database(f)), None)
        if database is not None and not any(_belongs(self.path, f) for f in self.inputs):
            return [problem("target-in-database", file=file, folder=database.name)]
        if self.path.is_dir():
            return [problem("target-is-folder", file=file)]
        for read in self.inputs:
            if any(_belongs(made, read) for made in self.files):
                key = "target-is-input.option" if option else None
                told = {"option": option} if option else {}
                return [problem("target-is-input", key=key, file=file, **told)]
        if not self.catalogue and any(_within(self.path, f) for f in _own_folders()):
            return [problem("target-is-catalogue", file=file)]
        return self._standing()

    def _standing(self) -> list[Problem]:
        """Return what speaks against replacing the files that are there."""
        journals = [self.path.with_name(self.path.name + tail) for tail in ("-wal", "-journal")]
        if any(map(os.path.lexists, journals)):
            return [problem("output-open", file=str(self.path))]
        there = [made for made in self.files if os.path.lexists(made)]
        if not there or self.overwrite or sealed(self.path, self.files):
            return []
        return [problem("output-exists", file=str(there[0]))]

    def require(self) -> None:
        """Raise unless the target may be written.

        Raises
        ------
        UsageError
        """
        problems = self.problems()
        if problems:
            raise UsageError(problems)


def collisions(targets: Sequence[Target]) -> list[Problem]:
    """Return a problem for each target that another one would write over."""
    found = []
    for at, target in enumerate(targets):
        others = [made for other in targets[:at] for made in other.files]
        if any(same(made, other) for made in target.files for other in others):
            found.append(problem("targets-collide", file=str(target.path)))
    return found


def suffix_problem(path: Path, known: Iterable[str]) -> Problem | None:
    """Say that no writer takes the suffix of a name, and list those that one does."""
    listed = list(known)
    if path.suffix.lower() in listed:
        return None
    return problem("output-suffix", file=str(path), suffix=path.suffix or "∅", known=listed)


def require_suffix(path: Path, known: Iterable[str]) -> None:
    """Refuse a name whose suffix no writer takes.

    Raises
    ------
    UsageError
    """
    wrong = suffix_problem(path, known)
    if wrong is not None:
        raise UsageError(wrong)


def same(one: Path, other: Path) -> bool:
    """Say whether two names are one file: by links, or by names that differ in case only."""
    try:
        if one.samefile(other):
            return True
    except OSError:
        pass  # One of them is not there; their names decide.
    return _folded(one) == _folded(other)


def _folded(path: Path) -> str:
    return unicodedata.normalize("NFC", os.path.realpath(path)).casefold()


def _belongs(target: Path, read: Path) -> bool:
    """Say whether a target is something that was read, or a part of it."""
    try:
        folder = read.is_dir()
    except OSError:
        return False  # What cannot be reached is not read, and is reported by its reader.
    if folder:
        return _within(target, read) or any(same(target, part) for part in read.iterdir())
    return any(same(target, part) for part in _parts(read))


def _is_database(folder: Path) -> bool:
    return folder.suffix.lower() == ".gdb" and (folder / "a00000001.gdbtable").is_file()


def _within(target: Path, folder: Path) -> bool:
    return (_folded(target) + os.sep).startswith(_folded(folder) + os.sep)


def _parts(read: Path) -> Iterator[Path]:
    """Yield a file and all that belong to it, as named and as they really stand there."""
    names = {read.name + tail for tail in ("", *_TAILS)}
    for group in _SETS:
        if read.suffix.lower() in group:
            names |= {read.stem + suffix for suffix in group}
    yield from (read.with_name(name) for name in names)
    folded = {name.casefold() for name in names}
    folder = read.parent
    beside = folder.iterdir() if folder.is_dir() else iter(())
    yield from (p for p in beside if p.name.casefold() in folded and p.name not in names)


def _own_folders() -> tuple[Path, ...]:
    """Return where the program, its catalogue, its data and its templates lie."""
    return layers_dir(), data_dir(), Path(__file__).parents[1]
