"""The end of a plan: its bills settle the advances, and what is left over goes where it says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import ClassVar

import attrs

from energyretail.domain.billing.advances import Advance
from energyretail.domain.billing.invoices import Invoice
from energyretail.domain.billing.plans import EndOfPlan, InstalmentPlan, roll_over, true_up
from energyretail.domain.billing.settlement import Settlement, TakenOff, share_out, take_off
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import (
    ContractNumber,
    Event,
    Invalid,
    InvoiceNumber,
    Money,
    Refused,
    WorkingDays,
)

__all__ = ["PlanClosing", "PlanSettled", "close_plan"]


@attrs.frozen
class PlanSettled(Event):
    """A plan's advances were taken off its bills; `residual_cents` is what that left over."""

    name: ClassVar[str] = "billing.plan.settled"
    contract: ContractNumber
    first_day: date
    residual_cents: int


@attrs.frozen
class PlanClosing:
    """What the end of a plan decides.

    `settlements` go with `bills`, in their order; `following` is the plan that begins where
    this one ends, None when the supply does not go on. `entry` is None when nothing was asked.
    """

    plan: InstalmentPlan
    bills: tuple[InvoiceNumber, ...]
    settlements: tuple[Settlement, ...]
    entry: Entry | None
    following: InstalmentPlan | None

    @property
    def residual(self) -> Money:
        """What all bills leave over, negative when it is the customer's."""
        return Money.total((each.gross for each in self.settlements), self.plan.currency)

    @property
    def taken_off(self) -> tuple[TakenOff, ...]:
        """Each deduction with the bill it was taken off."""
        settled_on = self.plan.settled_on
        assert settled_on is not None  # a closing holds the settled plan
        return tuple(
            TakenOff(bill, settled_on, deduction)
            for bill, settlement in zip(self.bills, self.settlements, strict=True)
            for deduction in settlement.deductions
        )


def close_plan(
    plan: InstalmentPlan,
    bills: Sequence[Invoice],
    advances: Sequence[Advance],
    *,
    on: date,
    goes_on: bool,
    calendar: WorkingDays,
) -> tuple[PlanClosing, tuple[Event, ...]]:
    """Settle a plan by the bills that close its span, one a supply point.

    All its advances are taken off. Where supply goes on a plan like it follows, expecting what
    was billed; what is left over stays on the bills' items (TRUE_UP), or is carried by that
    plan (ROLL_OVER). A carried share no instalment has asked for becomes due with the last
    bill. Raises Refused ``billing.plan.settled`` for one that is settled, Invalid
    ``billing.plan.unbilled`` without a bill.
    """
    if plan.settled_on is not None:
        raise Refused("billing.plan.settled", "the plan is settled", plan=plan.key)
    if not bills:
        raise Invalid("billing.plan.unbilled", "bills close a plan", plan=plan.key)
    deductions = [advance.deduction for advance in advances]
    settlements = share_out([bill.standing for bill in bills], deductions)
    rolls = goes_on and plan.at_end is EndOfPlan.ROLL_OVER
    closing = PlanClosing(
        plan=attrs.evolve(plan, settled_on=on, version=plan.version + 1),
        bills=tuple(bill.number for bill in bills),
        settlements=settlements,
        entry=_entry(plan, bills, settlements, on, rolls=rolls),
        following=None,
    )
    settled = PlanSettled(plan.contract, plan.first_day, closing.residual.cents)
    if not goes_on:
        return closing, (settled,)
    expected = _expected(plan, bills)
    if rolls:
        residual = closing.residual + plan.carried_to_ask
        following, made = roll_over(plan, expected=expected, residual=residual, calendar=calendar)
    else:
        following, made = true_up(plan, expected=expected, calendar=calendar)
    return attrs.evolve(closing, following=following), (settled, *made)


def _expected(plan: InstalmentPlan, bills: Sequence[Invoice]) -> Money:
    """Return what as many days as the plan has cost at the rate of its bills, half up."""
    cents = sum(Fraction(b.standing.gross.cents * plan.span.days, b.period.days) for b in bills)
    return Money.of_cents(math.floor(cents + Fraction(1, 2)), plan.currency)


def _entry(
    plan: InstalmentPlan,
    bills: Sequence[Invoice],
    settlements: Sequence[Settlement],
    on: date,
    *,
    rolls: bool,
) -> Entry | None:
    postings = [
        posting
        for bill, settlement in zip(bills, settlements, strict=True)
        for deduction in settlement.deductions
        for posting in take_off(
            deduction, account=Account.ADVANCES, customer=bill.customer, item=bill.item
        )
    ]
    if rolls:
        for bill, settlement in zip(bills, settlements, strict=True):
            postings += _moved(settlement.gross, bill)
    elif plan.carried_to_ask:
        postings += _moved(-plan.carried_to_ask, bills[-1])
    if not postings:
        return None
    return Entry(f"settlement:{plan.key}", on, f"settlement of plan {plan.key}", tuple(postings))


def _moved(amount: Money, bill: Invoice) -> tuple[Posting, ...]:
    """Move an amount from a bill's item to CARRIED; a negative one the other way."""
    if not amount:
        return ()
    return (
        Posting(Account.RECEIVABLE, -amount, bill.customer, bill.item),
        Posting(Account.CARRIED, amount),
    )
