"""A wheel built from the tree reviews a site from any folder, with nothing of the tree in sight."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*words, cwd, expect=0):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [str(w) for w in words], check=False, cwd=cwd, env=env, capture_output=True, text=True
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, ROOT, cwd=folder)
    (path,) = folder.glob("*.whl")
    return path


def test_wheel_carries_catalogue_data_and_types_but_no_build_script(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        "zoning/py.typed",
        "zoning/_bundled/layers/rivers.toml",
        "zoning/_bundled/data/registry.toml",
        "zoning/_bundled/data/README.md",
        "zoning/_bundled/data/boundaries/counties.fgb",
    ):
        assert name in names
    assert not [n for n in names if "build/" in n or n.startswith("tests")]


def test_an_installed_wheel_reviews_a_site_from_any_folder(wheel, tmp_path):
    """An empty environment with the wheel; its dependencies are lent by this environment."""
    venv.create(tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    run(*pip, "install", "-q", "--no-deps", "--no-index", "--no-compile", wheel, cwd=tmp_path)
    # The dependencies are those of this environment, read through a .pth file; an editable
    # install of the tree itself is hidden, so only the wheel can answer.
    site = Path(
        run(python, "-c", "import site; print(site.getsitepackages()[0])", cwd=tmp_path).strip()
    )
    own = next(p for p in map(Path, sys.path) if (p / "shapely").is_dir())
    (site / "lent.pth").write_text(f"{own}\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    where = run(python, "-c", "import zoning; print(zoning.__file__)", cwd=elsewhere).strip()
    assert Path(where).is_relative_to(tmp_path / "venv")
    zoning = tmp_path / "venv" / "bin" / "zoning"
    sites = ROOT / "examples" / "projects.geojson"
    out = run(
        zoning, "check", sites, "--format", "json", "--map", "review.html", cwd=elsewhere, expect=1
    )
    assert len(json.loads(out)["projects"]) == 10
    assert (elsewhere / "review.html").stat().st_size > 100_000
    assert "match" in run(zoning, "data", "verify", "--lang", "en", cwd=elsewhere)
