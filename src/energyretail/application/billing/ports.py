"""What billing needs of the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import attrs

from energyretail.domain.billing import BillableSupply, Invoice
from energyretail.domain.pricing import Tariff

__all__ = [
    "InvoiceNames",
    "Invoices",
    "OutdatedInvoice",
    "OutdatedInvoices",
    "SuppliesToBill",
    "Tariffs",
]


class Tariffs(Protocol):
    """The tariffs of the markets we sell in."""

    def tariff(self, code: str) -> Tariff:
        """Return a tariff with all its dated versions; raises NotFound."""
        ...


class SuppliesToBill(Protocol):
    """Supplies with the readings a bill of them needs."""

    def due(self, *, today: date, after: str, limit: int) -> tuple[BillableSupply, ...]:
        """Return up to `limit` supplies read after the day their bills reach, `today` at latest.

        Ordered by key (``contract/cups``), the first beyond `after` (empty for all); each with
        its current readings from the day to bill from up to `today` or the end of supply.
        """
        ...

    def of_contract(self, contract: str, *, today: date) -> tuple[BillableSupply, ...]:
        """Return the started supplies of a contract likewise, read or not, ordered by key."""
        ...


@attrs.frozen
class OutdatedInvoice:
    """A document in force that rests on a superseded index, and its supply as it is now.

    The supply has the current readings of the two days that bound the document's period.
    """

    invoice: Invoice
    supply: BillableSupply

    @property
    def key(self) -> str:
        """The natural key: contract, supply point, first day."""
        return f"{self.supply.key}/{self.invoice.period.start}"


class OutdatedInvoices(Protocol):
    """Finds what must be corrected."""

    def outdated(self, *, after: str, limit: int) -> tuple[OutdatedInvoice, ...]:
        """Return up to `limit` documents in force whose index has another value by now.

        Ordered by key (``contract/cups/first day``), the first beyond `after`. An estimate that
        the real reading confirmed changes no amount and is not among them.
        """
        ...


class InvoiceNames(Protocol):
    """Gives every document an outside name (``inv_…``) that tells nothing of the others."""

    def number_of(self, name: str) -> str:
        """Return the number of the document an outside name or a number means.

        Raises NotFound ``billing.invoice.unknown``.
        """
        ...

    def name_of(self, number: str) -> str:
        """Return the outside name of a document; raises NotFound ``billing.invoice.unknown``."""
        ...


class Invoices(Protocol):
    """The documents issued; part of the open transaction."""

    def add(self, invoices: Sequence[Invoice]) -> None:
        """Keep issued documents; a credit note among them takes its original out of force.

        Raises Conflict ``billing.billed_twice`` when two documents in force would cover one
        day of a supply, ``billing.credited_twice`` when an original is not in force,
        ``billing.rebilled_twice`` when it has a rebill, ``billing.number_twice``.
        """
        ...

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Invoice, ...]:
        """Return documents in the order of `numbers`; unknown numbers are left out."""
        ...

    def of_contract(self, contract: str) -> tuple[Invoice, ...]:
        """Return every document of a contract in the order they were issued."""
        ...

    def previous(self, numbers: Sequence[str]) -> Mapping[str, Invoice]:
        """Return by number the bill before each: the last of its supply before its period.

        Of those in force when the document was issued, so the answer never changes. A first
        bill and a credit note have none and are left out, as are unknown numbers.
        """
        ...
