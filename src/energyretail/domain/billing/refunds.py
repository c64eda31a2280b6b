"""Credit that must go back to a customer: of a final bill, or of a deposit that is released."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.domain.billing.final_bills import FinalBillRules, refund_due
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import CustomerNumber, Invalid, InvoiceNumber, Money

__all__ = ["RefundOwed", "refund_item"]


@attrs.frozen
class RefundOwed:
    """What is left of a customer's credit on one item, as a positive amount.

    `since` is the day its document was issued, or its deposit released; `ended_on` the end of
    the supply whose rules hold, the same day for a deposit.

    Raises Invalid ``billing.refund.amount`` (more than nothing).
    """

    item: InvoiceNumber
    customer: CustomerNumber
    amount: Money
    since: date
    ended_on: date

    def __attrs_post_init__(self) -> None:
        if self.amount.cents <= 0:
            raise Invalid("billing.refund.amount", "more than nothing", item=self.item)


def refund_item(owed: RefundOwed, *, rules: FinalBillRules, today: date) -> WorkItem:
    """Return what a person must pay out, and by when where the market names a day.

    Raises Invalid ``billing.final_bill.gap``.
    """
    due = refund_due(owed.ended_on, owed.since, rules)
    until = f", due on {due} ({rules.on(owed.ended_on).source})" if due else ""
    return WorkItem(
        kind="refund",
        key=owed.item,
        code="billing.refund.owed",
        text=f"{owed.amount} is the customer's {owed.customer} since {owed.since}{until}",
        way_out="payments desk: pay it out, or agree with the customer that it pays another bill",
        raised_on=today,
    )
