"""Half-hours and hours billed by columns come to the bills made of them one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import attrs
import pytest
from hypothesis import given, target
from hypothesis import strategies as st
from tests.property.test_bulk_laws import JUDGED, READ_BY_TWO, REGISTERS, OneTariff, told

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.memory.bulk_bills import MemoryBulkBills
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import AlikeSupplies, BulkStep, RatedAlike
from energyretail.domain import pricing
from energyretail.domain.billing import BillingPolicy, Measured
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import CENTS_HALF_UP, Period, Power, RoundingPolicy, RoundingScope
from energyretail.testing import strategies
from energyretail.testing.billing import BillingDesk
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    point,
    reading_of,
)
from energyretail.testing.conformance.measured import hourly
from energyretail.testing.profiles import dear

HOURS = pricing.BandCalendar(
    "hours",
    SPAIN.zone,
    pricing.ALWAYS,
    "test",
    (
        pricing.BandRule("off", days=frozenset({"sat", "sun"})),
        pricing.BandRule("peak", 8 * 60, 22 * 60),
        pricing.BandRule("off"),
    ),
)
BILLED = Period(START, SECOND), Period(SECOND, THIRD)
TEN_DAYS = timedelta(days=10)
PLAIN = "plain"
ODD = (
    "gap", "missing", "estimated", "another energy", "put right", "fed in", "power told", "later",
)  # fmt: skip


@attrs.frozen
class Home:
    """What a supply measured: some Wh an hour in turns, and what is odd about it."""

    wh: tuple[int, ...]
    index: int
    odd: str = PLAIN


# Of an hour, in turns.
PRICES = st.lists(st.decimals(min_value=-1, max_value=3, places=5), min_size=1, max_size=7)
SPOTS = st.sampled_from([{}, {"calendar": "hours", "bands": ("peak",)}]).flatmap(
    lambda hours: st.builds(
        partial(pricing.Spot, **hours),
        name=st.just("spot"),
        tax_code=st.just("A"),
        index=st.just("pool"),
        per=st.sampled_from(pricing.EnergyUnit),
        factor=st.tuples(strategies.dated_prices()),
        margin=st.tuples(strategies.dated_prices()),
    )
)


@st.composite
def by_hours(draw: st.DrawFn) -> pricing.Tariff:
    """A tariff of prices by the hour, and of the market, with a few components beside."""
    prices = strategies.dated_prices()
    bands = tuple((band, (draw(prices),)) for band in ("peak", "off"))
    components: list[pricing.Component] = [
        pricing.TimeOfUse(name="hours", tax_code="A", rates=bands, calendar="hours"),
        pricing.StandingCharge(name="fixed", tax_code="A", price=(draw(prices),)),
        pricing.Levy(name="levy", tax_code=pricing.NO_TAX, price=(draw(prices),)),
    ]
    if draw(st.booleans()):
        steps = (pricing.Block((draw(prices),), Decimal(20)), pricing.Block((draw(prices),)))
        components.append(pricing.Blocks(name="blocks", tax_code="A", steps=steps))
    if draw(st.booleans()):
        components.append(draw(SPOTS))
    return pricing.Tariff(
        code="HOURS",
        name="By hours",
        currency="EUR",
        components=tuple(components),
        taxes=(pricing.Vat("A", "A", draw(strategies.dated_prices(st.just(Decimal(21))))),),
        rounding=RoundingPolicy(draw(st.sampled_from(RoundingScope)), CENTS_HALF_UP),
        calendars=(HOURS,),
        zone=SPAIN.zone,
    )


HOMES = st.lists(
    st.builds(
        Home,
        st.lists(st.integers(0, 3_000), min_size=1, max_size=5).map(tuple),
        st.integers(0, 900_000_000),
        st.sampled_from([PLAIN] * 12 + list(ODD)),
    ),
    min_size=1,
    max_size=6,
)
ANY = by_hours() | strategies.tariffs(kinds=("standing_charge", "unit_rate", "levy", "discount"))


def _measured(home: Home) -> Sequence[Measured]:
    """Return what is told of a home, one after the other."""
    kwh = [str(Decimal(each).scaleb(-3)) for each in home.wh]
    whole = Period(START, THIRD + TEN_DAYS if home.odd == "later" else THIRD)
    uses = [hourly(whole, kwh, channel=channel, source="meters") for channel in REGISTERS]
    day = Period(START + TEN_DAYS, START + TEN_DAYS + timedelta(days=1))
    first = uses[0]
    estimated = pricing.Quality.ESTIMATED
    match home.odd:
        case "gap":
            uses = [first.within(Period(START, day.start)), first.within(Period(day.end, THIRD)),
                    uses[1]]  # fmt: skip
        case "missing":
            uses[0] = attrs.evolve(first, kwh=(*first.kwh[:99], None, *first.kwh[100:]))
        case "fed in":
            uses.append(hourly(whole, kwh, channel="A-", flow=pricing.Flow.EXPORT))
    found = [Measured(usage=pricing.Usage(uses=tuple(uses)))]
    if home.odd == "power told":
        told = pricing.Subscribed("P1", Power("3.3"), Period(START))
        found.append(Measured(usage=pricing.Usage(powers=(told,))))
    if home.odd in ("estimated", "put right"):
        again = first.within(day)
        more = attrs.evolve(
            again,
            kwh=tuple((each or 0) + Decimal("0.001") for each in again.kwh),
            quality=estimated if home.odd == "estimated" else again.quality,
        )
        found.append(Measured(usage=pricing.Usage(uses=(more,))))
    return found


def _published(prices: Sequence[Decimal]) -> pricing.PublishedFigures:
    whole = hourly(Period(START, THIRD))
    values = tuple(prices[at % len(prices)] for at in range(len(whole.kwh)))
    index = pricing.IntervalIndex("pool", whole.start, 60, values, "market")
    return pricing.PublishedFigures(indices=(index,))


def _filled(desk: BillingDesk, homes: Sequence[Home], prices: Sequence[Decimal]) -> None:
    with desk.world.work() as transaction:
        desk.figures.take(_published(prices))
        transaction.commit()
    for number, home in enumerate(homes, 1):
        desk.world.sign(contract_of(number))
        series = _measured(home)
        with desk.world.work() as transaction:
            for each in series:
                desk.usage.take(point(number), each)
            transaction.commit()
        index = home.index
        for day in (START, SECOND, THIRD):
            for register in REGISTERS:
                kwh = Decimal(index).scaleb(-3)
                desk.world.read([attrs.evolve(reading_of(number, day, register, 0), index_kwh=kwh)])
            span = next((each for each in BILLED if each.start == day), None)
            if span is not None:
                hours = [each or 0 for each in hourly(span, [None]).kwh]
                turns = (home.wh[at % len(home.wh)] for at in range(len(hours)))
                index += sum(turns) + (9_000 if home.odd == "another energy" else 0)


def lived(
    tariff: pricing.Tariff,
    homes: Sequence[Home],
    *,
    rating: ColumnarRating | None,
    policy: BillingPolicy = READ_BY_TWO,
    prices: Sequence[Decimal] = (Decimal("0.08"), Decimal("-0.01")),
) -> tuple[BillingDesk, MemoryStore, list[BulkStep]]:
    store = MemoryStore()
    desk = memory_desk(store, policy=policy, tariffs=OneTariff(tariff))
    _filled(desk, homes, prices)
    steps = []
    for day in (SECOND, THIRD):
        desk.open_day(day)
        if rating:
            steps.append(desk.bill_in_bulk(MemoryBulkBills(store, policy=policy), rating))
        else:
            desk.bill()
    return desk, store, steps


@dear(40)
@given(ANY, HOMES, st.sampled_from([READ_BY_TWO, JUDGED]), PRICES)
def test_intervals_by_columns_come_to_the_bills_made_one_by_one(
    tariff: pricing.Tariff, homes: list[Home], policy: BillingPolicy, prices: list[Decimal]
) -> None:
    lives = partial(lived, tariff, homes, policy=policy, prices=prices)
    by_one, kept, _ = lives(rating=None)
    by_columns, kept_too, steps = lives(rating=ColumnarRating())

    assert told(kept_too) == told(kept)
    assert sorted(map(str, by_columns.events.recorded)) == sorted(map(str, by_one.events.recorded))
    target(float(sum(step.issued - step.one_by_one for step in steps)))


HOURLY = pricing.Tariff(
    code="HOURS",
    name="By hours",
    currency="EUR",
    components=(
        pricing.TimeOfUse(
            name="hours",
            tax_code=pricing.NO_TAX,
            rates=tuple(
                (band, (pricing.always(band, price, "test"),))
                for band, price in (("peak", "0.213457"), ("off", "0.123457"))
            ),
            calendar="hours",
        ),
    ),
    taxes=(),
    rounding=RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP),
    calendars=(HOURS,),
    zone=SPAIN.zone,
)


SPOT = attrs.evolve(
    HOURLY, components=(pricing.Spot(name="spot", tax_code=pricing.NO_TAX, index="pool"),)
)


@pytest.mark.parametrize("tariff", [HOURLY, SPOT], ids=["by the hour", "of the market"])
def test_homes_whose_intervals_are_all_there_go_by_columns(tariff: pricing.Tariff) -> None:
    homes = [
        Home((100, 250), 5_000),
        Home((0, 30, 9), 7_000, "estimated"),
        Home((1,), 0, "later"),
        Home((0,), 0),
    ]

    _, store, steps = lived(tariff, homes, rating=ColumnarRating())

    assert [(step.issued, step.one_by_one, step.reasons) for step in steps] == [(4, 0, {})] * 2
    assert len(store.table("invoice")) == 8


@pytest.mark.parametrize("odd", [each for each in ODD if each not in ("later", "put right")])
def test_what_is_odd_about_one_goes_one_by_one_and_says_why(odd: str) -> None:
    homes = [Home((100, 250), 5_000), Home((0, 30, 9), 7_000, odd), Home((1,), 0)]

    _, _, (step, _) = lived(HOURLY, homes, rating=ColumnarRating())

    assert step.issued - step.one_by_one == (3 if odd == "estimated" else 2)
    assert step.reasons == {} or odd != "estimated"
    assert bool(step.reasons) == (odd != "estimated")


_NIGHT, _DAY = 48 + 2, 48 + 12  # of the first Monday


class _AtFault(ColumnarRating):
    """Takes one hour of one home for another."""

    def rate(self, found: Any, supplies: AlikeSupplies, **more: Any) -> tuple[RatedAlike, ...]:
        assert supplies.told is not None
        wrong = {name: hours.copy() for name, hours in supplies.told.intervals.items()}
        for hours in wrong.values():
            hours[-1, [_NIGHT, _DAY]] = hours[-1, [_DAY, _NIGHT]]
        told = attrs.evolve(supplies.told, intervals=wrong)
        return tuple(
            attrs.evolve(each, supplies=supplies)
            for each in super().rate(found, attrs.evolve(supplies, told=told), **more)
        )


@pytest.mark.parametrize("tariff", [HOURLY, SPOT], ids=["by the hour", "of the market"])
def test_an_hour_taken_for_another_is_found(tariff: pricing.Tariff) -> None:
    homes = [Home((100, 250, 30), 5_000), Home((0, 2_000, 900), 7_000)]
    prices = [Decimal(price) / 100 for price in range(8, 29)]
    lived(tariff, homes, rating=ColumnarRating(), prices=prices)

    with pytest.raises(AssertionError):
        lived(tariff, homes, rating=_AtFault(), prices=prices)
