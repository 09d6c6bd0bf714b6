"""The notebook of the county statistics runs from end to end."""

import warnings
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "02-county-statistics.ipynb"


@pytest.mark.filterwarnings("default")  # those of the Jupyter machinery are not ours
def test_notebook_runs(monkeypatch):
    from nbclient import NotebookClient

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        NotebookClient(notebook, timeout=120, kernel_name="python3",
                       resources={"metadata": {"path": str(ROOT)}}).execute()  # fmt: skip
    outputs = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    assert len(outputs) >= 7
    assert not [o for o in outputs if o.output_type == "error"]
    text = str(outputs)
    assert "山西省" in text
    assert "生态用地转为建设" in text


def test_notebook_is_stored_without_output():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not c.outputs for c in notebook.cells if c.cell_type == "code")
