"""Billing, correcting and previewing, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date

import attrs
import pytest

from energyretail.application.billing import Documents, ExplainInvoice, InvoiceByNumber, PriceBill
from energyretail.application.shared import Transaction
from energyretail.domain import pricing
from energyretail.domain.billing import Invoice, InvoiceIssued, InvoiceKind
from energyretail.domain.ledger import EntryPosted
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Conflict, Energy, NotFound, Period, Power
from energyretail.testing.billing import BillingDesk
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    point,
    reading_of,
    readings_of,
)


@pytest.fixture
def desk() -> BillingDesk:
    desk = memory_desk()
    desk.open_day(SECOND)
    return desk


def documents(desk: BillingDesk, number: int = 1) -> tuple[Invoice, ...]:
    return desk.world.invoices.of_contract(f"K{number:06d}")


def supply(desk: BillingDesk, *numbers: int, estimated: bool = False) -> None:
    desk.world.sign(*(contract_of(number) for number in numbers))
    for number in numbers:
        desk.world.read(
            readings_of(number, START, 100), readings_of(number, SECOND, 150, estimated=estimated)
        )


class TestBillDueSupplies:
    def test_numbers_documents_in_the_order_of_contract_point_and_period(
        self, desk: BillingDesk
    ) -> None:
        desk.world.sign(contract_of(2, points=(5, 4)), contract_of(1), contract_of(3))
        for number in (3, 5, 4, 1):
            desk.world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
            desk.world.read(readings_of(number, THIRD, 180))
        desk.open_day(THIRD)

        step = desk.bill(limit=2)

        keys = [
            (invoice.number, invoice.cups, invoice.period.start)
            for contract in (1, 2, 3)
            for invoice in documents(desk, contract)
        ]
        expected = [(p, day) for p in (1, 4, 5, 3) for day in (START, SECOND)]
        assert keys == [
            (f"F26-{n:06d}", point(p), day) for n, (p, day) in enumerate(expected, start=1)
        ]
        assert (step.issued, step.parked) == (8, 0)

    @pytest.mark.parametrize("limit", [1, 2, 3, 100])
    def test_ends_the_same_whatever_the_size_of_a_chunk(self, limit: int) -> None:
        desk, whole = memory_desk(), memory_desk()
        for each in (desk, whole):
            each.open_day(SECOND)
            supply(each, 1, 2, 3, 4)
            each.world.read([reading_of(2, SECOND, "P1", 149, version=2)])

        desk.bill(limit=limit)
        whole.bill()

        for number in (1, 2, 3, 4):
            assert documents(desk, number) == documents(whole, number)

    def test_changes_nothing_when_done_again(self, desk: BillingDesk) -> None:
        supply(desk, 1)
        desk.bill()
        once = documents(desk)

        step = desk.bill()

        assert (step.issued, documents(desk)) == (0, once)

    def test_posts_and_tells_of_every_document(self, desk: BillingDesk) -> None:
        supply(desk, 1)

        desk.bill()

        (invoice,) = documents(desk)
        (entry,) = desk.ledger.entries([f"invoice:{invoice.number}"])
        (item,) = desk.ledger.open_items()
        assert entry.day == SECOND
        assert (item.item, item.due_on, item.open) == (
            "F26-000001",
            date(2026, 4, 30),
            invoice.gross,
        )
        assert desk.events.recorded == [
            InvoiceIssued("F26-000001", "K000001", "C000001", "invoice", invoice.gross.cents),
            EntryPosted("invoice:F26-000001"),
        ]
        assert desk.problems() == ()

    def test_splits_the_bill_where_taxes_change(self, desk: BillingDesk) -> None:
        supply(desk, 1)

        desk.bill()

        (invoice,) = documents(desk)
        energy = [line.period for line in invoice.lines if line.label.endswith("consumida P1")]
        change = date(2026, 3, 22)
        assert energy == [Period(START, change), Period(change, SECOND)]
        assert [tax.rate for tax in invoice.taxes] == [21, 10]

    def test_parks_what_cannot_be_rated_and_bills_the_others(self, desk: BillingDesk) -> None:
        supply(desk, 1, 2, 3)
        desk.world.read([reading_of(2, SECOND, "P1", 1_000_000, version=2)])

        step = desk.bill(limit=1)

        (item,) = desk.work_list.open_items()
        assert (step.issued, step.parked) == (2, 1)
        assert documents(desk, 2) == ()
        assert [documents(desk, n)[0].number for n in (1, 3)] == ["F26-000001", "F26-000002"]
        assert (item.kind, item.key) == ("billing", f"K000002/{point(2)}/{START}")
        assert item.code == "metering.index.range"
        assert desk.problems() == ()

    def test_bills_a_parked_supply_once_its_reading_is_right(self, desk: BillingDesk) -> None:
        supply(desk, 1)
        desk.world.read([reading_of(1, SECOND, "P1", 1_000_000, version=2)])
        desk.bill()

        desk.world.read([reading_of(1, SECOND, "P1", 160, version=3)])
        step = desk.bill()

        assert (step.issued, step.parked) == (1, 0)
        assert {r.version for r in documents(desk)[0].readings if r.register == "P1"} == {1, 3}

    def test_never_bills_a_period_before_its_predecessor(self, desk: BillingDesk) -> None:
        supply(desk, 1)
        desk.world.read(readings_of(1, THIRD, 200))
        desk.world.read([reading_of(1, START, "P1", 1_000_000, version=2)])
        desk.open_day(THIRD)

        step = desk.bill()

        assert (step.issued, step.parked) == (0, 1)

    def test_parks_a_supply_whose_first_day_was_not_read(self, desk: BillingDesk) -> None:
        desk.world.sign(contract_of(1))
        desk.world.read(readings_of(1, SECOND, 150))

        step = desk.bill()

        (item,) = desk.work_list.open_items()
        assert (step.issued, step.parked) == (0, 1)
        assert item.code == "billing.start_reading_missing"

    @pytest.mark.parametrize("tariff", ["2.0TD-FIJO", "2.0TD-HORAS"])
    def test_waits_for_a_register_nobody_has_read(self, desk: BillingDesk, tariff: str) -> None:
        desk.world.sign(contract_of(1, tariff=tariff))
        desk.world.read(readings_of(1, START, 100)[:2], readings_of(1, SECOND, 150)[:2])

        step = desk.bill()

        assert (step.issued, step.parked, documents(desk)) == (0, 0, ())
        desk.world.read(readings_of(1, START, 100)[2:], readings_of(1, SECOND, 150)[2:])
        desk.bill()
        (invoice,) = documents(desk)
        kwh = sum(line.quantity for line in invoice.lines if line.component == "energy")
        assert kwh == 150

    def test_parks_what_lacks_one_register_on_the_first_day_only(self, desk: BillingDesk) -> None:
        desk.world.sign(contract_of(1))
        desk.world.read(readings_of(1, START, 100)[:2], readings_of(1, SECOND, 150))

        step = desk.bill()

        (item,) = desk.work_list.open_items()
        assert (step.issued, step.parked) == (0, 1)
        assert item.code == "billing.start_reading_missing"

    def test_parks_a_supply_whose_registers_are_unknown(self, desk: BillingDesk) -> None:
        desk.world.sign(contract_of(1, tariff="9.9XX"))
        desk.world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))

        step = desk.bill()

        (item,) = desk.work_list.open_items()
        assert (step.issued, step.parked) == (0, 1)
        assert (item.code, item.key) == (
            "billing.registers_unknown",
            f"K000001/{point(1)}/{START}",
        )

    def test_bills_the_tariff_s_registers_past_a_stray_one(self, desk: BillingDesk) -> None:
        supply(desk, 1)
        desk.world.read([reading_of(1, SECOND, "P4", 7)])

        step = desk.bill()

        (invoice,) = documents(desk)
        assert (step.issued, step.parked) == (1, 0)
        assert {reading.register for reading in invoice.readings} == {"P1", "P2", "P3"}

    def test_ends_with_the_supply(self, desk: BillingDesk) -> None:
        end = date(2026, 4, 20)
        desk.world.sign(contract_of(1, ended_on=end))
        for day, index in ((START, 100), (SECOND, 150), (end, 170), (THIRD, 200)):
            desk.world.read(readings_of(1, day, index))
        desk.open_day(THIRD)

        desk.bill()

        assert [i.period for i in documents(desk)] == [Period(START, SECOND), Period(SECOND, end)]


class TestPreviewBill:
    def test_is_what_is_charged(self, desk: BillingDesk) -> None:
        supply(desk, 1)
        desk.world.read(readings_of(1, THIRD, 210))
        desk.open_day(THIRD)

        previewed = desk.preview("K000001")
        desk.bill()

        charged = documents(desk)
        assert [draft.bill for draft in previewed] == [invoice.bill for invoice in charged]
        assert [draft.readings for draft in previewed] == [i.readings for i in charged]
        assert desk.preview("K000001") == ()

    def test_prices_any_usage_by_the_same_rating(self, desk: BillingDesk) -> None:
        supply(desk, 1)
        (draft,) = desk.preview("K000001")
        period = draft.bill.period
        uses = tuple(
            pricing.RegisterUse(register, period, Energy(50), pricing.Quality.ACTUAL)
            for register in ("P1", "P2", "P3")
        )
        powers = (("P1", Power("4.6")), ("P2", Power("4.6")))

        priced = PriceBill(tariffs=SPAIN)(draft.tariff, pricing.Usage(uses, powers), period)

        assert (priced.net, priced.gross) == (draft.bill.net, draft.bill.gross)


class TestCorrectInvoices:
    def test_takes_back_and_bills_again_as_a_pair(self, desk: BillingDesk) -> None:
        supply(desk, 1, estimated=True)
        desk.bill()
        desk.world.read(readings_of(1, SECOND, 170, version=2))
        desk.open_day(THIRD)

        step = desk.correct()

        original, note, again = documents(desk)
        assert step.issued == 2
        assert [i.kind for i in (original, note, again)] == [
            InvoiceKind.INVOICE,
            InvoiceKind.CREDIT_NOTE,
            InvoiceKind.REBILL,
        ]
        assert [i.number for i in (note, again)] == ["R26-000001", "F26-000002"]
        assert [i.original for i in (note, again)] == ["F26-000001", "F26-000001"]
        assert note.gross == -original.gross
        assert again.period == original.period
        assert original.estimated
        assert not again.estimated
        assert again.gross.cents > original.gross.cents
        assert [item.item for item in desk.ledger.open_items()] == ["F26-000002"]
        assert desk.problems() == ()

    def test_corrects_both_neighbours_of_a_reading(self, desk: BillingDesk) -> None:
        supply(desk, 1, estimated=True)
        desk.world.read(readings_of(1, THIRD, 200))
        desk.open_day(THIRD)
        desk.bill()
        desk.world.read(readings_of(1, SECOND, 160, version=2))

        step = desk.correct(limit=1)

        taken_back = {i.original for i in documents(desk) if i.kind is InvoiceKind.CREDIT_NOTE}
        assert step.issued == 4
        assert taken_back == {"F26-000001", "F26-000002"}
        live = [i for i in documents(desk) if i.kind is InvoiceKind.REBILL]
        kwh = [sum(li.quantity for li in i.lines if li.component == "energy") for i in live]
        assert kwh == [180, 120]

    def test_can_correct_a_correction(self, desk: BillingDesk) -> None:
        supply(desk, 1, estimated=True)
        desk.bill()
        for version, index in ((2, 170), (3, 165), (4, 150)):
            desk.world.read(readings_of(1, SECOND, index, version=version))
            desk.correct()

        issued = documents(desk)

        assert [i.number for i in issued if i.kind is not InvoiceKind.CREDIT_NOTE] == [
            f"F26-{n:06d}" for n in (1, 2, 3, 4)
        ]
        assert [i.original for i in issued if i.kind is InvoiceKind.REBILL] == [
            f"F26-{n:06d}" for n in (1, 2, 3)
        ]
        assert issued[-1].gross == issued[0].gross
        assert sum(i.gross.cents for i in issued) == issued[0].gross.cents
        assert desk.problems() == ()

    def test_changes_nothing_when_done_again(self, desk: BillingDesk) -> None:
        supply(desk, 1, estimated=True)
        desk.bill()
        desk.world.read(readings_of(1, SECOND, 170, version=2))
        desk.correct()
        once = documents(desk)

        step = desk.correct()

        assert (step.issued, documents(desk)) == (0, once)

    def test_leaves_a_document_in_force_that_cannot_be_rated_again(self, desk: BillingDesk) -> None:
        supply(desk, 1, 2, estimated=True)
        desk.bill()
        desk.world.read([reading_of(1, SECOND, "P1", 1_000_000, version=2)])
        desk.world.read([reading_of(2, SECOND, "P1", 155, version=2)])

        step = desk.correct()

        (item,) = desk.work_list.open_items()
        assert (step.issued, step.parked) == (2, 1)
        assert (item.kind, item.key) == ("billing_correction", "F26-000001")
        assert len(documents(desk, 1)) == 1
        assert len(documents(desk, 2)) == 3

    def test_lets_the_credit_of_a_paid_bill_pay_the_new_one(self, desk: BillingDesk) -> None:
        supply(desk, 1, estimated=True)
        desk.bill()
        (original,) = documents(desk)
        desk.pay("payment:1", "C000001", original.number, original.gross.cents)
        desk.world.read(readings_of(1, SECOND, 140, version=2))
        desk.correct()
        again = documents(desk)[-1]

        moved = desk.allocate()

        (left,) = desk.ledger.open_items()
        assert moved == 1
        assert (left.item, left.open) == (original.number, again.gross - original.gross)
        assert desk.allocate() == 0
        assert desk.problems() == ()


class TestReading:
    def test_finds_a_document_by_number_and_explains_it(self, desk: BillingDesk) -> None:
        supply(desk, 1)
        desk.bill()

        invoice = InvoiceByNumber(invoices=desk.world.invoices)("F26-000001")
        explanation = ExplainInvoice(invoices=desk.world.invoices)("F26-000001")

        assert explanation.gross == invoice.gross
        assert len(explanation.lines) == len(invoice.lines)

    def test_says_that_a_number_names_nothing(self, desk: BillingDesk) -> None:
        with pytest.raises(NotFound) as refusal:
            ExplainInvoice(invoices=desk.world.invoices)("F26-000009")

        assert refusal.value.code == "billing.invoice.unknown"


def clashing(desk: BillingDesk, contract: str) -> BillingDesk:
    """Return the desk as it is for one contract whose documents clash with what is issued."""
    return attrs.evolve(desk, world=attrs.evolve(desk.world, invoices=_Clashing(desk, contract)))


class TestClash:
    """A supply that clashes with what is issued holds up nobody else."""

    def test_is_parked_alone_and_the_others_are_billed(self) -> None:
        desk = memory_desk()
        desk.open_day(SECOND)
        supply(desk, *range(1, 12))
        desk = attrs.evolve(
            desk, world=attrs.evolve(desk.world, invoices=_Clashing(desk, "K000007"))
        )

        step = desk.bill(limit=8)

        assert (step.issued, step.parked) == (10, 1)
        (item,) = desk.work_list.open_items()
        assert (item.code, item.key) == (
            "billing.too_many_items", f"K000007/{point(7)}/{START}"
        )  # fmt: skip
        billed = [n for n in range(1, 12) if documents(desk, n)]
        assert billed == [n for n in range(1, 12) if n != 7]
        assert desk.problems() == ()

    def test_is_off_the_list_once_it_is_billed(self) -> None:
        desk = memory_desk()
        desk.open_day(SECOND)
        supply(desk, *range(1, 4))
        clashing(desk, "K000002").bill()
        parked = [item.key for item in desk.work_list.open_items()]

        desk.bill()

        assert parked == [f"K000002/{point(2)}/{START}"]
        assert list(desk.work_list.open_items()) == []

    def test_that_somebody_else_billed_meanwhile_parks_nobody(self) -> None:
        """Whoever stands in its place by then clashed with nothing, and is billed."""
        desk = memory_desk()
        desk.open_day(SECOND)
        supply(desk, 1, 2, 3)
        meanwhile = _BilledMeanwhile(desk)
        world = attrs.evolve(desk.world, invoices=meanwhile, work=meanwhile.work)

        step = attrs.evolve(desk, world=world).bill(limit=8)

        assert (step.issued, step.parked) == (2, 0)
        assert list(desk.work_list.open_items()) == []
        assert [len(documents(desk, number)) for number in (1, 2, 3)] == [1, 1, 1]

    def test_of_a_correction_is_parked_alone_too(self) -> None:
        desk = memory_desk()
        desk.open_day(SECOND)
        supply(desk, *range(1, 6), estimated=True)
        desk.bill()
        for number in range(1, 6):
            desk.world.read(readings_of(number, SECOND, 170, version=2))
        desk = attrs.evolve(
            desk, world=attrs.evolve(desk.world, invoices=_Clashing(desk, "K000003"))
        )

        step = desk.correct(limit=4)

        assert (step.issued, step.parked) == (8, 1)
        (item,) = desk.work_list.open_items()
        assert (item.kind, item.code) == ("billing_correction", "billing.too_many_items")
        assert desk.problems() == ()


class _BilledMeanwhile:
    """The invoices of a desk whose first supply somebody else bills once it clashed alone."""

    def __init__(self, desk: BillingDesk) -> None:
        self._desk, self._clashed, self._done = desk, False, False

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk.world.invoices, name)

    def add(self, invoices: Sequence[Invoice]) -> None:
        if not self._done:
            self._clashed = len(invoices) == 1
            raise Conflict("billing.billed_twice", "a day of the supply is billed already")
        self._desk.world.invoices.add(invoices)

    def work(self) -> AbstractContextManager[Transaction]:
        """Open a transaction; the first after the clash finds the supply billed."""
        if self._clashed and not self._done:
            self._done = True
            desk, (draft,) = self._desk, self._desk.preview("K000001")
            documents = Documents(
                invoices=desk.world.invoices,
                numbers=desk.numbers,
                books=desk.books,
                events=desk.events,
                policy=desk.policy,
            )
            with desk.world.work() as transaction:
                documents.issue([draft], on=SECOND)
                transaction.commit()
        return self._desk.world.work()


class _Clashing:
    """The invoices of a desk, but for one contract whose documents are refused."""

    def __init__(self, desk: BillingDesk, contract: str) -> None:
        self._invoices, self._contract = desk.world.invoices, contract

    def __getattr__(self, name: str) -> object:
        return getattr(self._invoices, name)

    def add(self, invoices: Sequence[Invoice]) -> None:
        if any(invoice.contract == self._contract for invoice in invoices):
            raise Conflict("billing.too_many_items", "too much was issued")
        self._invoices.add(invoices)
