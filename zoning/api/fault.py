"""The report of a fault that nobody foresaw: what was asked, what happened, and what was read."""

from __future__ import annotations

import platform
import re
import traceback
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from zoning import read
from zoning.base.errors import ZoningError
from zoning.base.settings import VERSION
from zoning.read import files
from zoning.show.receipt import receipt

#: Larger files are not read a second time for their receipt.
_LARGEST = 50_000_000
_PASSWORD = re.compile(r"(://[^:/@\s]*):[^@\s]*@")


def write_fault(error: BaseException, words: Sequence[str]) -> Path | None:
    """Write the report into the current folder under a name that is free.

    Parameters
    ----------
    error : BaseException
        The fault.
    words : sequence of str
        The command line; passwords in addresses are left out.

    Returns
    -------
    Path or None
        The file; None where the folder cannot be written.
    """
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
    text = _PASSWORD.sub(r"\1:***@", "\n".join(_lines(error, words)))
    for number in range(1, 100):
        path = Path(f"zoning-fault-{stamp}-{number}.txt")
        try:
            with path.open("x", encoding="utf-8", errors="backslashreplace") as sink:
                sink.write(text)
        except FileExistsError:
            continue
        except OSError:
            return None
        return path
    return None


def _lines(error: BaseException, words: Sequence[str]) -> Iterator[str]:
    yield f"zoning {VERSION}, Python {platform.python_version()}, {platform.platform()}"
    yield f"zoning {' '.join(words)}"
    yield ""
    yield from (_account(word) for word in words if not word.startswith("-") and _is_file(word))
    yield ""
    yield "".join(traceback.format_exception(error))


def _is_file(word: str) -> bool:
    try:
        return Path(word).exists()
    except (OSError, ValueError):
        return False


def _account(word: str) -> str:
    """Return the receipt of an input, or why there is none."""
    try:
        if sum(part.stat().st_size for part in files.parts(Path(word))) > _LARGEST:
            return f"{word}: sha256 {files.sha256(Path(word))}"
        return receipt(read.read_vector(word).record, "en", whole=True)
    except ZoningError as refused:
        return f"{word}: {'; '.join(refused.lines('en'))}"
    except Exception as again:  # noqa: BLE001 - the very fault that is being reported
        return f"{word}: {type(again).__name__}: {again}"
