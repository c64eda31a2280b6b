"""What instalment plans, their advances and their settlement need of the world."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import attrs

from energyretail.domain.billing import Advance, InstalmentPlan, ItemLeft, TakenOff
from energyretail.domain.shared import ContractNumber, CustomerNumber, InvoiceNumber

__all__ = [
    "Advances",
    "ClosedPlan",
    "ContractsToPlan",
    "Deductions",
    "InstalmentPlans",
    "PlanKey",
    "PlanTerms",
    "PlanToAsk",
    "PlansToAsk",
    "PlansToSettle",
]

PlanKey = tuple[str, date]
"""The natural key of a plan: its contract and first day."""


@attrs.frozen
class PlanTerms:
    """A contract as a plan for it needs it.

    `is_over` tells that nothing is or will be supplied under it, `billed_until` the first day
    no live bill of any of its points covers yet (None when nothing was billed).
    """

    contract: ContractNumber
    customer: CustomerNumber
    tariff: str
    is_over: bool
    billed_until: date | None


class ContractsToPlan(Protocol):
    """The contracts that may pay in instalments."""

    def terms(self, contract: str) -> PlanTerms:
        """Return a contract's terms; raises NotFound ``billing.plan.contract_unknown``.

        Within a transaction no bill of the contract is kept by others until it ends.
        """
        ...


class InstalmentPlans(Protocol):
    """The plans with their instalments and which of them are asked; part of the transaction."""

    def add(self, plans: Sequence[InstalmentPlan]) -> None:
        """Keep new plans.

        Raises Conflict ``billing.plan.overlaps`` when a contract would have two for one day.
        """
        ...

    def save(self, plans: Sequence[InstalmentPlan]) -> None:
        """Keep the next versions of plans; what earlier ones said is kept too.

        Raises Outdated ``billing.plan.changed`` when one is not the next of what is kept.
        """
        ...

    def named(self, keys: Sequence[PlanKey]) -> tuple[InstalmentPlan, ...]:
        """Return plans by contract and first day, ordered so; unknown ones are left out.

        Within a transaction they are locked until it ends.
        """
        ...


@attrs.frozen
class PlanToAsk:
    """A plan with instalments due, and the day from which nothing is supplied any more."""

    plan: InstalmentPlan
    supplied_until: date | None


class PlansToAsk(Protocol):
    """Finds the plans of which something is to be asked."""

    def due(self, *, by: date, after: str, limit: int) -> tuple[PlanToAsk, ...]:
        """Return up to `limit` running plans with an instalment due by a day and not asked.

        Ordered by key (``contract/first day``), the first beyond `after`, and locked until the
        transaction ends. A plan is left out while nothing is supplied under its contract on
        `by`, and so are instalments of nothing and those due when the supply is over.
        """
        ...


class Advances(Protocol):
    """The advances asked; part of the open transaction."""

    def add(self, advances: Sequence[Advance]) -> None:
        """Keep issued advances.

        Raises Conflict ``billing.advance.asked_twice`` for a second one over an instalment,
        ``billing.number_twice`` for a number that is taken.
        """
        ...

    def of_plans(self, keys: Sequence[PlanKey]) -> tuple[Advance, ...]:
        """Return the advances of plans, ordered by contract and instalment."""
        ...


@attrs.frozen
class ClosedPlan:
    """A plan whose span is billed: `bills` are those in force on its last day, one a point.

    `left` tells of each of them what documents and settlements leave owed on its item and on
    those of all the documents it corrects, the oldest first. `goes_on` tells that a plan like
    it may follow: a point is supplied beyond the span, and no other plan is made for the days
    of the next one.
    """

    plan: InstalmentPlan
    bills: tuple[InvoiceNumber, ...]
    left: tuple[tuple[ItemLeft, ...], ...]
    goes_on: bool


class PlansToSettle(Protocol):
    """Finds the plans that their bills have closed."""

    def closed(self, *, today: date, after: str, limit: int) -> tuple[ClosedPlan, ...]:
        """Return up to `limit` plans not settled of which every supplied point is billed.

        A point is billed when a bill in force covers the last day of the span, or the last day
        of its supply where that is over before; either is before `today`. Ordered by key, the
        first beyond `after`, and locked until the transaction ends; bills in order of point.
        """
        ...

    def closed_of(self, contracts: Sequence[str], *, today: date) -> tuple[ClosedPlan, ...]:
        """Return likewise all of some contracts."""
        ...


class Deductions(Protocol):
    """What was taken off which bill; part of the open transaction."""

    def add(self, taken: Sequence[TakenOff]) -> None:
        """Keep what is taken off.

        Raises Conflict ``billing.deducted_twice`` for a document that was taken off before.
        """
        ...

    def of_bills(self, bills: Sequence[str]) -> tuple[TakenOff, ...]:
        """Return what was taken off bills, ordered by bill and document."""
        ...
