"""Make every generated file anew: ``python docs/refresh.py [--pictures]``.

The READMEs show what the command prints, docs/ the rules and layers, and two schemas the catalogue
and the report. Tests compare each with what it is made from, so a page that lags behind fails.
Pictures need a headless Chromium and are made when asked for.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

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


def output(lang: str, name: str = "output") -> str:
    """Return the one screen of a review."""
    env = {**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "zoning", *SHOWN[name], "--lang", lang],
        cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    lines = [line.rstrip() for line in done.stdout.splitlines()]
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


def picture(target: Path) -> None:
    """Photograph the map of the examples."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("no chromium: the picture was left as it is")
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "review.html"
        command = [*COMMAND, "--lang", "en", "-q", "--map", str(page)]
        subprocess.run([sys.executable, "-m", "zoning", *command], cwd=ROOT, check=False)
        subprocess.run(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update",
                f"--user-data-dir={folder}/profile", "--virtual-time-budget=4000",
                "--window-size=1280,900", f"--screenshot={target}", page.as_uri(),
            ],
            check=True, capture_output=True,
        )  # fmt: skip


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
    """Refresh the pages, the schemas, both READMEs, and the picture if asked for."""
    for path, text in generated().items():
        path.write_text(text, encoding="utf-8")
    write(ROOT / "README.md", "en")
    write(ROOT / "README.zh-CN.md", "zh")
    if "--pictures" in sys.argv[1:]:
        picture(ROOT / "docs" / "images" / "review.png")


if __name__ == "__main__":
    main()
