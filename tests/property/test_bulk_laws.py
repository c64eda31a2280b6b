"""Bills made by columns are those made one by one, whatever the tariff and whatever was read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given, target
from hypothesis import strategies as st

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.memory.bulk_bills import MemoryBulkBills
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import RatedAlike
from energyretail.domain import metering, pricing
from energyretail.domain.billing import Invoice
from energyretail.domain.ledger import Entry
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import CENTS_HALF_UP, Period, RoundingPolicy, RoundingScope
from energyretail.testing import strategies
from energyretail.testing.billing import ANY_USE, BillingDesk
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    reading_of,
    readings_of,
)
from energyretail.testing.profiles import dear

KINDS = (
    "standing_charge", "unit_rate", "time_of_use", "blocks", "levy", "percentage_tax", "feed_in",
    "minimum_charge", "discount",
)  # fmt: skip
REGISTERS = ("P1", "P2")
RULES = attrs.evolve(SPAIN.reading, registers=(("2.0TD", REGISTERS),))
READ_BY_TWO = attrs.evolve(ANY_USE, reading=RULES)


@attrs.frozen
class OneTariff:
    """The Tariffs port of a company that sells one tariff, whatever it is called."""

    one: pricing.Tariff

    def tariff(self, code: str) -> pricing.Tariff:
        """Return it."""
        return self.one


@st.composite
def readings(draw: st.DrawFn) -> list[metering.Reading]:
    """Indexes of up to nine supplies on three days; few of them differ in anything else."""
    found = []
    for number in range(1, draw(st.integers(1, 9)) + 1):
        for register in REGISTERS:
            index = draw(st.integers(0, 900_000_000))
            for day in (START, SECOND, THIRD):
                estimated = day != START and draw(st.integers(0, 9)) == 9
                reading = reading_of(number, day, register, 0, estimated=estimated)
                kwh = Decimal(index % 1_000_000_000).scaleb(-3)
                found.append(attrs.evolve(reading, index_kwh=kwh))
                index += draw(st.integers(0, 90_000) | st.integers(0, 20_000_000))
                index -= draw(st.sampled_from([0] * 9 + [100_000]))
    return [reading for reading in found if reading.index_kwh >= 0]


def lived(
    tariff: pricing.Tariff, read: list[metering.Reading], *, rating: ColumnarRating | None
) -> tuple[BillingDesk, MemoryStore]:
    store = MemoryStore()
    desk = memory_desk(store, policy=READ_BY_TWO, tariffs=OneTariff(tariff))
    numbers = sorted({int(reading.cups.value[12:18]) for reading in read})
    desk.world.sign(*(contract_of(number) for number in numbers))
    desk.world.read(read)
    for day in (SECOND, THIRD):
        desk.open_day(day)
        if rating:
            desk.bill_in_bulk(MemoryBulkBills(store, policy=READ_BY_TWO), rating)
        else:
            desk.bill()
    return desk, store


def told(
    store: MemoryStore,
) -> tuple[list[tuple[str, Invoice]], list[tuple[str, Entry]], list[object]]:
    return (
        list(store.table("invoice").items()),
        list(store.table("entry").items()),
        list(store.table("work_item").values()),
    )


@dear(40)
@given(strategies.tariffs(kinds=KINDS), readings())
def test_bills_made_by_columns_are_those_made_one_by_one(
    tariff: pricing.Tariff, read: list[metering.Reading]
) -> None:
    by_one, kept = lived(tariff, read, rating=None)
    by_columns, kept_too = lived(tariff, read, rating=ColumnarRating())

    assert told(kept_too) == told(kept)
    assert by_columns.events.recorded == by_one.events.recorded
    target(float(len(kept.table("invoice"))))


class _AtFault(ColumnarRating):
    """Divides by a little more than it should, once in a kernel."""

    def rate(self, *found: Any, **more: Any) -> tuple[RatedAlike, ...]:
        return tuple(map(_spoilt, super().rate(*found, **more)))


def _spoilt(rated: RatedAlike) -> RatedAlike:
    at = rated.kernel.lines[0].amount - len(rated.kernel.counted)
    step = rated.kernel.steps[at]
    assert isinstance(step, pricing.Rounded)
    more = attrs.evolve(step.sum, divisor=step.sum.divisor + step.sum.divisor // 1000 + 1)
    steps = list(rated.kernel.steps)
    steps[at] = attrs.evolve(step, sum=more)
    kernel = attrs.evolve(rated.kernel, steps=tuple(steps))
    counted = [rated.numbers[place] for place in range(len(kernel.counted))]
    numbers = [kernel.numbers([int(each) for each in row]) for row in zip(*counted, strict=True)]
    return attrs.evolve(rated, numbers=[np.array(each) for each in zip(*numbers, strict=True)])


def test_a_fault_in_a_kernel_is_found() -> None:
    read = [
        reading_of(1, day, register, index)
        for register in REGISTERS
        for day, index in ((START, 1000), (SECOND, 4000))
    ]
    price = pricing.DatedPrice(
        "energy", (pricing.Version(Period(START), Decimal("0.123457"), "test"),)
    )
    tariff = pricing.Tariff(
        code="ONE",
        name="One",
        currency="EUR",
        components=(pricing.UnitRate(name="energy", tax_code=pricing.NO_TAX, price=(price,)),),
        taxes=(),
        rounding=RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP),
    )
    lived(tariff, read, rating=ColumnarRating())

    with pytest.raises(AssertionError):
        lived(tariff, read, rating=_AtFault())


def test_nothing_is_billed_by_columns_past_a_gate() -> None:
    store = MemoryStore()
    desk = memory_desk(store)
    desk.world.sign(contract_of(1))
    desk.world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
    desk.open_day(SECOND)

    step = desk.bill_in_bulk(MemoryBulkBills(store, policy=desk.policy), ColumnarRating())

    assert (step.issued, step.one_by_one, step.reasons) == (1, 1, {"billing.judged": 1})
