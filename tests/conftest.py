"""What holds for every test: no limit of time, and nothing is written into the user's own cache."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A busy machine makes single examples slow; nothing here is a measurement of time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# What is imported and collected stays; to look through it again and again is a third of the time.
gc.disable()


def pytest_collection_finish() -> None:
    """Collect garbage from here on, but for what the collection left."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep layers in a folder of this run's, also in the processes that tests start."""
    before = os.environ.get("ZONING_CACHE")
    os.environ["ZONING_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    os.environ.pop("ZONING_CACHE")
    if before is not None:
        os.environ["ZONING_CACHE"] = before
