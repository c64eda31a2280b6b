"""The end of a plan: its bills settle the advances, and what is left over goes where it says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import ClassVar

import attrs

from energyretail.domain.billing.advances import Advance
from energyretail.domain.billing.deductions import Deduction, DeductionKind
from energyretail.domain.billing.invoices import Invoice
from energyretail.domain.billing.plans import EndOfPlan, InstalmentPlan, roll_over, true_up
from energyretail.domain.billing.settlement import (
    Settlement,
    TakenOff,
    settle,
    share_out,
    take_off,
)
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

__all__ = ["ClosingBill", "ItemLeft", "PlanClosing", "PlanSettled", "close_plan"]


@attrs.frozen
class PlanSettled(Event):
    """A plan's advances were taken off its bills; `residual_cents` is what that left over."""

    name: ClassVar[str] = "billing.plan.settled"
    contract: ContractNumber
    first_day: date
    residual_cents: int


@attrs.frozen
class ItemLeft:
    """What documents and settlements so far leave owed on an open item, paid or not.

    Negative where it is the customer's.
    """

    item: InvoiceNumber
    amount: Money


@attrs.frozen
class ClosingBill:
    """A bill in force that closes a plan, and what is left on its own item and those behind it.

    Behind it are the documents it corrects: a rectification leaves its original's item open
    beside its own. `left` goes from the oldest to the bill's own. A bill that an earlier plan
    has settled leaves only what that plan left.
    """

    bill: Invoice
    left: tuple[ItemLeft, ...]

    @property
    def owed(self) -> Money:
        """What is left on all the items."""
        return Money.total((each.amount for each in self.left), self.bill.gross.currency)

    def after(self, entry: Entry | None) -> ClosingBill:
        """Return it as it is once `entry` is posted."""
        if entry is None:
            return self
        put = [p for p in entry.postings if p.account is Account.RECEIVABLE]
        zero = Money.zero(self.bill.gross.currency)
        left = (
            ItemLeft(
                one.item, sum((p.amount for p in put if p.item == one.item), zero) + one.amount
            )
            for one in self.left
        )
        return ClosingBill(self.bill, tuple(left))


@attrs.frozen
class PlanClosing:
    """What the end of a plan decides.

    `settlements` go with `bills`, in their order; `following` is the plan that begins where
    this one ends, None when the supply does not go on. `residual` is what is left once the
    advances are taken off, negative when it is the customer's: of every document of the bills'
    days that no plan before has taken. `entry` posts all that is `taken_off`, None where that
    is nothing. `carried` is what changes hands between bills: off the last one what the plan
    carried and no instalment has asked for, negative where it is owed; or, where the plan rolls
    over, off each document what is left of it and the plan that follows asks for.
    """

    plan: InstalmentPlan
    bills: tuple[InvoiceNumber, ...]
    settlements: tuple[Settlement, ...]
    residual: Money
    entry: Entry | None
    following: InstalmentPlan | None
    carried: tuple[TakenOff, ...] = ()

    @property
    def taken_off(self) -> tuple[TakenOff, ...]:
        """Each deduction with the bill it was taken off."""
        settled_on = self.plan.settled_on
        assert settled_on is not None  # a closing holds the settled plan
        taken = (
            TakenOff(bill, settled_on, deduction)
            for bill, settlement in zip(self.bills, self.settlements, strict=True)
            for deduction in settlement.deductions
        )
        return (*taken, *self.carried)


def close_plan(
    plan: InstalmentPlan,
    bills: Sequence[ClosingBill],
    advances: Sequence[Advance],
    *,
    on: date,
    goes_on: bool,
    calendar: WorkingDays,
) -> tuple[PlanClosing, tuple[Event, ...]]:
    """Settle a plan by the bills that close its span, one a supply point.

    All its advances are taken off. Where supply goes on a plan like it follows, expecting what
    was billed; what is left over stays on the bills' items (TRUE_UP), or is carried by that
    plan (ROLL_OVER), from the items of the bills and of all that they correct. A carried share
    no instalment has asked for becomes due with the last bill. Raises Refused
    ``billing.plan.settled`` for one that is settled, Invalid ``billing.plan.unbilled`` without
    a bill, ``billing.settlement.twice`` for an advance given twice, ``money.currency_mix`` for
    a bill or an advance in another currency than the plan's.
    """
    if plan.settled_on is not None:
        raise Refused("billing.plan.settled", "the plan is settled", plan=plan.key)
    if not bills:
        raise Invalid("billing.plan.unbilled", "bills close a plan", plan=plan.key)
    shares = share_out([each.owed for each in bills], [one.deduction for one in advances])
    settlements = tuple(
        settle(each.bill.standing, taken) for each, taken in zip(bills, shares, strict=True)
    )
    rolls = goes_on and plan.at_end is EndOfPlan.ROLL_OVER
    owed = Money.total((each.owed for each in bills), plan.currency)
    carried = _rolled(plan, bills, settlements, on) if rolls else _carried(plan, bills, on)
    closing = PlanClosing(
        plan=attrs.evolve(plan, settled_on=on, version=plan.version + 1),
        bills=tuple(each.bill.number for each in bills),
        settlements=settlements,
        residual=owed - Money.total((each.deducted for each in settlements), plan.currency),
        entry=_entry(plan, bills, settlements, carried, on),
        following=None,
        carried=carried,
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


def _carried(plan: InstalmentPlan, bills: Sequence[ClosingBill], on: date) -> tuple[TakenOff, ...]:
    """Return what the last bill is less by: what no instalment asks for any more, turned round."""
    if not plan.carried_to_ask:
        return ()
    owed = Deduction.untaxed(DeductionKind.CARRIED, plan.key, -plan.carried_to_ask)
    return (TakenOff(bills[-1].bill.item, on, owed),)


def _rolled(
    plan: InstalmentPlan,
    bills: Sequence[ClosingBill],
    settlements: Sequence[Settlement],
    on: date,
) -> tuple[TakenOff, ...]:
    """Return what each document is less by: all that is left of it once the advances are off."""
    found = (
        left
        for each, settlement in zip(bills, settlements, strict=True)
        for left in _left_after(each, settlement)
        if left.amount
    )
    return tuple(TakenOff(left.item, on, _rest(plan, left)) for left in found)


def _rest(plan: InstalmentPlan, left: ItemLeft) -> Deduction:
    key = f"{plan.key}/{left.item}"  # a bill may close several plans, a plan have several bills
    return Deduction.untaxed(DeductionKind.CARRIED_ON, key, left.amount)


def _expected(plan: InstalmentPlan, bills: Sequence[ClosingBill]) -> Money:
    """Return what as many days as the plan has cost at the rate of its bills, half up."""
    days = plan.span.days
    cents = sum(
        Fraction(each.bill.standing.gross.cents * days, each.bill.period.days) for each in bills
    )
    return Money.of_cents(math.floor(cents + Fraction(1, 2)), plan.currency)


def _entry(
    plan: InstalmentPlan,
    bills: Sequence[ClosingBill],
    settlements: Sequence[Settlement],
    carried: Sequence[TakenOff],
    on: date,
) -> Entry | None:
    postings: list[Posting] = []
    for each, settlement in zip(bills, settlements, strict=True):
        for taken in settlement.deductions:
            postings += take_off(
                taken, account=Account.ADVANCES, customer=plan.customer, item=each.bill.item
            )
    for one in carried:
        postings += take_off(
            one.deduction, account=Account.CARRIED, customer=plan.customer, item=one.bill
        )
    if not postings:
        return None
    return Entry(f"settlement:{plan.key}", on, f"settlement of plan {plan.key}", tuple(postings))


def _left_after(closing: ClosingBill, settlement: Settlement) -> tuple[ItemLeft, ...]:
    """Return what is left once the advances are taken off the bill's own item."""
    left = {each.item: each.amount for each in closing.left}
    own, zero = closing.bill.item, Money.zero(closing.bill.gross.currency)
    left[own] = left.get(own, zero) - settlement.deducted
    return tuple(ItemLeft(item, amount) for item, amount in left.items())
