"""Worker processes share a bill run: each does chunks of it, and nothing is billed twice."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.document_checks import PostgresDocumentChecks
from shared_runs import shared_run
from shared_runs.sharing import fill


@pytest.mark.parametrize("beside", [(), ("FB",)])
def test_two_workers_share_the_chunks(
    database_url: str, tmp_path: Path, beside: tuple[str, ...]
) -> None:
    fill(database_url, 2000)

    found = shared_run(database_url, tmp_path, workers=2, chunk=100, beside=beside)

    assert (found.outcome.billed, found.outcome.is_sound) == (2000, True), found
    assert sum(found.chunks) == 20  # each chunk by one of them, and once
    assert all(found.chunks), found
    with closing(Database(database_url)) as database:
        assert PostgresDocumentChecks(database).problems() == ()
    # Without gaps in each: `found` says so.
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT DISTINCT split_part(number, '-', 1) FROM invoice")
        assert {series for (series,) in rows} == {"F26", *(f"{each}26" for each in beside)}
