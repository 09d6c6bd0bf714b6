"""The manifest of a review in batches: what was asked, of what, and which parts are done.

It lies beside the parts. While a review goes on, each part that is done becomes a line of a journal
beside it; at its end, whichever, the journal goes into the manifest. Whoever goes on with a review
must ask the same of the same: anything that differs is named, and nothing is mixed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from zoning.base.errors import SourceError, UsageError, problem
from zoning.base.targets import Target
from zoning.base.writing import whole

NAME: Final = "manifest.json"
#: What was done since the manifest was written, a line for each part.
JOURNAL: Final = "manifest.jsonl"
#: Counts up when a folder of another version must not be gone on with.
FORMAT: Final = 1


@dataclass
class Manifest:
    """The manifest of one folder.

    Attributes
    ----------
    folder : Path
    run : mapping
        What was asked, and of what, as plain values.
    parts : dict of int to mapping
        The accounts of the batches that are done, by number.
    """

    folder: Path
    run: Mapping[str, Any]
    parts: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    def add(self, number: int, tables: Mapping[str, bytes], account: Mapping[str, Any]) -> None:
        """Write a batch's tables, then say that they are there."""
        for table, data in tables.items():
            with whole(Target(self.part(table, number), overwrite=True)) as temporary:
                temporary.write_bytes(data)
        self.parts[number] = account
        line = json.dumps({"part": number, **account}, ensure_ascii=True, allow_nan=False)
        with (self.folder / JOURNAL).open("a", encoding="ascii") as journal:
            journal.write(line + "\n")

    def part(self, table: str, number: int) -> Path:
        """Return the file of a batch in a table."""
        return self.folder / table / f"part-{number:05d}.parquet"

    def write(self, **more: Any) -> None:
        """Write the manifest whole; ``more`` is what is known once all parts are there."""
        parts = [{"part": number, **self.parts[number]} for number in sorted(self.parts)]
        body = {"format": FORMAT, "run": self.run, "parts": parts, **more}
        text = json.dumps(body, ensure_ascii=False, allow_nan=False, indent=1)
        with whole(Target(self.folder / NAME, overwrite=True)) as temporary:
            temporary.write_bytes(text.encode("utf-8", "backslashreplace") + b"\n")
        (self.folder / JOURNAL).unlink(missing_ok=True)


def require_folder(folder: Path, *, resume: bool, overwrite: bool) -> None:
    """Refuse a folder that holds anything but a review that is to be gone on with or replaced.

    Raises
    ------
    UsageError
        ``batches-not-a-folder``, ``batches-foreign-folder``, ``batches-exist``.
    """
    if not folder.exists():
        return
    name = str(folder)
    if not folder.is_dir():
        raise UsageError(problem("batches-not-a-folder", file=name))
    others = [entry.name for entry in sorted(folder.iterdir()) if not entry.name.startswith(".")]
    if not others:
        return
    if NAME not in others:
        raise UsageError(problem("batches-foreign-folder", file=name, names=others[:5]))
    if not (resume or overwrite):
        raise UsageError(problem("batches-exist", file=name))


def begin(folder: Path, run: Mapping[str, Any], *, resume: bool, tables: Iterable[str]) -> Manifest:
    """Return the manifest of a folder: a new one, or the one that is gone on with.

    Parts whose bytes are not those of the manifest count as not done.

    Raises
    ------
    UsageError
        ``batches-changed`` where what was asked, or of what, is not the same.
    SourceError
        ``batches-damaged`` where the manifest cannot be read.
    """
    made = Manifest(folder, json.loads(json.dumps(run)))
    if resume and (folder / NAME).is_file():
        before = _read(folder / NAME)
        _require_same(before["run"], made.run, folder)
        for account in (*before["parts"], *_journal(folder / JOURNAL)):
            number = account.pop("part")
            if all(_same(made.part(t, number), account["sha256"].get(t)) for t in tables):
                made.parts[number] = account
        if (folder / JOURNAL).is_file():
            made.write()
        return made
    for table in tables:
        shutil.rmtree(folder / table, ignore_errors=True)
    made.write()
    return made


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
        if found["format"] != FORMAT or not isinstance(found["run"], dict):
            raise ValueError(found["format"])
        [(part["part"], part["sha256"]["sites"]) for part in found["parts"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(problem("batches-damaged", file=str(path))) from error
    return dict(found)


def _journal(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what was done; a line that was being written when the run ended tells nothing."""
    for line in path.read_text("ascii", "replace").splitlines() if path.is_file() else ():
        with suppress(ValueError, KeyError, TypeError):
            account = json.loads(line)
            if isinstance(account["part"], int) and account["sha256"]["sites"]:
                yield account


def _require_same(before: Mapping[str, Any], now: Mapping[str, Any], folder: Path) -> None:
    names = dict.fromkeys((*before, *now))
    changed = [name for name in names if before.get(name) != now.get(name)]
    if changed:
        raise UsageError(problem("batches-changed", file=str(folder), names=changed))


def _same(path: Path, digest: str | None) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == digest
