"""The shared ports in dictionaries: numbers, inbox, outbox, work list, books, clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs

from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.shared import (
    Channel,
    Claimed,
    Delivery,
    DeliveryState,
    Kept,
    Message,
    Received,
    Settled,
)
from energyretail.domain.operations import ClosedWorkItem, WorkItem
from energyretail.domain.shared import Conflict, Refused

__all__ = ["MemoryClock", "MemoryInbox", "MemoryNumbers", "MemoryOutbox", "MemoryWorkList"]

_WAITING = ("ready", "sending", "unknown")


class MemoryClock:
    """The Clock port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def today(self) -> date:
        """Return the business day; raises Refused ``clock.not_set`` before the first one."""
        today: date | None = self._store.table("clock").get("today")
        if today is None:
            raise Refused("clock.not_set", "no business day was opened yet")
        return today

    def move_to(self, day: date) -> None:
        """Make `day` the business day; raises Refused for an earlier one."""
        clock = self._store.writable("clock")
        if clock.get("today", day) > day:
            raise Refused("clock.backwards", "the company's clock never goes back", day=day)
        clock["today"] = day


class MemoryNumbers:
    """The Numbers port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def take(self, series: str, count: int) -> range:
        """Take `count` consecutive numbers."""
        table = self._store.writable("number_series")
        last = table.get(series, 0) + count
        table[series] = last
        return range(last - count + 1, last + 1)

    def take_free(self, series: Sequence[str], count: int) -> tuple[str, range]:
        """Take of the first: in memory nobody else holds it."""
        return series[0], self.take(series[0], count)


class MemoryInbox:
    """The Inbox port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def keep(self, received: Received, *, on: date) -> bool:
        """Keep an arrival; False when the same bytes are there already."""
        (kept,) = self.keep_all([received], on=on)
        if kept is Kept.OTHER:
            raise Conflict(
                "inbox.key_reused",
                "other bytes came under this key before",
                source=received.source,
                key=received.key,
            )
        return kept is Kept.NEW

    def keep_all(self, arrivals: Sequence[Received], *, on: date) -> tuple[Kept, ...]:
        """Keep many at once."""
        table = self._store.writable("inbox")
        told = []
        for received in arrivals:
            there = table.setdefault(
                (received.source, received.key), row := (received, on, "kept", "", "")
            )
            same = there[0].raw == received.raw
            told.append(Kept.NEW if there is row else Kept.KNOWN if same else Kept.OTHER)
        return tuple(told)

    def settle(self, source: str, key: str, *, code: str = "", text: str = "") -> None:
        """Note the arrival as processed, or parked when there is a code."""
        self.settle_all([Settled(source, key, code, text)])

    def settle_all(self, settled: Sequence[Settled]) -> None:
        """Note of many what became of them."""
        table = self._store.writable("inbox")
        for each in settled:
            if (each.source, each.key) not in table:
                raise RuntimeError("settled what was never kept")
            received, on, *_ = table[(each.source, each.key)]
            state = "parked" if each.code else "processed"
            table[(each.source, each.key)] = (received, on, state, each.code, each.text)


@attrs.frozen
class _Row:
    message: Message
    state: str = "ready"
    attempts: int = 0
    code: str = ""
    text: str = ""

    @property
    def is_parked(self) -> bool:
        return self.state == "parked"


class MemoryOutbox:
    """The Outbox port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, messages: Sequence[Message]) -> None:
        """Write messages, once each."""
        table = self._store.writable("outbox")
        for message in messages:
            table.setdefault(message, _Row(message))

    def claim(self, channel: Channel, *, limit: int) -> tuple[Claimed, ...]:
        """Take unsent messages, oldest first."""
        table = self._store.writable("outbox")
        rows = [r for r in table.values() if r.message.channel is channel and r.state in _WAITING]
        for row in rows[:limit]:
            table[row.message] = attrs.evolve(row, state="sending", attempts=row.attempts + 1)
        return tuple(
            Claimed(row.message, row.attempts + 1, row.state != "ready") for row in rows[:limit]
        )

    def settle(self, deliveries: Sequence[Delivery]) -> None:
        """Record what became of claimed messages."""
        table = self._store.writable("outbox")
        for delivery in deliveries:
            if delivery.message not in table:
                raise RuntimeError("settled what was never written")
            retry = delivery.state is DeliveryState.RETRY
            table[delivery.message] = attrs.evolve(
                table[delivery.message],
                state="ready" if retry else delivery.state.value,
                code=delivery.code,
                text=delivery.text,
            )

    def waiting(self) -> int:
        """Count what is neither sent nor parked."""
        return sum(row.state in _WAITING for row in self._store.table("outbox").values())


class MemoryWorkList:
    """The WorkList port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, items: Sequence[WorkItem]) -> None:
        """Put items on the list, once each."""
        table = self._store.writable("work_item")
        for item in items:
            table.setdefault((item.kind, item.key), item)

    def close(self, keys: Sequence[tuple[str, str]], *, on: date, remark: str) -> None:
        """Take items off the list that wait for nobody any more."""
        table = self._store.writable("work_item")
        kept = self._store.writable("closed_work_item")
        for key in keys:
            if (item := table.pop(key, None)) is not None:
                kept[key] = (*kept.get(key, ()), ClosedWorkItem(item, on, remark))

    def open_keys(self, kind: str, *, after: str, before: str) -> tuple[str, ...]:
        """Return the keys of a kind of items in a range."""
        keys = (key for of, key in self._store.table("work_item") if of == kind)
        return tuple(sorted(key for key in keys if key > after and (not before or key < before)))

    def open_items(self) -> tuple[WorkItem, ...]:
        """Return what waits for a person."""
        table = self._store.table("work_item")
        return tuple(table[key] for key in sorted(table))
