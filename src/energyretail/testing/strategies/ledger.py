"""Strategies for entries that balance and items that are open."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from energyretail.domain.ledger import Account, Entry, OpenItem, Posting
from energyretail.domain.shared import Money, customer_number, invoice_number
from energyretail.testing.strategies.shared import days

__all__ = ["entries", "open_items"]

_DAY = date(2026, 4, 30)
_OTHERS = tuple(account for account in Account if account is not Account.RECEIVABLE)


def _cents(most: int) -> st.SearchStrategy[int]:
    return st.integers(-most, most).filter(bool)


@st.composite
def entries(draw: st.DrawFn, *, customers: int = 3, items: int = 6) -> Entry:
    """Entries of two to six postings that sum to zero, on few customers and items.

    Every posting on RECEIVABLE names an item, and an item always the same customer.
    """
    day = draw(days())
    key = f"entry:{draw(st.integers(1, 10**6))}"
    made = [draw(_posting(customers, items)) for _ in range(draw(st.integers(1, 5)))]
    rest = -sum(posting.amount.cents for posting in made)
    last = Posting(draw(st.sampled_from(_OTHERS)), Money.of_cents(rest, "EUR"))
    return Entry(key, day, "Drawn", (*made, last))


@st.composite
def _posting(draw: st.DrawFn, customers: int, items: int) -> Posting:
    amount = Money.of_cents(draw(_cents(10**7)), "EUR")
    account = draw(st.sampled_from(Account))
    if account is not Account.RECEIVABLE:
        return Posting(account, amount)
    number = draw(st.integers(1, items))
    return Posting(
        account,
        amount,
        customer_number(1 + number % customers),
        invoice_number("F", _DAY, number),
    )


@st.composite
def open_items(draw: st.DrawFn, *, items_max: int = 8) -> tuple[OpenItem, ...]:
    """Open items of one customer, each number once: debts and credits, none settled."""
    numbers = draw(st.sets(st.integers(1, 999), max_size=items_max))
    return tuple(
        OpenItem(
            invoice_number("F", _DAY, number),
            customer_number(1),
            _DAY - timedelta(days=draw(st.integers(0, 5))),
            Money.of_cents(draw(_cents(10_000)), "EUR"),
        )
        for number in sorted(numbers)
    )
