"""What holds for every test: nothing is written into the user's own cache."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep layers in a folder of this run's, also in the processes that tests start."""
    before = os.environ.get("ZONING_CACHE")
    os.environ["ZONING_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    os.environ.pop("ZONING_CACHE")
    if before is not None:
        os.environ["ZONING_CACHE"] = before
