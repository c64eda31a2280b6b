"""When a simulated call fails, as a pure function of the plan and the number of the call."""

from __future__ import annotations

import enum
from collections.abc import Iterable

import attrs

from energyretail.domain.shared import Invalid

__all__ = ["FaultPlan", "Moment", "every_one_shot", "every_sticky"]


class Moment(enum.Enum):
    """Where in a call it fails; the caller sees an error each time."""

    BEFORE = "before"
    """The call was never made, and that is known."""
    AFTER = "after"
    """The call was made whole, and its answer never came."""
    LOST = "lost"
    """The connection broke under the call: nothing says whether it was made. It was not."""


@attrs.frozen
class FaultPlan:
    """Fails the call number `at`, counted from 1; a `sticky` one every call from there on."""

    moment: Moment
    at: int = attrs.field()
    sticky: bool = False

    @at.validator
    def _counted_from_one(self, _: object, value: int) -> None:
        if value < 1:
            raise Invalid("simulated.fault_plan", "calls are counted from 1", at=value)

    def meeting(self, call: int) -> Moment | None:
        """Return what meets the call of this number, None when nothing does."""
        met = call == self.at or (self.sticky and call > self.at)
        return self.moment if met else None


def every_one_shot(calls: int, moments: Iterable[Moment] = tuple(Moment)) -> tuple[FaultPlan, ...]:
    """Return a plan for each moment of each of `calls` calls, in the order of the calls."""
    each_moment = tuple(moments)
    return tuple(FaultPlan(moment, at) for at in range(1, calls + 1) for moment in each_moment)


def every_sticky(calls: int, moments: Iterable[Moment] = tuple(Moment)) -> tuple[FaultPlan, ...]:
    """Return a plan for each moment that stays from each of `calls` calls on, in their order."""
    return tuple(
        FaultPlan(plan.moment, plan.at, sticky=True) for plan in every_one_shot(calls, moments)
    )
