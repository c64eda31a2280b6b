"""The parked messages of the outbox in a store, and their items on the work list."""

from __future__ import annotations

import attrs

from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.shared import Channel

__all__ = ["MemoryParkedMessages"]


class MemoryParkedMessages:
    """The ParkedMessages port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def release(self, channel: Channel) -> int:
        """Let every parked message of `channel` wait again, as maybe sent; return how many."""
        outbox, work_list = self._store.writable("outbox"), self._store.writable("work_item")
        parked = [
            row for row in outbox.values() if row.message.channel is channel and row.is_parked
        ]
        for row in parked:
            outbox[row.message] = attrs.evolve(row, state="unknown", attempts=0, code="", text="")
            item = f"{channel.value}/{row.message.kind}/{row.message.key}"
            work_list.pop(("outbox", item), None)
        return len(parked)
