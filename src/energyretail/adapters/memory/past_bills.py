"""What supplies were billed before, in columns, over the invoices of a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np

from energyretail.adapters.memory.billing import in_force
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import PastBills, PastSums
from energyretail.domain.billing import BillableSupply, Invoice, whole_counts
from energyretail.domain.pricing import Quality

__all__ = ["past_bills"]

_MILLIONTHS = 10**6
_Bills = Sequence[Invoice]


def past_bills(store: MemoryStore, supplies: Sequence[BillableSupply], *, days: int) -> PastBills:
    """Return what supplies of one tariff and the same registers were billed before."""
    found = _before(store, supplies, days)
    bills = [found[supply.key] for supply in supplies]
    registers = len({reading.register for reading in supplies[0].readings})
    tariff = supplies[0].tariff
    pairs = zip(supplies, bills, strict=True)
    split = [_settled(each) for each in bills]
    return PastBills(
        comparable=np.array([_comparable(one, each, registers, tariff) for one, each in pairs]),
        settled=_past([each for each, _ in split], registers),
        open=_past([each for _, each in split], registers),
    )


def _past(bills: Sequence[_Bills], registers: int) -> PastSums:
    energy, gross, *counted = np.array([_sums(each, registers) for each in bills], np.int64).T
    spans = [[bill.period for bill in each] for each in bills]
    which = np.arange(len(bills))
    return PastSums(spans=spans, which=which, energy=energy, gross=gross, counted=counted)


def _settled(bills: _Bills) -> tuple[_Bills, _Bills]:
    """Split bills after the last that ends with actual readings."""
    last = max((at for at, bill in enumerate(bills, 1) if not _is_estimated(bill)), default=0)
    return bills[:last], bills[last:]


def _is_estimated(bill: Invoice) -> bool:
    return any(
        reading.quality is Quality.ESTIMATED
        for reading in bill.readings
        if reading.taken_on == bill.period.until
    )


def _before(
    store: MemoryStore, supplies: Sequence[BillableSupply], days: int
) -> Mapping[str, _Bills]:
    first = {supply.key: supply.bill_from for supply in supplies}
    found: dict[str, list[Invoice]] = {key: [] for key in first}
    for bill in sorted(in_force(store), key=lambda bill: bill.period.start):
        day = first.get(key := f"{bill.contract}/{bill.cups}")
        if day and day - timedelta(days=days) < bill.period.until <= day:
            found[key].append(bill)
    return found


def _comparable(supply: BillableSupply, bills: _Bills, registers: int, tariff: str) -> bool:
    _, open_ = _settled(bills)
    starts = [*(bill.period.start for bill in open_), supply.bill_from]
    return [bill.period.until for bill in open_] == starts[1:] and all(
        bill.stands is None
        and bill.tariff == tariff
        and bill.bill.energy is not None
        and len(whole_counts(bill.readings) or ()) == registers
        for bill in bills
    )


def _sums(bills: _Bills, registers: int) -> list[int]:
    counts = [whole_counts(bill.readings) or () for bill in bills]
    known = [each for each in counts if len(each) == registers]
    return [
        sum(int((bill.bill.energy or 0) * _MILLIONTHS) for bill in bills),
        sum(bill.gross.cents for bill in bills),
        *(sum(each[at] for each in known) for at in range(registers)),
    ]
