"""Laws of the simulated grid operator: pure in its keys, exact over the clock changes."""

from datetime import UTC, date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.operator import OperatorBehaviour, ReadMeter
from energyretail.domain.markets import SPAIN
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Cups, MarketTime

MADRID = MarketTime("Europe/Madrid")
CALENDAR = SPAIN.register_calendar("2.0TD")
FULL = 10**6

points = st.integers(0, 10**9).map(lambda number: Cups.of_digits(f"{number:016d}"))
kinds = st.sampled_from(CustomerKind)
starts = st.dates(date(2026, 1, 1), date(2026, 12, 1))


def behaviour(seed: int = 1) -> OperatorBehaviour:
    return OperatorBehaviour(Chance(seed), CALENDAR.band_at, MADRID)


@given(points, kinds, starts, st.integers(0, 40), st.integers(0, 40))
def test_use_of_split_periods_adds_up(cups, kind, start, first_days, more_days):
    meter = ReadMeter(cups, start, kind)
    middle = start + timedelta(days=first_days)
    end = middle + timedelta(days=more_days)

    whole = used_parts(meter, start, end)

    parts = [used_parts(meter, start, middle), used_parts(meter, middle, end)]
    assert whole == {register: parts[0][register] + parts[1][register] for register in whole}


@given(points, kinds, starts, st.integers(28, 31))
def test_a_month_uses_what_such_a_point_plausibly_uses(cups, kind, start, days):
    meter = ReadMeter(cups, start, kind)
    before = behaviour().indexes_kwh(meter, start)
    after = behaviour().indexes_kwh(meter, start + timedelta(days=days))

    used = sum((after[register] - before[register]) % FULL for register in before)

    low, high = {CustomerKind.HOME: (130, 560), CustomerKind.COMPANY: (350, 4200)}[kind]
    assert low < used < high
    assert used < 15 * 24 * days  # 15 kW, the most 2.0TD allows


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 6, 7), 24), (date(2026, 10, 25), 25)]
)
def test_a_day_has_its_real_hours(day, hours):
    flat = OperatorBehaviour(Chance(1), lambda _: "P3", MADRID)
    counted = []
    counting = OperatorBehaviour(
        Chance(1), lambda at: counted.append(at.astimezone(UTC)) or "P3", MADRID
    )
    meter = ReadMeter(Cups.of_digits("1" * 16), day, CustomerKind.HOME)

    used = dict(counting.used(meter, day))

    assert len(counted) == len(set(counted)) == hours
    assert used == dict(flat.used(meter, day))
    by_register = dict(behaviour().used(meter, day))
    assert sum(by_register.values()) == used["P3"]


def test_the_hour_skipped_in_spring_is_missing_from_the_nights_register():
    meter = ReadMeter(Cups.of_digits("1" * 16), date(2026, 3, 22), CustomerKind.HOME)
    flat = OperatorBehaviour(Chance(1), lambda at: f"H{at.hour}", MADRID)

    assert "H2" in dict(flat.used(meter, date(2026, 3, 22)))
    assert "H2" not in dict(flat.used(meter, date(2026, 3, 29)))


@settings(max_examples=20)
@given(st.lists(points, min_size=1, max_size=4, unique=True), starts, st.randoms())
def test_every_reading_is_delivered_once_in_whatever_order_it_is_asked(points, start, random):
    meters = [ReadMeter(cups, start, CustomerKind.HOME) for cups in points]
    asked = [start + timedelta(days=i) for i in range(70)]
    first = behaviour()
    in_order = {day: first.delivered(meters, day) for day in asked}
    random.shuffle(asked)
    random.shuffle(meters)
    one = behaviour()

    assert {day: one.delivered(meters, day) for day in asked} == in_order

    rows = [row for day in in_order.values() for row in day]
    keys = [(row.cups, row.register, row.taken_on) for row in rows]
    assert len(set(keys)) == len(keys)
    for cups in points:
        taken = sorted({row.taken_on for row in rows if row.cups == cups})
        assert taken[0] == start
        told = {row.taken_on: row.next_on for row in rows if row.cups == cups}
        assert all(told[one] == two for one, two in pairwise(taken))


@given(st.integers(0, 10**6), starts)
def test_the_activation_reading_comes_the_next_day(number, start):
    meter = ReadMeter(Cups.of_digits(f"{number:016d}"), start, CustomerKind.COMPANY)

    rows = behaviour().delivered([meter], start + timedelta(days=1))

    assert {(row.register, row.taken_on) for row in rows} >= {
        (p, start) for p in ("P1", "P2", "P3")
    }


def test_some_readings_are_late_and_some_registers_roll_over():
    start, op = date(2026, 3, 1), behaviour()
    meters = [
        ReadMeter(Cups.of_digits(f"{number:016d}"), start, CustomerKind.HOME)
        for number in range(150)
    ]
    late, rows = 0, 0
    for day in (start + timedelta(days=i) for i in range(1, 123)):
        delivered = op.delivered(meters, day)
        rows += len(delivered)
        late += sum((day - row.taken_on).days > 1 for row in delivered)
    rolled = [
        meter
        for meter in meters
        if op.indexes_kwh(meter, date(2026, 7, 1))["P3"] < op.indexes_kwh(meter, start)["P3"]
    ]

    assert 0.02 < late / rows < 0.10
    assert 1 <= len(rolled) <= 20


def test_another_seed_is_another_world():
    meter = ReadMeter(Cups.of_digits("1" * 16), date(2026, 3, 1), CustomerKind.HOME)
    day = date(2026, 4, 1)

    assert behaviour(1).indexes_kwh(meter, day) != behaviour(2).indexes_kwh(meter, day)


def used_parts(meter: ReadMeter, start: date, end: date) -> dict[str, int]:
    sums = dict.fromkeys(("P1", "P2", "P3"), 0)
    for i in range((end - start).days):
        for register, parts in behaviour().used(meter, start + timedelta(days=i)):
            sums[register] += parts
    return sums
