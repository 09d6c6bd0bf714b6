"""Put the real output and the real map into the READMEs: ``python docs/refresh.py``.

The text comes from the installed command; the picture needs a headless Chromium. A test compares
the text with what the command prints, so a README that lags behind fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLES = "examples/projects.geojson"
#: The day is fixed so that the text is the same whenever it is made.
COMMAND = ["check", EXAMPLES, "--as-of", "2026-11-21"]
START, END = "<!-- output:start -->", "<!-- output:end -->"


def output(lang: str) -> str:
    """Return the head of the review: the summary and the first finding."""
    env = {**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "zoning", *COMMAND, "--lang", lang],
        cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    # The summary, the first rule and its first finding: up to the first blank line below it.
    rule = next(i for i, line in enumerate(lines) if line.startswith("───"))
    end = next(i for i in range(rule, len(lines)) if not lines[i])
    return "\n".join(lines[:end])


def write(readme: Path, text: str) -> None:
    """Replace the block between the marks."""
    old = readme.read_text("utf-8")
    head, rest = old.split(START)
    _, tail = rest.split(END)
    readme.write_text(f"{head}{START}\n```\n{text}\n…\n```\n{END}{tail}", encoding="utf-8")


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


def main() -> None:
    """Refresh both READMEs and the picture."""
    write(ROOT / "README.md", output("en"))
    write(ROOT / "README.zh-CN.md", output("zh"))
    picture(ROOT / "docs" / "images" / "review.png")


if __name__ == "__main__":
    main()
