"""The ERP as the company needs it: customers, contracts and postings under our own numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Protocol

import attrs

__all__ = ["Erp", "ErpContract", "ErpCustomer", "ErpEntry", "ErpPosting", "every_entry"]

_PAGE = 500


@attrs.frozen
class ErpCustomer:
    """A customer as the ERP keeps it.

    `kind` is ``home`` or ``company``; `email`, `street` and `postcode` may be empty.
    """

    number: str
    kind: str
    name: str
    tax_id: str
    email: str
    street: str
    postcode: str
    town: str
    country: str
    language: str


@attrs.frozen
class ErpContract:
    """A contract as the ERP keeps it, with its supply points in order."""

    number: str
    customer: str
    product: str
    state: str
    signed_on: date | None
    supply_points: tuple[str, ...]


@attrs.frozen
class ErpPosting:
    """One side of an entry on an account of the chart: debit positive, in whole cents."""

    account: str
    cents: int
    currency: str
    customer: str | None = None
    item: str | None = None


@attrs.frozen
class ErpEntry:
    """An entry of our ledger in the ERP's terms; `key` is our natural key, and its only one."""

    key: str
    day: date
    text: str
    postings: tuple[ErpPosting, ...]


class Erp(Protocol):
    """The company's ERP. Every message is harmless when it comes twice.

    Every call may raise Fault: ``erp.unreachable`` (nothing was sent), ``erp.no_answer`` and
    ``erp.broken_answer`` (`outcome_unknown`), or ``erp.fault.<code>`` when the ERP itself
    failed; and Invalid ``erp.fault.schema`` when the message breaks the ERP's schema.
    """

    def upsert_customer(self, customer: ErpCustomer) -> None:
        """Make the ERP's customer of this number look like `customer`."""
        ...

    def upsert_contract(self, contract: ErpContract) -> None:
        """Make the ERP's contract of this number look like `contract`."""
        ...

    def post(self, entry: ErpEntry) -> None:
        """Post `entry`, or do nothing when the ERP has it under its key with this content.

        Raises Conflict ``erp.key_reused`` when the key stands there with other content, and
        Invalid ``erp.fault.unbalanced`` when debit and credit differ in any currency.
        """
        ...

    def find(self, key: str) -> ErpEntry | None:
        """Return the entry the ERP has under `key`, or None when it never took it."""
        ...

    def entries(self, *, after: str | None = None, limit: int = _PAGE) -> tuple[ErpEntry, ...]:
        """Return at most `limit` (1 to 1000) entries by ascending key, those past `after`."""
        ...

    def balance(
        self, *, account: str, currency: str, customer: str | None = None, item: str | None = None
    ) -> int:
        """Add up what stands on `account` in cents, of one customer or item where named."""
        ...


def every_entry(erp: Erp) -> Iterator[ErpEntry]:
    """Yield all entries of the ERP by ascending key, a page at a time."""
    page = erp.entries(limit=_PAGE)
    while page:
        yield from page
        page = erp.entries(after=page[-1].key, limit=_PAGE)
