"""Laws of payments: never too much, never twice, always balanced."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

import attrs
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.iso20022 import read_notification, sepa_text, write_notification
from energyretail.adapters.simulated.bank import Debit, SimulatedBank
from energyretail.adapters.simulated.chance import Chance
from energyretail.domain import payments
from energyretail.domain.ledger import Account, balance_of
from energyretail.domain.shared import TARGET, Invalid, Money
from energyretail.testing import strategies
from energyretail.testing.conformance.payments import collection, euros, mandate

DUE_ON = date(2026, 4, 30)
IBAN = "ES9121000418450200051332"

MANDATES = {"K1-1": mandate(), "K2-1": mandate("K2-1", contract="K2")}


@st.composite
def unpaid_items(draw: st.DrawFn) -> tuple[payments.UnpaidItem, ...]:
    count = draw(st.integers(0, 12))
    return tuple(
        payments.UnpaidItem(
            item=f"F{n}",
            customer=draw(st.sampled_from(["C1", "C2"])),
            contract="K1",
            due_on=draw(st.sampled_from([date(2026, 3, 31), DUE_ON, date(2026, 5, 29)])),
            open=euros(draw(st.integers(-20_000, 20_000).filter(bool))),
            umr=draw(st.sampled_from(["K1-1", "K2-1", None])),
            attempts=draw(st.integers(0, 3)),
            given_back=draw(st.integers(0, 3)),
            in_flight=draw(st.booleans()),
            last_reason=draw(st.sampled_from([None, "AM04", "MS03", "MD06", "MD01"])),
        )
        for n in range(count)
    )


@given(unpaid_items())
def test_collects_what_may_be_collected_less_the_customers_credit(
    items: tuple[payments.UnpaidItem, ...],
) -> None:
    selections = payments.select(items, MANDATES, due_on=DUE_ON)

    free = (None, payments.Hindrance.PAID_BY_CREDIT)
    for customer in ("C1", "C2"):
        credit = -sum(i.open.cents for i in items if i.customer == customer and i.open.cents < 0)
        mine = [s for s in selections if s.item.customer == customer]
        collectable = sum(s.item.open.cents for s in mine if s.hindrance in free)
        taken = sum(s.amount.cents for s in mine if s.amount)
        assert taken == max(0, collectable - credit)


@given(unpaid_items())
def test_decides_once_on_every_item_owed_and_due_with_an_amount_or_a_hindrance(
    items: tuple[payments.UnpaidItem, ...],
) -> None:
    selections = payments.select(items, MANDATES, due_on=DUE_ON)

    due = sorted(i.item for i in items if i.open.cents > 0 and i.due_on <= DUE_ON)
    assert sorted(s.item.item for s in selections) == due
    for one in selections:
        assert (one.amount is None) != (one.hindrance is None)
        if one.amount is not None:
            assert 0 < one.amount.cents <= one.item.open.cents
            assert not one.item.in_flight
            assert one.item.umr in MANDATES
            assert one.item.last_reason in (None, "AM04", "MS03")


@given(unpaid_items(), st.randoms(use_true_random=False))
def test_decides_the_same_in_whatever_order_the_items_come(
    items: tuple[payments.UnpaidItem, ...], random: Random
) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)

    assert payments.select(shuffled, MANDATES, due_on=DUE_ON) == payments.select(
        items, MANDATES, due_on=DUE_ON
    )


@given(unpaid_items())
def test_a_run_uses_a_mandate_first_once_and_has_an_id_an_attempt(
    items: tuple[payments.UnpaidItem, ...],
) -> None:
    selections = payments.select(items, MANDATES, due_on=DUE_ON)
    run = payments.plan_run(
        selections, MANDATES, msg_id="M-1", created_on=date(2026, 4, 27), due_on=DUE_ON
    )

    ids = Counter(one.end_to_end_id for one in run.collections)
    firsts = Counter(one.umr for one in run.collections if one.sequence is payments.Sequence.FIRST)
    assert set(ids.values()) <= {1}
    assert set(firsts.values()) <= {1}
    assert {one.umr for one in run.collections} == {m.umr for m in run.mandates} == set(firsts)
    assert all(m.first_used == DUE_ON for m in run.mandates)


@st.composite
def bank_entries(draw: st.DrawFn) -> payments.BankEntry:
    transactions = tuple(
        payments.BankTransaction(
            draw(st.sampled_from(["F1-1", "F2-1", "F3-1", "F9-1", None])),
            draw(st.sampled_from([euros(6456), euros(100), euros(999)])),
            draw(st.sampled_from([None, "AM04", "MD01", "ZZ99"])),
        )
        for _ in range(draw(st.integers(0, 4)))
    )
    amount = draw(st.integers(-30_000, 30_000).filter(bool))
    return payments.BankEntry("X1", euros(amount), DUE_ON, transactions)


@given(
    bank_entries(),
    st.lists(st.sampled_from(payments.CollectionState), min_size=3, max_size=3),
)
def test_an_entry_moves_its_amount_through_the_bank_and_balances(
    entry: payments.BankEntry, states: list[payments.CollectionState]
) -> None:
    collections = {
        f"F{n}-1": _in_state(collection(f"F{n}"), state) for n, state in enumerate(states, 1)
    }

    booking = payments.book_entry(entry, collections, MANDATES, on=DUE_ON)

    postings = booking.entry.postings
    assert not balance_of(postings)
    assert [p.amount for p in postings if p.account is Account.BANK] == [entry.amount]
    assert booking.matched == (not [i for i in booking.work_items if i.key == "X1"])
    items = [p.item for p in postings if p.account is Account.RECEIVABLE]
    assert sorted(c.item for c in booking.collections) == sorted(i or "" for i in items)
    for changed in booking.collections:
        assert changed.state is not collections[changed.end_to_end_id].state


def _in_state(one: payments.Collection, state: payments.CollectionState) -> payments.Collection:
    back = state in (
        payments.CollectionState.RETURNED,
        payments.CollectionState.RETURNED_EARLY,
        payments.CollectionState.REJECTED,
    )
    return attrs.evolve(
        one, state=state, reason="AM04" if back else None, returned_on=DUE_ON if back else None
    )


def test_credit_and_return_in_either_order_end_the_same() -> None:
    one = collection().after(payments.CollectionTrigger.SEND)
    credit = payments.BankEntry(
        "C", one.amount, DUE_ON, (payments.BankTransaction(one.end_to_end_id, one.amount),)
    )
    back = payments.BankEntry(
        "R",
        -one.amount,
        date(2026, 5, 5),
        (payments.BankTransaction(one.end_to_end_id, one.amount, "AM04"),),
    )

    ends = []
    for order in ((credit, back), (back, credit)):
        now = {one.end_to_end_id: one}
        for entry in order:
            booking = payments.book_entry(entry, now, MANDATES, on=DUE_ON)
            assert booking.matched
            now |= {c.end_to_end_id: c for c in booking.collections}
        ends.append(now)

    assert ends[0] == ends[1]


@given(st.text(max_size=200))
def test_sepa_text_is_carried_by_every_bank_or_refused(text: str) -> None:
    try:
        plain = sepa_text(text, length_max=70)
    except Invalid as refused:
        assert refused.code == "payments.text.empty"  # noqa: PT017 - or it is carried
        return

    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
    assert set(plain) <= allowed
    assert plain == plain.strip()
    assert 0 < len(plain) <= 70
    assert sepa_text(plain, length_max=70) == plain


def test_sepa_text_keeps_the_likeness_of_letters() -> None:
    assert sepa_text("Zoé Núñez & Søn–Straße <1>", length_max=70) == "Zoe Nunez + Son-Strasse 1"


@given(strategies.notifications())
def test_a_notification_written_and_read_is_the_same(
    notification: payments.BankNotification,
) -> None:
    assert read_notification(write_notification(notification)) == notification


@given(st.integers(0, 10), st.lists(st.integers(1, 999), unique=True, min_size=1, max_size=30))
def test_the_bank_answers_the_same_in_any_order_and_never_on_the_due_date(
    seed: int, numbers: list[int]
) -> None:
    bank = SimulatedBank(Chance(seed), IBAN)
    debits = [Debit("M1", "M1-FRST", f"F{n}-1", Money(n, "EUR"), DUE_ON) for n in numbers]

    told = bank.notifications(debits, until=date(2026, 6, 1))

    assert told == bank.notifications(reversed(debits), until=date(2026, 6, 1))
    assert told[0].created_on == DUE_ON
    assert told[0].entries[0].amount.cents == 100 * sum(numbers)
    for later in told[1:]:
        assert later.created_on in (TARGET.add(DUE_ON, 2), TARGET.add(DUE_ON, 3))
        assert all(entry.amount.cents < 0 for entry in later.entries)


@given(strategies.mandates(), st.lists(st.dates(), min_size=1, max_size=5))
def test_a_mandate_knows_its_earliest_and_latest_use_in_any_order(
    mandate: payments.Mandate, due_days: list[date]
) -> None:
    used = mandate
    for day in due_days:
        used = used.used(day)

    before = [day for day in (mandate.first_used, mandate.last_used) if day is not None]
    assert (used.first_used, used.last_used) == (
        min([*before, *due_days]),
        max([*before, *due_days]),
    )
