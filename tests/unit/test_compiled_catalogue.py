"""The catalogue kept between runs is the one that was read, or is read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoning.base import cache
from zoning.base.arrays import DamagedError
from zoning.base.settings import layers_dir
from zoning.catalogue import compiled, load, load_catalogue
from zoning.model import Rule


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path))
    monkeypatch.setattr(load, "_LOADED", {})
    return tmp_path


def again():
    load._LOADED.clear()
    return load_catalogue()


def kept(place) -> Path:
    (found,) = Path(place, "layers").glob("*.catalogue.idx")
    return found


def test_what_is_kept_is_what_was_read(place, monkeypatch):
    first = again()
    monkeypatch.setattr(load, "_tables", None)  # nothing is read a second time
    second = again()
    assert first == second and first is not second
    assert repr(list(vars(first).values())) == repr(list(vars(second).values()))
    rule = next(iter(second.rules.values()))
    assert isinstance(rule, Rule)
    assert rule.model_dump_json() == first.rules[rule.id].model_dump_json()
    assert rule.model_copy(update={"verified": False}).verified is False


def test_a_damaged_catalogue_is_read_from_its_files(place):
    first = again()
    content = bytearray(kept(place).read_bytes())
    content[-5000] ^= 255
    kept(place).write_bytes(content)
    assert again() == first


def test_a_changed_file_is_another_catalogue(place, monkeypatch, tmp_path):
    before, folder = again(), tmp_path / "copy"
    folder.mkdir()
    for path in layers_dir().glob("*.toml"):
        (folder / path.name).write_bytes(path.read_bytes())
    changed = folder / "lakes_5.toml"
    changed.write_text(changed.read_text(encoding="utf-8") + "\n# later\n", encoding="utf-8")
    monkeypatch.setattr(load, "layers_dir", lambda: folder)
    assert again().sha256 != before.sha256
    assert again().layers == before.layers


@pytest.mark.parametrize("value", [["os.system", "x"], ["Path", "/"]])
def test_no_other_kind_is_made(value):
    with pytest.raises(DamagedError):
        compiled._made(value)
    with pytest.raises(TypeError):
        compiled._plain(Path())
