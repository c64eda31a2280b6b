"""An instalment desk: the use cases of plans beside those of billing, over one set of adapters."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.application.billing import (
    AskAdvances,
    BillingStep,
    PlanByKey,
    PlanSettlement,
    ReviewPlan,
    SettlePlans,
    SettlingStep,
    SetUpPlan,
    WantedPlan,
)
from energyretail.domain.billing import InstalmentPlan
from energyretail.domain.shared import Money
from energyretail.testing.billing import BillingDesk
from energyretail.testing.conformance.plans_cases import PlansWorld

__all__ = ["PlansDesk"]


@attrs.frozen
class PlansDesk:
    """Everything it takes to bill and to ask in advance, over memory or over a database."""

    desk: BillingDesk
    world: PlansWorld

    def set_up(self, wanted: WantedPlan) -> InstalmentPlan:
        """Set a plan up."""
        return SetUpPlan(
            work=self.desk.world.work,
            events=self.desk.events,
            contracts=self.world.contracts,
            plans=self.world.plans,
            tariffs=self.desk.tariffs,
            policy=self.desk.policy,
        )(wanted)

    def plan(self, contract: str, first_day: date) -> InstalmentPlan:
        """Return a plan as it stands."""
        return PlanByKey(plans=self.world.plans)(contract, first_day)

    def review(
        self, contract: str, first_day: date, expected: Money, *, version: int
    ) -> InstalmentPlan:
        """Review a plan."""
        use_case = ReviewPlan(
            work=self.desk.world.work, events=self.desk.events, plans=self.world.plans
        )
        return use_case(contract, first_day, expected=expected, version=version)

    def ask(self, *, limit: int = 100) -> BillingStep:
        """Ask what is due, chunk by chunk; return the sums."""
        use_case = AskAdvances(
            work=self.desk.world.work,
            clock=self.desk.clock,
            plans=self.world.to_ask,
            advances=self.world.advances,
            tariffs=self.desk.tariffs,
            numbers=self.desk.numbers,
            books=self.desk.books,
            events=self.desk.events,
            work_list=self.desk.work_list,
            policy=self.desk.policy,
        )
        step = use_case(limit=limit)
        issued, parked = step.issued, step.parked
        while step.resume is not None:
            step = use_case(after=step.resume, limit=limit)
            issued, parked = issued + step.issued, parked + step.parked
        return BillingStep(issued, parked, None)

    def settle(self, *, limit: int = 100) -> SettlingStep:
        """Settle what is closed, chunk by chunk; return the sums."""
        use_case = SettlePlans(
            work=self.desk.world.work, clock=self.desk.clock, settlement=self.settlement()
        )
        step = use_case(limit=limit)
        settled, parked = step.settled, step.parked
        while step.resume is not None:
            step = use_case(after=step.resume, limit=limit)
            settled, parked = settled + step.settled, parked + step.parked
        return SettlingStep(settled, parked, None)

    def bill(self, *, limit: int = 100) -> BillingStep:
        """Bill what is due, and settle what that closes."""
        return self.desk.bill(limit=limit, settlement=self.settlement())

    def settlement(self) -> PlanSettlement:
        """Return what settles closed plans, inside a transaction."""
        return PlanSettlement(
            closed=self.world.to_settle,
            plans=self.world.plans,
            invoices=self.desk.world.invoices,
            advances=self.world.advances,
            deductions=self.world.deductions,
            books=self.desk.books,
            events=self.desk.events,
            work_list=self.desk.work_list,
            policy=self.desk.policy,
        )

    def step(self, day: date) -> None:
        """Do what a business day does of billing: correct, bill, settle, ask."""
        self.desk.open_day(day)
        self.desk.correct()
        self.bill()
        self.settle()
        self.ask()
