"""Adding up a company's bills, in both worlds, and thousands of them in a few statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial

import attrs
import pytest
from end_of_supply import Office, memory_office, postgres_office
from sqlalchemy import event, text

from energyretail.adapters.postgres.database import Database
from energyretail.application.billing.consolidate import CHUNK
from energyretail.domain.billing import ConsolidatedInvoiceIssued, Invoice
from energyretail.domain.shared import (
    Invalid,
    Money,
    Refused,
    contract_number,
    invoice_number,
)
from energyretail.testing.conformance.billing import SECOND, START, point
from energyretail.testing.conformance.pages import leaf_through

AFTER = SECOND + timedelta(days=1)
LATE = date(2026, 4, 27)
DAY = timedelta(days=1)
MEMBERS = 2000


@pytest.fixture(params=["memory", "postgres"])
def office(request: pytest.FixtureRequest) -> Office:
    if request.param == "memory":
        return memory_office()
    return postgres_office(request.getfixturevalue("database"))


def bill(office: Office, *numbers: int) -> tuple[Invoice, ...]:
    """Bill contracts of the first customer on SECOND, and go to the day after."""
    for number in numbers:
        office.sign(number, customer=1)
        office.read(number, START, 100)
        office.read(number, SECOND, 150 + number)
    office.open(SECOND)
    office.desk.bill()
    office.open(AFTER)
    invoices = office.desk.world.invoices
    return tuple(one for n in numbers for one in invoices.of_contract(f"K{n:06d}"))


class TestConsolidateInvoices:
    def test_adds_up_what_was_issued_before_a_day(self, office: Office) -> None:
        bills = bill(office, 1, 2, 3)

        made = office.consolidate("C000001", issued_before=AFTER)

        assert made.number == "G26-000001"
        assert made.totals.members == 3
        assert made.totals.gross == Money.total((one.gross for one in bills), "EUR")
        assert made.totals.tax == Money.total((one.tax for one in bills), "EUR")
        assert made.due_on >= max(one.due_on for one in bills)
        told = [e for e in office.desk.events.recorded if isinstance(e, ConsolidatedInvoiceIssued)]
        assert told == [
            ConsolidatedInvoiceIssued(made.number, "C000001", 3, made.totals.gross.cents)
        ]

    def test_is_collected_on_its_own_day_and_on_no_members(self, office: Office) -> None:
        bills = bill(office, 1, 2)
        office.open(LATE)
        unpaid = office.whole.unpaid

        made = office.consolidate("C000001", issued_before=LATE)

        # The bills were to be collected at the end of April, whose run is still to be made.
        assert {one.due_on for one in bills} == {date(2026, 4, 30)}
        assert made.due_on == date(2026, 5, 29)
        assert unpaid.due(made.due_on - DAY) == ()
        due = unpaid.due(made.due_on)
        assert {one.due_on for one in due} == {made.due_on}
        assert Money.total((one.open for one in due), "EUR") == made.totals.gross

    def test_is_due_no_earlier_than_any_member(self, office: Office) -> None:
        (only,) = bill(office, 1)
        late = attrs.evolve(
            only,
            number=invoice_number("F", SECOND, 900),
            cups=point(7),
            contract=contract_number(7),
            due_on=date(2027, 1, 29),
        )
        office.desk.world.add(late)

        made = office.consolidate("C000001", issued_before=AFTER)

        assert made.due_on == late.due_on

    def test_posts_nothing(self, office: Office) -> None:
        bill(office, 1, 2)
        before = office.desk.ledger.totals(), office.desk.ledger.open_items()

        office.consolidate("C000001", issued_before=AFTER)

        assert (office.desk.ledger.totals(), office.desk.ledger.open_items()) == before

    def test_gives_the_same_for_the_same_days(self, office: Office) -> None:
        bill(office, 1, 2)
        made = office.consolidate("C000001", issued_before=AFTER)

        again = office.consolidate("C000001", issued_before=AFTER)

        assert again == made
        # The second one took no number.
        office.sign(3, customer=1)
        office.read(3, START, 100)
        office.read(3, SECOND, 150)
        office.desk.bill()
        office.open(AFTER + DAY)
        assert office.consolidate("C000001", issued_before=AFTER + DAY).number == "G26-000002"

    def test_shows_what_was_corrected_since_in_the_next_one(self, office: Office) -> None:
        first, _ = bill(office, 1, 2)
        made = office.consolidate("C000001", issued_before=AFTER)
        office.read(1, SECOND, 140, version=2)
        office.desk.correct()
        office.open(AFTER + DAY)

        following = office.consolidate("C000001", issued_before=AFTER + DAY)

        members = office.whole.shelf.members(following.number, after="", limit=9).items
        note, rebill = members
        assert (note.original, note.gross) == (first.number, -first.gross)
        assert rebill.original == first.number
        assert following.totals.gross == rebill.gross - first.gross
        assert following.totals.gross < Money("0.00", "EUR")
        # What was issued stays as it is.
        assert office.whole.shelf.by_number(made.number) == made
        kept = office.whole.shelf.members(made.number, after="", limit=9).items
        assert [one.cancelled_by for one in kept] == [note.number, None]

    def test_takes_a_bill_corrected_before_it_with_its_correction(self, office: Office) -> None:
        bill(office, 1)
        office.read(1, SECOND, 140, version=2)
        office.desk.correct()
        office.open(AFTER + DAY)

        made = office.consolidate("C000001", issued_before=AFTER + DAY)

        documents = office.desk.world.invoices.of_contract("K000001")
        assert made.totals.members == len(documents) == 3
        assert made.totals.gross == documents[-1].gross

    def test_refuses_what_adds_up_nothing(self, office: Office) -> None:
        bill(office, 1)

        with pytest.raises(Refused, match=r"billing.consolidated.nothing"):
            office.consolidate("C000001", issued_before=SECOND)
        with pytest.raises(Refused, match=r"billing.consolidated.nothing"):
            office.consolidate("C000009", issued_before=AFTER)
        with pytest.raises(Invalid, match=r"ids.customer"):
            office.consolidate("nobody", issued_before=AFTER)

    def test_refuses_days_that_are_not_over(self, office: Office) -> None:
        bill(office, 1)

        with pytest.raises(Invalid, match=r"billing.consolidated.early"):
            office.consolidate("C000001", issued_before=AFTER + DAY)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """Give the statements that the block sends."""
    sent: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def copy(database: Database, model: Invoice, numbers: range) -> None:
    """Issue the same bill at many more points, where the rows are: writing them is not tried."""
    given = {
        "model": model.number,
        "numbers": [invoice_number("F", SECOND, n) for n in numbers],
        "contracts": [f"K{n:06d}" for n in numbers],
        "points": [point(n).value for n in numbers],
    }
    with database.transaction() as connection:
        columns = [
            name
            for name in connection.execute(text(_COLUMNS)).scalars()
            if name not in ("id", "number", "contract", "cups")
        ]
        for sql in (_COPY_HEADS, _COPY_LINES, _COPY_TAXES):
            connection.execute(text(sql.replace("...", ", ".join(columns))), given)
        database.commit()


_COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = 'invoice'"
_COPY_HEADS = """
    INSERT INTO invoice (number, contract, cups, ...)
    SELECT given.number, given.contract, given.cups, ...
    FROM (SELECT ... FROM invoice WHERE number = :model) AS model, unnest(
        CAST(:numbers AS text[]), CAST(:contracts AS text[]), CAST(:points AS text[]))
        AS given (number, contract, cups)
"""
_COPY_LINES = """
    INSERT INTO invoice_line (invoice_id, position, component, amount_cents, body)
    SELECT copy.id, position, component, amount_cents, body
    FROM invoice AS copy, invoice_line JOIN invoice AS model ON model.id = invoice_id
    WHERE copy.number = ANY(:numbers) AND model.number = :model
"""
_COPY_TAXES = """
    INSERT INTO invoice_tax (invoice_id, position, tax, rate, base_cents, amount_cents, body)
    SELECT copy.id, position, tax, rate, base_cents, amount_cents, body
    FROM invoice AS copy, invoice_tax JOIN invoice AS model ON model.id = invoice_id
    WHERE copy.number = ANY(:numbers) AND model.number = :model
"""


class TestThousandsOfMembers:
    def test_are_added_up_and_read_in_a_few_statements(self, database: Database) -> None:
        office = postgres_office(database)
        (model,) = bill(office, 1)
        copy(database, model, range(2, MEMBERS + 1))
        lines = MEMBERS * len(model.lines)

        with counted(database) as sent:
            made = office.consolidate("C000001", issued_before=AFTER)

        assert lines > 10_000
        assert made.totals.members == MEMBERS
        assert made.totals.gross == model.gross * MEMBERS
        assert {share.rate: share.amount for share in made.totals.taxes} == {
            tax.rate: tax.amount * MEMBERS for tax in model.taxes
        }
        # Clock, number and head take a few; each chunk is read once and kept once.
        assert len(sent) <= 10 + 2 * (MEMBERS // CHUNK)

        with counted(database) as sent:
            found = leaf_through(partial(office.whole.shelf.lines, made.number), 1000)
        assert len(found) == lines
        assert len({line.key for line in found}) == lines
        assert Money.total((line.line.amount for line in found), "EUR") == made.totals.net
        assert len(sent) <= 3 * (lines // 1000 + 1)
