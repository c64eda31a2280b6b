"""Laws of the ledger: entries balance, credit moves without appearing or vanishing."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain.ledger import (
    Account,
    Entry,
    OpenItem,
    Posting,
    allocate_credit,
    balance_of,
    open_items,
)
from energyretail.domain.shared import Invalid, Money

DAY = date(2026, 4, 30)

amounts = st.integers(-10_000, 10_000).map(lambda cents: Money.of_cents(cents, "EUR"))
items = st.lists(
    st.tuples(st.integers(0, 30), amounts), max_size=8, unique_by=lambda pair: pair[0]
).map(
    lambda pairs: tuple(
        OpenItem(f"F26-{n:06d}", "C000001", DAY - timedelta(days=n % 5), amount)
        for n, amount in pairs
    )
)


def _after(owed: tuple[OpenItem, ...], entry: Entry | None) -> dict[str, int]:
    left = {item.item: item.open.cents for item in owed}
    for posting in entry.postings if entry else ():
        left[posting.item or ""] += posting.amount.cents
    return left


class TestAllocatingCredit:
    @given(items)
    def test_keeps_what_the_customer_owes_in_all(self, owed: tuple[OpenItem, ...]) -> None:
        entry = allocate_credit(owed, key="k", day=DAY)

        assert sum(_after(owed, entry).values()) == sum(item.open.cents for item in owed)

    @given(items)
    def test_leaves_credit_or_debt_but_never_both(self, owed: tuple[OpenItem, ...]) -> None:
        left = _after(owed, allocate_credit(owed, key="k", day=DAY))

        assert not (any(c > 0 for c in left.values()) and any(c < 0 for c in left.values()))

    @given(items)
    def test_brings_every_item_nearer_to_zero_and_none_past_it(
        self, owed: tuple[OpenItem, ...]
    ) -> None:
        left = _after(owed, allocate_credit(owed, key="k", day=DAY))

        for item in owed:
            before, after = item.open.cents, left[item.item]
            assert before * after >= 0
            assert abs(after) <= abs(before)

    @given(items)
    def test_settles_older_debt_before_it_touches_younger(self, owed: tuple[OpenItem, ...]) -> None:
        left = _after(owed, allocate_credit(owed, key="k", day=DAY))

        for sign in (1, -1):
            same = [i for i in owed if i.open.cents * sign > 0]
            ordered = sorted(same, key=lambda item: (item.due_on, item.item))
            touched = [left[item.item] != item.open.cents for item in ordered]
            settled = [left[item.item] == 0 for item in ordered]
            for index, was_touched in enumerate(touched):
                assert not was_touched or all(settled[:index])

    @given(items, st.randoms(use_true_random=False))
    def test_does_not_care_for_the_order_it_is_told(
        self, owed: list[OpenItem], random: Random
    ) -> None:
        shuffled = list(owed)
        random.shuffle(shuffled)

        entry = allocate_credit(shuffled, key="k", day=DAY)

        assert entry == allocate_credit(owed, key="k", day=DAY)

    def test_refuses_two_customers(self) -> None:
        one = OpenItem("F1", "C000001", DAY, Money.of_cents(-5, "EUR"))
        other = OpenItem("F2", "C000002", DAY, Money.of_cents(5, "EUR"))

        with pytest.raises(Invalid) as refusal:
            allocate_credit((one, other), key="k", day=DAY)

        assert refusal.value.code == "ledger.allocation.mixed"

    def test_pays_the_longest_due_first(self) -> None:
        old = OpenItem("F26-000009", "C000001", DAY - timedelta(days=9), Money.of_cents(70, "EUR"))
        new = OpenItem("F26-000001", "C000001", DAY, Money.of_cents(70, "EUR"))
        credit = OpenItem("F26-000005", "C000001", DAY, Money.of_cents(-100, "EUR"))

        entry = allocate_credit((new, credit, old), key="k", day=DAY)

        assert entry is not None
        assert [(p.item, p.amount.cents) for p in entry.postings] == [
            ("F26-000005", 100),
            ("F26-000009", -70),
            ("F26-000001", -30),
        ]


class TestOpenItems:
    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(-50, 50)), max_size=12))
    def test_add_up_to_the_receivable_account(self, moves: list[tuple[int, int]]) -> None:
        entries = []
        for number, (item, cents) in enumerate(moves):
            amount = Money.of_cents(cents, "EUR")
            owed = Posting(Account.RECEIVABLE, amount, "C000001", f"F{item}")
            entries.append(Entry(f"k{number}", DAY, "", (owed, Posting(Account.BANK, -amount))))

        found = open_items(entries, {})

        assert sum(item.open.cents for item in found) == sum(cents for _, cents in moves)
        assert all(item.open for item in found)
        assert list(found) == sorted(found, key=lambda item: item.item)

    def test_take_the_due_date_of_the_invoice_or_else_the_first_day(self) -> None:
        owed = Posting(Account.RECEIVABLE, Money.of_cents(1, "EUR"), "C000001", "F1")
        bank = Posting(Account.BANK, Money.of_cents(-1, "EUR"))
        entries = [
            Entry("late", DAY, "", (owed, bank)),
            Entry("early", DAY - timedelta(days=1), "", (owed, bank)),
        ]

        (known,) = open_items(entries, {"F1": date(2026, 5, 29)})
        (unknown,) = open_items(entries, {})

        assert known.due_on == date(2026, 5, 29)
        assert unknown.due_on == DAY - timedelta(days=1)


class TestEntry:
    @given(st.lists(st.integers(-100, 100), min_size=1, max_size=6))
    def test_exists_only_when_it_sums_to_zero(self, cents: list[int]) -> None:
        postings = tuple(Posting(Account.BANK, Money.of_cents(c, "EUR")) for c in cents)

        if sum(cents):
            with pytest.raises(Invalid, match="differ"):
                Entry("k", DAY, "", postings)
        else:
            assert not balance_of(Entry("k", DAY, "", postings).postings)

    def test_has_an_item_on_receivable_and_nowhere_else(self) -> None:
        with pytest.raises(Invalid):
            Posting(Account.RECEIVABLE, Money.of_cents(1, "EUR"))
        with pytest.raises(Invalid):
            Posting(Account.BANK, Money.of_cents(1, "EUR"), "C000001", "F1")
