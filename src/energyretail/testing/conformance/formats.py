"""What every reader and writer of a partner's format promises: pure functions of bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from html import unescape

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from energyretail.application.documents import AdvancePages, InvoicePages
from energyretail.domain import payments
from energyretail.domain.billing import InstalmentPlan, Invoice
from energyretail.domain.metering import Delivery
from energyretail.domain.parties import Customer
from energyretail.domain.shared import (
    CreditorIdentifier,
    Iban,
    Invalid,
    InvoiceNumber,
    MandateReference,
    MessageId,
)
from energyretail.testing import strategies
from energyretail.testing.conformance.payments import unpaid
from energyretail.testing.corpora import Hostile, hostile_documents

__all__ = [
    "AdvancePagesConformance",
    "InvoicePagesConformance",
    "MeterFileReaderConformance",
    "NotificationReaderConformance",
    "PaymentFileWriterConformance",
]

_CREDITOR = payments.Creditor(
    code="LUMA",
    identifier=CreditorIdentifier("ES23ZZZ47690558N"),
    party=payments.Party("Luma Energía", "Madrid", "ES", "Calle Mayor 1", "28013"),
    iban=Iban("ES9121000418450200051332"),
)
_DUE_ON = date(2026, 4, 30)
# No deadline: whose machine it runs on is not ours to know.
_ANY_TIME = settings(deadline=None)
_FEW = settings(deadline=None, max_examples=25)


class MeterFileReaderConformance:
    """Inherit and give `read`, `write` (the operator's side) and `hostile` files."""

    def read(self, content: bytes) -> Delivery:
        """Read a file: the function under test."""
        raise NotImplementedError

    def write(self, delivery: Delivery) -> bytes:
        """Write a file as the operator does."""
        raise NotImplementedError

    def hostile(self) -> Sequence[Hostile]:
        """Return hostile files of the format, such as `hostile_tables` makes."""
        raise NotImplementedError

    @_ANY_TIME
    @given(strategies.deliveries())
    def test_reads_what_was_written(self, delivery: Delivery) -> None:
        assert self.read(self.write(delivery)) == delivery

    @_ANY_TIME
    @given(strategies.deliveries(), st.data())
    def test_refuses_what_was_cut_off(self, delivery: Delivery, data: st.DataObject) -> None:
        content = self.write(delivery)

        with pytest.raises(Invalid):
            self.read(content[: data.draw(st.integers(0, len(content) - 1))])

    @_ANY_TIME
    @given(st.binary(max_size=300))
    def test_refuses_any_other_bytes(self, content: bytes) -> None:
        with pytest.raises(Invalid):
            self.read(content)

    def test_refuses_hostile_files_or_their_rows_and_nothing_breaks(self) -> None:
        refused: list[str] = []
        for case in self.hostile():
            try:
                delivery = self.read(case.content)
            except Invalid:
                refused.append(case.name)
                continue
            refused += [case.name] if delivery.faults else []
            assert all(row.index_kwh.is_finite() for row in delivery.rows), case.name
            assert all(fault.code for fault in delivery.faults), case.name
        assert refused, "give hostile files, most of which no reader may take whole"


class NotificationReaderConformance:
    """Inherit and give `read` and `write` (the bank's side) of an XML format."""

    def read(self, raw: bytes) -> payments.BankNotification:
        """Read a notification: the function under test."""
        raise NotImplementedError

    def write(self, notification: payments.BankNotification) -> bytes:
        """Write a notification as the bank does."""
        raise NotImplementedError

    @_ANY_TIME
    @given(strategies.notifications())
    def test_reads_what_was_written(self, notification: payments.BankNotification) -> None:
        assert self.read(self.write(notification)) == notification

    @_ANY_TIME
    @given(strategies.notifications(), st.data())
    def test_refuses_what_was_cut_off(
        self, notification: payments.BankNotification, data: st.DataObject
    ) -> None:
        raw = self.write(notification).rstrip()

        with pytest.raises(Invalid):
            self.read(raw[: data.draw(st.integers(0, len(raw) - 1))])

    @_ANY_TIME
    @given(st.binary(max_size=300))
    def test_refuses_any_other_bytes(self, raw: bytes) -> None:
        with pytest.raises(Invalid):
            self.read(raw)

    @pytest.mark.parametrize("case", hostile_documents(), ids=lambda case: case.name)
    def test_refuses_hostile_documents(self, case: Hostile) -> None:
        with pytest.raises(Invalid):
            self.read(case.content)


class PaymentFileWriterConformance:
    """Inherit and give `write`, and `debits` that reads a file as the bank does."""

    def write(self, order: payments.DirectDebitOrder) -> bytes:
        """Write a payment file: the function under test."""
        raise NotImplementedError

    def debits(self, raw: bytes) -> Sequence[tuple[str, str, int, date]]:
        """Return (end-to-end id, mandate, cents, due day) of each debit of a file."""
        raise NotImplementedError

    @_ANY_TIME
    @given(st.lists(strategies.mandates(payments.MandateState.ACTIVE), min_size=1, max_size=4))
    def test_asks_the_bank_for_what_was_ordered(self, signed: list[payments.Mandate]) -> None:
        run = _run(signed)
        raw = self.write(payments.order_of(run, _CREDITOR))

        asked = [(c.end_to_end_id, c.umr, c.amount.cents, c.due_on) for c in run.collections]
        assert asked
        assert sorted(self.debits(raw)) == sorted(asked)

    @_ANY_TIME
    @given(st.lists(strategies.mandates(payments.MandateState.ACTIVE), min_size=1, max_size=3))
    def test_writes_the_same_bytes_again(self, signed: list[payments.Mandate]) -> None:
        run = _run(signed)
        one, two = (self.write(payments.order_of(run, _CREDITOR)) for _ in range(2))

        assert one == two


def _run(signed: list[payments.Mandate]) -> payments.Run:
    # A name without a letter that banks carry is refused by a writer, which is its right.
    named = [attrs.evolve(one, debtor=attrs.evolve(one.debtor, name="Zoé Núñez")) for one in signed]
    mandates = {mandate.umr: mandate for mandate in named}
    selections = [
        payments.Selection(item, item.open)
        for item in (_item(number, umr) for number, umr in enumerate(sorted(mandates), start=1))
    ]
    msg_id = MessageId("LUMA-20260430-1")
    return payments.plan_run(
        selections, mandates, msg_id=msg_id, created_on=date(2026, 4, 27), due_on=_DUE_ON
    )


def _item(number: int, umr: MandateReference) -> payments.UnpaidItem:
    return attrs.evolve(unpaid(f"F26-{number:06d}", _DUE_ON, 100 * number), umr=umr)


class AdvancePagesConformance:
    """Inherit and give `pages`, a method that returns the port."""

    def pages(self) -> AdvancePages:
        """Return the layout under test."""
        raise NotImplementedError

    @_FEW
    @given(strategies.instalment_plans(), strategies.customers(), st.data())
    def test_show_the_number_and_a_name_as_text_and_are_the_same_again(
        self, plan: InstalmentPlan, customer: Customer, data: st.DataObject
    ) -> None:
        (advance,) = data.draw(strategies.advances_of(plan, count=1))
        person = attrs.evolve(customer.person, name=f"{customer.person.name[:60]} <hijos>")
        page = self.pages().page(advance, attrs.evolve(customer, person=person))

        assert advance.number in page
        assert "<hijos>" not in page
        assert page == self.pages().page(advance, attrs.evolve(customer, person=person))


class InvoicePagesConformance:
    """Inherit and give `pages`, a method that returns the port."""

    def pages(self) -> InvoicePages:
        """Return the layout under test."""
        raise NotImplementedError

    @_FEW
    @given(strategies.invoices() | strategies.credit_notes(), strategies.customers())
    def test_show_the_number_and_are_the_same_again(
        self, invoice: Invoice, customer: Customer
    ) -> None:
        page = self.pages().page(invoice, customer)

        assert invoice.number in page
        assert page == self.pages().page(invoice, customer)

    @_FEW
    @given(strategies.invoices(), strategies.customers())
    def test_tell_the_bill_before_where_there_was_one(
        self, invoice: Invoice, customer: Customer
    ) -> None:
        before = attrs.evolve(invoice, number=InvoiceNumber("F25-999999"))

        assert before.number in self.pages().page(invoice, customer, previous=before)
        assert before.number not in self.pages().page(invoice, customer)

    @_FEW
    @given(strategies.invoices(), strategies.customers())
    def test_show_a_name_as_text(self, invoice: Invoice, customer: Customer) -> None:
        person = attrs.evolve(customer.person, name=f"{customer.person.name[:60]} <hijos>")
        page = self.pages().page(invoice, attrs.evolve(customer, person=person))

        assert "<hijos>" not in page
        assert person.name in unescape(page)
