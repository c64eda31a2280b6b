"""When collections are due, and when the bank must have them, in TARGET days."""

from __future__ import annotations

from datetime import date
from typing import Final

from energyretail.domain.shared import TARGET, Period

__all__ = ["RUN_LEAD_DAYS", "due_date_to_collect", "month_end_due_date", "run_day"]

# The scheme asks for D-1 interbank days (EPC016-06); two more leave a day to mend a
# refused file and a day for the bank's own cut-off.
RUN_LEAD_DAYS: Final = 3


def month_end_due_date(day: date) -> date:
    """Return the last TARGET day of the month `day` is in."""
    return TARGET.on_or_before(Period.month(day.year, day.month).last)


def run_day(due_on: date) -> date:
    """Return the day the run for `due_on` is made: three TARGET days before."""
    return TARGET.add(due_on, -RUN_LEAD_DAYS)


def due_date_to_collect(today: date) -> date | None:
    """Return the due date whose run is to be made `today`, or None on most days.

    The run belongs to the run day; if that was missed, to any later day before the due date.
    """
    due_on = month_end_due_date(today)
    return due_on if run_day(due_on) <= today < due_on else None
