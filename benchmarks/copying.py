"""The yardstick of what is kept: the very rows a turn made, copied into empty tables like theirs.

A turn runs in a database of its own, made from a template and gone afterwards, and begins after
a checkpoint.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import psycopg
from psycopg import sql

__all__ = ["aged", "copied", "copied_in", "copied_out", "made_on", "other", "settled", "size_of"]


def made_on(day: date, *, since: date) -> dict[str, str]:
    """Return each table of bills, and which of its rows the bills issued on a day are.

    They are for days `since` the last bill before them.
    """
    of_new = f"invoice_id IN (SELECT id FROM invoice WHERE issued_on = '{day}')"
    return {
        "invoice": f"issued_on = '{day}'",
        "invoice_line": of_new,
        "invoice_tax": of_new,
        "invoice_reading": of_new,
        "issued_items": f"day >= '{since}'",
        "entry": f"day = '{day}'",
        "posting": f"entry_id IN (SELECT id FROM entry WHERE day = '{day}')",
        "outbox": "true",
    }


def copied_out(
    url: str, tables: Iterable[str], *, which: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """Return the rows of tables as a binary COPY has them, by table: all, or `which` by table."""
    rows = {}
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table in tables:
            chosen: sql.Composable = sql.Identifier(table)
            if which:
                condition = sql.SQL("(SELECT * FROM {} WHERE {})")
                chosen = condition.format(chosen, sql.SQL(which[table]))
            into = io.BytesIO()
            with cursor.copy(_statement(chosen, "TO STDOUT")) as copy:
                for part in copy:
                    into.write(part)
            rows[table] = into.getvalue()
    return rows


def copied_in(url: str, rows: Mapping[str, bytes]) -> float:
    """Copy rows into empty tables with the same keys, in one transaction; return the seconds."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for table in rows:
            name = sql.Identifier(f"bare_{table}")
            like = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)")
            cursor.execute(like.format(name, sql.Identifier(table)))
        connection.commit()
        settled(url)
        began = time.perf_counter()
        for table, content in rows.items():
            with cursor.copy(_statement(sql.Identifier(f"bare_{table}"), "FROM STDIN")) as copy:
                copy.write(content)
        connection.commit()
        return time.perf_counter() - began


def aged(url: str) -> None:
    """Leave rows as a server does that has had a month to look after what was written.

    It does not begin to do so again: it would in some turns and not in others, by the clock.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        tables = connection.execute(
            "SELECT relname FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in tables.fetchall():
            alter = sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = off)")
            connection.execute(alter.format(sql.Identifier(table)))


def settled(url: str) -> None:
    """Write what waits to be written, so that a turn does not pay for what was before it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def size_of(url: str) -> int:
    """Return the bytes that a database takes."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert found is not None  # it is one row
    size: int = found[0]
    return size


@contextmanager
def copied(url: str, template: str) -> Iterator[str]:
    """Give a copy of a database, gone at the end."""
    yield other(url, "turn", template=template)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE turn WITH (FORCE)")


def other(url: str, name: str, *, template: str = "template1") -> str:
    """Create a database beside that of `url`; return its URL."""
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
    return f"{url.rpartition('/')[0]}/{name}"


def _statement(rows: sql.Composable, where: str) -> sql.Composed:
    return sql.SQL("COPY {} {} (FORMAT BINARY)").format(rows, sql.SQL(where))
