"""Make every generated file anew: ``python docs/refresh.py [--pictures] [--notebooks]``.

The READMEs show what the command prints, docs/ the rules and layers, and two schemas the catalogue
and the report. Tests compare each with what it is made from, so a page that lags behind fails.
Pictures are the real outputs, maps photographed by a headless Chromium. They and the pages of the
notebooks are made when asked for.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import chdir, redirect_stdout, suppress
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).parents[1]
EXAMPLES = "examples/projects.geojson"
#: The day is fixed so that the text is the same whenever it is made.
COMMAND = ["check", EXAMPLES, "--as-of", "2026-11-21"]
COUNTY = "examples/county"
#: What the READMEs show, by the mark that stands around it.
SHOWN = {
    "output": COMMAND,
    "county": [
        "check", f"{COUNTY}/sites/拟建项目.geojson", "--workspace", COUNTY, "--as-of", "2026-11-21",
    ],
}  # fmt: skip

#: Pictures of pages, by name: the command that writes the page.
PAGES = {
    "review": [*COMMAND, "-q", "--map", "PAGE"],
    "theme": ["map", "--theme", "control", "--in", "141024", "-o", "PAGE"],
    "figures": ["stats", "layer", "barrier_mountains", "-q", "--map", "PAGE"],
}
#: Still pictures, by name.
STILLS = {"pattern": ["map", "--theme", "security_pattern", "-o", "FILE"]}


def output(lang: str, name: str = "output") -> str:
    """Return the one screen of a review."""
    from zoning.cli import run

    printed, words = io.StringIO(), ["zoning", *SHOWN[name], "--lang", lang]
    with (
        patch.dict(os.environ, {"COLUMNS": "100"}),
        patch.object(sys, "argv", words),
        chdir(ROOT),
        redirect_stdout(printed),
        suppress(SystemExit),
    ):
        run()
    lines = [line.rstrip() for line in printed.getvalue().splitlines()]
    # One more rule changes the catalogue's hash and the duties; the page need not change with it.
    text = re.sub(r"(catalogue|规则库) [0-9a-f]{12}", r"\1 …", "\n".join(lines))
    return re.sub(r"(\d+ / +\d+ / +\d+ /) +\d+$", r"\1  …", text, flags=re.MULTILINE)


def shown(readme: str, name: str) -> tuple[str, str, str]:
    """Return what stands before, between and after the marks of a name."""
    head, rest = readme.split(f"<!-- {name}:start -->")
    block, tail = rest.split(f"<!-- {name}:end -->")
    return head, block, tail


def write(readme: Path, lang: str) -> None:
    """Replace the blocks between the marks."""
    text = readme.read_text("utf-8")
    for name in SHOWN:
        head, _, tail = shown(text, name)
        block = f"<!-- {name}:start -->\n```\n{output(lang, name)}\n```\n<!-- {name}:end -->"
        text = f"{head}{block}{tail}"
    readme.write_text(text, encoding="utf-8")


def pictures(folder: Path) -> None:
    """Make the pictures of the READMEs and pages: maps photographed, figures drawn."""
    from notebooks import photograph

    folder.mkdir(parents=True, exist_ok=True)
    run = [sys.executable, "-m", "zoning"]
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        for name, command in PAGES.items():
            page = place / f"{name}.html"
            words = [str(page) if word == "PAGE" else word for word in command]
            subprocess.run([*run, *words, "--lang", "en"], cwd=ROOT, check=False)
            photograph(page, folder / f"{name}.png", "1280,860")
        for name, command in STILLS.items():
            still = folder / f"{name}.png"
            words = [str(still) if word == "FILE" else word for word in command]
            subprocess.run([*run, *words, "--lang", "en", "--overwrite"], cwd=ROOT, check=True)


def generated() -> dict[Path, str]:
    """Return every generated text by the file that holds it."""
    sys.path.insert(0, str(ROOT / "docs"))
    import build_layers

    from zoning.api.catalogue import load_candidates, load_catalogue
    from zoning.catalogue.load import schema_text
    from zoning.show import json_schema
    from zoning.show.rules_page import rules_page

    schema = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
    pages = {ROOT / "docs" / "layers" / k: v for k, v in build_layers.texts().items()}
    return pages | {
        ROOT / "docs" / "rules.md": rules_page(load_catalogue(), load_candidates()),
        ROOT / "docs" / "report.schema.json": schema,
        ROOT / "layers" / "schema.json": schema_text(),
    }


def main() -> None:
    """Refresh the pages, the schemas, both READMEs, and pictures and notebooks if asked for."""
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
    write(ROOT / "README.md", "en")
    write(ROOT / "README.zh-CN.md", "zh")
    sys.path.insert(0, str(ROOT / "docs"))
    if "--pictures" in sys.argv[1:]:
        pictures(ROOT / "docs" / "images")
    if "--notebooks" in sys.argv[1:]:
        import notebooks

        notebooks.refresh()


if __name__ == "__main__":
    main()
