"""Give customers one document over their bills: one who asks, and all who agreed to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Final, Protocol

import attrs

from energyretail.application.billing.agree_consolidation import ConsolidationBook
from energyretail.application.shared import Clock, Events, Numbers, Work, WorkList
from energyretail.domain.billing import (
    BillingPolicy,
    ConsolidatedInvoice,
    ConsolidatedMember,
    ConsolidatedTotals,
    ToConsolidate,
    cuts_on,
    nothing_left,
    one_due_day,
)
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import (
    CustomerNumber,
    DomainError,
    Event,
    InvoiceNumber,
    parse_customer_number,
)

__all__ = [
    "ConsolidateDue",
    "ConsolidateInvoices",
    "ConsolidatedInvoices",
    "Consolidation",
    "ConsolidationStep",
    "Membership",
]

Membership = tuple[InvoiceNumber, InvoiceNumber]
"""A document, and the consolidated invoice it is a member of."""

_KIND: Final = "consolidation"
_REMARK: Final = "Billing: the customer's documents are added up by now."


class ConsolidatedInvoices(Protocol):
    """The consolidated invoices and what is left for the next; part of the open transaction."""

    def known(self, asked: ToConsolidate) -> ConsolidatedInvoice | None:
        """Return the one of a customer up to a day, if there is one."""
        ...

    def left(
        self, asked: Sequence[ToConsolidate], *, after: str, limit: int
    ) -> tuple[ConsolidatedMember, ...]:
        """Return up to `limit` documents of customers that are in no consolidated invoice.

        Those issued on the days asked for, one customer after the other as they are asked, each
        one's in the order of issue; the first beyond the number `after`, itself one of them.
        """
        ...

    def add(self, invoices: Sequence[ConsolidatedInvoice]) -> None:
        """Keep some, without their members.

        Raises Conflict ``billing.consolidated.twice`` for a second one of (customer, day),
        ``billing.consolidated.number_twice``.
        """
        ...

    def add_members(self, members: Sequence[Membership]) -> None:
        """Make documents members of those that are kept.

        Raises Conflict ``billing.consolidated.member_twice`` when one is a member of any, and
        NotFound ``billing.invoice.unknown``.
        """
        ...


@attrs.frozen
class ConsolidationStep:
    """What one chunk did; `resume` is where the next one goes on, None when nothing is left."""

    issued: int
    parked: int
    resume: str | None


@attrs.define
class _AddedUp:
    """What is added up of one customer, page by page."""

    asked: ToConsolidate
    due_on: date
    totals: ConsolidatedTotals | None = None
    members: list[InvoiceNumber] = attrs.field(factory=list)

    def add(self, page: Sequence[ConsolidatedMember]) -> None:
        """Add documents; raises Invalid where they do not add up."""
        known = self.totals or ConsolidatedTotals.nothing(page[0].gross.currency)
        self.totals = known.plus(page)
        self.members += [member.number for member in page]
        self.due_on = one_due_day(page, ours=self.due_on)


class Consolidation:
    """Adds up customers' documents, inside the open transaction: by pages, whoever they are of.

    Rules: bills, credit notes and rebills alike are members, each of one consolidated invoice
    for ever; what was corrected since the last one shows as a credit note and a rebill in this
    one. VAT by rate is the sum of the members', never computed again. It is due on one day, no
    earlier than any member, and what is open of its members is collected on that day alone.
    Nothing is posted: the members are. What cannot be added up, and whose it is, goes on the work
    list until it can, and does not hold up the others. Up to `page` documents are read, and kept as
    members, at a time.
    """

    def __init__(
        self,
        *,
        numbers: Numbers,
        events: Events,
        invoices: ConsolidatedInvoices,
        work_list: WorkList,
        policy: BillingPolicy,
        page: int = 5000,
    ):
        self._numbers = numbers
        self._events = events
        self._invoices = invoices
        self._work_list = work_list
        self._policy = policy
        self._page = page

    def hold(self, on: date) -> None:
        """Wait for who consolidates now: the next one sees what the one before left.

        Two of different years do not wait for each other: one of them is refused, and done again.
        """
        self._numbers.take(self._series(on), 0)

    def issue(
        self, asked: Sequence[ToConsolidate], *, on: date
    ) -> tuple[tuple[ConsolidatedInvoice, ...], tuple[DomainError, ...]]:
        """Return the documents of those who have any left, in the order asked, and the faults."""
        found, faults = self._added_up(asked, on)
        issued, events, members = [], list[Event](), list[Membership]()
        for number, each in zip(self._taken(len(found), on), found, strict=True):
            assert each.totals is not None  # of who has none left nothing is added up
            document, told = ConsolidatedInvoice.issue(
                each.totals,
                number=number,
                customer=each.asked.customer,
                issued_before=each.asked.issued_before,
                issued_on=on,
                due_on=each.due_on,
            )
            issued.append(document)
            events += told
            members += [(member, number) for member in each.members]
        self._invoices.add(issued)
        for start in range(0, len(members), self._page):
            self._invoices.add_members(members[start : start + self._page])
        self._events.record(events)
        self._work_list.add([_parked(of, error, on) for of, error in faults])
        self._work_list.close([(_KIND, of.customer) for of in issued], on=on, remark=_REMARK)
        return tuple(issued), tuple(error for _, error in faults)

    def _series(self, on: date) -> str:
        series = self._policy.series
        return series.series(series.consolidated, on)

    def _taken(self, count: int, on: date) -> list[InvoiceNumber]:
        series = self._policy.series
        taken = self._numbers.take(self._series(on), count) if count else range(0)
        return [series.number(series.consolidated, on, each) for each in taken]

    def _added_up(
        self, asked: Sequence[ToConsolidate], on: date
    ) -> tuple[list[_AddedUp], list[tuple[ToConsolidate, DomainError]]]:
        due_on = self._policy.due_on(on)
        found = {each.customer: _AddedUp(each, due_on) for each in asked}
        faults = dict[CustomerNumber, DomainError]()
        for customer, page in self._pages(asked):
            try:
                found[customer].add(page)
            except DomainError as error:
                faults[customer] = error
        sound = [each for of, each in found.items() if each.totals and of not in faults]
        return sound, [(found[of].asked, error) for of, error in faults.items()]

    def _pages(
        self, asked: Sequence[ToConsolidate]
    ) -> Iterator[tuple[CustomerNumber, tuple[ConsolidatedMember, ...]]]:
        after = ""
        while asked:
            page = self._invoices.left(asked, after=after, limit=self._page)
            for customer, members in groupby(page, key=lambda member: member.customer):
                yield customer, tuple(members)
            if len(page) < self._page:
                return
            # Whoever stands before the last one is added up.
            last, after = page[-1].customer, page[-1].number
            asked = asked[[each.customer for each in asked].index(last) :]


class ConsolidateInvoices:
    """Add up one customer's documents issued before a day and not added up yet: `Consolidation`.

    The same customer and day again give the same document.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        invoices: ConsolidatedInvoices,
        consolidation: Consolidation,
    ):
        self._work = work
        self._clock = clock
        self._invoices = invoices
        self._consolidation = consolidation

    def __call__(self, customer: str, *, issued_before: date) -> ConsolidatedInvoice:
        """Return the document over what was issued before a day, today at the latest.

        Raises Refused ``billing.consolidated.nothing``, Invalid ``billing.consolidated.early``.
        """
        asked = ToConsolidate(parse_customer_number(customer), issued_before)
        today = self._clock.today()
        with self._work() as transaction:
            self._consolidation.hold(today)
            known = self._invoices.known(asked)
            if known is not None:
                return known
            issued, faults = self._consolidation.issue([asked], on=today)
            if faults:
                raise faults[0]
            if not issued:
                raise nothing_left(asked.customer)
            transaction.commit()
        return issued[0]


class ConsolidateDue:
    """Give all who agreed to it their document of the month: see `Consolidation`.

    One chunk is one transaction; done again, it finds none due but those who are parked.
    """

    def __init__(
        self, *, work: Work, clock: Clock, book: ConsolidationBook, consolidation: Consolidation
    ):
        self._work = work
        self._clock = clock
        self._book = book
        self._consolidation = consolidation

    def __call__(self, *, after: str = "", limit: int = 1000) -> ConsolidationStep:
        """Consolidate for up to `limit` customers beyond `after`, the `resume` of before."""
        today = self._clock.today()
        with self._work() as transaction:
            self._consolidation.hold(today)
            asked = self._book.due(cuts_on(today), after=after, limit=limit)
            issued, faults = self._consolidation.issue(asked, on=today)
            transaction.commit()
        resume = asked[-1].customer if len(asked) == limit else None
        return ConsolidationStep(len(issued), len(faults), resume)


def _parked(asked: ToConsolidate, error: DomainError, on: date) -> WorkItem:
    return WorkItem(
        kind=_KIND,
        key=asked.customer,
        code=error.code,
        text=str(error),
        way_out="billing desk: look at the customer's documents; it is tried each day",
        raised_on=on,
    )
