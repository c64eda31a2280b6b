"""What supplies were billed before, in columns, over the invoices of a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np

from energyretail.adapters.memory.billing import in_force
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import PastBills
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
    energy, gross, *counted = np.array([_sums(each, registers) for each in bills], np.int64).T
    tariff = supplies[0].tariff
    return PastBills(
        comparable=np.array([_comparable(each, registers, tariff) for each in bills]),
        days=[[bill.period for bill in each] for each in bills],
        energy=energy,
        gross=gross,
        counted=counted,
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


def _comparable(bills: _Bills, registers: int, tariff: str) -> bool:
    return not bills or (
        all(
            bill.stands is None
            and bill.tariff == tariff
            and bill.bill.energy is not None
            and len(whole_counts(bill.readings) or ()) == registers
            for bill in bills
        )
        and all(reading.quality is Quality.ACTUAL for reading in bills[-1].readings)
    )


def _sums(bills: _Bills, registers: int) -> list[int]:
    counts = [whole_counts(bill.readings) or () for bill in bills]
    known = [each for each in counts if len(each) == registers]
    return [
        sum(int((bill.bill.energy or 0) * _MILLIONTHS) for bill in bills),
        sum(bill.gross.cents for bill in bills),
        *(sum(each[at] for each in known) for at in range(registers)),
    ]
