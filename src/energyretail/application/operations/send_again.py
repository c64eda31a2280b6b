"""Sends again what was parked, once a person has put right what stood in its way."""

from __future__ import annotations

from typing import Protocol

from energyretail.application.operations.relayed_outbox import enqueue_relay
from energyretail.application.shared import Channel, Work
from energyretail.application.shared.jobs import Jobs

__all__ = ["ParkedMessages", "SendAgain"]


class ParkedMessages(Protocol):
    """The messages of the outbox that wait for a person; part of the open transaction."""

    def release(self, channel: Channel) -> int:
        """Let every parked message of `channel` wait for its relay again; return how many.

        Each comes back as maybe sent, with all its attempts before it, and its item leaves
        the work list.
        """
        ...


class SendAgain:
    """Let a channel's parked messages be relayed again; parked anew they are on the list anew."""

    def __init__(self, *, work: Work, parked: ParkedMessages, jobs: Jobs):
        self._work = work
        self._parked = parked
        self._jobs = jobs

    def __call__(self, channel: Channel) -> int:
        """Release what is parked and make the channel's relay due; return how many there were."""
        with self._work() as transaction:
            released = self._parked.release(channel)
            if released:
                enqueue_relay(self._jobs, channel)
            transaction.commit()
        return released
