"""The long lists of payments, over a store."""

from __future__ import annotations

from energyretail.adapters.memory.pages import asked, page_as_kept, page_by_key
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.payments import BookedEntry, PaymentFileSummary
from energyretail.application.shared import Page
from energyretail.domain import payments

__all__ = [
    "MemoryBankEntryShelf",
    "MemoryCollectionShelf",
    "MemoryMandateShelf",
    "MemoryPaymentFileShelf",
]


class MemoryCollectionShelf:
    """The CollectionShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

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
        """Return collections made after an end-to-end id."""

        def wanted(one: payments.Collection) -> bool:
            return (
                asked(customer, is_=one.customer)
                and asked(item, is_=one.item)
                and asked(state, is_=one.state)
                and asked(returned, is_=one.reason is not None)
            )

        table = self._store.table("collection")
        return page_as_kept(table, wanted, lambda one: one.end_to_end_id, after=after, limit=limit)


class MemoryMandateShelf:
    """The MandateShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(
        self,
        *,
        after: str,
        limit: int,
        contract: str | None = None,
        customer: str | None = None,
        state: payments.MandateState | None = None,
    ) -> Page[payments.Mandate]:
        """Return mandates beyond a reference."""
        found = (
            one
            for one in self._store.table("mandate").values()
            if asked(contract, is_=one.contract)
            and asked(customer, is_=one.customer)
            and asked(state, is_=one.state)
        )
        return page_by_key(found, lambda one: one.umr, after=after, limit=limit)


class MemoryPaymentFileShelf:
    """The PaymentFileShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(self, *, after: str, limit: int) -> Page[PaymentFileSummary]:
        """Return files beyond a message id."""
        found = (_summary(file) for file in self._store.table("payment_file").values())
        return page_by_key(found, lambda one: one.msg_id, after=after, limit=limit)


class MemoryBankEntryShelf:
    """The BankEntryShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(self, *, after: str, limit: int) -> Page[BookedEntry]:
        """Return entries booked after a reference."""
        table = {
            reference: BookedEntry(reference, entry.amount, entry.booked_on, source, received_on)
            for reference, (entry, source, received_on) in self._store.table("bank_entry").items()
        }
        return page_as_kept(
            table, lambda _: True, lambda one: one.reference, after=after, limit=limit
        )


def _summary(file: payments.PaymentFile) -> PaymentFileSummary:
    return PaymentFileSummary(
        file.msg_id,
        file.file_name,
        file.sha256,
        file.control_sum,
        file.count,
        file.due_on,
        file.state,
    )
