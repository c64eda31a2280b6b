"""Two workers bill at once, by columns: nobody waits for ever, and nothing is billed twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random
from threading import Barrier

import attrs
import pytest
from sqlalchemy import text

from bulk_bills.compare import desk_over
from bulk_bills.filling import fill
from bulk_bills.portfolios import Portfolio, random_portfolio
from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.postgres.bulk_bills import PostgresBulkBills
from energyretail.adapters.postgres.database import Database, PostgresWhole
from energyretail.adapters.postgres.document_checks import PostgresDocumentChecks

SERVICES = 160
CHUNK, PAGE = 20, 7
Range = tuple[str, str]
BILLED = """
    SELECT contract || ' ' || cups || ' ' || period || ' ' || gross_cents FROM invoice ORDER BY 1
"""
GAPS = """
    SELECT count(*) - max(CAST(split_part(number, '-', 2) AS bigint)) FROM invoice
"""


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    """Services of a few companies, each of which has contracts in all chunks."""
    drawn = random_portfolio(Random(11), tariffs=4, services=SERVICES)
    shared = [
        attrs.evolve(each, kind="company", customer=f"C{int(each.contract[1:]) % 5:08}")
        for each in drawn.services
    ]
    return attrs.evolve(drawn, services=tuple(shared))


def _ranges(portfolio: Portfolio) -> list[Range]:
    keys = sorted(f"{each.contract}/{each.cups}" for each in portfolio.services)
    ends = keys[CHUNK - 1 : -1 : CHUNK]
    return list(zip(["", *ends], [*ends, ""], strict=True))


def _bill(url: str, portfolio: Portfolio, ranges: Sequence[Range], begin: Barrier | None) -> None:
    """Bill chunks one after the other, each of a few pages in one transaction, as a run does."""
    with closing(Database(url)) as database:
        desk, rating = desk_over(database, portfolio), ColumnarRating()
        bills = PostgresBulkBills(database)
        for after, until in ranges:
            if begin:
                begin.wait(60)
            with PostgresWhole(database)() as whole:
                desk.bill_in_bulk(bills, rating, limit=PAGE, after=after, until=until)
                whole.commit()


def _filled(url: str, portfolio: Portfolio) -> None:
    with closing(Database(url)) as database:
        with database.engine.begin() as connection:
            fill(connection, portfolio)
        desk_over(database, portfolio).open_day(portfolio.days[-1])


def _looked_at(url: str) -> tuple[list[str], int]:
    """Return what was billed, and how many numbers are missing; refuse what is not sound."""
    with closing(Database(url)) as database:
        assert PostgresDocumentChecks(database).problems() == ()
        with database.engine.connect() as connection:
            found = list(connection.scalars(text(BILLED)))
            return found, connection.scalar(text(GAPS)) or 0


_Share = Callable[[list[Range]], tuple[list[Range], list[Range]]]
SHARES: dict[str, _Share] = {
    "in turn": lambda ranges: (ranges[::2], ranges[1::2]),
    "from both ends": lambda ranges: (ranges[: len(ranges) // 2], ranges[len(ranges) // 2 :][::-1]),
    "of the very same chunks": lambda ranges: (ranges, ranges),
}


@pytest.mark.parametrize("share", SHARES.values(), ids=SHARES.keys())
def test_share_customers_and_bill_each_supply_once(
    two_urls: tuple[str, str], portfolio: Portfolio, share: _Share
) -> None:
    alone, shared = two_urls
    for url in two_urls:
        _filled(url, portfolio)
    ranges = _ranges(portfolio)
    _bill(alone, portfolio, ranges, None)

    begin = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        at_work = [pool.submit(_bill, shared, portfolio, own, begin) for own in share(ranges)]
        for each in at_work:
            each.result()

    assert _looked_at(shared) == _looked_at(alone)
    assert _looked_at(shared)[1] == 0
