"""The ledger: what is owed, every entry, and whether the books add up."""

from __future__ import annotations

from datetime import date

import msgspec
from litestar import Router, get

from energyretail.application.ledger import LedgerReport
from energyretail.domain.ledger import Entry, OpenItem, Posting
from energyretail.entrypoints.api.lists import PAGE, Cursor, Limit, after_of, listed
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.shapes import CustomerFilter, ItemFilter, MoneyOut, money_out
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = ["EntriesOut", "LedgerCheckOut", "OpenItemsOut", "ledger_routes"]


class OpenItemOut(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of an invoice: positive is owed to us, negative by us."""

    item: str
    customer: str
    due_on: date
    open: MoneyOut


class OpenItemsOut(msgspec.Struct, frozen=True, kw_only=True):
    """Open items in order of item."""

    items: list[OpenItemOut]
    next: str | None
    has_more: bool


class PostingOut(msgspec.Struct, frozen=True, kw_only=True):
    """One side of an entry: debit is positive."""

    account: str
    amount: MoneyOut
    customer: str | None
    item: str | None


class EntryOut(msgspec.Struct, frozen=True, kw_only=True):
    """Postings made at once, which sum to zero."""

    key: str
    day: date
    text: str
    postings: list[PostingOut]


class EntriesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Entries in the order they were posted."""

    items: list[EntryOut]
    next: str | None
    has_more: bool


class LedgerCheckOut(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the books add up; `problems` says what does not."""

    sound: bool
    imbalance_cents: int
    problems: list[str]


def ledger_routes(use_cases: ApiUseCases) -> list[Router]:
    """Return open items, entries and the check below ``/v1``."""

    @get("/", sync_to_thread=True, operation_id="listOpenItems", responses=declared(400))
    def list_open_items(
        limit: Limit = PAGE, cursor: Cursor = None, customer: CustomerFilter = None
    ) -> OpenItemsOut:
        """List what is owed, also by one customer."""
        page = use_cases.open_item_shelf.page(
            after=after_of(cursor), limit=limit, customer=customer
        )
        return listed(OpenItemsOut, page, _item_out)

    @get("/entries", sync_to_thread=True, operation_id="listEntries", responses=declared(400))
    def list_entries(
        limit: Limit = PAGE,
        cursor: Cursor = None,
        item: ItemFilter = None,
        customer: CustomerFilter = None,
    ) -> EntriesOut:
        """List entries, also those that touch an invoice or a customer."""
        page = use_cases.entry_shelf.page(
            after=after_of(cursor), limit=limit, item=item, customer=customer
        )
        return listed(EntriesOut, page, _entry_out)

    @get("/check", sync_to_thread=True, operation_id="checkLedger", responses=declared())
    def check_ledger() -> LedgerCheckOut:
        """Add up all the books now; on a large ledger this takes its time."""
        return _check_out(use_cases.check_ledger())

    return [
        Router("/open-items", route_handlers=[list_open_items], tags=["ledger"]),
        Router("/ledger", route_handlers=[list_entries, check_ledger], tags=["ledger"]),
    ]


def _item_out(item: OpenItem) -> OpenItemOut:
    return OpenItemOut(
        item=item.item, customer=item.customer, due_on=item.due_on, open=money_out(item.open)
    )


def _entry_out(entry: Entry) -> EntryOut:
    return EntryOut(
        key=entry.key,
        day=entry.day,
        text=entry.text,
        postings=[_posting_out(posting) for posting in entry.postings],
    )


def _posting_out(posting: Posting) -> PostingOut:
    return PostingOut(
        account=posting.account.value,
        amount=money_out(posting.amount),
        customer=posting.customer,
        item=posting.item,
    )


def _check_out(report: LedgerReport) -> LedgerCheckOut:
    return LedgerCheckOut(
        sound=not report.problems,
        imbalance_cents=report.imbalance_cents,
        problems=list(report.problems),
    )
