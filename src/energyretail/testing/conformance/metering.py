"""What every implementation of the ports of metering promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest

from energyretail.application.metering import ReadingPlans, Readings, SuppliesToRead
from energyretail.application.shared import Work
from energyretail.domain.metering import (
    DeliveredReading,
    EstimateBasis,
    MeteredSupply,
    Origin,
    PlannedReading,
    PlanState,
    Quality,
    Reading,
)
from energyretail.domain.shared import Conflict, Cups

__all__ = ["MeteringConformance", "MeteringWorld", "point", "reading"]

DAY = date(2026, 3, 5)


def point(number: int) -> Cups:
    """Return the supply point with this number."""
    return Cups.of_digits(f"{number:016d}")


def reading(
    number: int,
    register: str,
    taken_on: date,
    index_kwh: int | str,
    *,
    version: int = 1,
    basis: EstimateBasis | None = None,
) -> Reading:
    """Return a reading, estimated when it has a basis."""
    return Reading(
        cups=point(number),
        register=register,
        taken_on=taken_on,
        index_kwh=Decimal(index_kwh),
        quality=Quality.ESTIMATED if basis else Quality.ACTUAL,
        source="estimate" if basis else "file",
        version=version,
        basis=basis,
    )


def _delivered(
    register: str, taken_on: date, index_kwh: str, origin: Origin = Origin.VISUAL
) -> DeliveredReading:
    return DeliveredReading(point(1), register, taken_on, Decimal(index_kwh), origin, None)


@attrs.frozen
class MeteringWorld:
    """One implementation, empty; `add_supply` puts a supply in a state, under its own contract."""

    work: Work
    readings: Readings
    plans: ReadingPlans
    supplies: SuppliesToRead
    add_supply: Callable[[MeteredSupply, str], None]

    def save(self, *readings: Reading) -> None:
        """Save readings in a transaction of their own."""
        with self.work() as transaction:
            self.readings.save(readings, on=DAY)
            transaction.commit()

    def plan(self, *plans: PlannedReading) -> None:
        """Save plans in a transaction of their own."""
        with self.work() as transaction:
            self.plans.save(plans)
            transaction.commit()


class MeteringConformance:
    """Inherit and give the fixture ``world``."""

    def test_gives_the_highest_version_in_natural_order(self, world: MeteringWorld) -> None:
        """Whatever the order of saving."""
        basis = EstimateBasis("recent_use", "10 kWh in 5 days")
        guess = reading(1, "P1", DAY, 90, basis=basis)
        real = reading(1, "P1", DAY, 100, version=2)
        other = reading(1, "P2", DAY, 7, basis=basis)
        foreign = reading(2, "P1", DAY, 5)
        world.save(foreign, other, guess)
        world.save(real)

        found = world.readings.current([point(1)], since=DAY)

        assert found == (real, other)
        assert [str(each.index_kwh) for each in found] == ["100", "7"]

    def test_adds_the_last_one_before_the_day_asked_for(self, world: MeteringWorld) -> None:
        """So that there is an index to compare with, however old."""
        old = [reading(1, "P1", DAY - timedelta(days=n), 1000 - n) for n in (900, 700)]
        new = reading(1, "P1", DAY, 1000)
        lone = reading(1, "P2", DAY - timedelta(days=900), 5)
        world.save(*old, new, lone)

        assert world.readings.current([point(1)], since=DAY) == (old[1], new, lone)

    def test_adds_every_estimate_since_the_last_actual_one(self, world: MeteringWorld) -> None:
        """However old, for a later reading may contradict them; all where there is no actual."""
        basis = EstimateBasis("recent_use", "10 kWh in 5 days")
        days = [DAY - timedelta(days=n) for n in (150, 120, 90, 60)]
        dropped, read = reading(1, "P1", days[0], 10), reading(1, "P1", days[1], 100, version=2)
        guesses = [reading(1, "P1", day, 200, basis=basis) for day in days[2:]]
        never_read = [reading(1, "P2", day, 7, basis=basis) for day in days]
        world.save(dropped, reading(1, "P1", days[1], 90, basis=basis), read)
        world.save(*guesses, *never_read)

        assert world.readings.current([point(1)], since=DAY) == (read, *guesses, *never_read)

    def test_tells_what_was_delivered_before_in_whatever_version(
        self, world: MeteringWorld
    ) -> None:
        """What was superseded since was delivered all the same; a guess of ours never was."""
        guess = reading(1, "P2", DAY, 7, basis=EstimateBasis("recent_use", "a month"))
        first = attrs.evolve(reading(1, "P1", DAY, "90.5"), quality=Quality.ESTIMATED)
        world.save(first, guess)
        world.save(reading(1, "P1", DAY, 100, version=2))

        rows = [
            _delivered("P1", DAY, "100.000"),
            _delivered("P1", DAY, "100", Origin.ESTIMATED),
            _delivered("P1", DAY, "101"),
            _delivered("P1", DAY, "90.50", Origin.ESTIMATED),
            _delivered("P1", DAY - timedelta(days=1), "100"),
            _delivered("P2", DAY, "7", Origin.ESTIMATED),
        ]

        assert world.readings.heard(rows) == (rows[0], rows[3])
        assert world.readings.heard([]) == ()

    def test_refuses_a_second_reading_under_a_key(self, world: MeteringWorld) -> None:
        """A reading is superseded, never written over; nothing of the batch is kept."""
        first = reading(1, "P1", DAY, 100)
        world.save(first)

        with pytest.raises(Conflict) as conflict:
            world.save(reading(1, "P2", DAY, 1), reading(1, "P1", DAY, 101))

        assert conflict.value.code == "metering.reading.exists"
        assert world.readings.current([point(1)], since=DAY) == (first,)

    def test_keeps_parts_of_a_kilowatt_hour(self, world: MeteringWorld) -> None:
        """Three decimals, as the file may have."""
        exact = reading(1, "P1", DAY, "123.457")
        world.save(exact)

        assert world.readings.current([point(1)], since=DAY) == (exact,)

    def test_asks_nothing_for_no_points(self, world: MeteringWorld) -> None:
        """However much there is; nor does saving nothing write anything."""
        world.save(reading(1, "P1", DAY, 100))
        world.plan(PlannedReading(point(1), DAY, DAY - timedelta(days=30)))
        world.add_supply(_supply(1, DAY), "active")
        world.save()
        world.plan()

        assert world.readings.current([], since=DAY) == ()
        assert world.plans.of([]) == ()
        assert world.supplies.at([]) == ()

    def test_writes_a_plan_over_the_one_of_its_day(self, world: MeteringWorld) -> None:
        """(cups, planned_on) is the natural key."""
        told = PlannedReading(point(1), DAY, DAY - timedelta(days=30))
        later = PlannedReading(point(1), DAY + timedelta(days=30), DAY)
        world.plan(later, told)
        settled = attrs.evolve(told, state=PlanState.SETTLED)
        world.plan(settled)

        assert world.plans.of([point(1), point(2)]) == (settled, later)

    def test_finds_the_open_plans_up_to_a_day(self, world: MeteringWorld) -> None:
        """The day itself included, what is settled or moved left out."""
        before = DAY - timedelta(days=30)
        due = PlannedReading(point(2), DAY, before)
        also = PlannedReading(point(1), DAY - timedelta(days=1), before)
        world.plan(
            due,
            also,
            PlannedReading(point(3), DAY, before, PlanState.SETTLED),
            PlannedReading(point(4), DAY, before, PlanState.MOVED),
            PlannedReading(point(5), DAY + timedelta(days=1), before),
        )

        assert world.plans.overdue(by=DAY) == (also, due)

    def test_finds_the_supplies_that_are_or_will_be_ours(self, world: MeteringWorld) -> None:
        """By point and start, the waiting ones last."""
        ended = _supply(1, DAY - timedelta(days=60), DAY - timedelta(days=20))
        again = _supply(1, DAY)
        waiting = _supply(2, None)
        world.add_supply(waiting, "requested")
        world.add_supply(again, "active")
        world.add_supply(ended, "ended")
        world.add_supply(_supply(3, None), "refused")
        world.add_supply(_supply(4, None), "agreed")

        found = world.supplies.at([point(number) for number in (1, 2, 3, 4)])

        assert found == (ended, again, waiting)

    def test_knows_a_point_in_either_spelling(self, world: MeteringWorld) -> None:
        """The first twenty characters name it: what is asked in one is found in the other."""
        short = Cups(point(1).point)
        world.save(reading(1, "P1", DAY, 100))
        world.plan(PlannedReading(point(1), DAY + timedelta(days=20), DAY))
        world.add_supply(_supply(1, DAY), "active")
        row = DeliveredReading(short, "P1", DAY, Decimal(100), Origin.VISUAL, None)

        assert world.readings.current([short], since=DAY) == (reading(1, "P1", DAY, 100),)
        assert world.readings.heard([row]) == (row,)
        assert len(world.plans.of([short])) == len(world.supplies.at([short])) == 1
        assert world.supplies.unread(by=DAY) == ()
        with pytest.raises(Conflict):
            world.save(attrs.evolve(reading(1, "P1", DAY, 101), cups=short))
        world.plan(PlannedReading(short, DAY + timedelta(days=20), DAY, PlanState.SETTLED))
        assert [plan.state for plan in world.plans.of([point(1)])] == [PlanState.SETTLED]

    def test_makes_one_series_of_both_spellings(self, world: MeteringWorld) -> None:
        """Versions and days of a register count across them."""
        short = Cups(point(1).point)
        later = attrs.evolve(reading(1, "P1", DAY + timedelta(days=9), 120), cups=short)
        newer = attrs.evolve(reading(1, "P1", DAY, 101, version=2), cups=short)
        world.save(reading(1, "P1", DAY, 100), later)
        world.save(newer)

        found = world.readings.current([point(1)], since=DAY + timedelta(days=5))

        assert found == (newer, later)

    def test_locks_points_until_the_transaction_ends(self, world: MeteringWorld) -> None:
        """Twice over does no harm, nor do none at all."""
        for _ in range(2):
            with world.work() as transaction:
                world.readings.lock([point(1), point(2), Cups(point(1).point)])
                world.readings.lock([])
                transaction.commit()

    def test_finds_the_supplies_nobody_has_read(self, world: MeteringWorld) -> None:
        """Running ones, begun by then, that no reading has named a next day for."""
        read, unread, young = _supply(1, DAY), _supply(2, DAY), _supply(3, DAY + timedelta(days=1))
        for supply in (read, unread, young):
            world.add_supply(supply, "active")
        world.add_supply(_supply(4, DAY - timedelta(days=9), DAY), "ended")
        world.plan(PlannedReading(point(1), DAY + timedelta(days=20), DAY))

        assert world.supplies.unread(by=DAY) == (unread,)


def _supply(number: int, started_on: date | None, ended_on: date | None = None) -> MeteredSupply:
    return MeteredSupply(point(number), "2.0TD-FIJO", Decimal("4.6"), started_on, ended_on)
