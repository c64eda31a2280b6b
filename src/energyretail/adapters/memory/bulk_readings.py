"""Readings taken in point by point, those of which nothing but themselves comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from energyretail.adapters.memory.metering import (
    MemoryReadingPlans,
    MemoryReadings,
    MemorySuppliesToRead,
)
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.metering import ReadAlike, TakenAlike
from energyretail.domain.metering import (
    DeliveredReading,
    Delivery,
    Intake,
    Origin,
    PlanState,
    ReadingRules,
    take_in,
)
from energyretail.domain.shared import Cups

__all__ = ["MemoryBulkReadings"]


class MemoryBulkReadings:
    """Implements the BulkReadings port over a store: what `take_in` says, a point at a time."""

    def __init__(self, store: MemoryStore):
        self._readings = MemoryReadings(store)
        self._plans = MemoryReadingPlans(store)
        self._supplies = MemorySuppliesToRead(store)

    def take(
        self,
        read: ReadAlike,
        *,
        beside: Sequence[Cups],
        source: str,
        today: date,
        rules: ReadingRules,
    ) -> TakenAlike:
        """Keep what is plain; there is nobody to wait for."""
        rows, left = 0, []
        for place, delivered in enumerate(_by_point(read)):
            points = [delivered[0].cups]
            intake, _ = take_in(
                Delivery("", today, delivered),
                source=source,
                standing=self._readings.current(points, since=delivered[0].taken_on),
                plans=self._plans.of(points),
                supplies=self._supplies.at(points),
                today=today,
                rules=rules,
            )
            if not _plain(intake, delivered):
                left.append(place)
                continue
            self._readings.save(intake.readings, on=today)
            self._plans.save(intake.plans)
            rows += len(delivered)
        return TakenAlike(rows, left)


def _plain(intake: Intake, delivered: Sequence[DeliveredReading]) -> bool:
    return (
        len(intake.readings) == len(delivered)
        and all(reading.version == 1 for reading in intake.readings)
        and not intake.mended
        and all(plan.state is PlanState.OPEN for plan in intake.plans)
    )


def _by_point(read: ReadAlike) -> tuple[tuple[DeliveredReading, ...], ...]:
    points: list[list[DeliveredReading]] = [[] for _ in read.cups]
    for owner, register, index in zip(read.owner, read.registers, read.indexes, strict=True):
        row = DeliveredReading(
            cups=Cups(read.cups[owner].decode()),
            register=register.decode(),
            taken_on=date.fromordinal(int(read.taken_on[owner])),
            index_kwh=Decimal(int(index)).scaleb(-3),
            origin=Origin.VISUAL,
            next_on=_day(int(read.next_on[owner])),
        )
        points[owner].append(row)
    return tuple(map(tuple, points))


def _day(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None
