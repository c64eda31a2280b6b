"""What every implementation of the port of jobs promises."""

from __future__ import annotations

from energyretail.testing.conformance.shared import SharedWorld

__all__ = ["JobsConformance"]


class JobsConformance:
    """Subclass in a test and give a fixture `world` that returns an empty SharedWorld."""

    def test_wait_in_the_order_they_came(self, world: SharedWorld) -> None:
        world.enqueue("walk", lock="day", day="2026-03-01")
        world.enqueue("relay", channel="erp")

        assert world.queue.waiting() == [
            ("walk", "day", {"day": "2026-03-01"}),
            ("relay", None, {"channel": "erp"}),
        ]

    def test_that_are_behind_let_every_other_go_first(self, world: SharedWorld) -> None:
        with world.work() as transaction:
            world.jobs.enqueue("bill", behind=True, n="1")
            world.jobs.enqueue("bill", behind=True, n="2")
            world.jobs.enqueue("relay")
            transaction.commit()

        seen = []
        while waiting := world.queue.waiting():
            seen.append((waiting[0][0], waiting[0][2]))
            world.queue.begin()

        assert seen == [("relay", {}), ("bill", {"n": "1"}), ("bill", {"n": "2"})]

    def test_vanish_with_a_transaction_undone(self, world: SharedWorld) -> None:
        with world.work():
            world.jobs.enqueue("relay")

        assert world.queue.waiting() == []

    def test_wait_once_under_one_name_whatever_their_task(self, world: SharedWorld) -> None:
        world.enqueue("relay", once="erp", n="1")
        with world.work() as transaction:
            world.jobs.enqueue("relay", once="erp", n="2")
            world.jobs.enqueue("other", once="erp")
            world.jobs.enqueue("relay", once="bank")
            transaction.commit()

        assert [(task, args) for task, _, args in world.queue.waiting()] == [
            ("relay", {"n": "1"}),
            ("relay", {}),
        ]

    def test_may_wait_again_once_begun(self, world: SharedWorld) -> None:
        world.enqueue("relay", once="erp", n="1")
        world.queue.begin()

        world.enqueue("relay", once="erp", n="2")

        assert [args for _, _, args in world.queue.waiting()] == [{"n": "2"}]

    def test_without_a_name_wait_as_often_as_they_are_wanted(self, world: SharedWorld) -> None:
        world.enqueue("relay")
        world.enqueue("relay")

        assert len(world.queue.waiting()) == 2
