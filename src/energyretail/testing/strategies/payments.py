"""Strategies for mandates, collections, unpaid items, and what a bank tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import attrs
from hypothesis import strategies as st

from energyretail.domain import payments
from energyretail.domain.shared import (
    CreditorIdentifier,
    InvoiceNumber,
    MandateReference,
    MessageId,
    Money,
    contract_number,
    customer_number,
    end_to_end_id,
    invoice_number,
    mandate_reference,
)
from energyretail.testing.strategies.parties import names
from energyretail.testing.strategies.shared import days, ibans

__all__ = [
    "bank_entries",
    "collections",
    "mandates",
    "notifications",
    "references",
    "return_codes",
    "unpaid_items",
]

_CREDITOR: Final = CreditorIdentifier("ES23ZZZ47690558N")
_DUE_ON: Final = date(2026, 4, 30)
_COUNTS = st.integers(1, 999_999)


def return_codes() -> st.SearchStrategy[str]:
    """Every reason in our table, and one no table has."""
    return st.sampled_from([*(reason.code for reason in payments.RETURN_REASONS), "ZZ99"])


def references() -> st.SearchStrategy[str]:
    """Texts a SEPA bank carries unchanged: 1 to 35 characters, slashes only inside, never two."""
    letters = "abzAZ09-?:().,'+"
    return st.text(letters, min_size=1, max_size=35) | st.sampled_from(["F26-000001-1", "a/b"])


@st.composite
def mandates(draw: st.DrawFn, state: payments.MandateState | None = None) -> payments.Mandate:
    """Mandates in every state, never used, used once and used again, some past their 36 months."""
    contract, signed_on = contract_number(draw(_COUNTS)), draw(days())
    mandate = payments.Mandate(
        umr=mandate_reference(contract, draw(st.integers(1, 3))),
        contract=contract,
        customer=customer_number(draw(_COUNTS)),
        creditor=_CREDITOR,
        iban=draw(ibans()),
        debtor=payments.Party(draw(names()), "León", "ES", "Calle Ancha 1", "24003"),
        signed_on=signed_on,
    )
    for _ in range(draw(st.integers(0, 2))):
        since = mandate.last_used or signed_on
        mandate = mandate.used(since + timedelta(days=draw(st.integers(5, 1200))))
    wanted = state or draw(st.sampled_from(payments.MandateState))
    if wanted is payments.MandateState.ACTIVE:
        return mandate
    suspended = mandate.after(payments.MandateTrigger.SUSPEND)
    if wanted is payments.MandateState.SUSPENDED:
        return suspended
    return draw(st.sampled_from([mandate, suspended])).after(payments.MandateTrigger.END)


_T = payments.CollectionTrigger
_WAYS: Final[dict[payments.CollectionState, tuple[tuple[payments.CollectionTrigger, ...], ...]]] = {
    payments.CollectionState.REQUESTED: ((),),
    payments.CollectionState.SENT: ((_T.SEND,),),
    payments.CollectionState.COLLECTED: ((_T.CREDIT,), (_T.SEND, _T.CREDIT)),
    payments.CollectionState.RETURNED_EARLY: ((_T.RETURN,), (_T.SEND, _T.RETURN)),
    payments.CollectionState.RETURNED: (
        (_T.SEND, _T.CREDIT, _T.RETURN),
        (_T.SEND, _T.RETURN, _T.CREDIT),
    ),
    payments.CollectionState.REJECTED: ((_T.REJECT,), (_T.SEND, _T.REJECT)),
}


@st.composite
def collections(
    draw: st.DrawFn,
    state: payments.CollectionState | None = None,
    *,
    item: InvoiceNumber | None = None,
) -> payments.Collection:
    """Collections in every state, each by one of the ways that lead there."""
    due_on = draw(days())
    number = item or invoice_number("F", due_on, draw(_COUNTS))
    attempt = draw(st.integers(1, 3))
    sequence = draw(st.sampled_from(payments.Sequence))
    msg_id = MessageId(f"LUMA-{due_on:%Y%m%d}-1")
    collection = payments.Collection(
        end_to_end_id=end_to_end_id(number, attempt),
        item=number,
        customer=customer_number(draw(_COUNTS)),
        umr=mandate_reference(contract_number(draw(_COUNTS)), 1),
        amount=Money.of_cents(draw(st.integers(1, 10**7)), "EUR"),
        due_on=due_on,
        attempt=attempt,
        sequence=sequence,
        msg_id=msg_id,
        payment_information_id=f"{msg_id}-{sequence.value}",
    )
    wanted = state or draw(st.sampled_from(payments.CollectionState))
    for trigger in draw(st.sampled_from(_WAYS[wanted])):
        if trigger in (_T.RETURN, _T.REJECT):
            later = due_on + timedelta(days=draw(st.integers(0, 60)))
            reason = draw(return_codes())
            collection = collection.given_back(trigger, reason=reason, on=later)
        else:
            collection = collection.after(trigger)
    return collection


@st.composite
def unpaid_items(
    draw: st.DrawFn,
    *,
    due_on: date = _DUE_ON,
    umrs: Sequence[MandateReference | None] = (None,),
    items_max: int = 12,
) -> tuple[payments.UnpaidItem, ...]:
    """Items of two customers due before, on and after `due_on`: debts, credits, any past.

    Mandates are drawn of `umrs`.
    """
    return tuple(
        payments.UnpaidItem(
            item=invoice_number("F", due_on, number),
            customer=customer_number(draw(st.integers(1, 2))),
            contract=contract_number(1),
            due_on=due_on + timedelta(days=draw(st.sampled_from([-30, 0, 29]))),
            open=Money.of_cents(draw(st.integers(-20_000, 20_000).filter(bool)), "EUR"),
            umr=draw(st.sampled_from(list(umrs))),
            attempts=draw(st.integers(0, 3)),
            given_back=draw(st.integers(0, 3)),
            in_flight=draw(st.booleans()),
            last_reason=draw(st.none() | return_codes()),
        )
        for number in range(1, draw(st.integers(0, items_max)) + 1)
    )


@st.composite
def bank_entries(
    draw: st.DrawFn, known: Sequence[payments.Collection] = (), *, reference: str | None = None
) -> payments.BankEntry:
    """Entries in and out: of `known` collections, of nobody's, of amounts that do not fit.

    Half of those of known collections sum up to their transactions, as a sound bank's do.
    """
    ours = [payments.BankTransaction(c.end_to_end_id, c.amount) for c in known]
    strangers = payments.BankTransaction(None, Money.of_cents(999, "EUR"))
    drawn = draw(st.lists(st.sampled_from([*ours, strangers]), max_size=4))
    transactions = tuple(
        attrs.evolve(one, reason=draw(st.none() | return_codes())) for one in drawn
    )
    total = sum(one.amount.cents for one in transactions if one.amount is not None)
    sound = total > 0 and draw(st.booleans())
    cents = total if sound else draw(st.integers(1, 30_000))
    return payments.BankEntry(
        reference or draw(references()),
        Money.of_cents(draw(st.sampled_from([1, -1])) * cents, "EUR"),
        draw(st.none() | days()),
        transactions,
    )


_NOT_GIVEN = ("NOTPROVIDED", "NONREF")


@st.composite
def notifications(draw: st.DrawFn) -> payments.BankNotification:
    """Whole notifications of up to four entries, all told that a camt.054 has room for."""
    names_ = draw(st.lists(references(), unique=True, max_size=4))
    entries = []
    for name in (name for name in names_ if name not in _NOT_GIVEN):
        transactions = tuple(
            payments.BankTransaction(
                draw(references()),
                Money.of_cents(draw(st.integers(1, 10**9)), "EUR"),
                draw(st.none() | return_codes()),
            )
            for _ in range(draw(st.integers(0, 3)))
        )
        batch = draw(st.none() | references())
        cents = draw(st.integers(-(10**9), 10**9).filter(bool))
        entries.append(
            payments.BankEntry(
                name,
                Money.of_cents(cents, "EUR"),
                draw(days()),
                transactions,
                batch,
                batch and draw(st.none() | references()),
            )
        )
    return payments.BankNotification(
        draw(references()), "camt.054.001.08", draw(ibans()).value, draw(days()), tuple(entries)
    )
