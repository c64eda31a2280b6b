"""Change what is still to be asked of an instalment plan."""

from __future__ import annotations

from datetime import date

from energyretail.application.billing.plan_ports import InstalmentPlans
from energyretail.application.shared import Events, Work
from energyretail.domain.billing import InstalmentPlan, review
from energyretail.domain.shared import Money, NotFound

__all__ = ["PlanByKey", "ReviewPlan"]


class PlanByKey:
    """Return one instalment plan as it stands."""

    def __init__(self, *, plans: InstalmentPlans):
        self._plans = plans

    def __call__(self, contract: str, first_day: date) -> InstalmentPlan:
        """Return the plan; raises NotFound ``billing.plan.unknown``."""
        found = self._plans.named([(contract, first_day)])
        if not found:
            raise NotFound(
                "billing.plan.unknown", "no such plan", contract=contract, first_day=first_day
            )
        return found[0]


class ReviewPlan:
    """Spread another expected total over the instalments that are not asked yet.

    Rules: what is asked stays as it is; the rest sums exactly to the new total less what is
    asked. The same total again changes nothing.
    """

    def __init__(self, *, work: Work, events: Events, plans: InstalmentPlans):
        self._work = work
        self._events = events
        self._plans = plans
        self._plan = PlanByKey(plans=plans)

    def __call__(
        self, contract: str, first_day: date, *, expected: Money, version: int
    ) -> InstalmentPlan:
        """Return the plan's next version, if it is still at the `version` that was read.

        Raises NotFound ``billing.plan.unknown``, Outdated ``billing.plan.changed``, Refused
        ``billing.plan.settled`` or ``billing.plan.all_asked``.
        """
        with self._work() as transaction:
            plan = self._plan(contract, first_day)
            reviewed, events = review(plan, expected=expected, read_version=version)
            if reviewed != plan:
                self._plans.save([reviewed])
            self._events.record(events)
            transaction.commit()
        return reviewed
