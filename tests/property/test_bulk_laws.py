"""Bills made by columns are those made one by one, whatever the tariff and whatever was read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given, target
from hypothesis import strategies as st

from bulk_bills.faults import AtFault
from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.memory.bulk_bills import MemoryBulkBills
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.tariff_json import read_tariff
from energyretail.application.billing import BulkStep
from energyretail.domain import metering, pricing
from energyretail.domain.billing import BillingPolicy, PlausibilityRules
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Period, Refused, RoundingScope
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


def told(store: MemoryStore) -> list[list[object]]:
    tables = ("invoice", "entry", "held_bill", "work_item")
    return [list(store.table(name).items()) for name in tables]


@dear(40)
@given(strategies.tariffs(kinds=KINDS), readings(), st.sampled_from([READ_BY_TWO, JUDGED]))
def test_bills_made_by_columns_are_those_made_one_by_one(
    tariff: pricing.Tariff, read: list[metering.Reading], policy: BillingPolicy
) -> None:
    by_one, kept = lived(tariff, read, rating=None, policy=policy)
    by_columns, kept_too = lived(tariff, read, rating=ColumnarRating(), policy=policy)

    assert told(kept_too) == told(kept)
    assert by_columns.events.recorded == by_one.events.recorded
    target(float(len(kept.table("invoice"))))


DOCUMENT: dict[str, Any] = {
    "code": "ALL", "name": "All", "currency": "EUR",
    "taxes": [{"code": "S", "name": "S", "rate": "21"}, {"code": "R", "name": "R", "rate": "10"}],
    "components": [
        {"kind": "standing_charge", "name": "fixed", "tax_code": "S", "price": "0.123457"},
        {"kind": "time_of_use", "name": "energy", "tax_code": "S",
         "rates": {"P1": "0.171717", "P2": "0.093939"}},
        {"kind": "blocks", "name": "steps", "tax_code": "R", "group": "steps",
         "steps": [{"up_to": "20", "price": "0.05"}, {"price": "0.071"}]},
        {"kind": "levy", "name": "levy", "tax_code": "R", "group": "steps", "price": "0.001333"},
        {"kind": "percentage_tax", "name": "excise", "tax_code": "S", "rate": "5.11269632",
         "minimum": "0.5", "minimum_per": "MWh", "bases": ["fixed", "energy"]},
        {"kind": "minimum_charge", "name": "least", "tax_code": "none", "amount": "300",
         "per": "bill", "bases": ["fixed", "energy"]},
        {"kind": "discount", "name": "less", "tax_code": "S", "percent": "7.5",
         "bases": ["energy"]},
    ],
}  # fmt: skip


def _tariff_of(scope: str, prices: str) -> pricing.Tariff:
    rounding = {"scope": scope, "mode": "half_up", "decimals": 2}
    components = DOCUMENT["components"]
    if prices == "tax_inclusive":
        components = [each for each in components if each["kind"] != "percentage_tax"]
    more = {"rounding": rounding, "prices": prices, "components": components}
    return read_tariff(DOCUMENT | more)


# With VAT inside, lines are posted by columns only where each is rounded.
@pytest.mark.parametrize(
    ("scope", "prices"),
    [*((each.value, "net") for each in RoundingScope), ("line", "tax_inclusive")],
)
def test_a_fault_in_any_step_of_a_kernel_that_changes_a_number_is_found(
    scope: str, prices: str
) -> None:
    read = [
        reading_of(number, day, register, index)
        for number in (1, 2, 3)
        for register, more in (("P1", 0), ("P2", 17))
        for day, index in ((START, 1000), (SECOND, 1035 + 101 * number + more))
    ]
    tariff = _tariff_of(scope, prices)
    sound = AtFault(step=10**6)
    lived(tariff, read, rating=sound)
    assert sound.steps > 20

    changed = [step for step in range(sound.steps) if _shows(tariff, read, step)]

    # Nearly all do: what is left are steps that an extreme or a rounding does not let through.
    assert len(changed) > sound.steps * 0.9


def _shows(tariff: pricing.Tariff, read: list[metering.Reading], step: int) -> bool:
    """Tell whether a fault changes a number; whatever changes one is found, or this fails."""
    rating = AtFault(step=step)
    try:
        lived(tariff, read, rating=rating)
    except AssertionError:
        assert rating.changed
        return True
    assert not rating.changed, step
    return False


@attrs.frozen
class _Capped(pricing.UnitRate):
    """Refuses to charge as much as a hundred."""

    def draft(self, piece: Any) -> Any:
        drafts = super().draft(piece)
        cap = pricing.given("cap", 100, "EUR")
        if any(piece.at_least(each.derivation, cap) for each in drafts):
            raise Refused("pricing.capped", "more than is charged to anybody")
        return drafts


def _billed_capped(*used_kwh: int) -> tuple[BulkStep, BillingDesk]:
    """Bill services by columns, each of which used so much at a euro a kWh."""
    price = pricing.DatedPrice("energy", (pricing.Version(Period(START), Decimal(1), "test"),))
    tariff = attrs.evolve(
        _tariff_of("line", "net"),
        components=(_Capped(name="energy", tax_code=pricing.NO_TAX, price=(price,)),),
        taxes=(),
    )
    store = MemoryStore()
    desk = memory_desk(store, policy=READ_BY_TWO, tariffs=OneTariff(tariff))
    desk.world.sign(*(contract_of(number) for number, _ in enumerate(used_kwh, 1)))
    for number, used in enumerate(used_kwh, 1):
        desk.world.read(
            reading_of(number, day, register, 1000 + used * (day == SECOND and register == "P1"))
            for register in REGISTERS
            for day in (START, SECOND)
        )
    desk.open_day(SECOND)
    return desk.bill_in_bulk(MemoryBulkBills(store, policy=READ_BY_TWO), ColumnarRating()), desk


def test_a_service_that_cannot_be_rated_sends_nobody_else_one_by_one() -> None:
    step, desk = _billed_capped(200, 10, 20, 300, 30)

    assert (step.issued, step.parked, step.one_by_one) == (3, 2, 0)
    assert step.reasons == {"billing.not_alike": 2}
    assert {item.code for item in desk.work_list.open_items()} == {"pricing.capped"}


def test_where_nobody_can_be_rated_it_is_said_why() -> None:
    step, _ = _billed_capped(200, 300, 400, 500, 600, 700, 10)

    assert (step.issued, step.parked) == (1, 6)
    assert step.reasons == {"pricing.capped": 7}


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
