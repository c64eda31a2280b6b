"""Which statements a block sends: whatever is done by sets takes a few, however many rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from energyretail.adapters.postgres.database import Database

__all__ = ["statements_sent"]


@contextmanager
def statements_sent(database: Database) -> Iterator[list[str]]:
    """Give the statements that the block sends."""
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
