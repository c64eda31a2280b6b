"""What every implementation of billing's ports promises, and the worlds to try it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

import attrs
import pytest

from energyretail.application.billing import (
    Invoices,
    OutdatedInvoice,
    OutdatedInvoices,
    SuppliesToBill,
)
from energyretail.application.shared import Work
from energyretail.domain import metering, pricing
from energyretail.domain.billing import (
    BillableSupply,
    Invoice,
    credit,
    draft,
    issue,
    rectify,
)
from energyretail.domain.contracts import Contract
from energyretail.domain.markets import SPAIN
from energyretail.domain.parties import Customer
from energyretail.domain.shared import (
    Conflict,
    InvoiceNumber,
    Period,
    Power,
)
from energyretail.testing.conformance.billing_cases import (
    REGISTERS,
    SECOND,
    START,
    TARIFF,
    THIRD,
    contract_of,
    customer_of,
    point,
    reading_of,
    readings_of,
)

__all__ = [
    "REGISTERS",
    "SECOND",
    "START",
    "TARIFF",
    "THIRD",
    "BillingConformance",
    "BillingWorld",
    "bill_of",
    "contract_of",
    "customer_of",
    "point",
    "reading_of",
    "readings_of",
    "rectified",
]


class _SavesContracts(Protocol):
    def save(self, contracts: Sequence[Contract], /) -> None: ...


class _SavesCustomers(Protocol):
    def save(self, customers: Sequence[Customer], /) -> None: ...


@attrs.frozen
class BillingWorld:
    """One implementation, empty, with what it takes to fill it."""

    work: Work
    invoices: Invoices
    supplies: SuppliesToBill
    outdated: OutdatedInvoices
    customers: _SavesCustomers
    contracts: _SavesContracts
    save_readings: Callable[[Sequence[metering.Reading]], None]

    def sign(self, *contracts: Contract) -> None:
        """Keep contracts and their customers."""
        numbers = sorted({int(contract.customer[1:]) for contract in contracts})
        with self.work() as transaction:
            self.customers.save([customer_of(number) for number in numbers])
            self.contracts.save(contracts)
            transaction.commit()

    def read(self, *readings: Iterable[metering.Reading]) -> None:
        """Keep readings."""
        with self.work() as transaction:
            self.save_readings([reading for some in readings for reading in some])
            transaction.commit()

    def add(self, *invoices: Invoice) -> None:
        """Keep documents in one transaction."""
        with self.work() as transaction:
            self.invoices.add(invoices)
            transaction.commit()

    def due(self, today: date, *, after: str = "", limit: int = 100) -> tuple[BillableSupply, ...]:
        """Return what is due."""
        return self.supplies.due(today=today, after=after, limit=limit)

    def bill_first(self, number: str, *, today: date) -> Invoice:
        """Issue and keep the first due period of the first due supply."""
        supply = self.due(today)[0]
        period = supply.periods_due(today=today, registers=REGISTERS)[0]
        invoice = bill_of(supply, period, number, day=today)
        self.add(invoice)
        return invoice

    def correct_first(self, number: str, *, day: date) -> tuple[Invoice, Invoice]:
        """Take back and bill again the first outdated document; return the pair."""
        found = self.outdated.outdated(after="", limit=1)[0]
        note, _ = credit(found.invoice, number=InvoiceNumber(f"R-{number}"), issued_on=day)
        period = found.invoice.period
        again = bill_of(found.supply, period, f"F-{number}", day=day, original=found.invoice)
        self.add(note, again)
        return note, again

    def rectify_first(self, number: str, *, day: date) -> Invoice:
        """Rectify the first outdated document by its difference."""
        found = self.outdated.outdated(after="", limit=1)[0]
        document = rectified(found, number, day)
        self.add(document)
        return document

    def confirm(self, number: InvoiceNumber, digest: str) -> None:
        """Note that a document stands under other prices."""
        with self.work() as transaction:
            self.invoices.confirm([(number, digest)])
            transaction.commit()


def rectified(found: OutdatedInvoice, number: str, day: date) -> Invoice:
    """Return the rectification of an outdated document by its difference, not kept yet."""
    tariff = SPAIN.tariff(found.supply.tariff)
    drafted = draft(
        found.supply, found.invoice.period, tariff=tariff, registers=REGISTERS, meter_digits=6
    )
    document, _ = rectify(
        found.invoice, drafted, number=InvoiceNumber(number), issued_on=day, due_on=day
    )
    return document


def bill_of(
    supply: BillableSupply,
    period: Period,
    number: str,
    *,
    day: date,
    original: Invoice | None = None,
) -> Invoice:
    """Return the document of one period of a supply, or the rebill of `original`."""
    tariff = SPAIN.tariff(supply.tariff)
    drafted = draft(supply, period, tariff=tariff, registers=REGISTERS, meter_digits=6)
    invoice, _ = issue(
        drafted, number=InvoiceNumber(number), issued_on=day, due_on=day, original=original
    )
    return invoice


class BillingConformance:
    """Subclass in a test and give a fixture `world` that returns an empty BillingWorld."""

    def test_finds_a_supply_due_once_it_is_read_again(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100))
        before = world.due(date(2026, 4, 8))
        world.read(readings_of(1, SECOND, 150))

        (supply,) = world.due(date(2026, 4, 8))

        assert before == ()
        assert (supply.contract, supply.customer, supply.cups) == ("K000001", "C000001", point(1))
        assert (supply.tariff, supply.billed_until) == (TARIFF, None)
        assert supply.powers == (("P1", Power("4.6")), ("P2", Power("4.6")))
        assert supply.supplied == Period(START)
        assert [(r.taken_on, r.register, int(r.index_kwh)) for r in supply.readings] == [
            (START, "P1", 100),
            (START, "P2", 110),
            (START, "P3", 120),
            (SECOND, "P1", 150),
            (SECOND, "P2", 160),
            (SECOND, "P3", 170),
        ]
        due = supply.periods_due(today=date(2026, 4, 8), registers=REGISTERS)
        assert due == (Period(START, SECOND),)

    def test_sees_neither_readings_after_today_nor_after_the_end_of_supply(
        self, world: BillingWorld
    ) -> None:
        world.sign(contract_of(1), contract_of(2, ended_on=SECOND))
        for number in (1, 2):
            for day, index in ((START, 100), (SECOND, 150), (THIRD, 200)):
                world.read(readings_of(number, day, index))

        def last_seen(today: date) -> list[date]:
            return [max(r.taken_on for r in s.readings) for s in world.due(today)]

        assert last_seen(date(2026, 4, 5)) == []
        assert last_seen(date(2026, 5, 6)) == [SECOND, SECOND]
        assert last_seen(THIRD) == [THIRD, SECOND]

    def test_finds_a_supply_of_which_any_register_is_read_again(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), [reading_of(1, SECOND, "P2", 160)])

        (supply,) = world.due(SECOND)

        assert supply.periods_due(today=SECOND, registers=REGISTERS) == ()

    def test_takes_the_current_version_of_a_reading(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        world.read([reading_of(1, SECOND, "P2", 165, version=2)])

        (supply,) = world.due(SECOND)

        seen = {r.register: r for r in supply.readings if r.taken_on == SECOND}
        assert (seen["P2"].index_kwh, seen["P2"].version) == (Decimal(165), 2)
        assert seen["P2"].quality is pricing.Quality.ACTUAL
        assert (seen["P1"].version, seen["P1"].quality) == (1, pricing.Quality.ESTIMATED)

    def test_pages_in_the_order_of_contract_and_point(self, world: BillingWorld) -> None:
        world.sign(contract_of(2, points=(5, 4)), contract_of(1), contract_of(3))
        for number in (5, 4, 1, 3):
            world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))

        whole = world.due(SECOND)
        first = world.due(SECOND, limit=2)
        rest = world.due(SECOND, after=first[-1].key)

        assert [s.key for s in whole] == sorted(s.key for s in whole)
        assert [s.cups for s in whole] == [point(1), point(4), point(5), point(3)]
        assert first + rest == whole

    def test_goes_on_where_the_last_bill_ended(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        world.bill_first("F-1", today=SECOND)
        nothing = world.due(SECOND)
        world.read(readings_of(1, THIRD, 200))

        (supply,) = world.due(THIRD)

        assert nothing == ()
        assert supply.billed_until == SECOND
        due = supply.periods_due(today=THIRD, registers=REGISTERS)
        assert due == (Period(SECOND, THIRD),)
        assert {r.taken_on for r in supply.readings} == {SECOND, THIRD}

    def test_gives_a_contract_s_started_supplies_read_or_not(self, world: BillingWorld) -> None:
        world.sign(contract_of(1, points=(1, 2)), contract_of(3))
        world.read(readings_of(1, START, 100))

        supplies = world.supplies.of_contract("K000001", today=SECOND)

        assert [supply.cups for supply in supplies] == [point(1), point(2)]
        assert [len(supply.readings) for supply in supplies] == [3, 0]
        assert world.supplies.of_contract("K000001", today=date(2026, 3, 6)) == ()

    def test_gives_documents_back_as_they_were_issued(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        invoice = world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, SECOND, 170, version=2))
        note, again = world.correct_first("2", day=THIRD)

        numbers = [again.number, "missing", invoice.number, note.number]

        assert world.invoices.by_numbers(numbers) == (again, invoice, note)
        assert world.invoices.of_contract("K000001") == (invoice, note, again)
        assert world.invoices.of_contract("K000002") == ()

    def test_gives_the_bill_before_a_bill_of_the_same_supply(self, world: BillingWorld) -> None:
        world.sign(contract_of(1, points=(1, 2)))
        for number in (1, 2):
            for day, index in ((START, 100), (SECOND, 150), (THIRD, 200)):
                world.read(readings_of(number, day, index))
        one, other = world.supplies.of_contract("K000001", today=THIRD)
        first, second = one.periods_due(today=THIRD, registers=REGISTERS)
        # The other's bills were not issued in the order of their days.
        for supply, period, name in (
            (one, first, "F-1"), (other, second, "F-2"), (one, second, "F-3"), (other, first, "F-4")
        ):  # fmt: skip
            world.add(bill_of(supply, period, name, day=THIRD))

        before = world.invoices.previous(["F-4", "F-3", "F-2", "F-1", "F-unknown"])

        assert before == {"F-3": world.invoices.by_numbers(["F-1"])[0]}

    def test_gives_the_bill_before_as_it_was_when_the_document_was_issued(
        self, world: BillingWorld
    ) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        world.read(readings_of(1, THIRD, 200))
        world.bill_first("F-1", today=THIRD)
        world.bill_first("F-2", today=THIRD)
        world.read(readings_of(1, SECOND, 170, version=2))
        world.correct_first("3", day=THIRD)
        world.correct_first("4", day=THIRD)

        before = world.invoices.previous(["F-1", "F-2", "R-3", "F-3", "R-4", "F-4"])

        assert {n: bill.number for n, bill in before.items()} == {"F-2": "F-1", "F-4": "F-3"}
        assert world.invoices.previous([]) == {}

    def test_refuses_to_bill_a_day_twice(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        (supply,) = world.due(SECOND)
        world.bill_first("F-1", today=SECOND)
        again = bill_of(supply, Period(START, SECOND), "F-2", day=SECOND)

        with pytest.raises(Conflict) as refusal:
            world.add(again)

        assert refusal.value.code == "billing.billed_twice"
        assert [i.number for i in world.invoices.of_contract("K000001")] == ["F-1"]

    def test_refuses_to_bill_a_day_again_that_a_rebill_covers(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        (supply,) = world.due(SECOND)
        world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, SECOND, 160, version=2))
        world.correct_first("2", day=THIRD)
        again = bill_of(supply, Period(START, SECOND), "F-3", day=THIRD)

        with pytest.raises(Conflict) as refusal:
            world.add(again)

        assert refusal.value.code == "billing.billed_twice"

    def test_refuses_to_replace_a_document_twice(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        (supply,) = world.due(SECOND)
        first = world.bill_first("F-1", today=SECOND)
        world.read(readings_of(1, SECOND, 160, version=2))
        _, again = world.correct_first("2", day=THIRD)
        world.add(credit(again, number=InvoiceNumber("R-3"), issued_on=THIRD)[0])
        twice = bill_of(supply, first.period, "F-3", day=THIRD, original=first)

        with pytest.raises(Conflict) as refusal:
            world.add(twice)

        assert refusal.value.code == "billing.rebilled_twice"

    def test_refuses_to_take_a_document_back_twice(self, world: BillingWorld) -> None:
        world.sign(contract_of(1))
        world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        invoice = world.bill_first("F-1", today=SECOND)
        world.add(credit(invoice, number=InvoiceNumber("R-1"), issued_on=SECOND)[0])

        with pytest.raises(Conflict) as refusal:
            world.add(credit(invoice, number=InvoiceNumber("R-2"), issued_on=SECOND)[0])

        assert refusal.value.code == "billing.credited_twice"

    def test_refuses_a_number_twice(self, world: BillingWorld) -> None:
        world.sign(contract_of(1), contract_of(2))
        for number in (1, 2):
            world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
        world.bill_first("F-1", today=SECOND)

        with pytest.raises(Conflict) as refusal:
            world.bill_first("F-1", today=SECOND)

        assert refusal.value.code == "billing.number_twice"
