"""A PostGIS server for the tests: ``ZONING_POSTGIS_URL``, as ``.ci/postgis.sh`` prints it."""

import os
import uuid
from importlib.util import find_spec

import pytest


@pytest.fixture(scope="session")
def server():
    """Address of the server, or a skip; in CI (``ZONING_REQUIRE_POSTGIS``) a failure."""
    url = os.environ.get("ZONING_POSTGIS_URL")
    reason = "no PostGIS server: set ZONING_POSTGIS_URL, e.g. from bash .ci/postgis.sh"
    if url:
        if find_spec("psycopg"):
            return url
        reason = 'psycopg is missing: python -m pip install "zoning[postgis]"'
    if os.environ.get("ZONING_REQUIRE_POSTGIS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def schema(server):
    """Name of a fresh schema that is dropped afterwards."""
    import psycopg

    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        yield name
        connection.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def run(server):
    """Function that executes statements, committed."""
    import psycopg

    def execute(*statements):
        with psycopg.connect(server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    return execute
