"""Consolidated invoices over dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import dropwhile, islice

from energyretail.adapters.memory.billing_shelves import line_copy_of, summary_of
from energyretail.adapters.memory.pages import asked, page_as_kept
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import InvoiceSummary, MemberLine
from energyretail.application.shared import Page, page_of
from energyretail.domain.billing import ConsolidatedInvoice, ConsolidatedMember, Invoice
from energyretail.domain.shared import Conflict, InvoiceNumber, NotFound

__all__ = ["MemoryConsolidatedInvoiceShelf", "MemoryConsolidatedInvoices"]


class MemoryConsolidatedInvoices:
    """The ConsolidatedInvoices port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def known(self, customer: str, issued_before: date) -> ConsolidatedInvoice | None:
        """Return the one of a customer up to a day."""
        found = self._store.table("consolidated").values()
        key = (customer, issued_before)
        return next((one for one in found if (one.customer, one.issued_before) == key), None)

    def left(
        self, customer: str, *, issued_before: date, after: str, limit: int
    ) -> tuple[ConsolidatedMember, ...]:
        """Return documents in no consolidated invoice."""
        members = self._store.table("consolidated_member")
        documents = self._store.table("invoice").values()
        beyond = documents if not after else dropwhile(lambda one: one.number != after, documents)
        found = (
            ConsolidatedMember.of(one)
            for one in beyond
            if one.number != after
            and one.customer == customer
            and one.issued_on < issued_before
            and one.number not in members
        )
        return tuple(islice(found, limit))

    def add(self, invoice: ConsolidatedInvoice) -> None:
        """Keep one."""
        table = self._store.writable("consolidated")
        if invoice.number in table:
            raise Conflict("billing.consolidated.number_twice", "another has this number")
        if self.known(invoice.customer, invoice.issued_before) is not None:
            raise Conflict("billing.consolidated.twice", "these days are consolidated already")
        table[invoice.number] = invoice

    def add_members(self, number: InvoiceNumber, members: Sequence[InvoiceNumber]) -> None:
        """Make documents members, once for ever."""
        table = self._store.writable("consolidated_member")
        if len(set(members)) < len(members) or any(member in table for member in members):
            raise Conflict("billing.consolidated.member_twice", "a document is a member already")
        if any(member not in self._store.table("invoice") for member in members):
            raise NotFound("billing.invoice.unknown", "no such invoice among the members")
        table.update(dict.fromkeys(members, number))


class MemoryConsolidatedInvoiceShelf:
    """The ConsolidatedInvoiceShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def by_number(self, number: str) -> ConsolidatedInvoice:
        """Return one."""
        found: ConsolidatedInvoice | None = self._store.table("consolidated").get(number)
        if found is None:
            raise NotFound("billing.consolidated.unknown", "no such invoice", invoice=number)
        return found

    def page(
        self, *, after: str, limit: int, customer: str | None = None
    ) -> Page[ConsolidatedInvoice]:
        """Return those issued after a number."""
        return page_as_kept(
            self._store.table("consolidated"),
            lambda one: asked(customer, is_=one.customer),
            lambda one: one.number,
            after=after,
            limit=limit,
        )

    def members(self, number: str, *, after: str, limit: int) -> Page[InvoiceSummary]:
        """Return its members issued after a number."""
        cancelled = self._store.table("invoice_cancelled")
        table: dict[str, InvoiceSummary] = {
            one.number: summary_of(one, cancelled.get(one.number)) for one in self._members(number)
        }
        return page_as_kept(table, lambda _: True, lambda one: one.number, after=after, limit=limit)

    def lines(self, number: str, *, after: str, limit: int) -> Page[MemberLine]:
        """Return the lines of its members beyond a key."""
        lines = [
            MemberLine(one.number, one.cups, position, line_copy_of(line))
            for one in self._members(number)
            for position, line in enumerate(one.lines, 1)
        ]
        beyond = lines
        if after:
            keys = [line.key for line in lines]
            beyond = lines[keys.index(after) + 1 :] if after in keys else []
        return page_of(islice(beyond, limit + 1), limit=limit, key=lambda line: line.key)

    def _members(self, number: str) -> list[Invoice]:
        of = self._store.table("consolidated_member")
        self.by_number(number)
        documents = self._store.table("invoice").values()
        return [one for one in documents if of.get(one.number) == number]
