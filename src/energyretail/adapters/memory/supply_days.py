"""What became of every supply day, over dictionaries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from energyretail.adapters.memory.billing import in_force
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import SupplyDaySpan
from energyretail.domain.billing import (
    PARKED_KIND,
    DaySpan,
    DayState,
    boundaries,
    classify_days,
    parked_of,
)
from energyretail.domain.metering import ReadingRules
from energyretail.domain.shared import Period
from energyretail.domain.supply import Supply

__all__ = ["MemorySupplyDays"]


class MemorySupplyDays:
    """The SupplyDays port over a store; `reading` names the registers of every access tariff."""

    def __init__(self, store: MemoryStore, *, reading: ReadingRules):
        self._store = store
        self._reading = reading

    def counts(self, *, today: date, grace_days: int) -> Mapping[DayState, int]:
        """Return how many days are in each state."""
        counts = dict.fromkeys(DayState, 0)
        for each in self._spans(today, grace_days):
            counts[each.span.state] += each.span.period.days
        return counts

    def spans(
        self, *, state: DayState, today: date, grace_days: int, after: str, limit: int
    ) -> tuple[SupplyDaySpan, ...]:
        """Return spans of one state."""
        found = [
            each
            for each in self._spans(today, grace_days)
            if each.span.state is state and each.key > after
        ]
        return tuple(sorted(found, key=lambda each: each.key)[:limit])

    def _spans(self, today: date, grace_days: int) -> Iterator[SupplyDaySpan]:
        billed = defaultdict[tuple[str, str], list[Period]](list)
        for invoice in in_force(self._store):
            billed[invoice.contract, invoice.cups.value].append(invoice.period)
        for contract in self._store.table("contract").values():
            started = [s for s in contract.supplies if s.started_on and s.started_on <= today]
            for supply in started:
                key = (contract.number, supply.site.cups.value)
                spans = self._classified(key, supply, billed[key], today, grace_days)
                yield from (SupplyDaySpan(*key, span) for span in spans)

    def _classified(
        self,
        key: tuple[str, str],
        supply: Supply,
        billed: list[Period],
        today: date,
        grace_days: int,
    ) -> tuple[DaySpan, ...]:
        contract, cups = key
        last_read = self._last_read(supply, today)
        return classify_days(
            Period(supply.started_on or today, supply.ended_on),
            billed=billed,
            parked=self._unread(supply, last_read) | self._parked(f"{contract}/{cups}"),
            last_read=last_read,
            today=today,
            grace_days=grace_days,
            plans=self._plans(contract),
        )

    def _plans(self, contract: str) -> list[Period]:
        plans = self._store.table("instalment_plan").values()
        running = (plan for plan in plans if plan.settled_on is None)
        return [plan.span for plan in running if plan.contract == contract]

    def _unread(self, supply: Supply, last_read: date | None) -> dict[date, str]:
        """What was never read is on the list of the readings, and waits from the first day on.

        That is the first day itself, or a later one where nothing was read in full since.
        """
        start = supply.started_on
        found = (
            (item.key, item.code)
            for item in self._store.table("work_item").values()
            if start and item.kind == "reading_missing"
            if item.key.startswith(supply.site.cups.point)
            if (day := date.fromisoformat(item.key.rpartition(":")[2])) >= start
            if day == start or last_read in (None, start)
        )
        _, code = min(found, default=("", ""))
        return {start: code} if start and code else {}

    def _parked(self, supply: str) -> dict[date, str]:
        named = (
            (parked_of(item.key), item.code)
            for item in self._store.table("work_item").values()
            if item.kind == PARKED_KIND
        )
        return {found[1]: code for found, code in named if found and found[0] == supply}

    def _last_read(self, supply: Supply, today: date) -> date | None:
        start, end = supply.started_on or today, min(today, supply.ended_on or today)
        taken = [
            (reading.register, reading.taken_on)
            for reading in self._store.table("reading").values()
            if reading.cups == supply.site.cups and start <= reading.taken_on <= end
        ]
        if registers := self._reading.registers_of(supply.site.tariff):
            return max(boundaries(taken, registers=registers), default=None)
        # Nobody knows what must be read, so that any reading will do: its supply is to be parked.
        return max((day for _, day in taken), default=None)
