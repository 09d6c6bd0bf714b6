"""Take the picture that `test_parts.py` compares with: look at it before you commit it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from devtools import Browser, find
from PIL import Image
from samples import READY, saved

if __name__ == "__main__":
    program = find()
    if program is None:
        sys.exit("no Chromium found")
    online = ["gcj02:https://tiles.example/{z}/{x}/{y}.png"]
    with tempfile.TemporaryDirectory() as folder, Browser(program, Path(folder)) as browser:
        browser.fresh()
        browser.open(saved(Path(folder) / "m.html", "en", online=online), READY)
        browser.picture(Path(folder) / "p.png")
        with Image.open(Path(folder) / "p.png") as picture:
            small = picture.convert("RGB").resize((640, picture.height // 2)).quantize(64)
            small.save(Path(__file__).with_name("picture.png"), optimize=True)
