"""``zoning cache``: what is kept is listed with its size, and goes when asked to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoning.base import cache
from zoning.base.arrays import write_arrays
from zoning.cli import application


def run(*words: str) -> str:
    done = CliRunner().invoke(application(), ["cache", *words, "--lang", "en"])
    assert done.exit_code == 0, done.output
    return done.output


def test_what_is_kept_is_listed_and_cleared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "c"))
    assert "0.0 MB in all" in run("list")
    about = {"key": "k", "layer": "counties", "source": "/data/x.gpkg"}
    write_arrays(tmp_path / "c" / "layers" / "a-b.zones.idx", about, {})
    (tmp_path / "c" / "layers" / "broken.idx").write_bytes(b"x")
    other = tmp_path / "c" / "layers" / "mine.txt"
    other.write_text("not a layer")
    listed = run("list")
    assert "counties  /data/x.gpkg" in listed and "broken.idx" in listed
    assert "2 files removed" in run("clear")
    assert "counties" not in run("list") and other.exists()


def test_no_cache_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.VARIABLE, "OFF")
    assert "is off" in run("list") and "0 files removed" in run("clear")


@pytest.mark.skipif(sys.platform != "linux", reason="other places elsewhere")
def test_the_folder_is_where_the_system_puts_such_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(cache.VARIABLE)
    monkeypatch.setenv("HOME", "/home/x")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache.folder() == Path("/home/x/.cache/zoning")
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/c")
    assert cache.folder() == Path("/var/c/zoning")
    monkeypatch.setenv(cache.VARIABLE, "~/z")
    assert cache.folder() == Path("/home/x/z")
