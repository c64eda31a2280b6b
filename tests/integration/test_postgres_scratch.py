"""A database of one's own on somebody else's server."""

from __future__ import annotations

import psycopg
import pytest

from energyretail.adapters.postgres.server import scratch_database
from energyretail.domain.shared import Fault


def databases(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


class TestScratchDatabase:
    def test_is_empty_and_gone_at_the_end_even_in_use(self, postgres_url):
        before = databases(postgres_url)

        with scratch_database(postgres_url) as url:
            left_open = psycopg.connect(url, autocommit=True)
            left_open.execute("CREATE TABLE mine (a int)")
            assert len(databases(postgres_url) - before) == 1

        assert url.rpartition("/")[2] not in databases(postgres_url)
        left_open.close()

    def test_says_when_it_cannot_be_had(self):
        with pytest.raises(Fault) as fault, scratch_database("postgresql://127.0.0.1:1/none"):
            pass

        assert fault.value.code == "postgres.no_scratch"
