"""What lacks an interval is parked by columns as it is one by one, with the very words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

import attrs
from hypothesis import given, target
from hypothesis import strategies as st
from tests.property.test_bulk_interval_laws import HOURLY, by_hours
from tests.property.test_bulk_laws import READ_BY_TWO, REGISTERS, OneTariff, told

from energyretail.adapters.columnar import ColumnarRating
from energyretail.adapters.memory.bulk_bills import MemoryBulkBills
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import BulkStep
from energyretail.domain import pricing
from energyretail.domain.billing import Measured
from energyretail.domain.shared import Period
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

_DAY: Final = timedelta(days=1)
_KNOWN: Final = Period(START, THIRD)
_HOURS: Final = len(hourly(_KNOWN).kwh)
_BILLED: Final = len(hourly(Period(START, SECOND)).kwh)

# Where a run begins, and how long it is: within a day, over days, at the end of what is billed.
RUNS = st.tuples(
    st.integers(0, _HOURS - 1)
    | st.sampled_from([0, 23, 24, _BILLED - 2, _BILLED - 1, _BILLED, _HOURS - 1]),
    st.integers(1, 3) | st.sampled_from([24, 48]),
)


@attrs.frozen
class Home:
    """What a supply lacks of its hours, one of its days an estimate, and how its index goes."""

    runs: tuple[tuple[int, int], ...]
    estimated: int | None = None
    falls: bool = False


HOMES = st.lists(
    st.builds(
        Home,
        st.lists(RUNS, max_size=2).map(tuple),
        st.none() | st.integers(0, 59),
        st.sampled_from([False] * 5 + [True]),
    ),
    min_size=1,
    max_size=5,
)


def _told_of(home: Home) -> Sequence[pricing.IntervalUse]:
    whole = hourly(_KNOWN)
    values = list(whole.kwh)
    for place, length in home.runs:
        values[place : place + length] = [None] * len(values[place : place + length])
    whole = attrs.evolve(whole, kwh=tuple(values))
    if home.estimated is None:
        return (whole,)
    start = START + home.estimated * _DAY
    day = whole.within(Period(start, start + _DAY))
    return whole, attrs.evolve(day, quality=pricing.Quality.ESTIMATED)


def lived(
    tariff: pricing.Tariff, homes: Sequence[Home], *, by_columns: bool
) -> tuple[MemoryStore, list[BulkStep]]:
    """Bill homes of which one series was told on two days."""
    store, steps = MemoryStore(), []
    desk = memory_desk(store, policy=READ_BY_TWO, tariffs=OneTariff(tariff))
    rating = ColumnarRating()
    for number, home in enumerate(homes, 1):
        desk.world.sign(contract_of(number))
        for use in _told_of(home):
            with desk.world.work() as transaction:
                desk.usage.take(point(number), Measured(usage=pricing.Usage(uses=(use,))))
                transaction.commit()
        for day, index in zip((START, SECOND, THIRD), _indexes(home), strict=True):
            desk.world.read([reading_of(number, day, each, index) for each in REGISTERS])
    for day in (SECOND, THIRD):
        desk.open_day(day)
        if by_columns:
            steps.append(desk.bill_in_bulk(MemoryBulkBills(store, policy=READ_BY_TWO), rating))
        else:
            desk.bill()
    return store, steps


def _indexes(home: Home) -> tuple[Decimal, ...]:
    """Return what two registers show that count half of what the hours come to each."""
    first = Decimal(_BILLED) / 8
    whole = Decimal(_HOURS) / 8
    return Decimal(500), Decimal(499) if home.falls else 500 + first, 500 + whole


@st.composite
def priced_in_part(draw: st.DrawFn) -> pricing.Tariff:
    """A tariff whose hours have a price on some of the days alone."""
    tariff = draw(by_hours())
    hours, *others = tariff.components
    first = START + draw(st.integers(-1, 40)) * _DAY
    days = Period(first, first + draw(st.integers(1, 40)) * _DAY)
    return attrs.evolve(tariff, components=(attrs.evolve(hours, valid=days), *others))


@dear(60)
@given(by_hours() | priced_in_part(), HOMES)
def test_what_lacks_an_interval_is_parked_with_the_words_of_one_by_one(
    tariff: pricing.Tariff, homes: list[Home]
) -> None:
    kept, _ = lived(tariff, homes, by_columns=False)
    kept_too, steps = lived(tariff, homes, by_columns=True)

    assert told(kept_too) == told(kept)
    target(float(sum(step.parked - sum(step.reasons.values()) for step in steps)))


def test_a_run_within_a_day_is_parked_by_columns() -> None:
    homes = [Home(((99, 2),)), Home(()), Home(((5, 1),), estimated=0)]

    _, (step, _) = lived(HOURLY, homes, by_columns=True)

    assert (step.issued, step.parked, step.one_by_one, step.reasons) == (1, 2, 0, {})


def test_what_no_line_counts_is_billed_without_energy() -> None:
    """Columns would show the energy of all days; one by one there is none to show."""
    hours = attrs.evolve(HOURLY.components[0], valid=Period(START, START + 20 * _DAY))
    tariff = attrs.evolve(HOURLY, components=(hours,))
    homes = [Home(()), Home(((25 * 24 + 5, 1),), estimated=3)]

    store, (step, _) = lived(tariff, homes, by_columns=True)

    assert (step.issued, step.parked) == (2, 0)
    assert told(store) == told(lived(tariff, homes, by_columns=False)[0])


def test_a_run_from_before_the_days_billed_goes_one_by_one() -> None:
    """Who had the point before lacks the hours up to midnight: it is one run."""
    over_midnight = Home(((_BILLED - 1, 2),))
    stores, steps = [], []
    for by_columns in (False, True):
        store = MemoryStore()
        desk = memory_desk(store, policy=READ_BY_TWO, tariffs=OneTariff(HOURLY))
        for number, home in ((1, over_midnight), (3, Home(()))):
            later = contract_of(number + 1, points=(number,))
            (supply,) = later.supplies
            desk.world.sign(
                contract_of(number, points=(number,), ended_on=SECOND),
                attrs.evolve(later, supplies=(attrs.evolve(supply, started_on=SECOND),)),
            )
            with desk.world.work() as transaction:
                usage = pricing.Usage(uses=tuple(_told_of(home)))
                desk.usage.take(point(number), Measured(usage=usage))
                transaction.commit()
            for day, index in zip((START, SECOND, THIRD), _indexes(home), strict=True):
                desk.world.read([reading_of(number, day, each, index) for each in REGISTERS])
        desk.open_day(THIRD)
        bulk = MemoryBulkBills(store, policy=READ_BY_TWO)
        steps.append(desk.bill_in_bulk(bulk, ColumnarRating()) if by_columns else desk.bill())
        stores.append(store)

    one, other = map(told, stores)
    assert one == other
    assert [step.parked for step in steps] == [2, 2]


def test_what_columns_do_not_tell_surely_goes_one_by_one() -> None:
    at_the_start, at_the_end, over_days = ((0, 1),), ((_BILLED - 1, 1),), ((23, 2),)
    homes = [Home(()), Home(at_the_start), Home(at_the_end), Home(over_days)]
    homes += [Home(((5, 1), (9, 1))), Home(((5, 1),), falls=True)]

    _, (step, _) = lived(HOURLY, homes, by_columns=True)

    assert (step.issued, step.parked, step.reasons) == (1, 5, {"billing.not_alike": 5})
