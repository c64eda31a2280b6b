"""What every implementation of the Whole port promises."""

from __future__ import annotations

import attrs
import pytest

from energyretail.application.shared import Outbox, Whole, Work
from energyretail.testing.conformance.shared import entry

__all__ = ["WholeConformance", "WholeWorld"]


@attrs.frozen
class WholeWorld:
    """One implementation, empty."""

    work: Work
    whole: Whole
    outbox: Outbox

    def add(self, key: str, *, commit: bool = True) -> None:
        """Write a message in a transaction of its own."""
        with self.work() as transaction:
            self.outbox.add([entry(key)])
            if commit:
                transaction.commit()


class WholeConformance:
    """Subclass in a test and give a fixture `world` that returns an empty WholeWorld."""

    def test_keeps_all_its_parts_when_it_commits(self, world: WholeWorld) -> None:
        with world.whole() as whole:
            world.add("1")
            world.add("2")
            whole.commit()

        assert world.outbox.waiting() == 2

    def test_keeps_none_when_it_does_not(self, world: WholeWorld) -> None:
        with world.whole():
            world.add("1")

        assert world.outbox.waiting() == 0

    def test_keeps_none_of_a_trial(self, world: WholeWorld) -> None:
        with world.whole(trial=True):
            world.add("1")
        world.add("2")

        assert world.outbox.waiting() == 1

    def test_keeps_none_when_it_fails(self, world: WholeWorld) -> None:
        def fail() -> None:
            with world.whole():
                world.add("1")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()

        assert world.outbox.waiting() == 0

    def test_undoes_a_part_alone(self, world: WholeWorld) -> None:
        with world.whole() as whole:
            world.add("1", commit=False)
            world.add("2")
            whole.commit()

        assert world.outbox.waiting() == 1

    def test_shows_a_part_those_before_it(self, world: WholeWorld) -> None:
        with world.whole():
            world.add("1")
            with world.work():
                assert world.outbox.waiting() == 1

    def test_commits_once_and_does_not_nest(self, world: WholeWorld) -> None:
        with world.whole() as whole:
            with pytest.raises(RuntimeError), world.whole():
                pass
            whole.commit()
            with pytest.raises(RuntimeError):
                whole.commit()

        world.add("1")
        assert world.outbox.waiting() == 1
