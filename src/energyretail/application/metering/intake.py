"""Decides on delivered rows and writes what they change, inside the open transaction."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.application.metering.ports import ReadingPlans, Readings, SuppliesToRead
from energyretail.application.shared import Events
from energyretail.domain.metering import Delivery, Intake, ReadingReplaced, ReadingRules, take_in

__all__ = ["DeliveryDesk"]


@attrs.frozen(kw_only=True)
class DeliveryDesk:
    """What every delivery of readings goes through, whoever brings it."""

    readings: Readings
    plans: ReadingPlans
    supplies: SuppliesToRead
    events: Events
    rules: ReadingRules

    def decide(
        self, delivery: Delivery, *, source: str, today: date
    ) -> tuple[Intake, tuple[ReadingReplaced, ...]]:
        """Load what the rows must agree with, and decide on each; nothing is written yet."""
        points = sorted({row.cups for row in delivery.rows})
        days = [row.taken_on for row in delivery.rows]
        return take_in(
            delivery,
            source=source,
            standing=self.readings.current(points, since=min(days, default=today)),
            plans=self.plans.of(points),
            supplies=self.supplies.at(points),
            today=today,
            rules=self.rules,
        )

    def keep(self, intake: Intake, replaced: tuple[ReadingReplaced, ...], *, today: date) -> None:
        """Write what was believed, as received `today`, and tell what it superseded."""
        self.readings.save((*intake.readings, *intake.mended), on=today)
        self.plans.save(intake.plans)
        self.events.record(replaced)
