"""Number documents, keep them, post them and tell of them: the same for bills and corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Protocol

from energyretail.application.billing.ports import Invoices
from energyretail.application.shared import Books, Events, Numbers
from energyretail.domain.billing import (
    BillingPolicy,
    CorrectionMethod,
    Draft,
    Invoice,
    credit,
    issue,
    posting_of,
    rectify,
)
from energyretail.domain.ledger import Entry, EntryPosted
from energyretail.domain.shared import Event, InvoiceNumber

__all__ = ["Documents", "Issues", "Keeps"]


Keeps = Callable[[Sequence[Invoice], Sequence[Entry], Sequence[Event]], None]
"""Keeps issued documents, posts their entries and tells what happened, in the open transaction."""


class Issues(Protocol):
    """Issues documents, and does what goes with them."""

    def issue(
        self,
        drafts: Sequence[Draft],
        *,
        on: date,
        numbers: Sequence[InvoiceNumber] | None = None,
        keep: Keeps | None = None,
    ) -> None:
        """Issue an invoice for each draft: see `Documents.issue`."""
        ...


class Documents:
    """Issues documents inside the open transaction; numbers follow the order they are given in."""

    def __init__(
        self,
        *,
        invoices: Invoices,
        numbers: Numbers,
        books: Books,
        events: Events,
        policy: BillingPolicy,
    ):
        self._invoices = invoices
        self._numbers = numbers
        self._books = books
        self._events = events
        self._policy = policy

    def issue(
        self,
        drafts: Sequence[Draft],
        *,
        on: date,
        numbers: Sequence[InvoiceNumber] | None = None,
        keep: Keeps | None = None,
    ) -> None:
        """Issue an invoice for each draft, under `numbers` where they are taken already.

        `keep` keeps and tells of them together with others; they are kept alone unless given.
        """
        if numbers is None:
            numbers = self.numbers(len(drafts), on=on)
        due_on = self._policy.due_on(on)
        issued = [
            issue(draft, number=number, issued_on=on, due_on=due_on)
            for draft, number in zip(drafts, numbers, strict=True)
        ]
        self._keep(issued, keep)

    def numbers(self, count: int, *, on: date) -> tuple[InvoiceNumber, ...]:
        """Take the numbers of the next invoices; each must be used in the open transaction."""
        if not count:
            return ()
        series = self._policy.series
        names = {series.series(prefix, on): prefix for prefix in series.invoices}
        name, taken = self._numbers.take_free(tuple(names), count)
        return series.numbers(names[name], on, taken)

    def correct(self, pairs: Sequence[tuple[Invoice, Draft]], *, on: date) -> int:
        """Put each original right by the method of the market; return how many were issued."""
        if self._policy.corrections.method is CorrectionMethod.BY_DIFFERENCE:
            return self._rectify(pairs, on)
        return self._replace(pairs, on)

    def confirm(self, checked: Sequence[tuple[InvoiceNumber, str]]) -> None:
        """Note that documents stand under other prices, each by its digest."""
        self._invoices.confirm(checked)

    def _rectify(self, pairs: Sequence[tuple[Invoice, Draft]], on: date) -> int:
        """Issue one document of differences for each original, in the rectifying series."""
        numbers = self._take(self._policy.series.credit_note, len(pairs), on)
        due_on = self._policy.due_on(on)
        issued = [
            rectify(original, draft, number=number, issued_on=on, due_on=due_on)
            for (original, draft), number in zip(pairs, numbers, strict=True)
        ]
        self._keep(issued)
        return len(issued)

    def _replace(self, pairs: Sequence[tuple[Invoice, Draft]], on: date) -> int:
        """Issue a credit note and a rebill for each original, as a pair."""
        series = self._policy.series
        # In order of name, as the Numbers port has it.
        prefixes = sorted((series.credit_note, series.invoice))
        taken = {prefix: self._take(prefix, len(pairs), on) for prefix in prefixes}
        notes, rebills = taken[series.credit_note], taken[series.invoice]
        due_on = self._policy.due_on(on)
        issued = []
        for (original, draft), note, rebill in zip(pairs, notes, rebills, strict=True):
            issued.append(credit(original, number=note, issued_on=on))
            issued.append(
                issue(draft, number=rebill, issued_on=on, due_on=due_on, original=original)
            )
        self._keep(issued)
        return len(issued)

    def _take(self, prefix: str, count: int, on: date) -> tuple[InvoiceNumber, ...]:
        if not count:
            return ()
        series = self._policy.series
        taken = self._numbers.take(series.series(prefix, on), count)
        return series.numbers(prefix, on, taken)

    def _keep(
        self, issued: Sequence[tuple[Invoice, Iterable[Event]]], keep: Keeps | None = None
    ) -> None:
        invoices = [invoice for invoice, _ in issued]
        excise = self._policy.excise_components
        posted = [posting_of(invoice, excise_components=excise) for invoice in invoices]
        entries = [entry for entry in posted if entry is not None]
        events = (event for _, events in issued for event in events)
        (keep or self._keep_alone)(
            invoices, entries, (*events, *(EntryPosted(entry.key) for entry in entries))
        )

    def _keep_alone(
        self, invoices: Sequence[Invoice], entries: Sequence[Entry], events: Sequence[Event]
    ) -> None:
        self._invoices.add(invoices)
        self._books.post(entries)
        self._events.record(events)
