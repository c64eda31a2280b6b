"""Rows made of columns are the rows that the driver itself would send."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.postgres.binary_rows import (
    RowOf,
    constant,
    day_number,
    int2s,
    int4s,
    int8s,
    numerics,
    packed,
    texts,
)
from energyretail.adapters.postgres.bulk import SIGNATURE, TRAILER

BIG = st.integers(-(2**63), 2**63 - 1)
NUMBERS = st.integers(-(10**18), 10**18) | st.integers(-10_000, 10_000)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
ROWS = st.lists(
    st.tuples(BIG, st.integers(-(2**31), 2**31 - 1), st.integers(-9, 9), WORDS, NUMBERS), max_size=9
)


@pytest.fixture(scope="module")
def connection(postgres_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(postgres_url, autocommit=True) as opened:
        opened.execute(
            "CREATE TEMP TABLE kept (n int GENERATED ALWAYS AS IDENTITY, big int8, small int4,"
            " tiny int2, word text, kwh numeric, day date, nothing text)"
        )
        yield opened


def read_back(connection: psycopg.Connection, rows: bytes) -> list[tuple[Any, ...]]:
    connection.execute("TRUNCATE kept")
    statement = "COPY kept (big, small, tiny, word, kwh, day, nothing) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(SIGNATURE + rows + TRAILER)
    return connection.execute(
        "SELECT big, small, tiny, word, kwh::text, day, nothing FROM kept ORDER BY n"
    ).fetchall()


def row_of(rows: list[tuple[int, int, int, str, int]], decimals: int) -> RowOf:
    big, small, tiny, words, numbers = zip(*rows, strict=True)
    return RowOf(
        [
            int8s(np.array(big, np.int64)),
            int4s(np.array(small, np.int64)),
            int2s(np.array(tiny, np.int64)),
            texts(np.array([word.encode() for word in words], dtype=np.bytes_)),
            numerics(np.array(numbers, np.int64), decimals=decimals),
            int4s(np.full(len(rows), day_number(date(1999, 12, 31)))),
            constant(None),
        ]
    )


def expected(row: tuple[int, int, int, str, int], decimals: int) -> tuple[Any, ...]:
    number = Decimal(row[4]).scaleb(-decimals)
    shown = f"{number:f}"
    if "." in shown:
        shown = shown.rstrip("0").rstrip(".")
    return (*row[:4], "0" if not number else shown, date(1999, 12, 31), None)


@given(ROWS, st.integers(0, 6))
def test_say_what_they_were_given(
    connection: psycopg.Connection, rows: list[tuple[int, int, int, str, int]], decimals: int
) -> None:
    sent = packed([row_of(rows, decimals)], len(rows)) if rows else packed([], 0)

    assert read_back(connection, sent) == [expected(row, decimals) for row in rows]


@given(ROWS.filter(bool), st.data())
def test_leave_out_what_is_not_there(
    connection: psycopg.Connection,
    rows: list[tuple[int, int, int, str, int]],
    data: st.DataObject,
) -> None:
    there = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    both = [row_of(rows, 3), RowOf(row_of(rows, 0).fields, np.array(there))]

    found = read_back(connection, packed(both, len(rows)))

    wanted = []
    for row, also in zip(rows, there, strict=True):
        wanted += [expected(row, 3), expected(row, 0)][: 1 + also]
    assert found == wanted
