"""A DOCX as a PDF, by LibreOffice where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from zoning.base.errors import UsageError, problem

_PROGRAMS: Final = ("soffice", "libreoffice")
#: A paper takes about a second; a program that hangs must not hang the review.
_SECONDS: Final = 180


def pdf(paper: bytes, name: str) -> bytes:
    """Return a DOCX as a PDF.

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
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UsageError(problem("office-failed", file=name, reason=str(error))) from error
        made = place / "paper.pdf"
        if not made.is_file():
            told = done.stderr.decode("utf-8", "replace").strip().splitlines()
            reason = told[-1] if told else str(done.returncode)
            raise UsageError(problem("office-failed", file=name, reason=reason))
        return made.read_bytes()
