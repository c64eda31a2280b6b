"""What the bank reports: notifications of booked entries, as values."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.domain.shared import Invalid, Money

__all__ = ["BankEntry", "BankNotification", "BankTransaction"]


@attrs.frozen
class BankTransaction:
    """One transaction inside an entry; `amount` is positive, its entry tells the direction.

    `end_to_end_id` is None when the bank did not give ours back, `amount` when it told only
    the sum of several. `reason` is the code of a return.
    """

    end_to_end_id: str | None
    amount: Money | None
    reason: str | None = None


@attrs.frozen
class BankEntry:
    """One booking on our account: positive `amount` came in, negative went out.

    `reference` is the bank's own and unique on the account; where the bank gave none, the
    reader makes it from the notification and the position. `transactions` is empty when the
    bank reports only the sum; `payment_information_id` then says of which batch.

    Raises Invalid ``payments.entry.zero`` (an entry moves money).
    """

    reference: str
    amount: Money
    booked_on: date | None
    transactions: tuple[BankTransaction, ...] = ()
    payment_information_id: str | None = None
    batch_msg_id: str | None = None

    def __attrs_post_init__(self) -> None:
        if not self.amount:
            raise Invalid("payments.entry.zero", "an entry moves money", reference=self.reference)


@attrs.frozen
class BankNotification:
    """One camt.054 message: `iban` is the account, None when the bank left it out.

    Only booked entries are in it; pending ones come again when they are booked.
    """

    message_id: str
    schema: str
    iban: str | None
    created_on: date | None
    entries: tuple[BankEntry, ...]
