"""Bounds on a block that asks the database: what it waits for there, the server itself ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import OperationalError

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.bounded import bounded, out_of_time

__all__ = ["PostgresBounds"]


class PostgresBounds:
    """Implements the Bounds port: see `bounded`.

    A statement that lasts longer than the block may is ended by the server and not by us: the
    connection, and the transaction the block is a part of, go on.
    """

    def __init__(self, database: Database):
        self._database = database

    @contextmanager
    def __call__(self, *, seconds: float, bytes_more: int) -> Iterator[None]:
        """End the block after so many seconds, or once the process has grown by so many bytes."""
        try:
            with (
                self._database.statements_within(seconds) as within,
                bounded(
                    seconds=seconds,
                    bytes_more=bytes_more,
                    is_waiting=within.is_waiting,
                    give_up=within.give_up,
                ),
            ):
                yield
        except (OperationalError, psycopg.errors.QueryCanceled) as error:
            if not _is_ended(error):
                raise
            raise out_of_time(seconds) from error


def _is_ended(error: Exception) -> bool:
    said = error.orig if isinstance(error, OperationalError) else error
    return isinstance(said, psycopg.errors.QueryCanceled)
