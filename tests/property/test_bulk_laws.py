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
from energyretail.domain.billing import BillingPolicy, PlausibilityRules
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
JUDGED = attrs.evolve(READ_BY_TWO, plausibility=PlausibilityRules())


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
    tariff: pricing.Tariff,
    read: list[metering.Reading],
    *,
    rating: ColumnarRating | None,
    policy: BillingPolicy = READ_BY_TWO,
) -> tuple[BillingDesk, MemoryStore]:
    store = MemoryStore()
    desk = memory_desk(store, policy=policy, tariffs=OneTariff(tariff))
    numbers = sorted({int(reading.cups.value[12:18]) for reading in read})
    desk.world.sign(*(contract_of(number) for number in numbers))
    desk.world.read(read)
    for day in (SECOND, THIRD):
        desk.open_day(day)
        if rating:
            desk.bill_in_bulk(MemoryBulkBills(store, policy=policy), rating)
        else:
            desk.bill()
    return desk, store


def told(store: MemoryStore) -> list[dict[object, object]]:
    return [dict(store.table(name)) for name in ("invoice", "entry", "held_bill", "work_item")]


@dear(40)
@given(strategies.tariffs(kinds=KINDS), readings(), st.sampled_from([READ_BY_TWO, JUDGED]))
def test_bills_made_by_columns_are_those_made_one_by_one(
    tariff: pricing.Tariff, read: list[metering.Reading], policy: BillingPolicy
) -> None:
    by_one, kept = lived(tariff, read, rating=None, policy=policy)
    by_columns, kept_too = lived(tariff, read, rating=ColumnarRating(), policy=policy)

    assert told(kept_too) == told(kept)
    assert sorted(map(str, by_columns.events.recorded)) == sorted(map(str, by_one.events.recorded))
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


def test_columns_bill_what_is_sure_to_be_plausible_and_leave_the_rest_to_the_gate() -> None:
    store = MemoryStore()
    desk = memory_desk(store)
    desk.world.sign(*map(contract_of, (1, 2, 3)))
    for number, third in ((1, 190), (2, 9000), (3, 170)):
        desk.world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
        desk.world.read(readings_of(number, THIRD, third))
    bills = MemoryBulkBills(store, policy=desk.policy)
    desk.open_day(SECOND)
    first = desk.bill_in_bulk(bills, ColumnarRating())
    desk.open_day(THIRD)

    step = desk.bill_in_bulk(bills, ColumnarRating())

    assert (first.issued, first.one_by_one, first.reasons) == (3, 0, {})
    assert (step.issued, step.held, step.one_by_one) == (2, 1, 0)
    assert step.reasons == {"billing.judged": 1}
