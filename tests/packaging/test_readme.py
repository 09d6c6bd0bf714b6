"""What the READMEs show is what the command prints."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def refresh():
    spec = importlib.util.spec_from_file_location("refresh", ROOT / "docs" / "refresh.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("name", "lang"), [("README.md", "en"), ("README.zh-CN.md", "zh")])
def test_readme_shows_the_real_output(refresh, name, lang):
    text = (ROOT / name).read_text("utf-8")
    for mark in refresh.SHOWN:
        _, block, _ = refresh.shown(text, mark)
        assert refresh.output(lang, mark) in block, "run python docs/refresh.py"


def test_readme_picture_is_there():
    assert (ROOT / "docs" / "images" / "review.png").stat().st_size > 20_000
