"""Adding up a company's bills, in both worlds, and thousands of them in a few statements."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from types import MappingProxyType

import attrs
import pytest
from end_of_supply import Office, memory_office, postgres_office
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.domain.billing import (
    ConsolidatedInvoiceIssued,
    ConsolidationAgreed,
    Invoice,
    ToConsolidate,
)
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import (
    Invalid,
    Money,
    NotFound,
    Refused,
    add_months,
    contract_number,
    customer_number,
    invoice_number,
)
from energyretail.testing.conformance.billing import SECOND, START, point
from energyretail.testing.conformance.pages import leaf_through
from statements_sent import statements_sent
from waiting_for_locks import waits_for_a_lock

AFTER = SECOND + timedelta(days=1)
LATE = date(2026, 4, 27)
DAY = timedelta(days=1)
MEMBERS = 2000


@pytest.fixture(params=["memory", "postgres"])
def office(request: pytest.FixtureRequest) -> Office:
    if request.param == "memory":
        return memory_office()
    return postgres_office(request.getfixturevalue("database"))


def bill(
    office: Office, *numbers: int, of: Mapping[int, int] = MappingProxyType({})
) -> tuple[Invoice, ...]:
    """Bill contracts, of the first customer or those named, on SECOND; go to the day after."""
    for number in numbers:
        office.sign(number, customer=of.get(number, 1))
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


class TestConsolidateDue:
    def test_gives_all_who_agreed_one_document_of_the_month(self, office: Office) -> None:
        *ours, theirs, _ = bill(office, 1, 2, 3, 4, of={3: 2, 4: 3})
        for customer in ("C000001", "C000002"):
            office.agree(customer, day=AFTER.day, since=START)

        step = office.consolidate_due()

        assert (step.issued, step.parked, step.resume) == (2, 0, None)
        first, second = (
            office.consolidate(customer, issued_before=AFTER) for customer in ("C000001", "C000002")
        )
        assert [first.number, second.number] == ["G26-000001", "G26-000002"]
        assert first.totals.gross == Money.total((one.gross for one in ours), "EUR")
        assert second.totals.gross == theirs.gross
        told = [e for e in office.desk.events.recorded if isinstance(e, ConsolidatedInvoiceIssued)]
        assert [(e.number, e.members) for e in told] == [(first.number, 2), (second.number, 1)]

    def test_finds_nobody_due_when_done_again(self, office: Office) -> None:
        bill(office, 1)
        office.agree("C000001", day=AFTER.day, since=START)
        assert office.consolidate_due().issued == 1

        assert office.consolidate_due().issued == 0

    def test_goes_on_where_a_chunk_ended(self, office: Office) -> None:
        bill(office, 1, 2, 3, of={2: 2, 3: 3})
        for number in (1, 2, 3):
            office.agree(f"C{number:06d}", day=AFTER.day, since=START)

        steps, after = [], ""
        while after is not None:
            steps.append(step := office.consolidate_due(after=after, limit=2))
            after = step.resume

        assert [step.issued for step in steps] == [2, 1]

    @pytest.mark.parametrize("page", [1, 2, 3, 4, 7, 8])
    def test_adds_up_page_by_page(self, office: Office, page: int) -> None:
        """Pages end inside a customer, between two, and with the last document."""
        of = {3: 2, 4: 2, 5: 3, 6: 3, 7: 3}
        bills = bill(office, *range(1, 8), of=of)
        for number in (1, 2, 3):
            office.agree(f"C{number:06d}", day=AFTER.day, since=START)

        assert office.consolidate_due(page=page).issued == 3

        made = office.whole.shelf.page(after="", limit=9).items
        assert [one.customer for one in made] == ["C000001", "C000002", "C000003"]
        for one, own in zip(made, (bills[:2], bills[2:4], bills[4:]), strict=True):
            members = office.whole.shelf.members(one.number, after="", limit=9).items
            assert [member.number for member in members] == [each.number for each in own]
            assert one.totals.gross == Money.total((each.gross for each in own), "EUR")

    def test_comes_late_and_still_is_as_of_its_day(self, office: Office) -> None:
        (first,) = bill(office, 1)
        office.agree("C000001", day=AFTER.day, since=START)
        office.sign(2, customer=1)
        office.read(2, START, 100)
        office.read(2, SECOND, 150)
        office.open(AFTER + 9 * DAY)
        assert office.desk.bill().issued == 1

        assert office.consolidate_due().issued == 1

        (made,) = office.whole.shelf.page(after="", limit=9).items
        assert (made.issued_before, made.totals.gross) == (AFTER, first.gross)

    def test_is_of_each_month(self, office: Office) -> None:
        first = bill(office, 1)
        office.agree("C000001", day=AFTER.day, since=START)
        assert office.consolidate_due().issued == 1
        next_month = add_months(AFTER, 1)
        self._bill_again(office, next_month - 2 * DAY)
        office.open(next_month)

        assert office.consolidate_due().issued == 1

        _, made = office.whole.shelf.page(after="", limit=9).items
        (member,) = office.whole.shelf.members(made.number, after="", limit=9).items
        assert made.issued_before == next_month
        assert member.number != first[0].number

    def test_leaves_nothing_out_when_the_day_changes(self, office: Office) -> None:
        bill(office, 1)
        office.agree("C000001", day=AFTER.day, since=START)
        assert office.consolidate_due().issued == 1
        next_month = add_months(AFTER, 1)
        self._bill_again(office, next_month - 2 * DAY)

        office.agree("C000001", day=(next_month - DAY).day, since=START)
        office.open(next_month - DAY)

        assert office.consolidate_due().issued == 1
        _, made = office.whole.shelf.page(after="", limit=9).items
        assert (made.issued_before, made.totals.members) == (next_month - DAY, 1)

    def _bill_again(self, office: Office, day: date) -> None:
        office.read(1, day, 202)
        office.open(day)
        assert office.desk.bill().issued == 1

    @pytest.mark.parametrize(("since", "issued"), [(SECOND, 1), (AFTER, 0)])
    def test_leaves_out_what_was_issued_before_the_terms(
        self, office: Office, since: date, issued: int
    ) -> None:
        bill(office, 1)
        office.agree("C000001", day=(AFTER + DAY).day, since=since)
        office.open(AFTER + DAY)

        assert office.consolidate_due().issued == issued

    def test_is_over_with_what_was_parked_once_it_is_added_up(self, office: Office) -> None:
        bill(office, 1)
        office.agree("C000001", day=AFTER.day, since=START)
        with office.desk.world.work() as transaction:
            office.desk.work_list.add([parked("C000001"), parked("C000002")])
            transaction.commit()

        assert office.consolidate_due().issued == 1

        assert [item.key for item in office.items("consolidation")] == ["C000002"]

    def test_parks_what_cannot_be_added_up_and_does_the_others(self, office: Office) -> None:
        only, _ = bill(office, 1, 2, of={2: 2})
        office.desk.world.add(in_francs(only))
        for customer in ("C000001", "C000002"):
            office.agree(customer, day=AFTER.day, since=START)

        step = office.consolidate_due()

        assert (step.issued, step.parked) == (1, 1)
        (item,) = office.items("consolidation")
        assert (item.key, item.code) == ("C000001", "money.currency_mix")
        assert office.consolidate("C000002", issued_before=AFTER).number == "G26-000001"
        with pytest.raises(Invalid, match=r"money.currency_mix"):
            office.consolidate("C000001", issued_before=AFTER)


class TestAgreeConsolidation:
    def test_tells_of_other_terms_once(self, office: Office) -> None:
        bill(office, 1)

        for _ in range(2):
            terms = office.agree("C000001", day=5, since=START)

        assert office.whole.book.of("C000001") == terms
        told = [e for e in office.desk.events.recorded if isinstance(e, ConsolidationAgreed)]
        assert told == [ConsolidationAgreed(terms.customer, 5, START, None)]

    @pytest.mark.parametrize(("ended_on", "issued"), [(AFTER, 1), (SECOND, 0)])
    def test_ends_by_a_day(self, office: Office, ended_on: date, issued: int) -> None:
        bill(office, 1)
        office.agree("C000001", day=AFTER.day, since=START)
        office.agree("C000001", day=AFTER.day, since=START, ended_on=ended_on)

        assert office.consolidate_due().issued == issued

    def test_refuses_nobody(self, office: Office) -> None:
        with pytest.raises(NotFound, match=r"parties.customer.unknown"):
            office.agree("C000077", day=1, since=START)


def parked(customer: str) -> WorkItem:
    return WorkItem("consolidation", customer, "money.currency_mix", "two", "look", SECOND)


def in_francs(bill: Invoice) -> Invoice:
    """Return the bill of another point, in another currency."""

    def francs(money: Money) -> Money:
        return Money.of_cents(money.cents, "CHF")

    priced = bill.bill
    return attrs.evolve(
        bill,
        number=invoice_number("F", SECOND, 900),
        cups=point(7),
        contract=contract_number(7),
        bill=attrs.evolve(
            priced,
            currency="CHF",
            net=francs(priced.net),
            tax=francs(priced.tax),
            gross=francs(priced.gross),
            lines=tuple(attrs.evolve(one, amount=francs(one.amount)) for one in priced.lines),
            taxes=tuple(
                attrs.evolve(one, base=francs(one.base), amount=francs(one.amount))
                for one in priced.taxes
            ),
        ),
    )


def copy(database: Database, model: Invoice, numbers: range, *, customers: int = 1) -> None:
    """Issue the same bill at many more points, where the rows are: writing them is not tried.

    They are of so many `customers` in turn, the first of them the model's.
    """
    given = {
        "model": model.number,
        "numbers": [invoice_number("F", SECOND, n) for n in numbers],
        "contracts": [f"K{n:06d}" for n in numbers],
        "customers": [f"C{(n - 1) % customers + 1:06d}" for n in numbers],
        "points": [point(n).value for n in numbers],
    }
    with database.transaction() as connection:
        columns = [
            name
            for name in connection.execute(text(_COLUMNS)).scalars()
            if name not in ("id", "number", "contract", "customer", "cups")
        ]
        for sql in (_COPY_HEADS, _COPY_LINES, _COPY_TAXES):
            connection.execute(text(sql.replace("...", ", ".join(columns))), given)
        database.commit()


_COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = 'invoice'"
_COPY_HEADS = """
    INSERT INTO invoice (number, contract, customer, cups, ...)
    SELECT given.number, given.contract, given.customer, given.cups, ...
    FROM (SELECT ... FROM invoice WHERE number = :model) AS model, unnest(
        CAST(:numbers AS text[]), CAST(:contracts AS text[]), CAST(:customers AS text[]),
        CAST(:points AS text[])) AS given (number, contract, customer, cups)
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

        with statements_sent(database) as sent:
            made = office.consolidate("C000001", issued_before=AFTER)

        assert lines > 10_000
        assert made.totals.members == MEMBERS
        assert made.totals.gross == model.gross * MEMBERS
        assert {share.rate: share.amount for share in made.totals.taxes} == {
            tax.rate: tax.amount * MEMBERS for tax in model.taxes
        }
        # Clock, number and head take a few; each page is read once and kept once.
        assert len(sent) <= 12

        with statements_sent(database) as sent:
            found = leaf_through(partial(office.whole.shelf.lines, made.number), 1000)
        assert len(found) == lines
        assert len({line.key for line in found}) == lines
        assert Money.total((line.line.amount for line in found), "EUR") == made.totals.net
        assert len(sent) <= 3 * (lines // 1000 + 1)


_AGREED = text("""
    INSERT INTO consolidation_terms (customer, day, since)
    SELECT DISTINCT customer, CAST(:day AS int), CAST(:since AS date) FROM invoice
""")


class TestHundredsOfCustomers:
    def test_are_consolidated_in_a_few_statements(self, database: Database) -> None:
        office, customers = postgres_office(database), 400
        (model,) = bill(office, 1)
        copy(database, model, range(2, MEMBERS + 1), customers=customers)
        with database.engine.begin() as connection:
            connection.execute(_AGREED, {"day": AFTER.day, "since": START})

        with statements_sent(database) as sent:
            step = office.consolidate_due()

        assert (step.issued, step.parked, step.resume) == (customers, 0, None)
        assert len(sent) <= 12
        one_more = office.consolidate("C000400", issued_before=AFTER)
        assert one_more.number == "G26-000400"
        assert one_more.totals.members == MEMBERS // customers
        assert one_more.totals.gross == model.gross * (MEMBERS // customers)


class TestTwoAtOnce:
    def test_add_nothing_up_twice(self, database: Database, database_url: str) -> None:
        """Who comes second waits for the first, and then finds its document."""
        office = postgres_office(database)
        bill(office, 1)
        office.agree("C000001", day=AFTER.day, since=START)
        with closing(Database(database_url)) as elsewhere, ThreadPoolExecutor(2) as pool:
            other = postgres_office(elsewhere)
            with office.desk.world.work() as transaction:
                office.consolidation.hold(AFTER)
                asked = pool.submit(other.consolidate, "C000001", issued_before=AFTER)
                due = pool.submit(other.consolidate_due)
                assert waits_for_a_lock(database)
                asked_for = [ToConsolidate(customer_number(1), AFTER)]
                (made,), _ = office.consolidation.issue(asked_for, on=AFTER)
                transaction.commit()

            assert asked.result() == made
            assert due.result().issued == 0
