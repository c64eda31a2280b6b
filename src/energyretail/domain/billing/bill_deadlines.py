"""By which day the bill of a period must be with the customer."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import attrs

from energyretail.domain.billing.final_bills import TimeLimit
from energyretail.domain.shared import Invalid, Period, WorkingDays

__all__ = ["BillDeadline", "BillRules", "bill_due_by"]


@attrs.frozen
class BillDeadline:
    """The limits for periods that end on a day of `valid`, and where they are written.

    `bill` counts after the last day billed; `monthly_electricity` instead of it for electricity
    that is billed every month (None: the same). A final bill has a limit of its own.
    """

    valid: Period
    bill: TimeLimit
    source: str
    monthly_electricity: TimeLimit | None = None


@attrs.frozen
class BillRules:
    """The deadlines of one market over time, in order.

    Raises Invalid ``billing.bill_deadline.overlap`` (two deadlines on one day).
    """

    market: str
    working_days: WorkingDays
    deadlines: tuple[BillDeadline, ...]

    def __attrs_post_init__(self) -> None:
        for one, other in pairwise(self.deadlines):
            if one.valid.meets(other.valid):
                raise Invalid("billing.bill_deadline.overlap", "two deadlines", market=self.market)

    def on(self, end: date) -> BillDeadline:
        """Return the limits for a period that ends; raises ``billing.bill_deadline.gap``."""
        for deadline in self.deadlines:
            if end in deadline.valid:
                return deadline
        raise Invalid("billing.bill_deadline.gap", "no deadline known", market=self.market, end=end)


def bill_due_by(end: date, rules: BillRules, *, monthly_electricity: bool = False) -> date:
    """Return the last day on which the bill of a period is in time.

    `end` is the first day that is not billed, so the limit counts from the one before, as that
    of a final bill does. Raises Invalid ``billing.bill_deadline.gap``.
    """
    deadline = rules.on(end)
    limit = (deadline.monthly_electricity if monthly_electricity else None) or deadline.bill
    return limit.last_day(end - timedelta(days=1), rules.working_days)
