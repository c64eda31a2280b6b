"""Consolidated invoices over dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from energyretail.adapters.memory.billing_shelves import line_copy_of, summary_of
from energyretail.adapters.memory.pages import asked as is_asked
from energyretail.adapters.memory.pages import page_as_kept
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import InvoiceSummary, MemberLine, Membership
from energyretail.application.shared import Page, page_of
from energyretail.domain.billing import (
    ConsolidatedInvoice,
    ConsolidatedMember,
    Invoice,
    ToConsolidate,
)
from energyretail.domain.shared import Conflict, NotFound

__all__ = [
    "MemoryConsolidatedInvoiceShelf",
    "MemoryConsolidatedInvoices",
    "consolidated_as_of",
    "left_for",
]


class MemoryConsolidatedInvoices:
    """The ConsolidatedInvoices port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def known(self, asked: ToConsolidate) -> ConsolidatedInvoice | None:
        """Return the one of a customer up to a day."""
        return consolidated_as_of(self._store, asked.customer, asked.issued_before)

    def left(
        self, asked: Sequence[ToConsolidate], *, after: str, limit: int
    ) -> tuple[ConsolidatedMember, ...]:
        """Return documents in no consolidated invoice."""
        found = [one for each in asked for one in left_for(self._store, each)]
        places: dict[str, int] = {one.number: place for place, one in enumerate(self._of(asked))}
        beyond = places[after] if after else -1
        return tuple(ConsolidatedMember.of(one) for one in found if places[one.number] > beyond)[
            :limit
        ]

    def _of(self, asked: Sequence[ToConsolidate]) -> Iterator[Invoice]:
        documents = self._store.table("invoice").values()
        for each in asked:
            yield from (one for one in documents if one.customer == each.customer)

    def add(self, invoices: Sequence[ConsolidatedInvoice]) -> None:
        """Keep some."""
        table = self._store.writable("consolidated")
        for invoice in invoices:
            if invoice.number in table:
                raise Conflict("billing.consolidated.number_twice", "another has this number")
            if consolidated_as_of(self._store, invoice.customer, invoice.issued_before):
                raise Conflict("billing.consolidated.twice", "these days are consolidated already")
            table[invoice.number] = invoice

    def add_members(self, members: Sequence[Membership]) -> None:
        """Make documents members, once for ever."""
        table = self._store.writable("consolidated_member")
        numbers = [member for member, _ in members]
        if len(set(numbers)) < len(numbers) or any(member in table for member in numbers):
            raise Conflict("billing.consolidated.member_twice", "a document is a member already")
        if any(member not in self._store.table("invoice") for member in numbers):
            raise NotFound("billing.invoice.unknown", "no such invoice among the members")
        table.update(members)


def consolidated_as_of(
    store: MemoryStore, customer: str, issued_before: date
) -> ConsolidatedInvoice | None:
    """Return a customer's consolidated invoice as of a day."""
    key = (customer, issued_before)
    found = store.table("consolidated").values()
    return next((one for one in found if (one.customer, one.issued_before) == key), None)


def left_for(store: MemoryStore, asked: ToConsolidate) -> Iterator[Invoice]:
    """Yield documents that are in no consolidated invoice, in the order of issue."""
    members = store.table("consolidated_member")
    for one in store.table("invoice").values():
        if (
            one.customer == asked.customer
            and asked.issued_from <= one.issued_on < asked.issued_before
            and one.number not in members
        ):
            yield one


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
            lambda one: is_asked(customer, is_=one.customer),
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
