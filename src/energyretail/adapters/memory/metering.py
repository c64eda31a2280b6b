"""Readings and their plans in dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from energyretail.adapters.memory.store import MemoryStore
from energyretail.domain.metering import (
    DeliveredReading,
    MeteredSupply,
    PlannedReading,
    PlanState,
    Quality,
    Reading,
    current,
)
from energyretail.domain.shared import Conflict, Cups
from energyretail.domain.supply import Supply, SupplyState

__all__ = ["MemoryReadingPlans", "MemoryReadings", "MemorySuppliesToRead"]

_OURS = (SupplyState.REQUESTED, SupplyState.ACTIVE, SupplyState.ENDED)


class MemoryReadings:
    """Implements the Readings port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def lock(self, points: Sequence[Cups]) -> None:
        """Wait for nobody: the open transaction has the store to itself."""

    def current(self, points: Sequence[Cups], *, since: date) -> tuple[Reading, ...]:
        """Return current readings, from each register's last actual one before a day on."""
        wanted = set(points)
        found = [r for r in self._store.table("reading").values() if r.cups in wanted]
        ordered = current(found)
        read = (r for r in ordered if r.taken_on < since and r.quality is Quality.ACTUAL)
        begun = {(r.cups, r.register): r.taken_on for r in read}
        return tuple(r for r in ordered if r.taken_on >= begun.get((r.cups, r.register), date.min))

    def heard(self, rows: Sequence[DeliveredReading]) -> tuple[DeliveredReading, ...]:
        """Return the rows taken in before, in whatever version."""
        readings = self._store.table("reading").values()
        said = {
            (r.cups, r.register, r.taken_on, r.index_kwh, r.quality)
            for r in readings
            if r.basis is None
        }
        return tuple(
            row
            for row in rows
            if (row.cups, row.register, row.taken_on, row.index_kwh, row.origin.quality) in said
        )

    def save(self, readings: Sequence[Reading], *, on: date) -> None:
        """Add readings; raises Conflict when one stands under a natural key."""
        table = self._store.writable("reading")
        received = self._store.writable("reading_received_on")
        for reading in readings:
            if reading.key in table:
                raise Conflict("metering.reading.exists", "one stands under the key")
            table[reading.key], received[reading.key] = reading, on


class MemoryReadingPlans:
    """Implements the ReadingPlans port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def of(self, points: Sequence[Cups]) -> tuple[PlannedReading, ...]:
        """Return the plans of the points."""
        wanted = set(points)
        return self._select(lambda plan: plan.cups in wanted)

    def overdue(self, *, by: date) -> tuple[PlannedReading, ...]:
        """Return the open plans up to a day."""
        return self._select(lambda plan: plan.state is PlanState.OPEN and plan.planned_on <= by)

    def save(self, plans: Sequence[PlannedReading]) -> None:
        """Write plans over those of the same point and day."""
        table = self._store.writable("planned_reading")
        table.update({(plan.cups, plan.planned_on): plan for plan in plans})

    def _select(self, wanted: Callable[[PlannedReading], bool]) -> tuple[PlannedReading, ...]:
        table = self._store.table("planned_reading")
        return tuple(table[key] for key in sorted(table) if wanted(table[key]))


class MemorySuppliesToRead:
    """Implements the SuppliesToRead port over the contracts of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def at(self, points: Sequence[Cups]) -> tuple[MeteredSupply, ...]:
        """Return our supplies at the points."""
        wanted = set(points)
        return self._select(lambda each: each.site.cups in wanted and each.state in _OURS)

    def unread(self, *, by: date) -> tuple[MeteredSupply, ...]:
        """Return running supplies begun up to a day that nobody has read since."""
        plans = self._store.table("planned_reading").values()

        def unread(each: Supply) -> bool:
            started_on = each.started_on
            if each.state is not SupplyState.ACTIVE or started_on is None or started_on > by:
                return False
            own = (plan.planned_on for plan in plans if plan.cups == each.site.cups)
            return not any(planned_on > started_on for planned_on in own)

        return self._select(unread)

    def _select(self, wanted: Callable[[Supply], bool]) -> tuple[MeteredSupply, ...]:
        contracts = self._store.table("contract").values()
        supplies = [s for contract in contracts for s in contract.supplies if wanted(s)]
        found = (_metered(supply) for supply in supplies)
        return tuple(sorted(found, key=lambda each: (each.cups, each.started_on or date.max)))


def _metered(supply: Supply) -> MeteredSupply:
    site = supply.site
    power_kw = max(power.value for _, power in site.powers)
    return MeteredSupply(site.cups, site.tariff, power_kw, supply.started_on, supply.ended_on)
