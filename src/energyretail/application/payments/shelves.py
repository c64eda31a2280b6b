"""The long lists of payments: collections, mandates, files, entries of the bank account."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import attrs

from energyretail.application.shared import Page
from energyretail.domain import payments
from energyretail.domain.shared import MessageId, Money

__all__ = [
    "BankEntryShelf",
    "BookedEntry",
    "CollectionShelf",
    "MandateShelf",
    "PaymentFileShelf",
    "PaymentFileSummary",
]


@attrs.frozen
class PaymentFileSummary:
    """A payment file without its bytes; `sha256` is of them, in hex."""

    msg_id: MessageId
    file_name: str
    sha256: str
    control_sum: Money
    count: int
    due_on: date
    state: payments.FileState


@attrs.frozen
class BookedEntry:
    """An entry of our bank account as it was booked: positive `amount` came in.

    `source` is the inbox key of the file that brought it, `received_on` the business day.
    """

    reference: str
    amount: Money
    booked_on: date | None
    source: str
    received_on: date


class CollectionShelf(Protocol):
    """The collections, in the order they were made."""

    def page(
        self,
        *,
        after: str,
        limit: int,
        customer: str | None = None,
        item: str | None = None,
        state: payments.CollectionState | None = None,
        returned: bool | None = None,
    ) -> Page[payments.Collection]:
        """Return up to `limit` of them made after the end-to-end id `after` (empty for all).

        Nothing comes after an id never given. `returned` asks for those with a reason of
        return or rejection, or for those without.
        """
        ...


class MandateShelf(Protocol):
    """The mandates, in order of reference."""

    def page(
        self,
        *,
        after: str,
        limit: int,
        contract: str | None = None,
        customer: str | None = None,
        state: payments.MandateState | None = None,
    ) -> Page[payments.Mandate]:
        """Return up to `limit` of them beyond the reference `after` (empty for all)."""
        ...


class PaymentFileShelf(Protocol):
    """The payment files, in order of their message id."""

    def page(self, *, after: str, limit: int) -> Page[PaymentFileSummary]:
        """Return up to `limit` of them beyond the message id `after` (empty for all)."""
        ...


class BankEntryShelf(Protocol):
    """The entries of the bank account, in the order they were booked here."""

    def page(self, *, after: str, limit: int) -> Page[BookedEntry]:
        """Return up to `limit` of them booked after the reference `after` (empty for all).

        Nothing comes after a reference never booked.
        """
        ...
