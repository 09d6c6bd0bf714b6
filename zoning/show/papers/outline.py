"""What a paper consists of, once for every format: headings, paragraphs, tables and pictures.

The texts hold Jinja expressions where values of a review go. A writer turns an outline into a
template (DOCX, HTML); the template and the values make the paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["title", "number", "body", "plain", "note", "right", "centre"]


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 3."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Para:
    """A paragraph; ``body`` is indented by two characters, ``plain`` is not."""

    text: str
    style: Style = "body"


@dataclass(frozen=True)
class Table:
    """A table with a numbered caption, one row for each item.

    Attributes
    ----------
    each : str
        ``name in list``, as in a Jinja loop.
    cells : tuple of str
        Text of each cell of a row.
    widths : tuple of float
        Share of the width of each column.
    heads : tuple of str
        Text of the head row; without any, the first column names the rows.
    caption : str, optional
    """

    each: str
    cells: tuple[str, ...]
    widths: tuple[float, ...]
    heads: tuple[str, ...] = ()
    caption: str | None = None


@dataclass(frozen=True)
class Figure:
    """A picture, by the expression that holds it, with a numbered caption."""

    picture: str
    caption: str


@dataclass(frozen=True)
class Each:
    """Blocks for each item of a list."""

    each: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class When:
    """Blocks that stand only where an expression is true."""

    test: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class NewPage:
    """What follows begins on a new page."""


Block = Heading | Para | Table | Figure | Each | When | NewPage


@dataclass(frozen=True)
class Outline:
    """A whole paper: its blocks, and what captions are called (表, Table; 图, Figure)."""

    blocks: tuple[Block, ...]
    table: str
    figure: str
    lang: str
