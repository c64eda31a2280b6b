"""What every implementation of the Once port promises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import attrs
import pytest

from energyretail.application.shared import Answer, Numbers, Once, Work
from energyretail.domain.shared import Conflict, Refused
from energyretail.testing.conformance.shared import MovableClock

__all__ = ["DAY", "TOLD", "OnceConformance", "OnceWorld"]

DAY = date(2026, 3, 2)
TOLD = Answer(201, b'{"number":1}', (("Location", "/v1/things/1"),))


@attrs.frozen
class OnceWorld:
    """One implementation, empty but for its clock, which stands at 2 March 2026.

    `numbers` stands for any effect, `clock` for one that is read without taking part in it.
    `elsewhere` runs its argument as another process would, and returns what came of it.
    """

    once: Once
    work: Work
    numbers: Numbers
    clock: MovableClock
    elsewhere: Callable[[Callable[[], object]], object]

    def take(self, *, commit: bool = True) -> int:
        """Take the next number in a transaction of its own, as a use case does."""
        with self.work() as transaction:
            (number,) = self.numbers.take("things", 1)
            if commit:
                transaction.commit()
        return number

    def taken(self) -> int:
        """Tell how many numbers were taken for good."""
        return self.take(commit=False) - 1

    def move_to(self, day: date) -> None:
        """Move the clock in a transaction of its own, as a use case does."""
        with self.work() as transaction:
            self.clock.move_to(day)
            transaction.commit()

    def act(self) -> Answer:
        """Do the effect and tell of it."""
        self.take()
        return TOLD


class OnceConformance:
    """Subclass in a test and give a fixture `world` that returns a fresh OnceWorld."""

    def test_does_it_once_and_answers_the_same(self, world: OnceWorld) -> None:
        first = world.once("a", "f", world.act)
        again = world.once("a", "f", world.act)

        assert (first, again) == ((TOLD, False), (TOLD, True))
        assert world.taken() == 1

    def test_does_it_for_each_key(self, world: OnceWorld) -> None:
        for key in "abc":
            world.once(key, "f", world.act)

        assert world.taken() == 3

    def test_refuses_a_key_used_for_something_else(self, world: OnceWorld) -> None:
        world.once("a", "f", world.act)

        with pytest.raises(Refused) as refused:
            world.once("a", "g", world.act)

        assert refused.value.code == "idempotency.key_reused"
        assert world.taken() == 1

    def test_keeps_nothing_of_what_failed(self, world: OnceWorld) -> None:
        def fail() -> Answer:
            world.take()
            raise Refused("test.no", "not now")

        with pytest.raises(Refused):
            world.once("a", "f", fail)

        assert world.taken() == 0
        assert world.once("a", "f", world.act) == (TOLD, False)

    def test_undoes_a_part_that_did_not_commit_alone(self, world: OnceWorld) -> None:
        def act() -> Answer:
            world.take()
            world.take(commit=False)
            world.take()
            return TOLD

        world.once("a", "f", act)

        assert world.taken() == 2

    def test_tells_that_a_call_is_under_way(self, world: OnceWorld) -> None:
        met: list[object] = []

        def act() -> Answer:
            met.append(world.elsewhere(lambda: world.once("a", "f", world.act)))
            return world.act()

        world.once("a", "f", act)

        (error,) = met
        assert isinstance(error, Conflict)
        assert error.code == "idempotency.in_flight"
        assert world.taken() == 1

    def test_shows_an_act_its_own_parts_and_nobody_else_before_it_ends(
        self, world: OnceWorld
    ) -> None:
        seen: list[tuple[date, object]] = []

        def act() -> Answer:
            for days in (1, 2):
                world.move_to(DAY + timedelta(days=days))
                seen.append((world.clock.today(), world.elsewhere(world.clock.today)))
            return TOLD

        world.once("a", "f", act)

        last = DAY + timedelta(days=2)
        assert seen == [(DAY + timedelta(days=1), DAY), (last, DAY)]
        assert (world.clock.today(), world.elsewhere(world.clock.today)) == (last, last)

    def test_shows_nobody_what_an_act_undid(self, world: OnceWorld) -> None:
        def fail() -> Answer:
            world.move_to(DAY + timedelta(days=1))
            assert world.elsewhere(world.clock.today) == DAY
            raise Refused("test.no", "not now")

        with pytest.raises(Refused):
            world.once("a", "f", fail)

        assert (world.clock.today(), world.elsewhere(world.clock.today)) == (DAY, DAY)

    def test_keeps_a_call_by_its_day(self, world: OnceWorld) -> None:
        world.once("a", "f", world.act)

        assert self.forget(world, DAY) == 0
        assert self.forget(world, DAY + timedelta(days=1)) == 1
        assert world.once("a", "g", world.act) == (TOLD, False)

    def forget(self, world: OnceWorld, before: date) -> int:
        """Drop what is older, in a transaction."""
        with world.work() as transaction:
            dropped = world.once.forget(before=before)
            transaction.commit()
        return dropped
