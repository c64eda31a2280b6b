"""The long list of issued documents."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import attrs

from energyretail.application.shared import Page
from energyretail.domain.billing import InvoiceKind
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    InvoiceNumber,
    Money,
    Period,
)

__all__ = ["InvoiceShelf", "InvoiceSummary"]


@attrs.frozen
class InvoiceSummary:
    """The head of a document without its lines; amounts are negative on a credit note.

    `cancelled_by` is the credit note that took it back.
    """

    number: InvoiceNumber
    kind: InvoiceKind
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


class InvoiceShelf(Protocol):
    """Every document, in the order of issue."""

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
