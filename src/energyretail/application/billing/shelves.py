"""The long list of issued documents, and each as it is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Protocol

import attrs

from energyretail.application.shared import Page
from energyretail.domain.billing import BillStage, Deduction, InvoiceKind
from energyretail.domain.pricing import Prices
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    InvoiceNumber,
    Money,
    Period,
    RoundingScope,
)

__all__ = ["InvoiceCopy", "InvoiceShelf", "InvoiceSummary", "LineCopy", "TaxCopy"]


@attrs.frozen
class InvoiceSummary:
    """The head of a document without its lines; amounts are negative where it gives money back.

    `cancelled_by` is the document that took it out of force: its credit note or rectification.
    """

    number: InvoiceNumber
    kind: InvoiceKind
    stage: BillStage
    contract: ContractNumber
    customer: CustomerNumber
    cups: Cups
    tariff: str
    period: Period
    issued_on: date
    due_on: date
    net: Money
    tax: Money
    gross: Money
    original: InvoiceNumber | None
    cancelled_by: InvoiceNumber | None


@attrs.frozen
class LineCopy:
    """A line of a document without how its numbers came to be; `tax_rate` in percent."""

    component: str
    group: str
    label: str
    period: Period
    quantity: Decimal
    unit: str
    price: Decimal
    price_unit: str
    amount: Money
    tax_code: str
    tax_rate: Decimal
    estimated: bool


@attrs.frozen
class TaxCopy:
    """The tax of a document at one rate in percent."""

    tax: str
    rate: Decimal
    base: Money
    amount: Money


@attrs.frozen
class InvoiceCopy:
    """A document as its reader is told it; `id` is its outside name (``inv_…``).

    `deductions` are what is taken off it by now, in order of document.
    """

    id: str
    summary: InvoiceSummary
    lines: tuple[LineCopy, ...]
    taxes: tuple[TaxCopy, ...]
    prices: Prices
    rounding: RoundingScope
    deductions: tuple[Deduction, ...]

    @property
    def payable(self) -> Money:
        """What it asks less all that is taken off it; negative where it is to be paid back."""
        taken = (each.gross for each in self.deductions)
        return self.summary.gross - Money.total(taken, self.summary.gross.currency)

    @property
    def estimated(self) -> bool:
        """Whether a line rests on an estimate."""
        return any(line.estimated for line in self.lines)


class InvoiceShelf(Protocol):
    """Every document, in the order of issue."""

    def copy_of(self, name: str) -> InvoiceCopy:
        """Return a document by its outside name or its number.

        Raises NotFound ``billing.invoice.unknown``, or ``id.unknown`` for the name of nothing.
        """
        ...

    def page(
        self,
        *,
        after: str,
        limit: int,
        contract: str | None = None,
        customer: str | None = None,
        cups: Cups | None = None,
        kind: InvoiceKind | None = None,
        issued_from: date | None = None,
        issued_until: date | None = None,
    ) -> Page[InvoiceSummary]:
        """Return up to `limit` of them issued after the number `after` (empty for all).

        Nothing comes after a number never issued. Issued from `issued_from` (included) to
        `issued_until` (excluded), where they are given.
        """
        ...
