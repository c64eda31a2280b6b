"""Many rows into one table, by a binary COPY."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from energyretail.adapters.postgres.database import leave_values_out_of

__all__ = ["SIGNATURE", "TRAILER", "copy_bytes", "copy_rows", "new_ids"]

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"


def new_ids(connection: Connection, table: str, count: int) -> list[int]:
    """Return keys of rows to come, ascending: COPY keeps what it is given and gives none back."""
    sequence = text("""
        SELECT string_agg(int8send(nextval(sequence)), ''::bytea)
        FROM (SELECT pg_get_serial_sequence(:table, 'id')::regclass AS sequence OFFSET 0) AS one,
            generate_series(1, :count)
    """)
    found = connection.scalar(sequence, {"table": table, "count": count}) or b""
    return [each for (each,) in struct.iter_unpack(">q", found)]


def copy_rows(
    connection: Connection,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Append rows to a table; `columns` has their types by name, as the driver calls them.

    To the table's triggers it is one statement. What goes wrong is raised as of any other, as
    SQLAlchemy has it. An array of texts in a parameter would be escaped letter by letter: for
    documents, whose lines are long, that takes longer than all the rest.
    """
    with _copying(connection, table, columns) as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)


def copy_bytes(
    connection: Connection, table: str, columns: Iterable[str], parts: Iterable[bytes]
) -> None:
    """Append rows that are written already, as `binary_rows` does; see `copy_rows`."""
    with _copying(connection, table, columns) as copy:
        copy.write(SIGNATURE)
        for part in parts:
            copy.write(part)
        copy.write(TRAILER)


@contextmanager
def _copying(connection: Connection, table: str, columns: Iterable[str]) -> Iterator[psycopg.Copy]:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    if not connection.in_transaction():
        # Past SQLAlchemy nothing would begin one, and its commit would keep nothing.
        connection.begin()
    driver = connection.connection.driver_connection
    assert driver is not None  # the connection is open
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            yield copy
    except psycopg.Error as error:
        leave_values_out_of(error)
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, hide_parameters=True
        ) from error
