"""Half-open spans of local days."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date, timedelta

import attrs

from energyretail.domain.shared.errors import Invalid

__all__ = ["Period", "add_months"]


def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later, or the last one of a shorter month."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


@attrs.frozen
class Period:
    """The days from `start` (included) to `end` (excluded); `end=None` is open for ever.

    Never empty: `start < end` always holds.

    Raises Invalid ``period.empty`` (end must be after start).
    """

    start: date
    end: date | None = None

    def __attrs_post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise Invalid("period.empty", "end must be after start", start=self.start, end=self.end)

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """Return one calendar month."""
        first = date(year, month, 1)
        return cls(first, add_months(first, 1))

    @property
    def until(self) -> date:
        """The first day after the period; raises Invalid when it is open."""
        if self.end is None:
            raise Invalid("period.open", "the period has no end", start=self.start)
        return self.end

    @property
    def last(self) -> date:
        """The last day of the period; raises Invalid when it is open."""
        return self.until - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many local days, whatever their hours; raises Invalid when open."""
        return (self.until - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def each_day(self) -> Iterable[date]:
        """Yield every day in order; raises Invalid when open."""
        return (self.start + timedelta(days=i) for i in range(self.days))

    def meets(self, other: Period) -> Period | None:
        """Return the days in both, or None if there are none."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends) if ends else None
        return Period(start, end) if end is None or start < end else None

    def covers(self, other: Period) -> bool:
        """Tell whether every day of `other` is in this period."""
        return self.meets(other) == other

    def split(self, cuts: Iterable[date]) -> tuple[Period, ...]:
        """Cut at the start of every day in `cuts` that lies strictly inside; parts are in order."""
        inside = sorted({cut for cut in cuts if cut in self and cut != self.start})
        starts = [self.start, *inside]
        return tuple(Period(a, b) for a, b in zip(starts, [*inside, self.end], strict=True))

    def __str__(self) -> str:
        return f"{self.start}/{self.end or '..'}"
