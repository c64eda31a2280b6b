"""What every implementation of the ports of operations promises."""

from __future__ import annotations

import attrs
import pytest

from energyretail.application.operations import ParkedMessages
from energyretail.application.operations.relay import RelayLocks
from energyretail.application.shared import (
    Channel,
    Claimed,
    Delivery,
    DeliveryState,
    Message,
    Outbox,
    Work,
    WorkList,
)
from energyretail.domain.operations import WorkItem
from energyretail.testing.conformance.shared import DAY

__all__ = ["ParkedMessagesConformance", "ParkedWorld", "RelayLocksConformance"]


@attrs.frozen
class ParkedWorld:
    """One implementation, empty."""

    work: Work
    outbox: Outbox
    work_list: WorkList
    parked: ParkedMessages

    def park(self, *messages: Message) -> None:
        """Write messages, claim them and park each with an item on the work list."""
        with self.work() as transaction:
            self.outbox.add(messages)
            for channel in {message.channel for message in messages}:
                self.outbox.claim(channel, limit=100)
            self.outbox.settle(
                [Delivery(m, DeliveryState.PARKED, "partner.says_no", "no") for m in messages]
            )
            self.work_list.add([_item(message) for message in messages])
            transaction.commit()

    def release(self, channel: Channel) -> int:
        """Release what is parked of a channel."""
        with self.work() as transaction:
            count = self.parked.release(channel)
            transaction.commit()
        return count

    def claim(self, channel: Channel) -> tuple[Claimed, ...]:
        """Claim what waits on a channel."""
        with self.work() as transaction:
            claimed = self.outbox.claim(channel, limit=100)
            transaction.commit()
        return claimed

    def listed(self) -> set[str]:
        """Return the keys of the items that wait for a person."""
        return {item.key for item in self.work_list.open_items()}


def _message(key: str, channel: Channel = Channel.ERP) -> Message:
    return Message(channel, "entry", key)


def _item(message: Message) -> WorkItem:
    key = f"{message.channel.value}/{message.kind}/{message.key}"
    return WorkItem("outbox", key, "partner.says_no", "no", "ask", DAY)


class ParkedMessagesConformance:
    """Give the fixture `world`, an empty ParkedWorld."""

    def test_lets_parked_messages_wait_again_as_maybe_sent(self, world: ParkedWorld) -> None:
        world.park(_message("a"), _message("b"))

        assert world.release(Channel.ERP) == 2
        assert [(c.message.key, c.attempts, c.maybe_sent) for c in world.claim(Channel.ERP)] == [
            ("a", 1, True),
            ("b", 1, True),
        ]

    def test_takes_their_items_off_the_work_list(self, world: ParkedWorld) -> None:
        world.park(_message("a"), _message("c", Channel.BANK))

        world.release(Channel.ERP)

        assert world.listed() == {"bank/entry/c"}

    def test_leaves_what_is_not_parked_or_another_channel_s(self, world: ParkedWorld) -> None:
        world.park(_message("a", Channel.BANK))
        with world.work() as transaction:
            world.outbox.add([_message("b"), _message("c")])
            world.outbox.claim(Channel.ERP, limit=1)
            world.outbox.settle([Delivery(_message("b"), DeliveryState.SENT)])
            transaction.commit()

        assert world.release(Channel.ERP) == 0
        assert [c.message.key for c in world.claim(Channel.ERP)] == ["c"]

    def test_releases_once(self, world: ParkedWorld) -> None:
        world.park(_message("a"))

        assert (world.release(Channel.ERP), world.release(Channel.ERP)) == (1, 0)

    def test_forgets_a_release_that_is_undone(self, world: ParkedWorld) -> None:
        world.park(_message("a"))
        with world.work():
            world.parked.release(Channel.ERP)

        assert world.claim(Channel.ERP) == ()
        assert world.listed() == {"erp/entry/a"}

    def test_needs_a_transaction(self, world: ParkedWorld) -> None:
        world.park(_message("a"))

        with pytest.raises(RuntimeError):
            world.parked.release(Channel.ERP)

        assert world.release(Channel.ERP) == 1


class RelayLocksConformance:
    """Give the fixture `locks`, the port with nothing held."""

    def test_are_held_by_one_at_a_time(self, locks: RelayLocks) -> None:
        with locks.hold("relay:erp") as first, locks.hold("relay:erp") as second:
            assert (first, second) == (True, False)

    def test_are_apart_by_name(self, locks: RelayLocks) -> None:
        with locks.hold("relay:erp") as one, locks.hold("relay:bank") as other:
            assert (one, other) == (True, True)

    def test_are_free_again_after_the_block_however_it_ends(self, locks: RelayLocks) -> None:
        with pytest.raises(KeyError), locks.hold("relay:erp"):
            raise KeyError("ours")

        with locks.hold("relay:erp") as again:
            assert again

    def test_are_not_freed_by_who_did_not_hold_them(self, locks: RelayLocks) -> None:
        with locks.hold("relay:erp"):
            with locks.hold("relay:erp"):
                pass
            with locks.hold("relay:erp") as third:
                assert not third
