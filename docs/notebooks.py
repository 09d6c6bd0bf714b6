"""Notebooks as pages of the documentation: run here, written as Markdown with their pictures.

Run by ``docs/refresh.py --notebooks``. A map is photographed by a headless Chromium; without one
the picture of the last time is kept.
"""

from __future__ import annotations

import base64
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "notebooks"
#: Longer than any table: the page of a map.
_MAP = 100_000


def refresh() -> None:
    """Run every notebook and write its page."""
    PAGES.mkdir(exist_ok=True)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        pictures: dict[str, bytes] = {}
        text = "\n\n".join(_cells(_run(path), path.stem, pictures)) + "\n"
        for old in PAGES.glob(f"{path.stem}-*.png"):
            if old.name not in pictures and old.name not in text:
                old.unlink()
        for name, picture in pictures.items():
            (PAGES / name).write_bytes(_small(picture))
        (PAGES / f"{path.stem}.md").write_text(text, encoding="utf-8")
        print(path.stem)


def _run(path: Path) -> Any:
    """Return the notebook with its outputs; what it writes goes into a folder of its own."""
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "examples").symlink_to(ROOT / "examples")
        os.environ["PYTHONPATH"] = str(ROOT)
        NotebookClient(book, timeout=600, resources={"metadata": {"path": folder}}).execute()
    return book


def _cells(book: Any, stem: str, pictures: dict[str, bytes]) -> Iterator[str]:
    for cell in book.cells:
        if cell.cell_type == "markdown":
            yield cell.source
            continue
        yield f"```python\n{cell.source}\n```"
        for output in cell.get("outputs", ()):
            yield from _output(output, stem, pictures)


def _output(output: Any, stem: str, pictures: dict[str, bytes]) -> Iterator[str]:
    """Yield an output: a picture, a table, a photograph of a map, or plain text."""
    if output.output_type == "stream":
        if output.name == "stdout":
            yield f"```text\n{output.text.rstrip()}\n```"
        return
    data = output.get("data", {})
    name = f"{stem}-{len(pictures) + 1}.png"
    if "image/png" in data:
        pictures[name] = base64.b64decode(data["image/png"])
        yield f"![]({name})"
    elif len(data.get("text/html", "")) > _MAP:
        found = _photograph(data["text/html"])
        if found is not None:
            pictures[name] = found
        elif not (PAGES / name).exists():
            return
        yield f"![]({name})"
    elif "text/html" in data:
        table = re.sub(r"<style scoped>.*?</style>", "", data["text/html"], flags=re.DOTALL)
        yield re.sub(r"\n\s*", "\n", table).strip()
    elif "text/plain" in data:
        yield f"```text\n{data['text/plain']}\n```"


def _photograph(frame: str) -> bytes | None:
    """Return a picture of the page in a frame, None where there is no browser."""
    page = re.search(r'srcdoc="(.*?)"', frame, re.DOTALL)
    assert page is not None, "a map shows itself as a frame"
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "map.html", Path(folder) / "map.png"
        source.write_text(html.unescape(page[1]), encoding="utf-8")
        return target.read_bytes() if photograph(source, target, "1200,760") else None


def photograph(source: Path, target: Path, size: str) -> bool:
    """Write a picture of a page by a headless Chromium, and return whether there is one."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("no chromium: the picture was left as it is", file=sys.stderr)
        return False
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update",
                f"--user-data-dir={profile}", "--virtual-time-budget=4000",
                "--hide-scrollbars", f"--window-size={size}", f"--screenshot={target}",
                source.as_uri(),
            ],
            check=True, capture_output=True,
        )  # fmt: skip
    return True


def _small(picture: bytes) -> bytes:
    """Return a PNG with a palette of 256 colours, a third of its size."""
    import io

    from PIL import Image

    out = io.BytesIO()
    drawn = Image.open(io.BytesIO(picture)).convert("RGB")
    # An octree keeps colours that are rare, such as those of a legend.
    drawn.quantize(256, Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return out.getvalue()
