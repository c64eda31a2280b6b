"""Instalment plans: the yearly total expected of a contract, asked in advance in parts."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import ClassVar, Final

import attrs

from energyretail.domain.billing.instalments import Instalment, due_dates, spread
from energyretail.domain.shared import (
    ContractNumber,
    CustomerNumber,
    Event,
    Invalid,
    Money,
    Outdated,
    Period,
    Refused,
    WorkingDays,
    add_months,
)

__all__ = [
    "EndOfPlan",
    "InstalmentPlan",
    "PlanMade",
    "PlanReviewed",
    "review",
    "roll_over",
    "set_up",
    "true_up",
]


# A plan and the one that follows it must end before the calendar does.
_LAST_YEAR: Final = 9900


class EndOfPlan(enum.Enum):
    """What becomes of what the closing bill leaves over: money now, or the next plan's part."""

    TRUE_UP = "true_up"
    ROLL_OVER = "roll_over"


@attrs.frozen
class PlanMade(Event):
    """A contract is to pay in instalments from `first_day` on."""

    name: ClassVar[str] = "billing.plan.made"
    contract: ContractNumber
    first_day: date


@attrs.frozen
class PlanReviewed(Event):
    """The instalments still to be asked are others by now."""

    name: ClassVar[str] = "billing.plan.reviewed"
    contract: ContractNumber
    first_day: date
    plan_version: int


@attrs.frozen
class InstalmentPlan:
    """What a contract pays in advance over `months` from `first_day`; known by both.

    `expected` is the gross total of the advances, `carried` what an earlier bill left over and
    this plan collects along with them; the instalments sum to both exactly. `tax` is the code
    of the VAT in the advances, by `tariff`, None where there is none. `version` grows with
    each review and with the settlement, which sets `settled_on`.

    Raises Invalid ``billing.plan.sum`` (the instalments sum to the totals),
    ``billing.plan.due`` (due days ascend inside the span), ``billing.plan.months`` (a month to
    ten years), ``billing.plan.version`` (versions begin at one).
    """

    contract: ContractNumber
    customer: CustomerNumber
    tariff: str
    tax: str | None
    first_day: date
    months: int
    first_due: date
    expected: Money
    carried: Money
    instalments: tuple[Instalment, ...]
    at_end: EndOfPlan
    version: int = 1
    settled_on: date | None = None

    def __attrs_post_init__(self) -> None:
        _check_months(self.months)
        if self.version < 1:
            raise Invalid("billing.plan.version", "versions begin at one", version=self.version)
        days = [instalment.due_on for instalment in self.instalments]
        ascending = all(before < after for before, after in pairwise(days))
        if not days or not ascending or any(day not in self.span for day in days):
            raise Invalid("billing.plan.due", "due days ascend inside the span", plan=self.key)
        amounts = Money.total((each.amount for each in self.instalments), self.currency)
        shares = Money.total((each.carried for each in self.instalments), self.currency)
        if (amounts, shares) != (self.expected, self.carried):
            raise Invalid("billing.plan.sum", "the instalments do not sum up", plan=self.key)

    @property
    def key(self) -> str:
        """The natural key as text: ``K000001/2026-01-01``; sorts as (contract, first day)."""
        return f"{self.contract}/{self.first_day}"

    @property
    def span(self) -> Period:
        """The days whose supply the advances are for."""
        return Period(self.first_day, add_months(self.first_day, self.months))

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.expected.currency

    @property
    def carried_to_ask(self) -> Money:
        """What of the carried amount no document has asked for yet."""
        shares = (each.carried for each in self.instalments if each.asked is None)
        return Money.total(shares, self.currency)

    def due(self, *, by: date) -> tuple[Instalment, ...]:
        """Return what is to be asked: not asked yet, due up to and including `by`, in order."""
        return tuple(
            each
            for each in self.instalments
            if each.asked is None and each.due_on <= by and not each.is_empty
        )


def _check_months(months: int) -> None:
    if not 1 <= months <= 120:
        raise Invalid("billing.plan.months", "a plan is for a month to ten years", months=months)


def set_up(
    *,
    contract: ContractNumber,
    customer: CustomerNumber,
    tariff: str,
    tax: str | None,
    first_day: date,
    months: int,
    count: int,
    expected: Money,
    at_end: EndOfPlan,
    calendar: WorkingDays,
    first_due: date | None = None,
    carried: Money | None = None,
) -> tuple[InstalmentPlan, tuple[Event, ...]]:
    """Return a plan of `count` instalments, the first due on `first_due` (its first day).

    Raises Invalid for a span, count or due day that cannot be, and ``billing.plan.often`` for
    more than one instalment a week: working days might not keep them apart in every year.
    """
    _check_months(months)
    if first_day.year > _LAST_YEAR:
        raise Invalid("billing.plan.first_day", "no calendar reaches so far", first_day=first_day)
    begins = first_due or first_day
    span = Period(first_day, add_months(first_day, months))
    if count > 1 and begins in span and (span.until - begins).days < 7 * count:
        raise Invalid("billing.plan.often", "an instalment a week at most", span=span, count=count)
    days = due_dates(span, months=months, count=count, first_due=begins, calendar=calendar)
    left_over = carried or Money.zero(expected.currency)
    plan = InstalmentPlan(
        contract=contract,
        customer=customer,
        tariff=tariff,
        tax=tax,
        first_day=first_day,
        months=months,
        first_due=begins,
        expected=expected,
        carried=left_over,
        instalments=_instalments(days, expected, left_over),
        at_end=at_end,
    )
    return plan, (PlanMade(contract, first_day),)


def _instalments(days: Sequence[date], expected: Money, carried: Money) -> tuple[Instalment, ...]:
    parts = zip(days, spread(expected, len(days)), spread(carried, len(days)), strict=True)
    return tuple(Instalment(day, amount, share) for day, amount, share in parts)


def review(
    plan: InstalmentPlan, *, expected: Money, read_version: int | None = None
) -> tuple[InstalmentPlan, tuple[Event, ...]]:
    """Return the next version for another total: what is asked stays, the rest is spread anew.

    The rest may be negative: then more was asked than is expected, and it is given back. The
    same total changes nothing. Raises Outdated ``billing.plan.changed`` when it is not at
    `read_version`, Refused ``billing.plan.settled`` for one that is settled,
    ``billing.plan.all_asked`` when no instalment is left to change.
    """
    if read_version is not None and read_version != plan.version:
        raise Outdated("billing.plan.changed", "changed since it was read", plan=plan.key)
    if plan.settled_on is not None:
        raise Refused("billing.plan.settled", "the plan is settled", plan=plan.key)
    if expected == plan.expected:
        return plan, ()
    asked = [each.amount for each in plan.instalments if each.asked is not None]
    rest = expected - Money.total(asked, expected.currency)
    left = len(plan.instalments) - len(asked)
    if not left:
        raise Refused("billing.plan.all_asked", "every instalment is asked", plan=plan.key)
    anew = iter(spread(rest, left))
    instalments = tuple(
        each if each.asked is not None else attrs.evolve(each, amount=next(anew))
        for each in plan.instalments
    )
    reviewed = attrs.evolve(
        plan, expected=expected, instalments=instalments, version=plan.version + 1
    )
    return reviewed, (PlanReviewed(plan.contract, plan.first_day, reviewed.version),)


def true_up(
    plan: InstalmentPlan, *, expected: Money, calendar: WorkingDays
) -> tuple[InstalmentPlan, tuple[Event, ...]]:
    """Return the plan that follows one whose rest is settled in money now: nothing is carried."""
    return _following(plan, expected, Money.zero(plan.currency), calendar)


def roll_over(
    plan: InstalmentPlan, *, expected: Money, residual: Money, calendar: WorkingDays
) -> tuple[InstalmentPlan, tuple[Event, ...]]:
    """Return the plan that follows and carries `residual`, negative when it is a credit."""
    return _following(plan, expected, residual, calendar)


def _following(
    plan: InstalmentPlan, expected: Money, carried: Money, calendar: WorkingDays
) -> tuple[InstalmentPlan, tuple[Event, ...]]:
    first_day, count = plan.span.until, len(plan.instalments)
    span = Period(first_day, add_months(first_day, plan.months))
    # A short month may have no such day before its end.
    first_due = min(add_months(plan.first_due, plan.months), span.last)
    days = due_dates(span, months=plan.months, count=count, first_due=first_due, calendar=calendar)
    following = attrs.evolve(
        plan,
        first_day=first_day,
        first_due=first_due,
        expected=expected,
        carried=carried,
        instalments=_instalments(days, expected, carried),
        version=1,
        settled_on=None,
    )
    return following, (PlanMade(plan.contract, first_day),)
