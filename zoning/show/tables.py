"""Plain tables and lists of facts for a terminal, with markup in the data inert."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from zoning.messages import Lang, message

if TYPE_CHECKING:
    from rich.console import Console


def print_table(
    console: Console, heads: Sequence[str], rows: Iterable[Sequence[str]], lang: Lang
) -> None:
    """Print rows under heads that are codes of the message tables."""
    from rich.table import Table
    from rich.text import Text as Inert

    table = Table(box=None, header_style="bold")
    for head in heads:
        table.add_column(message(head).in_(lang), overflow="fold")
    for row in rows:
        table.add_row(*(Inert(cell) for cell in row))
    console.print(table)


def print_facts(console: Console, facts: Iterable[tuple[str, str]], lang: Lang) -> None:
    """Print one fact a line; its name is a code of the message tables."""
    for name, value in facts:
        console.print(f"[bold]{message(name).in_(lang)}[/bold]  ", end="")
        console.print(value, markup=False)
