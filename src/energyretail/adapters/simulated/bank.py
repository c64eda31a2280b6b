"""A bank's behaviour: what becomes of a direct debit, and when it says so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Final

import attrs

from energyretail.adapters.simulated.chance import Chance
from energyretail.domain import payments
from energyretail.domain.shared import TARGET, Money

__all__ = ["Debit", "SimulatedBank"]

_RETURNED_PER_THOUSAND: Final = 60
_RETRY_RETURNED_PER_THOUSAND: Final = 100

# Shares of 100 returns, in this order.
_REASONS: Final = (("AM04", 40), ("MS03", 18), ("MD06", 16), ("AC04", 14), ("MD01", 12))


@attrs.frozen
class Debit:
    """A direct debit the bank took; `due_on` is the day it settles, a TARGET day."""

    msg_id: str
    payment_information_id: str
    end_to_end_id: str
    amount: Money
    due_on: date


@attrs.frozen
class SimulatedBank:
    """Answers are a pure function of the seed and the EndToEndId, whatever the order.

    Every batch is credited whole on its due date, one notification a payment file. Six in a
    hundred debits come back two or three TARGET days later, one notification a day; what was
    tried before (EndToEndId ending in 2 or more) comes back less often for lack of funds only.
    """

    chance: Chance
    iban: str

    def settles_on(self, requested: date, *, taken_on: date) -> date:
        """Return the TARGET day a debit settles: as requested, or when it was taken later."""
        return TARGET.on_or_after(max(requested, taken_on))

    def reason(self, end_to_end_id: str) -> str | None:
        """Return the code a debit comes back with, None when it stays paid."""
        attempt = end_to_end_id.rpartition("-")[2]
        if attempt.isdigit() and int(attempt) > 1:
            again = self.chance.happens(_RETRY_RETURNED_PER_THOUSAND, "bank.retry", end_to_end_id)
            return "AM04" if again else None
        if not self.chance.happens(_RETURNED_PER_THOUSAND, "bank.return", end_to_end_id):
            return None
        drawn = self.chance.below(100, "bank.reason", end_to_end_id)
        for code, share in _REASONS:
            if drawn < share:
                return code
            drawn -= share
        return _REASONS[0][0]

    def returned_on(self, debit: Debit) -> date:
        """Return the day a returned debit is booked: two or three TARGET days after it settled."""
        return TARGET.add(
            debit.due_on, self.chance.between(2, 3, "bank.return_day", debit.end_to_end_id)
        )

    def notifications(
        self, debits: Iterable[Debit], *, until: date
    ) -> tuple[payments.BankNotification, ...]:
        """Return every notification booked up to `until`, by booking day and id."""
        taken = sorted(debits, key=lambda d: (d.msg_id, d.payment_information_id, d.end_to_end_id))
        made = [*self._credits(taken), *self._returns(taken)]
        made.sort(key=lambda one: (one.created_on or date.min, one.message_id))
        return tuple(one for one in made if one.created_on and one.created_on <= until)

    def _credits(self, taken: Sequence[Debit]) -> Iterable[payments.BankNotification]:
        for (msg_id, day), of_file in groupby(taken, key=lambda d: (d.msg_id, d.due_on)):
            entries = tuple(
                _credit(batch, tuple(of_batch))
                for batch, of_batch in groupby(of_file, key=lambda d: d.payment_information_id)
            )
            yield self._notification(f"C{day:%Y%m%d}-{_digest(msg_id)}", day, entries)

    def _returns(self, taken: Sequence[Debit]) -> Iterable[payments.BankNotification]:
        returned = [
            (self.returned_on(debit), debit.end_to_end_id, debit, reason)
            for debit in taken
            if (reason := self.reason(debit.end_to_end_id))
        ]
        returned.sort(key=lambda one: one[:2])
        for day, of_day in groupby(returned, key=lambda one: one[0]):
            entries = tuple(_return(debit, reason, day) for _, _, debit, reason in of_day)
            yield self._notification(f"R{day:%Y%m%d}", day, entries)

    def _notification(
        self, message_id: str, day: date, entries: tuple[payments.BankEntry, ...]
    ) -> payments.BankNotification:
        return payments.BankNotification(message_id, "camt.054.001.08", self.iban, day, entries)


def _credit(batch: str, debits: tuple[Debit, ...]) -> payments.BankEntry:
    first = debits[0]
    return payments.BankEntry(
        reference=f"CR{_digest(first.msg_id, batch, first.due_on)}",
        amount=Money.total((debit.amount for debit in debits), first.amount.currency),
        booked_on=first.due_on,
        transactions=tuple(payments.BankTransaction(d.end_to_end_id, d.amount) for d in debits),
        payment_information_id=batch,
        batch_msg_id=first.msg_id,
    )


def _return(debit: Debit, reason: str, day: date) -> payments.BankEntry:
    return payments.BankEntry(
        reference=f"RT{_digest(debit.msg_id, debit.end_to_end_id)}",
        amount=-debit.amount,
        booked_on=day,
        transactions=(payments.BankTransaction(debit.end_to_end_id, debit.amount, reason),),
    )


def _digest(*parts: object) -> str:
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:20].upper()
