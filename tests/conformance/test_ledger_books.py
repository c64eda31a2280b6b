"""The ledger's ports, in memory and in Postgres."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError

from energyretail.adapters.memory.ledger import MemoryBooks, MemoryLedger
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.ledger import PostgresBooks, PostgresLedger
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import CustomerNumber, InvoiceNumber, Money
from energyretail.testing.conformance.ledger import (
    BooksConformance,
    LedgerWorld,
    bill_entry,
    euros,
)
from waiting_for_locks import waits_for_a_lock

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
CENTS = st.integers(-(10**15), 10**15)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Any entry the books hold, on few keys."""
    currency = draw(st.sampled_from(["EUR", "GBP"]))
    sides = draw(st.lists(CENTS, min_size=1, max_size=3))
    postings = []
    for cents in (*sides, -sum(sides)):
        account = draw(st.sampled_from(Account))
        owed = account is Account.RECEIVABLE
        customer = CustomerNumber(draw(WORDS)) if owed else None
        item = InvoiceNumber(draw(WORDS)) if owed else None
        postings.append(Posting(account, Money.of_cents(cents, currency), customer, item))
    key = draw(st.sampled_from(["a", "b", "c", "ü"]) | WORDS)
    return Entry(key, draw(st.dates()), draw(WORDS), tuple(postings))


class TestBooksInMemory(BooksConformance):
    @pytest.fixture
    def world(self) -> LedgerWorld:
        store = MemoryStore()
        return LedgerWorld(MemoryWork(store), MemoryBooks(store), MemoryLedger(store))


def in_postgres(database: Database, **options: int) -> LedgerWorld:
    books = PostgresBooks(database, **options)
    return LedgerWorld(PostgresWork(database), books, PostgresLedger(database))


class TestBooksCopiedIntoPostgres(BooksConformance):
    """Whatever is posted, by COPY: a single entry too."""

    @pytest.fixture
    def world(self, database: Database) -> LedgerWorld:
        return in_postgres(database, copied_from=1)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(entries(), max_size=8), st.lists(entries(), max_size=8))
    def test_gives_back_what_memory_does(
        self, world: LedgerWorld, first: list[Entry], second: list[Entry]
    ) -> None:
        store = MemoryStore()
        keys = [entry.key for entry in (*first, *second)]
        memory = MemoryBooks(store)
        with MemoryWork(store)():
            memory.post(first)
            memory.post(second)
            wanted = MemoryLedger(store).entries(keys)

        with world.work():
            world.books.post(first)
            world.books.post(second)
            found = world.ledger.entries(keys)

        assert found == wanted

    def test_waits_for_who_posts_the_same_and_leaves_theirs(
        self, world: LedgerWorld, database: Database
    ) -> None:
        ours, more = bill_entry("a", "F1", 2), bill_entry("b", "F2", 3)
        with (
            database.engine.connect() as other,
            ThreadPoolExecutor(1) as thread,
        ):
            other.execute(text("INSERT INTO entry (key, day, text) VALUES ('a', '2026-04-08', '')"))
            other.execute(
                text(
                    "INSERT INTO posting (entry_id, position, account, amount_cents, currency)"
                    " SELECT id, position, account, cents, 'EUR' FROM entry,"
                    " (VALUES (1, 'bank', 1), (2, 'revenue', -1))"
                    " AS side (position, account, cents)"
                )
            )
            posted = thread.submit(world.post, ours, more)
            assert waits_for_a_lock(database)
            other.commit()
            posted.result(60)

        kept, added = world.ledger.entries(["a", "b"])
        assert kept.postings[0].amount == euros(1)
        assert added == more

    def test_refuses_what_no_table_holds_and_keeps_nothing(self, world: LedgerWorld) -> None:
        with pytest.raises(DataError):
            world.post(bill_entry("a", "F1", 1), bill_entry("b\0", "F2", 1))

        assert world.ledger.entries(["a"]) == ()


class TestBooksInPostgres(BooksConformance):
    @pytest.fixture
    def world(self, database: Database) -> LedgerWorld:
        return in_postgres(database)

    @pytest.mark.parametrize("cents", [[100, -99], [100, 0], [1]])
    def test_refuses_an_unbalanced_entry_written_behind_its_back(
        self, world: LedgerWorld, database: Database, cents: list[int]
    ) -> None:
        world.post(bill_entry("a", "F1", 100))
        sql = (
            "INSERT INTO posting (entry_id, position, account, amount_cents, currency)"
            f" SELECT 1, 10 + n, 'bank', cents, 'EUR'"
            f" FROM unnest(ARRAY{cents}) WITH ORDINALITY AS given (cents, n)"
        )

        with pytest.raises(IntegrityError, match="is out by"), database.transaction() as connection:
            connection.execute(text(sql))

    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE posting SET amount_cents = 0",
            "DELETE FROM posting",
            "UPDATE entry SET day = '2026-01-01'",
            "DELETE FROM entry",
        ],
    )
    def test_refuses_to_change_what_was_posted(
        self, world: LedgerWorld, database: Database, sql: str
    ) -> None:
        world.post(bill_entry("a", "F1", 100))

        with pytest.raises(IntegrityError, match="never changed"), database.transaction() as conn:
            conn.execute(text(sql))

    def test_finds_what_was_unbalanced_with_the_trigger_out_of_the_way(
        self, world: LedgerWorld, database: Database
    ) -> None:
        world.post(bill_entry("a", "F1", 100))
        with database.transaction() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("UPDATE posting SET amount_cents = 101 WHERE item = 'F1'"))
            connection.commit()

        assert [amount.cents for amount in world.ledger.imbalances()] == [1]
        assert world.ledger.unbalanced_entries() == ("a",)
