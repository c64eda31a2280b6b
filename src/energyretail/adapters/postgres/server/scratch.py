"""A database of one's own on a server that belongs to somebody else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from energyretail.domain.shared import Fault

__all__ = ["scratch_database"]


@contextmanager
def scratch_database(url: str) -> Iterator[str]:
    """Create an empty database on the server of `url`, give its URL, and drop it at the end.

    What is in the database that `url` names is neither read nor written. Raises Fault
    ``postgres.no_scratch`` when the user may not create databases there.
    """
    name = f"energyretail_{secrets.token_hex(6)}"
    _run(url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        _run(url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(url: str, statement: sql.Composed) -> None:
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(statement)
    except psycopg.Error as error:
        raise Fault("postgres.no_scratch", "cannot create a database there", said=error) from error
