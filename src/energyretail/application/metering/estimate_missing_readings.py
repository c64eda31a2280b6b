"""Make up for the readings that did not come."""

from __future__ import annotations

from datetime import date, timedelta

from energyretail.application.metering.ports import ReadingPlans, Readings, SuppliesToRead
from energyretail.application.shared import Clock, Work, WorkList
from energyretail.domain.metering import MeteredSupply, ReadingRules, WithoutBase, fill_gaps
from energyretail.domain.operations import WorkItem

__all__ = ["EstimateMissingReadings"]

_WAY_OUT = "ask the operator for the activation reading"


class EstimateMissingReadings:
    """Estimate every register whose planned reading is overdue.

    - A planned day is waited for `grace_days` (three); a register read that day or later
      needs no estimate.
    - The estimate goes by the register's own recent daily use, else by a standard use.
    - The next planned day is taken to be a month later until the operator names another.
    - A register that was never read has no index to begin with: it is put on the work list,
      as is a supply whose activation reading has not come.

    Running it twice on a day changes nothing more.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        work_list: WorkList,
        readings: Readings,
        plans: ReadingPlans,
        supplies: SuppliesToRead,
        rules: ReadingRules,
    ):
        self._work = work
        self._clock = clock
        self._work_list = work_list
        self._readings = readings
        self._plans = plans
        self._supplies = supplies
        self._rules = rules

    def __call__(self) -> int:
        """Return how many estimates were made."""
        today = self._clock.today()
        with self._work() as transaction:
            waited = today - timedelta(days=self._rules.grace_days)
            overdue = self._plans.overdue(by=waited)
            points = sorted({plan.cups for plan in overdue})
            self._readings.lock(points)
            past = min((plan.planned_on for plan in overdue), default=today)
            past -= timedelta(days=self._rules.history_days)
            filled = fill_gaps(
                overdue,
                plans=self._plans.of(points),
                supplies=self._supplies.at(points),
                standing=self._readings.current(points, since=past),
                rules=self._rules,
            )
            self._readings.save(filled.readings, on=today)
            self._plans.save(filled.plans)
            self._work_list.add([_item(each, today) for each in filled.without_base])
            unread = self._supplies.unread(by=waited)
            self._work_list.add([_unread_item(supply, today) for supply in unread])
            transaction.commit()
        return len(filled.readings)


def _item(lacking: WithoutBase, today: date) -> WorkItem:
    return WorkItem(
        kind="reading_missing",
        key=f"{lacking.cups}:{lacking.register}:{lacking.planned_on}",
        code="metering.estimate.no_base",
        text=f"no reading of {lacking.register} at {lacking.cups} is there to begin with",
        way_out=_WAY_OUT,
        raised_on=today,
    )


def _unread_item(supply: MeteredSupply, today: date) -> WorkItem:
    return WorkItem(
        kind="reading_missing",
        key=f"{supply.cups}:{supply.started_on}",
        code="metering.activation_reading.missing",
        text=f"{supply.cups} is ours since {supply.started_on} and was never read",
        way_out=_WAY_OUT,
        raised_on=today,
    )
