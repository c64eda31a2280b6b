"""What customers owe, item by item, and credit moved to where it is owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import attrs

from energyretail.domain.ledger.entries import Account, Entry, Posting
from energyretail.domain.shared import CustomerNumber, Invalid, InvoiceNumber, Money

__all__ = ["OpenItem", "allocate_credit", "open_items"]


@attrs.frozen
class OpenItem:
    """What is left of one invoice: positive is owed to us, negative is owed by us."""

    item: InvoiceNumber
    customer: CustomerNumber
    due_on: date
    open: Money


def open_items(entries: Iterable[Entry], due: Mapping[str, date]) -> tuple[OpenItem, ...]:
    """Add up the RECEIVABLE postings by item; a settled item is left out; ordered by item.

    `due` gives the due date of an item; one it does not know is due the day of its first entry.
    """
    left: dict[str, OpenItem] = {}
    for entry in entries:
        for posting in entry.postings:
            if posting.account is Account.RECEIVABLE:
                _add(left, posting, entry.day, due)
    return tuple(left[item] for item in sorted(left) if left[item].open)


def _add(left: dict[str, OpenItem], posting: Posting, day: date, due: Mapping[str, date]) -> None:
    item = posting.item or InvoiceNumber("")
    customer = posting.customer or CustomerNumber("")
    known = left.get(item)
    amount = posting.amount if known is None else known.open + posting.amount
    first = day if known is None else min(known.due_on, day)
    left[item] = OpenItem(item, customer, due.get(item, first), amount)


def allocate_credit(items: Iterable[OpenItem], *, key: str, day: date) -> Entry | None:
    """Move one customer's credit onto what the same customer owes longest; None if neither is.

    Oldest credit pays oldest debt (by due date, then item) until one of them is used up; no
    item changes its sign. Raises Invalid for items of two customers or currencies.
    """
    ordered = sorted(items, key=lambda item: (item.due_on, item.item))
    if len({(item.customer, item.open.currency) for item in ordered}) > 1:
        raise Invalid("ledger.allocation.mixed", "allocate for one customer, one currency", key=key)
    credit = -sum(item.open.cents for item in ordered if item.open.cents < 0)
    debt = sum(item.open.cents for item in ordered if item.open.cents > 0)
    if not (movable := min(credit, debt)):
        return None
    postings = (*_take(ordered, movable, sign=-1), *_take(ordered, movable, sign=1))
    return Entry(key, day, "Credit moved to open items", postings)


def _take(ordered: list[OpenItem], movable: int, *, sign: int) -> tuple[Posting, ...]:
    """Post `movable` cents against the items of `sign`, oldest first."""
    postings: list[Posting] = []
    for item in ordered:
        part = min(movable, max(0, item.open.cents * sign))
        if part:
            movable -= part
            amount = Money.of_cents(-sign * part, item.open.currency)
            postings.append(Posting(Account.RECEIVABLE, amount, item.customer, item.item))
    return tuple(postings)
