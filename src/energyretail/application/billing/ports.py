"""What billing needs of the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import attrs

from energyretail.domain.billing import BillableSupply, DaySpan, DayState, Invoice
from energyretail.domain.pricing import Tariff
from energyretail.domain.shared import InvoiceNumber, Period

__all__ = [
    "InvoiceNames",
    "Invoices",
    "OutdatedInvoice",
    "OutdatedInvoices",
    "PricedBy",
    "SuppliesToBill",
    "SupplyDaySpan",
    "SupplyDays",
    "Tariffs",
]


class Tariffs(Protocol):
    """The tariffs of the markets we sell in."""

    def tariff(self, code: str) -> Tariff:
        """Return a tariff with all its dated versions; raises NotFound."""
        ...


class SuppliesToBill(Protocol):
    """Supplies with the readings a bill of them needs."""

    def due(
        self, *, today: date, after: str, until: str = "", limit: int
    ) -> tuple[BillableSupply, ...]:
        """Return up to `limit` supplies read after the day their bills reach, `today` at latest.

        Ordered by key (``contract/cups``), the first beyond `after` (empty for all), none beyond
        `until` unless that is empty; each with its current readings from the day to bill from up
        to `today` or the end of supply. What is read only on days inside the span of a running
        plan, on which no bill may end, is not due; but what lacks the reading of the day to bill
        from is, so that somebody sees it.
        """
        ...

    def of_contract(self, contract: str, *, today: date) -> tuple[BillableSupply, ...]:
        """Return the started supplies of a contract likewise, read or not, ordered by key."""
        ...


@attrs.frozen
class OutdatedInvoice:
    """A document in force that rests on what is no longer so, and its supply as it is now.

    That is an index, a reading that came between its bounds, a price, what the bills before it
    counted, a fact or figure of its days, or that a customer's fault is on record of days it wrote
    off. The supply has the current readings of the days that bound the document's period, and those
    between. `carried_key` names what the bills before count now where that is another than the
    document was given, `fault_key` the faults on record of days that the document writes off,
    `measured_key` the newest fact and figure where there is news; each is empty where it is not.
    """

    invoice: Invoice
    supply: BillableSupply
    carried_key: str = ""
    measured_key: str = ""
    fault_key: str = ""

    @property
    def key(self) -> str:
        """The natural key: contract, supply point, first day."""
        return f"{self.supply.key}/{self.invoice.period.start}"

    @property
    def keys(self) -> tuple[str, ...]:
        """What it is confirmed under, beside its prices, where it changes nothing."""
        return tuple(filter(None, (self.carried_key, self.measured_key, self.fault_key)))


@attrs.frozen
class PricedBy:
    """Prices that documents in force were rated by: a tariff, a period, and their digest.

    `digest_now` is the digest of the same prices today, empty where they cannot be told.
    """

    tariff: str
    period: Period
    digest: str
    digest_now: str = ""


class OutdatedInvoices(Protocol):
    """Finds what must be corrected."""

    def priced_by(self) -> tuple[PricedBy, ...]:
        """Return what the documents in force were rated by, each once, ordered; no digest now."""
        ...

    def outdated(
        self, *, after: str, limit: int, repriced: Sequence[PricedBy] = ()
    ) -> tuple[OutdatedInvoice, ...]:
        """Return up to `limit` documents in force whose index has another value by now.

        Or a register of which was read since on a day between the bounds of its period.

        With them come those rated by one of `repriced`, unless they are confirmed under its
        digest of today, those whose earlier bills count something else by now, those that wrote
        off days of a fault on record, and those with news of what was measured or published for
        their days, unless they are confirmed under that `carried_key`, `fault_key` or
        `measured_key`. Ordered by key (``contract/cups/first day``), the first beyond `after`,
        none twice. An estimate that the real reading confirmed changes no amount and is not
        among them.
        """
        ...


@attrs.frozen
class SupplyDaySpan:
    """Days in a row of one supply, of one state."""

    contract: str
    cups: str
    span: DaySpan

    @property
    def key(self) -> str:
        """The natural key: contract, supply point, first day."""
        return f"{self.contract}/{self.cups}/{self.span.period.start}"


class SupplyDays(Protocol):
    """Tells of every supply day whether it is billed, parked, not yet due, or unexplained."""

    def counts(self, *, today: date, grace_days: int) -> Mapping[DayState, int]:
        """Return how many supply days before `today` are in each state, zero included.

        The states are those of `domain.billing.classify_days`.
        """
        ...

    def spans(
        self, *, state: DayState, today: date, grace_days: int, after: str, limit: int
    ) -> tuple[SupplyDaySpan, ...]:
        """Return up to `limit` spans of one state, ordered by key, the first beyond `after`."""
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
        """Keep issued documents; a credit note or rectification takes its original out of force.

        Raises Conflict ``billing.billed_twice`` when two documents in force would cover one
        day of a supply, ``billing.credited_twice`` when an original is not in force,
        ``billing.rebilled_twice`` when it has a rebill, ``billing.number_twice``,
        ``billing.held_for_plan`` when an invoice ends inside the span of a running plan,
        ``billing.too_many_items`` past the bound on what is issued for one supply and day.
        """
        ...

    def confirm(self, checked: Sequence[tuple[InvoiceNumber, str]]) -> None:
        """Note that documents stand under other prices, named by their digest; twice is once."""
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
