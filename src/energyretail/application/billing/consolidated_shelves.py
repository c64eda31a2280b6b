"""Consolidated invoices as they are told, with their members and lines a page at a time."""

from __future__ import annotations

from typing import Protocol

import attrs

from energyretail.application.billing.shelves import InvoiceSummary, LineCopy
from energyretail.application.shared import Page
from energyretail.domain.billing import ConsolidatedInvoice
from energyretail.domain.shared import Cups, InvoiceNumber

__all__ = ["ConsolidatedInvoiceShelf", "MemberLine"]


@attrs.frozen
class MemberLine:
    """A line of a member, at its position in it from 1."""

    invoice: InvoiceNumber
    cups: Cups
    position: int
    line: LineCopy

    @property
    def key(self) -> str:
        """What it is known by in its list: ``F26-000001/3``."""
        return f"{self.invoice}/{self.position}"


class ConsolidatedInvoiceShelf(Protocol):
    """The consolidated invoices, in the order of issue."""

    def by_number(self, number: str) -> ConsolidatedInvoice:
        """Return one; raises NotFound ``billing.consolidated.unknown``."""
        ...

    def page(
        self, *, after: str, limit: int, customer: str | None = None
    ) -> Page[ConsolidatedInvoice]:
        """Return up to `limit` of them issued after the number `after` (empty for all)."""
        ...

    def members(self, number: str, *, after: str, limit: int) -> Page[InvoiceSummary]:
        """Return up to `limit` members of one issued after the number `after` (empty for all).

        Raises NotFound ``billing.consolidated.unknown``.
        """
        ...

    def lines(self, number: str, *, after: str, limit: int) -> Page[MemberLine]:
        """Return up to `limit` lines of its members, beyond the key `after` (empty for all).

        Member after member in the order of issue, each in its own order. Raises NotFound
        ``billing.consolidated.unknown``.
        """
        ...
