"""Give a company one document over its bills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, Protocol

from energyretail.application.shared import Clock, Events, Numbers, Work
from energyretail.domain.billing import (
    BillingPolicy,
    ConsolidatedInvoice,
    ConsolidatedMember,
    ConsolidatedTotals,
    one_due_day,
)
from energyretail.domain.shared import CustomerNumber, InvoiceNumber, parse_customer_number

__all__ = ["CHUNK", "ConsolidateInvoices", "ConsolidatedInvoices"]

CHUNK: Final = 1000
"""How many documents are read, and kept as members, at a time."""


class ConsolidatedInvoices(Protocol):
    """The consolidated invoices and what is left for the next; part of the open transaction."""

    def known(self, customer: str, issued_before: date) -> ConsolidatedInvoice | None:
        """Return the one of a customer up to a day, if there is one."""
        ...

    def left(
        self, customer: str, *, issued_before: date, after: str, limit: int
    ) -> tuple[ConsolidatedMember, ...]:
        """Return up to `limit` documents of a customer that are in no consolidated invoice.

        Those issued before a day, in the order of issue, the first beyond the number `after`.
        """
        ...

    def add(self, invoice: ConsolidatedInvoice) -> None:
        """Keep one, without its members.

        Raises Conflict ``billing.consolidated.twice`` for a second one of (customer, day),
        ``billing.consolidated.number_twice``.
        """
        ...

    def add_members(self, number: InvoiceNumber, members: Sequence[InvoiceNumber]) -> None:
        """Make documents members of one that is kept.

        Raises Conflict ``billing.consolidated.member_twice`` when one is a member of any, and
        NotFound ``billing.invoice.unknown``.
        """
        ...


class ConsolidateInvoices:
    """Add up a company's documents issued before a day and not added up yet.

    Rules: bills, credit notes and rebills alike are members, each of one consolidated invoice
    for ever; what was corrected since the last one shows as a credit note and a rebill in this
    one. VAT by rate is the sum of the members', never computed again. It is due on one day, no
    earlier than any member, and what is open of its members is collected on that day alone.
    Nothing is posted: the members are. The same customer and day again give the same document.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        numbers: Numbers,
        events: Events,
        invoices: ConsolidatedInvoices,
        policy: BillingPolicy,
    ):
        self._work = work
        self._clock = clock
        self._numbers = numbers
        self._events = events
        self._invoices = invoices
        self._policy = policy

    def __call__(self, customer: str, *, issued_before: date) -> ConsolidatedInvoice:
        """Return the document over what was issued before a day, today at the latest.

        Raises Refused ``billing.consolidated.nothing``, Invalid ``billing.consolidated.early``.
        """
        whose = parse_customer_number(customer)
        with self._work() as transaction:
            number = self._number()
            known = self._invoices.known(whose, issued_before)
            if known is not None:
                return known
            totals, members = self._add_up(whose, issued_before)
            today = self._clock.today()
            issued, events = ConsolidatedInvoice.issue(
                totals,
                number=number,
                customer=whose,
                issued_before=issued_before,
                issued_on=today,
                due_on=one_due_day(members, ours=self._policy.due_on(today)),
            )
            self._invoices.add(issued)
            for start in range(0, len(members), CHUNK):
                page = members[start : start + CHUNK]
                self._invoices.add_members(number, [member.number for member in page])
            self._events.record(events)
            transaction.commit()
        return issued

    def _number(self) -> InvoiceNumber:
        """Take the number first: who holds the series is the only one to consolidate."""
        series, today = self._policy.series, self._clock.today()
        (count,) = self._numbers.take(series.series(series.consolidated, today), 1)
        return series.number(series.consolidated, today, count)

    def _add_up(
        self, customer: CustomerNumber, before: date
    ) -> tuple[ConsolidatedTotals, list[ConsolidatedMember]]:
        totals: ConsolidatedTotals | None = None
        members: list[ConsolidatedMember] = []
        for page in self._pages(customer, before):
            totals = totals or ConsolidatedTotals.nothing(page[0].gross.currency)
            totals = totals.plus(page)
            members += page
        return totals or ConsolidatedTotals.nothing("EUR"), members

    def _pages(
        self, customer: CustomerNumber, before: date
    ) -> Iterator[tuple[ConsolidatedMember, ...]]:
        after = ""
        while page := self._invoices.left(customer, issued_before=before, after=after, limit=CHUNK):
            yield page
            after = page[-1].number
