"""Laws of readings and estimates together: a register never runs backwards, no truth is parked."""

import itertools
from datetime import date, timedelta
from decimal import Decimal

import attrs
from hypothesis import example, given
from hypothesis import strategies as st

from energyretail.adapters.memory.metering import MemoryReadings
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.domain.markets import SPAIN
from energyretail.domain.metering import (
    DeliveredReading,
    Delivery,
    MeteredSupply,
    Origin,
    Quality,
    consumption,
    estimate,
    mend,
    take_in,
)
from energyretail.domain.shared import Cups

RULES = SPAIN.reading
FULL = 10**6
CUPS = Cups.of_digits("1" * 16)
START, LAST = date(2026, 1, 1), 200
TODAY = START + timedelta(days=LAST)
SUPPLY = MeteredSupply(CUPS, "2.0TD-FIJO", Decimal("4.6"), START)

places = st.integers(0, LAST)
guesses = st.tuples(places, st.integers(0, FULL - 1) | st.integers(0, 5_000))
files = st.tuples(st.lists(places, max_size=3), st.lists(guesses, max_size=2))
steps = st.lists(files | places, max_size=8)


@attrs.define
class Register:
    """A true meter, what was delivered of it, and what we made of that."""

    index: int
    daily_kwh: list[int]
    store: MemoryStore = attrs.Factory(MemoryStore)

    def shown(self, place: int) -> int:
        used = (self.daily_kwh[day % len(self.daily_kwh)] for day in range(place))
        return (self.index + sum(used)) % FULL

    def current(self, since=START):
        return MemoryReadings(self.store).current([CUPS], since=since)

    def take(self, actual: list[int], guessed: list[tuple[int, int]]):
        rows = [row(place, self.shown(place), Origin.REMOTE_MANAGED) for place in actual]
        rows += [row(place, index, Origin.ESTIMATED) for place, index in guessed]
        days = [each.taken_on for each in rows]
        intake, _ = take_in(
            Delivery("0021", TODAY, tuple(rows)),
            source="file",
            standing=self.current(min(days, default=TODAY)),
            plans=(),
            supplies=[SUPPLY],
            today=TODAY,
            rules=RULES,
        )
        self.save(*intake.readings, *intake.mended)
        return intake

    def guess(self, place: int) -> None:
        """Estimate as we do for a missing reading: after the newest one only."""
        past, on = self.current(), START + timedelta(days=place)
        if past and past[-1].taken_on < on:
            self.save(estimate(past, SUPPLY, on=on, rules=RULES))

    def save(self, *readings) -> None:
        with MemoryWork(self.store)() as transaction:
            MemoryReadings(self.store).save(readings, on=TODAY)
            transaction.commit()


def row(place: int, index: int, origin: Origin) -> DeliveredReading:
    taken_on = START + timedelta(days=place)
    return DeliveredReading(CUPS, "P1", taken_on, Decimal(index), origin, None)


class TestDeliveriesWithEstimatesBetween:
    @given(
        index=st.integers(0, FULL - 1),
        daily_kwh=st.lists(st.integers(0, 160), min_size=1, max_size=5),
        told=steps,
    )
    @example(index=1000, daily_kwh=[0], told=[([0], []), 31, 62, 93, ([90], [])])
    @example(index=1000, daily_kwh=[30], told=[([0], []), 31, 62, ([40], [])])
    @example(index=999_900, daily_kwh=[160], told=[([0], []), 31, 62, ([30], []), ([100], [])])
    @example(index=900, daily_kwh=[0], told=[([], [(0, 1000)]), 31, ([50], [])])
    def test_never_run_backwards_and_park_no_true_reading(self, index, daily_kwh, told):
        register = Register(index, daily_kwh)
        for step in told:
            if isinstance(step, int):
                register.guess(step)
                continue
            intake = register.take(*step)

            parked = [each.delivered.origin for each in intake.doubted]
            assert Origin.REMOTE_MANAGED not in parked
            assert never_backwards(register.current())
            known = {each.taken_on: each for each in register.current()}
            for place in step[0]:
                reading = known[START + timedelta(days=place)]
                assert (reading.quality, reading.index_kwh) == (
                    Quality.ACTUAL,
                    register.shown(place),
                )

    @given(
        index=st.integers(0, FULL - 1),
        daily_kwh=st.lists(st.integers(0, 160), min_size=1, max_size=5),
        told=steps,
    )
    def test_leave_nothing_to_mend_and_touch_nothing_that_agrees(self, index, daily_kwh, told):
        register = Register(index, daily_kwh)
        for step in told:
            if isinstance(step, int):
                register.guess(step)
                continue
            intake = register.take(*step)

            assert mend(register.current(), SUPPLY, RULES) == ()
            assert {each.quality for each in intake.mended} <= {Quality.ESTIMATED}
            assert all(each.basis and each.version > 1 for each in intake.mended)


def never_backwards(readings) -> bool:
    """No step is more than half a turn of the register, which is a step back."""
    steps = itertools.pairwise(each.index_kwh for each in readings)
    return all(consumption(one, two).kwh <= FULL // 2 for one, two in steps)
