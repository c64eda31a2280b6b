"""Instalments: an amount spread over the days on which its parts fall due."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import attrs

from energyretail.domain.shared import (
    Invalid,
    InvoiceNumber,
    Money,
    Period,
    WorkingDays,
    add_months,
)

__all__ = ["Instalment", "due_dates", "spread"]


def spread(total: Money, count: int) -> tuple[Money, ...]:
    """Split whole cents into `count` parts that sum exactly and differ by one cent at most.

    By cumulative rounding: the first n parts are n/count of the total, half up and a negative
    total like its opposite, so the odd cents lie evenly among the parts. Raises Invalid
    ``billing.instalments.count`` for fewer than one part.
    """
    if count < 1:
        raise Invalid("billing.instalments.count", "spread over at least one part", count=count)
    size, sign = abs(total.cents), -1 if total.cents < 0 else 1
    reached = [(2 * size * part + count) // (2 * count) for part in range(count + 1)]
    parts = (after - before for before, after in pairwise(reached))
    return tuple(Money.of_cents(sign * part, total.currency) for part in parts)


@attrs.frozen
class Instalment:
    """What falls due on one day: an advance of `amount`, VAT included, and a carried share.

    `carried` is a part of what an earlier bill left over; it was taxed by that bill and is
    no advance. `asked` is the number of the document that asked for both.
    """

    due_on: date
    amount: Money
    carried: Money
    asked: InvoiceNumber | None = None

    def __attrs_post_init__(self) -> None:
        _ = self.amount.cents, (self.amount + self.carried).cents

    @property
    def payable(self) -> Money:
        """What the customer pays for it."""
        return self.amount + self.carried

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to ask: parts of a tiny total may be zero."""
        return not (self.amount or self.carried)


def due_dates(
    span: Period, *, months: int, count: int, first_due: date, calendar: WorkingDays
) -> tuple[date, ...]:
    """Return the due days of `count` instalments over a span of `months`, evenly by calendar.

    Where the months can be divided by the count they are whole months after `first_due`,
    otherwise the days from then on are divided; none is later than the last day of the span. A
    day that is no working day of `calendar` moves to the next one, or back if that is beyond
    the span. Raises Invalid
    ``billing.instalments.count`` for none, ``billing.instalments.due`` where a day lies
    outside the span or two fall on one.
    """
    if count < 1:
        raise Invalid("billing.instalments.count", "spread over at least one part", count=count)
    if first_due not in span:
        raise _outside(span)
    found = tuple(
        _working(_nominal(span, months, count, first_due, part), span, calendar)
        for part in range(count)
    )
    if len(set(found)) < count or any(day not in span for day in found):
        raise _outside(span)
    return found


def _outside(span: Period) -> Invalid:
    return Invalid(
        "billing.instalments.due", "each falls due on its own day of the span", span=span
    )


def _nominal(span: Period, months: int, count: int, first_due: date, part: int) -> date:
    if months % count == 0:
        last = span.last
        return min(add_months(first_due, part * (months // count)), last)
    return first_due + timedelta(days=part * (span.until - first_due).days // count)


def _working(day: date, span: Period, calendar: WorkingDays) -> date:
    after = calendar.on_or_after(day)
    return after if after in span or day not in span else calendar.on_or_before(day)
