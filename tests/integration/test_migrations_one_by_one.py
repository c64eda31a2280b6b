"""Chunks that were done before anybody counted what went one by one stay as they are."""

from __future__ import annotations

from contextlib import closing

import psycopg

from energyretail.adapters.postgres.bill_run_shelves import PostgresBillRunShelf
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.migrations import downgrade, upgrade
from energyretail.adapters.postgres.migrations.scripts import revisions
from energyretail.domain.operations import ChunkResult

AFTER = next(name for name in revisions() if name.endswith("_one_by_one"))
BEFORE = revisions()[revisions().index(AFTER) - 1]
DONE_AND_WAITING = """
    INSERT INTO bill_run VALUES (1, '2026-03-01', 'Ana', false, 10, 'running');
    INSERT INTO bill_chunk VALUES
        (1, 1, '', 'b', 5, 'done', 4, 0, 1, '{"x.y": 1}', 1500, ''),
        (1, 2, 'b', '', 5, 'waiting', NULL, NULL, NULL, NULL, NULL, '');
"""


def test_chunks_done_before_tell_of_nothing(empty_database_url: str) -> None:
    upgrade(empty_database_url, BEFORE)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(DONE_AND_WAITING)
    # Up, down and up again: nobody's result is in the way.
    upgrade(empty_database_url, AFTER)
    downgrade(empty_database_url, BEFORE)
    upgrade(empty_database_url)

    with closing(Database(empty_database_url)) as database:
        progress = PostgresBillRunShelf(database).by_number(1).progress
    assert (progress.done, progress.waiting) == (1, 1)
    assert progress.result == ChunkResult(4, 0, 1, (("x.y", 1),), 1500)
