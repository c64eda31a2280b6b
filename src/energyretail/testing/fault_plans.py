"""Failing a port by a plan: which call, when in it, once or from there on.

Each plan must come to the same in the end::

    calls = FaultyCalls()
    erp = calls.partner("erp", SoapErp(url))
    for plan in every_plan(3):
        with calls.failing(plan):
            ...
"""

from __future__ import annotations

from energyretail.adapters.simulated.faults import FaultPlan, Moment, every_one_shot
from energyretail.testing.faulty import FaultyCalls, Interrupted

__all__ = [
    "FaultPlan",
    "FaultyCalls",
    "Interrupted",
    "Moment",
    "every_one_shot",
    "every_plan",
]


def every_plan(calls: int) -> tuple[FaultPlan, ...]:
    """Return a one-shot and a sticky plan for each moment of each of `calls` calls, in order.

    How many calls there are, a run with `FaultyCalls.failing(None)` tells: ``len(calls.made)``.
    """
    return tuple(
        FaultPlan(one.moment, one.at, sticky)
        for one in every_one_shot(calls)
        for sticky in (False, True)
    )
