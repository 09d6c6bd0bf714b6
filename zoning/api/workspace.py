"""workspace: official layers in place of the embedded ones, suggested and checked."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from zoning import review
from zoning.base.errors import UsageError, problem
from zoning.base.settings import default_lang
from zoning.base.writing import whole
from zoning.messages import Lang, message
from zoning.review import Verdict

_TEMPLATE = """\
# {title}
# {doc}

name = ""
# {required}
required = []

# [layers.ecological_redline]
# source = "STBHHX.gdb"            # {source}
# layer = "STBHHX"
# date = 2025-06-01                # {date}
# authority = "…"                  # {authority}
# covers = ["140100"]              # {covers}
# none_in = ["140221"]             # {none}
# document = "…"                   # {document}
# fields = {{ name = "HXMC" }}       # {fields}
# sha256 = "…"                     # {sha}
"""
_REMARKS = (
    "title",
    "doc",
    "required",
    "source",
    "date",
    "authority",
    "covers",
    "none",
    "document",
    "fields",
    "sha",
)


def init_workspace(
    folder: str | Path = ".", files: Sequence[str | Path] = (), lang: Lang | None = None
) -> Path:
    """Write a commented workspace file; never over an old one.

    Parameters
    ----------
    folder : path
        The folder, or the ``.toml`` itself.
    files : sequence of paths
        Official data, or everything in the folder if left out; each gets an entry, its layer
        guessed from names, columns and content. Nothing is stated in anyone's name: where the data
        are complete, who issued them and when is left for the user to fill in.
    lang : {"zh", "en"}, optional
        Language of the comments.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    UsageError
        There is one already, or the place cannot be written.
    SourceError
        A file that cannot be read.
    """
    place = Path(folder)
    target = place if place.suffix == ".toml" else place / "zoning.toml"
    if os.path.lexists(target):
        raise UsageError(problem("workspace-exists", file=str(target)))
    spoken = lang or default_lang()
    entries = review.suggest_entries([Path(f) for f in files], target.parent, spoken)
    said = {key: message(f"workspace.words.{key}").in_(spoken) for key in _REMARKS}
    with whole(target) as part:
        part.write_text(_TEMPLATE.format(**said) + "".join(entries), encoding="utf-8")
    return target


def validate_workspace(path: str | Path = ".", as_of: date | None = None) -> list[Verdict]:
    """Check every official source as a review would use it, and more.

    Parameters
    ----------
    path : path
        ``zoning.toml`` or its folder.
    as_of : date, optional
        The day of the review; today if left out.

    Returns
    -------
    list of (layer id, facts, remarks, problems)

    Raises
    ------
    CatalogueError
        If the workspace file itself is faulty.
    """
    return review.validate_workspace(path, as_of or date.today())
