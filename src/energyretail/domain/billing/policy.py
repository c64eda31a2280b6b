"""The retailer's choices in billing, as one value."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from energyretail.domain.billing.due import due_on
from energyretail.domain.billing.numbers import DocumentSeries
from energyretail.domain.shared import TARGET, Invalid, WorkingDays

__all__ = ["BillingPolicy"]


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names)


@attrs.frozen
class BillingPolicy:
    """How documents are numbered, when they are due, and what is no revenue.

    `notice_days` is the least time between issue and debit; `target` the calendar of the
    debit; `excise_components` the components posted to EXCISE; `meter_digits` the whole
    digits of an index before it rolls over.
    """

    excise_components: frozenset[str] = attrs.field(converter=_names)
    series: DocumentSeries = attrs.field(factory=DocumentSeries)
    notice_days: int = attrs.field(default=5)
    target: WorkingDays = TARGET
    meter_digits: int = 6

    @notice_days.validator
    def _not_negative(self, _: object, value: int) -> None:
        if value < 0:
            raise Invalid("billing.notice", "notice is zero days or more", days=value)

    def due_on(self, issued_on: date) -> date:
        """Return the direct-debit day of what is issued on a day."""
        return due_on(issued_on, notice_days=self.notice_days, target=self.target)
