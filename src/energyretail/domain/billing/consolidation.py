"""Who gets one document a month over the bills, and as of which day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Final

import attrs

from energyretail.domain.shared import CustomerNumber, Event, Invalid, add_months

__all__ = [
    "LAST_CUT_DAY",
    "ConsolidationAgreed",
    "ConsolidationTerms",
    "ToConsolidate",
    "cuts_on",
]

LAST_CUT_DAY: Final = 28
"""The last day of a month that every month has."""


@attrs.frozen
class ConsolidationAgreed(Event):
    """A customer gets one document as of a `day` of each month, from `since` on."""

    name: ClassVar[str] = "billing.consolidation.agreed"
    customer: CustomerNumber
    day: int
    since: date
    ended_on: date | None


@attrs.frozen
class ConsolidationTerms:
    """A customer gets one document a month, over all that was issued before its `day`.

    Documents are members from `since` on; what was issued before stays by itself. The last
    document is as of no later day than `ended_on`; what is issued after it stays by itself too.
    Known by the customer: other terms take their place, and whoever changes the day keeps
    `since`, or what was issued since the last document is in none.

    Raises Invalid ``billing.consolidation.day`` (1 to 28), ``billing.consolidation.days`` (ended
    before it began).
    """

    customer: CustomerNumber
    day: int
    since: date
    ended_on: date | None = None

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.day <= LAST_CUT_DAY:
            raise Invalid("billing.consolidation.day", "every month has the day", day=self.day)
        if self.ended_on is not None and self.ended_on < self.since:
            raise Invalid("billing.consolidation.days", "ended before it began")

    def holds_for(self, cut: date) -> bool:
        """Tell whether there is a document as of a day: it has days, and it has not ended."""
        return self.since < cut and (self.ended_on is None or cut <= self.ended_on)

    @property
    def told(self) -> ConsolidationAgreed:
        """What is told when they begin to hold."""
        return ConsolidationAgreed(self.customer, self.day, self.since, self.ended_on)


@attrs.frozen
class ToConsolidate:
    """Whose documents are added up: those issued before a day, from another one on."""

    customer: CustomerNumber
    issued_before: date
    issued_from: date = date.min


def cuts_on(today: date) -> Mapping[int, date]:
    """Return for every day of a month terms may name when it was last, `today` at the latest."""
    days = range(1, LAST_CUT_DAY + 1)
    return {
        day: today.replace(day=day)
        if day <= today.day
        else add_months(today.replace(day=1), -1).replace(day=day)
        for day in days
    }
