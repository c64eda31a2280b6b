"""The list of bill runs, and of the chunks of one, in Postgres."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text

from energyretail.adapters.postgres.bill_runs import (
    SELECT_CHUNK,
    SELECT_PROGRESS,
    chunk_of,
    progress_of,
    run_of,
    unknown_run,
)
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.texts import counted
from energyretail.application.operations import RunShown
from energyretail.application.shared import Page, page_of
from energyretail.domain.operations import BillChunk, RunProgress

__all__ = ["PostgresBillRunShelf"]

_OF_RUN: Final = SELECT_PROGRESS.format(
    chunks="bill_chunk.run = bill_run.number", reasoned="reasoned.run = bill_run.number"
)
_RUNS: Final = f"""
    SELECT bill_run.*, progress.*
    FROM bill_run CROSS JOIN LATERAL ({_OF_RUN}) AS progress
"""
_PAGE = text(
    f"{_RUNS} WHERE :after = 0 OR bill_run.number < :after"
    " ORDER BY bill_run.number DESC LIMIT :limit"
)
_ONE = text(f"{_RUNS} WHERE bill_run.number = :number")
_OF_DAY = text(f"{_RUNS} WHERE bill_run.as_of = :day ORDER BY bill_run.number DESC")
_IS_KNOWN = text("SELECT FROM bill_run WHERE number = :number")
_CHUNKS = text(f"{SELECT_CHUNK} WHERE run = :run AND number > :after ORDER BY number LIMIT :limit")

# What is not done of a run called off is nobody's any more.
_COUNTED: Final = """
    run IN (SELECT number FROM bill_run WHERE NOT dry_run)
    AND (state = 'done' OR run IN (
        SELECT number FROM bill_run WHERE state IN ('planned', 'running', 'failed')))
"""
_TOTAL = text(SELECT_PROGRESS.format(chunks=_COUNTED, reasoned=_COUNTED))


class PostgresBillRunShelf:
    """Implements the BillRunShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(self, *, after: str, limit: int) -> Page[RunShown]:
        """Return runs before a number, the newest first."""
        before = counted(after)
        if before is None:
            return Page(())
        given = {"after": before, "limit": limit + 1}
        with self._database.reading() as connection:
            rows = connection.execute(_PAGE, given).all()
        return page_of(map(_shown, rows), limit=limit, key=lambda one: str(one.run.number))

    def by_number(self, number: int) -> RunShown:
        """Return one."""
        with self._database.reading() as connection:
            row = connection.execute(_ONE, {"number": number}).one_or_none()
        if row is None:
            raise unknown_run(number)
        return _shown(row)

    def of_day(self, day: date) -> tuple[RunShown, ...]:
        """Return the runs of a day."""
        with self._database.reading() as connection:
            return tuple(map(_shown, connection.execute(_OF_DAY, {"day": day})))

    def chunks(self, number: int, *, after: str, limit: int) -> Page[BillChunk]:
        """Return chunks of a run beyond a number."""
        beyond = counted(after)
        with self._database.reading() as connection:
            if connection.execute(_IS_KNOWN, {"number": number}).first() is None:
                raise unknown_run(number)
            if beyond is None:
                return Page(())
            given = {"run": number, "after": beyond, "limit": limit + 1}
            rows = connection.execute(_CHUNKS, given).all()
        return page_of(map(chunk_of, rows), limit=limit, key=lambda one: str(one.number))

    def total(self) -> RunProgress:
        """Return all runs but dry ones together."""
        with self._database.reading() as connection:
            return progress_of(connection.execute(_TOTAL).one())


def _shown(row: Row[Any]) -> RunShown:
    return RunShown(run_of(row), progress_of(row))
