"""Supplies that are billed alike over dictionaries: their columns, and bill by bill what is kept.

It makes every bill of the readings by its form, as whoever reads it later does, and takes no
amount from the columns that is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import attrs
import numpy as np

from energyretail.adapters.memory.billing import MemoryInvoices, MemorySuppliesToBill
from energyretail.adapters.memory.bulk_intervals import ToldBeside, told_alike, told_beside
from energyretail.adapters.memory.ledger import MemoryBooks
from energyretail.adapters.memory.measured import told_rows
from energyretail.adapters.memory.past_bills import past_bills
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.shared.usage_facts import measured_of
from energyretail.application.billing import AlikeSupplies, DuePage, IssuedAlike
from energyretail.domain import pricing
from energyretail.domain.billing import (
    BillableSupply,
    BillingPolicy,
    Invoice,
    bill_kept,
    issue,
    posting_of,
)
from energyretail.domain.ledger import Entry
from energyretail.domain.pricing import NOTHING_CARRIED, IntervalUse, Usage
from energyretail.domain.shared import ContractNumber, Cups, CustomerNumber, Period

__all__ = ["MemoryBulkBills"]

_MILLI: Final = 1000
_MILLION: Final = 1_000_000


class MemoryBulkBills:
    """The BulkBills port over a store."""

    def __init__(self, store: MemoryStore, *, policy: BillingPolicy):
        self._store = store
        self._policy = policy
        self._supplies = MemorySuppliesToBill(store)

    def due(
        self,
        *,
        today: date,
        after: str,
        until: str = "",
        limit: int,
        past_days: int | None = None,
    ) -> DuePage:
        """Return a page of what is due."""
        page = self._supplies.due(today=today, after=after, until=until, limit=limit)
        groups = dict[object, list[tuple[int, BillableSupply, ToldBeside]]]()
        others = dict[int, str]()
        for place, supply in enumerate(page, 1):
            told = self._told(supply, today)
            if told is not None and self._is_plain(supply):
                alike = _signature(supply), told.signature
                groups.setdefault(alike, []).append((place, supply, told))
            else:
                others[place] = supply.key
        return DuePage(
            alike=tuple(self._alike(group, past_days) for group in groups.values()),
            others=others,
            resume=page[-1].key if len(page) == limit else None,
        )

    def supplies(self, keys: Sequence[str], *, today: date) -> Mapping[str, BillableSupply]:
        """Return supplies by key."""
        contracts = dict.fromkeys(key.partition("/")[0] for key in keys)
        found = (one for c in contracts for one in self._supplies.of_contract(c, today=today))
        return {supply.key: supply for supply in found if supply.key in keys}

    def add(
        self,
        issued: Sequence[IssuedAlike],
        others: Sequence[Invoice] = (),
        entries: Sequence[Entry] = (),
    ) -> Sequence[str]:
        """Keep invoices and their entries."""
        ranked = [
            pair
            for each in issued
            for pair in zip(each.ranks, _invoices(self._store, each), strict=True)
        ]
        ranks = dict(ranked)
        free = (rank for rank in range(len(ranks) + len(others)) if rank not in ranks)
        ranks |= zip(free, others, strict=True)
        MemoryInvoices(self._store).add([ranks[rank] for rank in sorted(ranks)])
        excise = self._policy.excise_components
        posted = [posting_of(invoice, excise_components=excise) for _, invoice in ranked]
        own = [entry for entry in posted if entry is not None]
        both = {entry.key: entry for entry in (*own, *entries)}
        keys = (f"invoice:{ranks[rank].number}" for rank in sorted(ranks))
        MemoryBooks(self._store).post([both[key] for key in keys if key in both])
        return [entry.key for entry in own]

    def _alike(
        self, group: Sequence[tuple[int, BillableSupply, ToldBeside]], past_days: int | None
    ) -> AlikeSupplies:
        supplies = [supply for _, supply, _ in group]
        alike = attrs.evolve(
            _alike([place for place, _, _ in group], supplies),
            told=told_alike([told for _, _, told in group]),
        )
        if past_days is None:
            return alike
        return attrs.evolve(alike, past=past_bills(self._store, supplies, days=past_days))

    def _told(self, supply: BillableSupply, today: date) -> ToldBeside | None:
        last = max((reading.taken_on for reading in supply.readings), default=supply.bill_from)
        if last <= supply.bill_from:
            return None
        return told_beside(self._store, supply, Period(supply.bill_from, last), today=today)

    def _is_plain(self, supply: BillableSupply) -> bool:
        days = {reading.taken_on for reading in supply.readings}
        registers = [
            {reading.register for reading in supply.readings if reading.taken_on == day}
            for day in sorted(days)
        ]
        return (
            len(registers) == 2
            and registers[0] == registers[1]
            and min(days) == supply.bill_from
            and not supply.plans
            and not supply.faults
            and supply.carried_over == NOTHING_CARRIED
            and not any(
                bill.is_open and (bill.contract, bill.cups) == (supply.contract, supply.cups)
                for bill in self._store.table("held_bill").values()
            )
            and not any(
                deposit.contract == supply.contract
                for deposit in self._store.table("deposit").values()
            )
        )


def _signature(supply: BillableSupply) -> object:
    readings = tuple((each.register, each.taken_on, each.quality) for each in supply.readings)
    begins = supply.supplied.start == supply.bill_from
    ends = supply.supplied.end == readings[-1][1]
    return supply.tariff, supply.powers, supply.kind, readings, begins, ends


def _alike(places: Sequence[int], supplies: Sequence[BillableSupply]) -> AlikeSupplies:
    one = supplies[0]
    read = [(each.register, each.taken_on) for each in one.readings]
    indexes = np.array(
        [[int(each.index_kwh * _MILLI) for each in supply.readings] for supply in supplies],
        np.int64,
    )
    versions = np.array(
        [[each.version for each in supply.readings] for supply in supplies], np.int64
    )
    return AlikeSupplies(
        one=one,
        period=Period(one.bill_from, max(day for _, day in read)),
        places=places,
        contracts=[supply.contract for supply in supplies],
        customers=[supply.customer for supply in supplies],
        cups=[supply.cups.value for supply in supplies],
        indexes=dict(zip(read, indexes.T, strict=True)),
        versions=dict(zip(read, versions.T, strict=True)),
    )


def _index(thousandths: int) -> Decimal:
    return Decimal(thousandths).scaleb(-3)


def _known(store: MemoryStore, issued: IssuedAlike, at: int) -> Usage:
    """Return the intervals of one of them: in runs as they were told, as its columns hold them."""
    supplies = issued.rated.supplies
    if supplies.told is None:
        return Usage()
    _, days = told_rows(store, Cups(supplies.cups[at]), issued.found.period)
    rows = {name: iter(rows[at].tolist()) for name, rows in supplies.told.intervals.items()}
    uses = measured_of((), days).usage.uses
    return Usage(
        uses=tuple(
            attrs.evolve(use, kwh=tuple(_index(next(rows[use.register])) for _ in use.kwh))
            for use in uses
            if isinstance(use, IntervalUse)
        )
    )


def _invoices(store: MemoryStore, issued: IssuedAlike) -> Iterator[Invoice]:
    rated = issued.rated
    for n, (at, number) in enumerate(zip(rated.at, issued.numbers, strict=True)):
        readings = tuple(
            attrs.evolve(
                each,
                version=int(rated.supplies.versions[each.register, each.taken_on][at]),
                index_kwh=_index(int(rated.supplies.indexes[each.register, each.taken_on][at])),
            )
            for each in issued.found.readings
        )
        form, told = rated.program.form, rated.supplies.told
        bill = bill_kept(form, readings, _known(store, issued, at))
        draft = attrs.evolve(
            issued.found.draft(bill),
            contract=ContractNumber(rated.supplies.contracts[at]),
            customer=CustomerNumber(rated.supplies.customers[at]),
            cups=Cups(rated.supplies.cups[at]),
            readings=readings,
            basis=attrs.evolve(issued.found.basis, measured=int(told.seen[at]) if told else 0),
        )
        columns = [int(column[n]) for column in rated.numbers]
        assert _of_columns(rated.kernel, columns) == _of_form(rated.kernel, bill), number
        invoice, _ = issue(draft, number=number, issued_on=issued.issued_on, due_on=issued.due_on)
        yield invoice


def _of_columns(kernel: pricing.Kernel, numbers: Sequence[int]) -> list[int | None]:
    """Return every number that a bill tells, as the columns have it."""
    rounded = [numbers[each.amount] for each in kernel.roundings]
    return [
        *(
            None if place is None else numbers[place]
            for line in kernel.lines
            for place in (line.amount, line.quantity, line.price)
        ),
        *(cents for cents in rounded if cents),
        *(numbers[place] for tax in kernel.taxes for place in (tax.base, tax.amount)),
        numbers[kernel.tax],
        numbers[kernel.gross],
        None if kernel.energy is None else numbers[kernel.energy],
    ]


def _of_form(kernel: pricing.Kernel, bill: pricing.PricedBill) -> list[int | None]:
    """Return the same numbers, as the form makes them."""
    lines = zip(kernel.lines, bill.lines, strict=False)  # what remains are lines of rounding
    shown = [
        (
            line.amount.cents,
            None if places.quantity is None else int(line.quantity * _MILLION),
            None if places.price is None else int(line.price * _MILLION),
        )
        for places, line in lines
    ]
    return [
        *(number for line in shown for number in line),
        *(line.amount.cents for line in bill.lines[len(kernel.lines) :]),
        *(cents for tax in bill.taxes for cents in (tax.base.cents, tax.amount.cents)),
        bill.tax.cents,
        bill.gross.cents,
        None if bill.energy is None else int(bill.energy * _MILLION),
    ]
