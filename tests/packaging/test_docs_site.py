"""The documentation site builds without a warning, and what its pages tell to do works.

A page of the tutorial or of the guides is run from top to bottom in a folder of its own:

- a block with a title is written to the file of that name;
- ``sh`` blocks are run, with the exit code that ``<!-- exit N -->`` before the block states;
- ``python`` blocks are run;
- each line of a ``text`` block is found in what the block before it printed.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.warm import copy_repository, program, python

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
API = sorted(p.stem for p in (ROOT / "zoning" / "api").glob("[!_]*.py"))
#: Modules of the interface that have no page: helpers of the command line.
UNSEEN = {"printing"}
PAGES = sorted([*DOCS.glob("tutorial*.md"), *DOCS.glob("how-to/*.md")])
BLOCK = re.compile(
    r"(?:<!-- exit (?P<exit>\d) -->\n)?"
    r'^```(?P<kind>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<body>.*?)^```$',
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    kind: str
    body: str
    title: str | None
    exit_code: int


def blocks(page: Path) -> list[Block]:
    return [
        Block(found["kind"], found["body"], found["title"], int(found["exit"] or 0))
        for found in BLOCK.finditer(page.read_text("utf-8"))
    ]


def english(page: Path) -> Path:
    return page.with_name(page.name.replace(".zh.md", ".md"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    if find_spec("mkdocs") is None:
        if os.environ.get("ZONING_REQUIRE_DOCS"):
            pytest.fail("mkdocs is not installed, but ZONING_REQUIRE_DOCS is set")
        pytest.skip("mkdocs is not installed: pip install -e '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_site_builds_strictly_in_both_languages(site):
    for name in ("index.html", "zh/index.html", "layers/rivers.html", "decisions/index.html"):
        assert (site / name).stat().st_size > 1000, name


def test_the_site_needs_no_network(site):
    for path in (site / "index.html", site / "reference" / "check.html"):
        loaded = re.findall(
            r'<(?:script|link|img)[^>]+(?:src|href)="(https?:[^"]+)', path.read_text("utf-8")
        )
        assert not loaded, path


def test_the_site_tells_every_command_and_decision(site):
    shown = (site / "reference" / "command-line.html").read_text("utf-8")
    for words in ("zoning check", "zoning layers export", "zoning workspace validate"):
        assert words in shown
    listed = (site / "decisions" / "index.html").read_text("utf-8")
    for path in (DOCS / "decisions").glob("0*.md"):
        assert f'href="{path.stem}.html"' in listed


@pytest.mark.parametrize("name", [name for name in API if name not in UNSEEN])
def test_each_module_of_the_interface_has_a_page_in_the_navigation(name):
    assert f"::: zoning.api.{name}" in (DOCS / "reference" / f"{name}.md").read_text("utf-8")
    assert f"reference/{name}.md" in (ROOT / "mkdocs.yml").read_text("utf-8")


def test_the_reference_shows_functions_with_their_parameters(site):
    shown = (site / "reference" / "check.html").read_text("utf-8")
    assert 'id="zoning.api.check.check"' in shown
    assert "Parameters" in shown


@pytest.mark.parametrize("page", [p for p in PAGES if ".zh." in p.name], ids=lambda p: p.stem)
def test_a_chinese_page_tells_the_same_steps(page):
    def steps(path: Path) -> list[tuple[str, str, int]]:
        return [
            (block.kind, block.title or "", block.exit_code)
            for block in blocks(path)
            if block.kind != "text"
        ]

    assert steps(page) == steps(english(page))
    assert (DOCS / "index.zh.md").exists()


def told_in_chinese_too(page: Path) -> bool:
    """Whether the Chinese page runs the very same commands and shows the same lines of them."""
    return ".zh." not in page.name and blocks(page) == blocks(page.with_name(f"{page.stem}.zh.md"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if not told_in_chinese_too(page)],  # the Chinese page runs for both
    ids=lambda p: str(p.relative_to(DOCS)),
)
def test_what_a_page_tells_works(page, tmp_path):
    steps = blocks(page)
    assert any(step.kind == "sh" for step in steps)
    tree = _tree(steps, tmp_path)
    (tmp_path / "bin").mkdir()
    command = program(tmp_path / "bin" / "zoning", "-W", "error", "-m", "zoning")
    env = {
        **os.environ,
        "PYTHONPATH": str(tree),
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "ZONING_LANG": "zh" if ".zh." in page.name else "en",
        "COLUMNS": "200",
        "PYTHONIOENCODING": "utf-8",
    }
    printed = ""
    for step in steps:
        if step.title:
            (tmp_path / "work" / step.title).write_text(step.body, encoding="utf-8")
        elif step.kind == "text":
            for line in step.body.splitlines():
                assert _squeezed(line) in _squeezed(printed), line
        elif step.kind in ("sh", "python"):
            if "pip install" in step.body:
                continue
            command = ["bash", "-euc"] if step.kind == "sh" else [*python(), "-c"]
            done = subprocess.run(
                [*command, step.body],
                cwd=tmp_path / "work",
                env=env,
                capture_output=True,
                text=True,
                encoding="utf-8",
                check=False,
            )
            printed = done.stdout
            assert done.returncode == step.exit_code, step.body + done.stdout + done.stderr


def _tree(steps: list[Block], folder: Path) -> Path:
    """Return where the package lies: a copy of the repository, if a page adds to the catalogue."""
    work = folder / "work"
    if not any("layers/" in (step.title or "") or "rules new" in step.body for step in steps):
        work.mkdir()
        shutil.copytree(ROOT / "examples", work / "examples")
        return ROOT
    readmes = (path.name for path in ROOT.glob("README*.md"))
    copy_repository(
        work, ("zoning", "layers", "data", "examples", "docs", "tests/golden", *readmes)
    )
    return work


def _squeezed(text: str) -> str:
    """Return a text without blanks and the lines that tables are drawn with."""
    return re.sub(r"[\s│]+", "", text)
