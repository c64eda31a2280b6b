"""Checking the ledger and allocating credit."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.application.ledger import CheckLedger, LedgerTotals
from energyretail.domain.ledger import EntryPosted, OpenItem, open_items
from energyretail.domain.shared import Money
from energyretail.testing.billing import BillingDesk
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.conformance.ledger import bill_entry, euros

DAY = date(2026, 4, 30)


@attrs.frozen
class Books:
    """Books that say what a test has them say."""

    out_by: tuple[Money, ...] = ()
    unbalanced: tuple[str, ...] = ()
    documents: int = 100
    invoiced: int = 100
    receivable: int = 60
    open: int = 60

    def imbalances(self) -> tuple[Money, ...]:
        return self.out_by

    def unbalanced_entries(self) -> tuple[str, ...]:
        return self.unbalanced

    def totals(self) -> tuple[LedgerTotals, ...]:
        sums = (self.documents, self.invoiced, self.receivable, self.open)
        return (LedgerTotals(*(euros(cents) for cents in sums)),)

    def open_items(self, customer: str | None = None) -> tuple[OpenItem, ...]:
        return ()


class TestCheckLedger:
    def test_finds_nothing_in_sound_books(self) -> None:
        report = CheckLedger(ledger=Books())()

        assert (report.problems, report.imbalance_cents) == ((), 0)

    def test_never_nets_one_currency_against_another(self) -> None:
        out = (Money.of_cents(5, "CHF"), Money.of_cents(-5, "EUR"))

        report = CheckLedger(ledger=Books(out_by=out))()

        assert report.imbalance_cents == 10
        assert len(report.problems) == 2

    def test_names_an_unbalanced_entry(self) -> None:
        (problem,) = CheckLedger(ledger=Books(unbalanced=("invoice:F1",)))().problems

        assert problem == "ledger.entry.unbalanced: invoice:F1"

    def test_finds_receivable_that_no_open_item_explains(self) -> None:
        (problem,) = CheckLedger(ledger=Books(receivable=61))().problems

        assert problem.startswith("ledger.receivable:")

    def test_finds_documents_that_were_not_posted(self) -> None:
        (problem,) = CheckLedger(ledger=Books(documents=101))().problems

        assert problem.startswith("ledger.invoiced:")


def desk_with(*entries: tuple[str, str, int, str]) -> BillingDesk:
    desk = memory_desk()
    desk.open_day(DAY)
    with desk.world.work() as transaction:
        desk.books.post(
            [bill_entry(key, item, cents, customer=who) for key, item, cents, who in entries]
        )
        transaction.commit()
    return desk


class TestAllocateCredits:
    def test_moves_credit_for_each_customer_and_tells_of_it(self) -> None:
        desk = desk_with(
            ("a", "F1", -100, "C000001"),
            ("b", "F2", 70, "C000001"),
            ("c", "F3", 50, "C000002"),
            ("d", "F4", -20, "C000003"),
        )

        moved = desk.allocate()

        key = "allocation:C000001:EUR:2026-04-30"
        assert moved == 1
        assert desk.events.recorded == [EntryPosted(key)]
        assert {i.item: i.open.cents for i in desk.ledger.open_items()} == {
            "F1": -30,
            "F3": 50,
            "F4": -20,
        }

    def test_waits_a_day_with_credit_that_arises_after_it(self) -> None:
        desk = desk_with(("a", "F1", -10, "C000001"), ("b", "F2", 10, "C000001"))
        desk.allocate()
        with desk.world.work() as transaction:
            desk.books.post([bill_entry("c", "F3", -5), bill_entry("d", "F4", 5)])
            transaction.commit()

        again = desk.allocate()
        same_day = len(desk.ledger.open_items())
        told = len(desk.events.recorded)
        desk.open_day(date(2026, 5, 1))
        next_day = desk.allocate()

        assert (again, same_day, told) == (0, 2, 1)
        assert next_day == 1
        assert desk.ledger.open_items() == ()


class TestOpenItems:
    def test_are_due_the_first_day_in_whatever_order_entries_come(self) -> None:
        early, late = date(2026, 4, 1), date(2026, 4, 9)
        entries = [bill_entry("a", "F1", 1, day=early), bill_entry("b", "F1", 1, day=late)]

        for order in (entries, entries[::-1]):
            assert open_items(order, {})[0].due_on == early
