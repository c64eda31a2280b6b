"""The days the operator plans to read, and what becomes of each."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import date

import attrs

from energyretail.domain.shared import Cups, Invalid, add_months

__all__ = ["PlanState", "PlannedReading", "announce", "settle"]


class PlanState(enum.Enum):
    """OPEN is waited for, SETTLED has its readings or estimates, MOVED was planned anew."""

    OPEN = "open"
    SETTLED = "settled"
    MOVED = "moved"


@attrs.frozen
class PlannedReading:
    """A day the meter of `cups` is to be read; (cups, planned_on) is the natural key.

    `told_with` is the day of the reading that came with this plan: what came with a later
    reading is the newer word. Raises Invalid ``metering.plan.day`` when it is not an earlier day.
    """

    cups: Cups
    planned_on: date
    told_with: date
    state: PlanState = PlanState.OPEN

    def __attrs_post_init__(self) -> None:
        if self.planned_on <= self.told_with:
            raise Invalid(
                "metering.plan.day",
                "a plan is for a day after the reading it came with",
                cups=self.cups.value,
                planned_on=self.planned_on,
                told_with=self.told_with,
            )


def announce(
    plans: Iterable[PlannedReading], cups: Cups, *, taken_on: date, next_on: date
) -> tuple[PlannedReading, ...]:
    """Return what changes in the plans of `cups` when a reading names its successor.

    Open days after the reading that were told no later are moved; the day itself is opened
    unless it stands already. A reading that comes late does not undo a newer plan.
    """
    own = [plan for plan in plans if plan.cups == cups]
    if any(plan.told_with > taken_on for plan in own):
        return ()
    moved = [
        attrs.evolve(plan, state=PlanState.MOVED)
        for plan in own
        if plan.state is PlanState.OPEN and taken_on < plan.planned_on != next_on
    ]
    standing = next((plan for plan in own if plan.planned_on == next_on), None)
    if standing is not None and standing.state is not PlanState.MOVED:
        return tuple(moved)
    return (*moved, PlannedReading(cups, next_on, taken_on))


def settle(plan: PlannedReading, plans: Iterable[PlannedReading]) -> tuple[PlannedReading, ...]:
    """Return the plan settled, and the next day a month later unless the operator named one.

    The month is our own guess, told with the day that was waited for: the reading that comes
    late, or the next one, overrides it.
    """
    settled = attrs.evolve(plan, state=PlanState.SETTLED)
    next_on = add_months(plan.planned_on, 1)
    return (settled, *announce(plans, plan.cups, taken_on=plan.planned_on, next_on=next_on))
