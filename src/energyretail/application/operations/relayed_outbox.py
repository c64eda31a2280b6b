"""An outbox that makes the relay of its channel due with every message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from energyretail.application.shared import Channel, Claimed, Delivery, Jobs, Message, Outbox

__all__ = ["RELAY_TASK", "RelayedOutbox", "enqueue_relay"]

RELAY_TASK: Final = "relay"


class RelayedOutbox:
    """The Outbox port; what is added is relayed by a job of the same transaction."""

    def __init__(self, outbox: Outbox, jobs: Jobs):
        self._outbox = outbox
        self._jobs = jobs

    def add(self, messages: Sequence[Message]) -> None:
        """Write messages and make each channel's relay due, once."""
        self._outbox.add(messages)
        # Always in one order: the transactions hold the waiting jobs until they end.
        written = {message.channel for message in messages}
        for channel in sorted(written, key=lambda channel: channel.value):
            enqueue_relay(self._jobs, channel)

    def claim(self, channel: Channel, *, limit: int) -> tuple[Claimed, ...]:
        """Take unsent messages, oldest first."""
        return self._outbox.claim(channel, limit=limit)

    def settle(self, deliveries: Sequence[Delivery]) -> None:
        """Record what became of claimed messages."""
        self._outbox.settle(deliveries)

    def waiting(self) -> int:
        """Count what is neither sent nor parked."""
        return self._outbox.waiting()


def enqueue_relay(jobs: Jobs, channel: Channel) -> None:
    """Make the relay of a channel due, once."""
    name = f"{RELAY_TASK}:{channel.value}"
    jobs.enqueue(RELAY_TASK, lock=name, once=name, channel=channel.value)
