"""Laws of readings: rollover, adding up, estimates, files that come back as they were written."""

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from energyretail.adapters.meter_files import read_meter_file, write_meter_file
from energyretail.adapters.meter_files.layout import checksum
from energyretail.domain.markets import SPAIN
from energyretail.domain.metering import (
    Delivery,
    MeteredSupply,
    PlannedReading,
    PlanState,
    Quality,
    Reading,
    announce,
    consumption,
    estimate,
    settle,
    take_in,
    uses,
)
from energyretail.domain.shared import Cups, Energy, Invalid
from energyretail.testing import strategies

RULES = SPAIN.reading
FULL = 10**6
indexes = st.integers(0, FULL - 1)
days = strategies.days()


class TestConsumption:
    @given(index=indexes, used=indexes)
    @example(index=999_900, used=250)
    def test_is_what_the_register_counted_rollover_or_not(self, index: int, used: int):
        later = (index + used) % FULL

        assert consumption(Decimal(index), Decimal(later)) == Energy(used)

    @given(indexes, indexes)
    def test_there_and_back_is_a_full_turn_or_nothing(self, one: int, two: int):
        turn = consumption(Decimal(one), Decimal(two)) + consumption(Decimal(two), Decimal(one))

        assert turn.kwh in (0, FULL)

    @given(st.integers(min_value=FULL) | st.integers(max_value=-1))
    def test_refuses_what_six_digits_cannot_show(self, index: int):
        with pytest.raises(Invalid, match=r"metering\.index\.range"):
            consumption(Decimal(0), Decimal(index))


class TestUses:
    @given(index=indexes, used=st.lists(st.integers(0, 5_000), min_size=1, max_size=8))
    def test_of_the_parts_add_up_to_that_of_the_whole(self, index: int, used: list[int]):
        start = date(2026, 3, 1)
        shown = [index]
        for kwh in used:
            shown.append((shown[-1] + kwh) % FULL)
        readings = [a_reading("P1", start + timedelta(days=i), kwh) for i, kwh in enumerate(shown)]

        parts = uses(reversed(readings))
        whole = uses([readings[0], readings[-1]])

        assert Energy.total(part.energy for part in parts) == whole[0].energy == Energy(sum(used))
        assert [part.start for part in parts[1:]] == [part.end for part in parts[:-1]]

    @given(st.permutations(["P1", "P2", "P3"]))
    def test_never_cross_registers(self, order: list[str]):
        readings = [
            a_reading(register, day, 10)
            for register in order
            for day in (date(2026, 3, 1), date(2026, 4, 1))
        ]

        assert [use.register for use in uses(readings)] == ["P1", "P2", "P3"]


class TestEstimate:
    @given(
        index=indexes,
        daily_kwh=st.integers(0, 100),
        past_days=st.integers(1, 60),
        ahead=st.integers(1, 90),
    )
    def test_goes_on_at_the_recent_daily_use(self, index, daily_kwh, past_days, ahead):
        start = date(2026, 3, 1)
        last = start + timedelta(days=past_days)
        past = [
            a_reading("P1", start, index),
            a_reading("P1", last, (index + daily_kwh * past_days) % FULL),
        ]

        guess = estimate(past, a_supply(start), on=last + timedelta(days=ahead), rules=RULES)

        assert guess is not None
        assert guess.quality is Quality.ESTIMATED
        assert consumption(past[-1].index_kwh, guess.index_kwh) == Energy(daily_kwh * ahead)
        assert guess.basis is not None
        assert guess.basis.method == "recent_use"

    @given(index=indexes, ahead=st.integers(1, 60))
    def test_never_exceeds_the_standard_use_without_a_past(self, index, ahead):
        start = date(2026, 3, 1)
        past = [a_reading("P3", start, index)]

        guess = estimate(past, a_supply(start), on=start + timedelta(days=ahead), rules=RULES)

        assert guess is not None
        assert guess.basis is not None
        assert guess.basis.method == "standard_use"
        used = consumption(past[0].index_kwh, guess.index_kwh).kwh
        assert used <= Decimal(1350) * ahead / 365 < used + 1

    @given(days)
    def test_of_a_register_never_read_is_none(self, day):
        late = a_reading("P1", day + timedelta(days=1), 5)

        assert estimate([late], a_supply(day), on=day, rules=RULES) is None


class TestPlans:
    @given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 40)), max_size=8))
    def test_always_hold_one_open_day_after_the_newest_reading(self, told: list[tuple[int, int]]):
        assume(told)
        point, start = Cups.of_digits("1" * 16), date(2026, 1, 1)
        plans: dict[date, PlannedReading] = {}
        for read, ahead in told:
            taken_on = start + timedelta(days=read)
            next_on = taken_on + timedelta(days=ahead)
            for plan in announce(plans.values(), point, taken_on=taken_on, next_on=next_on):
                plans[plan.planned_on] = plan

        newest = max(read for read, _ in told)
        after = [
            plan
            for plan in plans.values()
            if plan.state is PlanState.OPEN and plan.planned_on > start + timedelta(days=newest)
        ]
        assert len(after) == 1
        assert after[0].planned_on in {
            start + timedelta(days=read + ahead) for read, ahead in told if read == newest
        }

    @given(days)
    def test_settled_go_on_a_month_later_unless_the_operator_said_otherwise(self, day):
        point = Cups.of_digits("1" * 16)
        plan = PlannedReading(point, day, day - timedelta(days=30))

        settled, guessed = settle(plan, [plan])
        named = announce([settled, guessed], point, taken_on=day, next_on=day + timedelta(days=35))

        assert settled.state is PlanState.SETTLED
        assert 28 <= (guessed.planned_on - day).days <= 31
        assert [(p.planned_on - day, p.state) for p in named] == [
            (guessed.planned_on - day, PlanState.MOVED),
            (timedelta(days=35), PlanState.OPEN),
        ]


def a_reading(register: str, day: date, index_kwh: int) -> Reading:
    return Reading(
        Cups.of_digits("1" * 16), register, day, Decimal(index_kwh), Quality.ACTUAL, "file"
    )


def a_supply(started_on: date) -> MeteredSupply:
    return MeteredSupply(Cups.of_digits("1" * 16), "2.0TD-FIJO", Decimal("4.6"), started_on)


delivered, deliveries = strategies.delivered_readings, strategies.deliveries


class TestFiles:
    @given(deliveries())
    def test_are_read_as_they_were_written(self, delivery: Delivery):
        assert read_meter_file(write_meter_file(delivery)) == delivery

    @given(deliveries(), st.data())
    def test_that_are_cut_off_are_refused(self, delivery: Delivery, data: st.DataObject):
        content = write_meter_file(delivery)
        cut = data.draw(st.integers(0, len(content) - 1))

        with pytest.raises(Invalid, match=r"meter_file\.(truncated|version)"):
            read_meter_file(content[:cut])

    @given(deliveries(), st.data())
    def test_with_one_byte_changed_are_refused(self, delivery: Delivery, data: st.DataObject):
        content = bytearray(write_meter_file(delivery))
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))

        with pytest.raises(Invalid, match=r"meter_file\."):
            read_meter_file(bytes(content))

    @given(st.binary(max_size=400))
    def test_of_noise_are_refused_by_name(self, noise: bytes):
        with pytest.raises(Invalid, match=r"meter_file\."):
            read_meter_file(noise)

    @given(deliveries(), st.lists(st.text(max_size=60), min_size=1, max_size=4), st.data())
    def test_lose_no_good_row_to_bad_ones_under_a_right_checksum(self, delivery, junk, data):
        lines = write_meter_file(delivery).split(b"\n")[:-2]
        for text in junk:
            line = text.encode("utf-8", "replace").replace(b"\n", b"?")
            lines.insert(data.draw(st.integers(1, len(lines))), line)

        read = read_meter_file(signed(lines))

        assert [attrs.evolve(row, line=0) for row in read.rows] == [
            attrs.evolve(row, line=0) for row in delivery.rows
        ]
        assert len(read.faults) == len(junk)
        assert all(fault.code.startswith("meter_file.row.") for fault in read.faults)

    @given(deliveries(), st.data())
    def test_report_a_changed_field_by_line_and_code(self, delivery, data):
        assume(delivery.rows)
        lines = write_meter_file(delivery).split(b"\n")[:-2]
        at = data.draw(st.integers(1, len(lines) - 1))
        fields = lines[at].split(b";")
        place = data.draw(st.integers(0, len(fields) - 1))
        fields[place] = data.draw(st.text(max_size=8)).encode().replace(b"\n", b"?")
        lines[at] = b";".join(fields)

        read = read_meter_file(signed(lines))

        assert len(read.rows) + len(read.faults) == len(delivery.rows)
        assert all((fault.line, bool(fault.code)) == (at + 1, True) for fault in read.faults)


crowded = delivered(
    points=st.integers(1, 2).map(lambda number: Cups.of_digits(f"{number:016d}")),
    on=st.dates(date(2026, 3, 1), date(2026, 3, 4)),
)


class TestIntake:
    @given(st.lists(delivered() | crowded, max_size=8), days)
    def test_accounts_for_every_row_whatever_it_says(self, rows, today):
        supplies = [
            MeteredSupply(row.cups, "2.0TD-FIJO", Decimal("4.6"), date(2020, 1, 1)) for row in rows
        ]

        intake, events = decide(rows, supplies=supplies, today=today)

        assert len(intake.readings) + len(intake.doubted) + intake.known == len(rows)
        assert len({reading.key for reading in intake.readings}) == len(intake.readings)
        assert len(events) <= len(intake.readings)

    @given(st.lists(crowded, max_size=8, unique_by=lambda r: (r.cups, r.register, r.taken_on)))
    def test_changes_nothing_the_second_time(self, rows):
        today = date(2030, 1, 1)
        supplies = [
            MeteredSupply(row.cups, "2.0TD-FIJO", Decimal("4.6"), date(2020, 1, 1)) for row in rows
        ]
        first, _ = decide(rows, supplies=supplies, today=today)

        again, events = decide(
            rows, supplies=supplies, today=today, standing=first.readings, plans=first.plans
        )

        assert (again.readings, again.plans, events) == ((), (), ())
        assert [d.delivered for d in again.doubted] == [d.delivered for d in first.doubted]


def decide(rows, *, supplies, today, standing=(), plans=()):
    return take_in(
        Delivery("0021", today, tuple(rows)),
        source="file",
        standing=standing,
        plans=plans,
        supplies=supplies,
        today=today,
        rules=RULES,
    )


def signed(lines: list[bytes]) -> bytes:
    body = b"\n".join(lines) + b"\n"
    return body + f"END;{len(lines) - 1};{checksum(body)}\n".encode()
