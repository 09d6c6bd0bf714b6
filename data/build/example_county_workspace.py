"""The workspace of examples/county: what ``workspace init`` writes, and the edits of a planner."""

from __future__ import annotations

import re
from pathlib import Path

from zoning.api.workspace import init_workspace

NAME = "洪洞县(示例数据,虚构)"
COVERS = '["141024"]'
DATE = "2026-10-01"
DOCUMENT = "示例函〔2026〕1号(虚构)"
#: Who issued what lies in a folder; the same names sign that there is nothing of a kind.
ISSUERS = {
    "自然资源": "洪洞县自然资源局(虚构)",
    "生态环境": "临汾市生态环境局洪洞分局(虚构)",
    "水利": "洪洞县水利局(虚构)",
    "林业": "洪洞县林业局(虚构)",
    "交通电力": "洪洞县交通运输局(虚构)",
    "文物": "洪洞县文物局(虚构)",
    "工信": "洪洞县工业和信息化局(虚构)",
}
#: One table of river lines stands for three layers; nothing in its name says so.
RIVERS = """
[layers.main_rivers]
source = "official/水利/HL.shp"
where = { "HLJB" = ["干流"] }
authority = "洪洞县水利局(虚构)"
date = 2026-10-01
covers = ["141024"]

[layers.rivers]
source = "official/水利/HL.shp"
fields = { main_stem = "SFGL" }
authority = "洪洞县水利局(虚构)"
date = 2026-10-01
covers = ["141024"]

[layers.watercourses]
source = "official/水利/HL.shp"
authority = "洪洞县水利局(虚构)"
date = 2026-10-01
covers = ["141024"]

[layers.fen_and_yellow_tributaries]
source = "official/水利/HL.shp"
where = { "HLJB" = ["干流"] }
authority = "洪洞县水利局(虚构)"
date = 2026-10-01
covers = ["141024"]

[layers.tributaries]
source = "official/水利/HL.shp"
where = { "HLJB" = ["支流"] }
authority = "洪洞县水利局(虚构)"
date = 2026-10-01
covers = ["141024"]
"""
_SAID = {
    "none_in = []": f"none_in = {COVERS}",
    'authority = ""': 'authority = "洪洞县人民政府(虚构)"',
    "date =": f"date = {DATE}",
    'document = ""': f'document = "{DOCUMENT}"',
}
_ENTRY = re.compile(r"\n\[layers\..*?(?=\n\n)", re.DOTALL)
_UNKNOWN = re.compile(r"\n# [^\n]*official/水利/HL\.shp.*?(?=\n\n)", re.DOTALL)
_ABSENT = re.compile(r"\n# ([^\n]*)\n# \[\[absent\]\].*?(?=\n\n|\n?$)", re.DOTALL)


def write_workspace(folder: Path) -> None:
    """Write ``zoning.toml`` as the command does, then fill in what only the planner knows."""
    target = folder / "zoning.toml"
    target.unlink(missing_ok=True)
    init_workspace(folder, lang="zh")
    text = target.read_text("utf-8")
    text = text.replace('name = ""', f'name = "{NAME}"', 1)
    text = text.replace("required = []", 'required = ["ecological_redline"]', 1)
    text = _UNKNOWN.sub(RIVERS.rstrip(), text)
    text = _ENTRY.sub(lambda found: _signed(found[0]), text)
    text = _ABSENT.sub(lambda found: _stated(found[0]), text)
    target.write_text(text, "utf-8")


def _signed(entry: str) -> str:
    """Say of an entry who issued its data, when, and where they are complete."""
    folder = re.search(r'source = "official/([^/]+)/', entry)
    assert folder is not None
    entry = entry.replace('authority = ""', f'authority = "{ISSUERS[folder[1]]}"\ndate = {DATE}')
    return entry.replace("covers = []", f"covers = {COVERS}")


def _stated(block: str) -> str:
    """Take away the comment marks of a statement of absence, all but the office's, and sign it."""
    head, *lines = block.strip("\n").split("\n")
    text = "\n".join(["", head, *(line.removeprefix("# ") for line in lines)])
    # A layer that one of our own entries stands for would be stated twice.
    text = text.replace('"air_key_regions"', '"air_key_regions", "taiyuan_1p30"')
    for layer in ("watercourses", "fen_and_yellow_tributaries", "tributaries"):
        text = text.replace(f'"{layer}", ', "")
    for blank, said in _SAID.items():
        text = text.replace(blank, said)
    return text
