"""A DOCX as a PDF, by LibreOffice where it is installed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from zoning.base.errors import UsageError, problem
from zoning.base.seals import MARK

_PROGRAMS: Final = ("soffice", "libreoffice")
#: A paper takes about a second; a program that hangs must not hang the review.
_SECONDS: Final = 180
#: What LibreOffice draws from the clock: the time of making, and two checksums that depend on it.
_MADE: Final = re.compile(rb"/CreationDate\(D:(\d{14})")
_DRAWN: Final = re.compile(rb"(?<=<)[0-9A-F]{32}(?=>)|(?<=/DocChecksum /)[0-9A-F]{32}")


def pdf(paper: bytes, name: str) -> bytes:
    """Return a DOCX as a PDF, the same bytes for the same paper, fonts and LibreOffice.

    Parameters
    ----------
    paper : bytes
    name : str
        The PDF to be written, for messages.

    Raises
    ------
    UsageError
        LibreOffice is not installed, or does not make a PDF of it.
    """
    program = next((found for p in _PROGRAMS if (found := shutil.which(p))), None)
    if program is None:
        raise UsageError(problem("office-missing", file=name))
    with TemporaryDirectory(prefix="zoning-") as folder:
        place = Path(folder)
        (place / "paper.docx").write_bytes(paper)
        command = [
            program, "--headless", "--norestore", f"-env:UserInstallation={place.as_uri()}/profile",
            "--convert-to", "pdf", "--outdir", folder, str(place / "paper.docx"),
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=_SECONDS, check=False,
                env={**os.environ, "TZ": "UTC"},
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UsageError(problem("office-failed", file=name, reason=str(error))) from error
        made = place / "paper.pdf"
        if not made.is_file():
            told = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = told[-1] if told else str(done.returncode)
            raise UsageError(problem("office-failed", file=name, reason=reason))
        return timeless(made.read_bytes()) + f"%{MARK}\n".encode("ascii")


def timeless(made: bytes) -> bytes:
    """Return a PDF of LibreOffice without what it drew from the clock.

    No byte moves: a fixed day stands in the place of the time, and in the trailer a checksum of
    all the rest in the place of those that the time went into.
    """
    made = _MADE.sub(lambda found: found[0][:-14] + b"20000101000000", made)
    at = made.rindex(b"trailer")
    body, trailer = made[:at], made[at:]
    bare = _DRAWN.sub(b"0" * 32, trailer)
    digest = hashlib.sha256(body + bare).hexdigest()[:32].upper().encode("ascii")
    return body + _DRAWN.sub(digest, trailer)
