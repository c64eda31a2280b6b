"""Worker processes share a bill run: each does chunks of it, and nothing is billed twice."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.document_checks import PostgresDocumentChecks
from shared_runs import shared_run
from shared_runs.sharing import fill


def test_two_workers_share_the_chunks(database_url: str, tmp_path: Path) -> None:
    fill(database_url, 2000)

    found = shared_run(database_url, tmp_path, workers=2, chunk=100)

    assert (found.outcome.billed, found.outcome.is_sound) == (2000, True), found
    assert sum(found.chunks) == 20  # each chunk by one of them, and once
    assert all(found.chunks), found
    with closing(Database(database_url)) as database:
        assert PostgresDocumentChecks(database).problems() == ()
