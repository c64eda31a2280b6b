"""Let a contract pay in instalments."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.application.billing.plan_ports import (
    ContractsToPlan,
    InstalmentPlans,
    PlanTerms,
)
from energyretail.application.billing.ports import Tariffs
from energyretail.application.shared import Events, Work
from energyretail.domain.billing import (
    BillingPolicy,
    EndOfPlan,
    InstalmentPlan,
    set_up,
    tax_of_advances,
)
from energyretail.domain.shared import Conflict, Event, Money, Refused

__all__ = ["SetUpPlan", "WantedPlan"]


@attrs.frozen
class WantedPlan:
    """What is agreed: `count` instalments over `months` from `first_day` sum to `expected`.

    `expected` is with VAT; `tax` names it where the tariff has several. The first instalment
    is due on `first_due`, or on the first day.
    """

    contract: str
    first_day: date
    months: int
    count: int
    expected: Money
    at_end: EndOfPlan = EndOfPlan.TRUE_UP
    tax: str | None = None
    first_due: date | None = None


class SetUpPlan:
    """Make the instalment plan of a contract.

    Rules: a contract has one plan a day; a plan begins where nothing is billed yet; due days
    are working days of the debit's calendar. While it runs no bill ends inside its span, so the
    advances are never asked beside bills for the same days. The same plan again is the plan
    that is there; another from the same day is refused.
    """

    def __init__(
        self,
        *,
        work: Work,
        events: Events,
        contracts: ContractsToPlan,
        plans: InstalmentPlans,
        tariffs: Tariffs,
        policy: BillingPolicy,
    ):
        self._work = work
        self._events = events
        self._contracts = contracts
        self._plans = plans
        self._tariffs = tariffs
        self._policy = policy

    def __call__(self, wanted: WantedPlan) -> InstalmentPlan:
        """Return the plan; raises NotFound for the contract.

        Raises Refused ``billing.plan.contract_over``, ``billing.plan.billed`` when a bill
        reaches beyond the first day, ``billing.plan.currency``, ``billing.advance.tax``;
        Conflict ``billing.plan.exists`` or ``billing.plan.overlaps``; Invalid for a count or a
        day that cannot be.
        """
        with self._work() as transaction:
            terms = self._contracts.terms(wanted.contract)
            plan, events = self._plan(terms, wanted)
            known = self._plans.named([(plan.contract, plan.first_day)])
            if known:
                return _same(known[0], plan)
            _check(terms, wanted)
            self._plans.add([plan])
            self._events.record(events)
            transaction.commit()
        return plan

    def _plan(
        self, terms: PlanTerms, wanted: WantedPlan
    ) -> tuple[InstalmentPlan, tuple[Event, ...]]:
        tariff = self._tariffs.tariff(terms.tariff)
        if wanted.expected.currency != tariff.currency:
            raise Refused(
                "billing.plan.currency",
                "the tariff is in another currency",
                tariff=tariff.currency,
                given=wanted.expected.currency,
            )
        return set_up(
            contract=terms.contract,
            customer=terms.customer,
            tariff=terms.tariff,
            tax=tax_of_advances(tariff, wanted.tax),
            first_day=wanted.first_day,
            months=wanted.months,
            count=wanted.count,
            expected=wanted.expected,
            at_end=wanted.at_end,
            calendar=self._policy.target,
            first_due=wanted.first_due,
        )


def _check(terms: PlanTerms, wanted: WantedPlan) -> None:
    if terms.is_over:
        raise Refused(
            "billing.plan.contract_over", "nothing is supplied any more", contract=terms.contract
        )
    if terms.billed_until is not None and terms.billed_until > wanted.first_day:
        raise Refused(
            "billing.plan.billed", "a plan begins where bills end", billed_until=terms.billed_until
        )


def _same(known: InstalmentPlan, plan: InstalmentPlan) -> InstalmentPlan:
    asked_before = tuple(attrs.evolve(each, asked=None) for each in known.instalments)
    if attrs.evolve(known, instalments=asked_before) != plan:
        raise Conflict("billing.plan.exists", "there is another plan from that day", plan=plan.key)
    return known
