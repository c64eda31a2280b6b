"""An implementation of billing's ports to try, with what it takes to fill it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Protocol

import attrs

from energyretail.application.billing import (
    Invoices,
    OutdatedInvoice,
    OutdatedInvoices,
    SuppliesToBill,
)
from energyretail.application.shared import Work
from energyretail.domain import metering
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
    InvoiceNumber,
    Period,
)
from energyretail.testing.conformance.billing_cases import (
    REGISTERS,
    customer_of,
)

__all__ = ["BillingWorld", "bill_of", "rectification_of"]


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
        document = rectification_of(found, number, day)
        self.add(document)
        return document

    def confirm(self, number: InvoiceNumber, digest: str) -> None:
        """Note that a document stands under other prices."""
        with self.work() as transaction:
            self.invoices.confirm([(number, digest)])
            transaction.commit()


def rectification_of(found: OutdatedInvoice, number: str, day: date) -> Invoice:
    """Return the rectification of an outdated document by its supply as it is now."""
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
