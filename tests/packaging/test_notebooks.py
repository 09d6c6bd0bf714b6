"""Every notebook runs from top to bottom, is committed without outputs, and stays thin."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.warm import python

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: Lines of code in a notebook: more belong into the library.
THIN = 60


def code(path: Path) -> list[str]:
    book = nbformat.read(path, as_version=4)
    return [cell.source for cell in book.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06"]


@pytest.mark.filterwarnings("default")  # what a kernel's own libraries warn of is not ours
def test_notebooks_run(tmp_path, monkeypatch):
    """All in one kernel, which is emptied before each: to import anew is most of the time."""
    monkeypatch.setenv("PYTHONWARNINGS", "default")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    # A kernel of this very environment, whatever kernels the user's machine has registered.
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    words = [*python(), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {"argv": words, "display_name": "Python 3", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(kernel), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    # What notebooks write goes into a folder of its own, which holds the examples.
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    whole = nbformat.v4.new_notebook()
    for path in NOTEBOOKS:
        book = nbformat.read(path, as_version=4)
        assert not any(cell.get("outputs") for cell in book.cells), "clear the outputs"
        assert sum(source.count("\n") + 1 for source in code(path)) < THIN, path.stem
        start = nbformat.v4.new_code_cell(f"# {path.stem}\n%reset -f")
        whole.cells += [start, *(cell for cell in book.cells if cell.cell_type == "code")]
    for number, cell in enumerate(whole.cells):
        cell.id = f"cell-{number}"
    NotebookClient(whole, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_uses_the_public_interface_alone(path):
    for source in code(path):
        for module in re.findall(r"(?:from|import) (zoning[\w.]*)", source):
            assert module == "zoning" or module.startswith("zoning.api."), module
        assert not re.search(r"\b_[a-z]", source.replace("_, written", "")), "a private name"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_the_documentation_shows_each_notebook_as_it_is(path):
    page = ROOT / "docs" / "notebooks" / f"{path.stem}.md"
    text = page.read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
    assert blocks == code(path), "python docs/refresh.py --notebooks"
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", text):
        assert (page.parent / picture).is_file()
    assert f"notebooks/{path.stem}.md" in (ROOT / "mkdocs.yml").read_text("utf-8")
