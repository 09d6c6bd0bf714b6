"""Every notebook runs from top to bottom, is committed without outputs, and stays thin."""

import asyncio
import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: Lines of code in a notebook: more belong into the library.
THIN = 60


def code(path: Path) -> list[str]:
    book = nbformat.read(path, as_version=4)
    return [cell.source for cell in book.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06"]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """One kernel for all, which is emptied before each: to import anew is most of the time.

    It is a kernel of this very environment, whatever kernels the user's machine has registered.
    """
    folder = tmp_path_factory.mktemp("kernel")
    (folder / "examples").symlink_to(ROOT / "examples")
    spec = folder / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        f'{{"argv": ["{sys.executable}", "-m", "ipykernel_launcher", "-f", "{{connection_file}}"],'
        ' "display_name": "Python 3", "language": "python"}'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))
        patch.setenv("IPYTHONDIR", str(folder))
        manager = AsyncKernelManager(kernel_name="python3")
        env = {**os.environ, "PYTHONWARNINGS": "default", "PYTHONPATH": str(ROOT)}
        asyncio.run(manager.start_kernel(cwd=str(folder), env=env))
        yield manager
        asyncio.run(manager.shutdown_kernel(now=True))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.filterwarnings("default")  # what a kernel's own libraries warn of is not ours
def test_notebook_runs(path, kernel):
    book = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in book.cells), "clear the outputs"
    assert sum(source.count("\n") + 1 for source in code(path)) < THIN
    book.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
    NotebookClient(book, km=kernel, timeout=300).execute()


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
