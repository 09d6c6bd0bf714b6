"""Browser tests: a page in a real Chromium, without a network."""

from __future__ import annotations

import os

import pytest
from devtools import Browser, find


@pytest.fixture(scope="session")
def program(tmp_path_factory):
    """One browser for all tests; skips where there is none, fails where one is demanded."""
    path = find()
    if path is None:
        reason = "no Chromium found; .ci/browser.sh installs one"
        if os.environ.get("ZONING_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with Browser(path, tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def browser(program):
    """An empty page."""
    program.fresh()
    return program
