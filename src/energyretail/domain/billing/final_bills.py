"""The final bill: when it is due after the end of a supply, and when its credit must be back."""

from __future__ import annotations

import enum
from datetime import date, timedelta
from itertools import pairwise

import attrs

from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    Invalid,
    Period,
    WorkingDays,
)

__all__ = [
    "EndedSupply",
    "FinalBillDeadline",
    "FinalBillRules",
    "TimeLimit",
    "TimeUnit",
    "final_bill_due",
    "final_bill_item",
    "refund_due",
]


class TimeUnit(enum.Enum):
    """What a time limit is counted in."""

    DAYS = "days"
    WEEKS = "weeks"
    WORKING_DAYS = "working days"


@attrs.frozen
class TimeLimit:
    """A number of days or weeks after a day that itself does not count.

    Raises Invalid ``billing.final_bill.limit`` (a limit is at least one day).
    """

    count: int = attrs.field()
    unit: TimeUnit

    @count.validator
    def _positive(self, _: object, count: int) -> None:
        if count < 1:
            raise Invalid("billing.final_bill.limit", "a limit is at least one day", given=count)

    def last_day(self, after: date, working_days: WorkingDays) -> date:
        """Return the last day in time; `working_days` is the market's calendar."""
        if self.unit is TimeUnit.WORKING_DAYS:
            return working_days.add(after, self.count)
        return after + timedelta(days=self.count * (7 if self.unit is TimeUnit.WEEKS else 1))


@attrs.frozen
class FinalBillDeadline:
    """The limits for supplies that end on a day of `valid`, and where they are written.

    `bill` counts after the last day of supply, however often bills came before; `refund` after
    the final bill is issued, None where the market names no limit.
    """

    valid: Period
    bill: TimeLimit
    source: str
    refund: TimeLimit | None = None


@attrs.frozen
class FinalBillRules:
    """The deadlines of one market over time, in order.

    `margin_days` is our own: so many days before the deadline a missing final bill is shown to
    a person. Raises Invalid ``billing.final_bill.overlap`` (two deadlines on one day),
    ``billing.final_bill.margin`` (a margin is zero days or more).
    """

    market: str
    working_days: WorkingDays
    deadlines: tuple[FinalBillDeadline, ...]
    margin_days: int = 14

    def __attrs_post_init__(self) -> None:
        for one, other in pairwise(self.deadlines):
            if one.valid.meets(other.valid):
                raise Invalid("billing.final_bill.overlap", "two deadlines", market=self.market)
        if self.margin_days < 0:
            raise Invalid("billing.final_bill.margin", "zero days or more", days=self.margin_days)

    def on(self, end: date) -> FinalBillDeadline:
        """Return the limits for a supply that ends; raises Invalid ``billing.final_bill.gap``."""
        for deadline in self.deadlines:
            if end in deadline.valid:
                return deadline
        raise Invalid("billing.final_bill.gap", "no deadline known", market=self.market, end=end)


def final_bill_due(end: date, rules: FinalBillRules) -> date:
    """Return the last day on which the final bill is in time.

    `end` is the first day without us, so the last day of supply is the one before, and the
    limit counts from that: the stricter reading. Raises Invalid ``billing.final_bill.gap``.
    """
    return rules.on(end).bill.last_day(end - timedelta(days=1), rules.working_days)


def refund_due(end: date, issued_on: date, rules: FinalBillRules) -> date | None:
    """Return the last day to give back the credit of a final bill, None where none is named.

    Raises Invalid ``billing.final_bill.gap``.
    """
    refund = rules.on(end).refund
    return None if refund is None else refund.last_day(issued_on, rules.working_days)


@attrs.frozen
class EndedSupply:
    """A supply that has ended, and the day its bills in force reach (None: never billed)."""

    contract: ContractNumber
    customer: CustomerNumber
    cups: Cups
    ended_on: date
    billed_until: date | None

    @property
    def key(self) -> str:
        """The natural key as text, as a supply to bill has it: ``K000001/ES…``."""
        return f"{self.contract}/{self.cups}"

    @property
    def is_finally_billed(self) -> bool:
        """Whether its bills reach its end exactly: that bill is the final one."""
        return self.billed_until == self.ended_on


def final_bill_item(supply: EndedSupply, *, rules: FinalBillRules, today: date) -> WorkItem | None:
    """Return what a person must see of an ended supply today; None while nothing is wrong.

    A final bill that is missing shows from the margin before its deadline on; a bill that goes
    beyond the end shows at once, for that energy was another's. Nothing is estimated here: the
    way out is a reading, or an estimate somebody decides on. Raises Invalid
    ``billing.final_bill.gap``.
    """
    if supply.is_finally_billed:
        return None
    if supply.billed_until is not None and supply.billed_until > supply.ended_on:
        return _item(
            supply,
            "billing.final_bill.beyond_end",
            f"billed until {supply.billed_until}, but the supply ended",
            "billing desk: take back the bills after the end, then give the reading of that day",
            today,
        )
    due = final_bill_due(supply.ended_on, rules)
    if today < due - timedelta(days=rules.margin_days):
        return None
    source = rules.on(supply.ended_on).source
    return _item(
        supply,
        "billing.final_bill.missing",
        f"the final bill is due on {due} ({source}), billed until {supply.billed_until or 'never'}",
        "metering desk: give the readings of the last day, or decide on an estimate",
        today,
    )


def _item(supply: EndedSupply, code: str, text: str, way_out: str, today: date) -> WorkItem:
    return WorkItem("final_bill", f"{supply.key}/{supply.ended_on}", code, text, way_out, today)
