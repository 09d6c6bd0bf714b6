"""JSON with an entry of a table a line, so that two reports can be compared."""

from __future__ import annotations

import json
import re
from typing import Any

#: Characters that JSON leaves as they are but that a terminal obeys (C1, DEL) or that turn the
#: reading direction or end a line (bidi marks, U+2028, U+2029).
_UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def json_text(value: Any) -> str:
    """Return a report as JSON text that ends in a newline and steers no terminal."""
    body = _UNSAFE.sub(lambda m: f"\\u{ord(m[0]):04x}", _lines(value))
    return body.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def _lines(value: Any, depth: int = 2) -> str:
    """Return JSON with an entry a line in the report's tables, and in those of each site."""
    if not depth or not value or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    pairs = value.items() if isinstance(value, dict) else ((None, entry) for entry in value)
    lines = []
    for key, entry in pairs:
        site = isinstance(entry, dict) and "findings" in entry
        head = "" if key is None else f"{json.dumps(key)}: "
        lines.append(head + _lines(entry, 2 if site else depth - 1))
    left, right = "{}" if isinstance(value, dict) else "[]"
    return f"{left}\n" + ",\n".join(lines) + f"\n{right}"
