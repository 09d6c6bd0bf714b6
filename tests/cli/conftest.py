"""Call the command line as a user does: words in; exit code, stdout and stderr out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from zoning import cli
from zoning.cli.app import application


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return what was printed, with what findings name by id put into them."""
        body = json.loads(self.out)
        if isinstance(body, dict) and "reasons" in body:
            for finding in (f for p in body["projects"] for f in p["findings"]):
                finding["reason"] = body["reasons"][finding["reason"]]
                finding["total"] = body["measures"].get(finding["total"])
                finding["zones"] = [body["measures"][x] for x in finding["zones"]]
                finding["missing"] = [body["questions"][x] for x in finding["missing"]]
        return body


@cache
def command(called: str | None = None) -> Callable[..., object]:
    """Return the application that a call makes; its help is in one language all along."""
    return typer.main.get_command(application(called))


@pytest.fixture
def zoning(monkeypatch, capsys) -> Callable[..., Outcome]:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("ZONING_LANG", "en")
    # To declare every option anew takes longer than a short command.
    monkeypatch.setattr("zoning.cli.app.application", command)

    def call(*words: object) -> Outcome:
        if words[0] in ("check", "replay") and "json" in words:
            words = (*words, "--full")  # Tests look at findings of every status.
        monkeypatch.setattr("sys.argv", ["zoning", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            cli.run()
        text = capsys.readouterr()
        return Outcome(int(stop.value.code or 0), text.out, text.err)

    return call


@pytest.fixture
def geojson(tmp_path) -> Callable[..., Path]:
    """Write features given as (geometry, properties) to a GeoJSON file."""

    def write(*features, name="sites.geojson", **members) -> Path:
        path = tmp_path / name
        body = [
            {"type": "Feature", "properties": dict(properties), "geometry": geometry}
            for geometry, properties in features
        ]
        text = json.dumps({"type": "FeatureCollection", "features": body, **members})
        path.write_text(text, encoding="utf-8")
        return path

    return write
