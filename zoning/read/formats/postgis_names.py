"""Names of tables and columns, quoted as PostgreSQL wants them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from psycopg import sql as psql

_IDENTIFIER: Final = re.compile(r'"((?:[^"]|"")+)"|([^".\s][^".]*)')


def identifier(*parts: str) -> psql.Identifier:
    """Quote a name for a statement with parameters, where ``%`` must be written twice."""
    from psycopg import sql as psql

    return psql.Identifier(*(part.replace("%", "%%") for part in parts))


def split(table: str) -> list[str]:
    """Split ``schema.table``, either part possibly in double quotes; empty if it is neither."""
    parts: list[str] = []
    at = 0
    while at <= len(table):
        match = _IDENTIFIER.match(table, at)
        if match is None or len(parts) == 3:
            return []
        parts.append((match[1] or "").replace('""', '"') or match[2].strip())
        at = match.end()
        if at == len(table):
            return parts
        if table[at] != ".":
            return []
        at += 1
    return []
