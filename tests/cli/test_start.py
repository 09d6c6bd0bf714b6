"""What a command loads before it begins: nothing that it does not use."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples" / "projects.geojson"


def test_a_review_without_a_map_loads_nothing_that_draws():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "zoning", "check", str(EXAMPLES), "-q"],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 1
    loaded = {line.split("|")[-1].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "geopandas" in loaded
    assert not loaded & {"folium", "matplotlib", "docxtpl", "xlsxwriter", "numba", "dask"}
