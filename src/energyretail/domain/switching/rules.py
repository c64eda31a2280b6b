"""What a market demands of a switch: notice, deadline, and the reasons it may be refused for."""

from __future__ import annotations

from datetime import date, timedelta

import attrs

from energyretail.domain.shared import Invalid, Period, Refused, WorkingDays

__all__ = ["RejectionReason", "SwitchingDeadline", "SwitchingRules"]


@attrs.frozen
class SwitchingDeadline:
    """A switch requested on a day of `valid` is done `days_max` calendar days later at most."""

    valid: Period
    days_max: int
    source: str


@attrs.frozen
class RejectionReason:
    """A code of a market's table, said in our words, and what a person can do about it."""

    code: str
    text: str
    way_out: str


@attrs.frozen
class SwitchingRules:
    """The rules of one market.

    `ahead_days_max` is how far ahead a wanted day may lie. `report_working_days` is the time
    the registry has to tell of what it did. Deadlines do not overlap.

    Raises Invalid ``switching.rules.overlap`` (deadlines overlap); ``switching.rules.reasons`` (one
    reason a code).
    """

    market: str
    working_days: WorkingDays
    deadlines: tuple[SwitchingDeadline, ...]
    ahead_days_max: int
    report_working_days: int
    reasons: tuple[RejectionReason, ...]
    reasons_source: str

    def __attrs_post_init__(self) -> None:
        for one, other in zip(self.deadlines, self.deadlines[1:], strict=False):
            if one.valid.until > other.valid.start:
                raise Invalid("switching.rules.overlap", "deadlines overlap", market=self.market)
        if len({reason.code for reason in self.reasons}) != len(self.reasons):
            raise Invalid("switching.rules.reasons", "one reason a code", market=self.market)

    def wanted_day(self, requested_on: date, from_day: date) -> date | None:
        """Return the day to ask for, None for the earliest one.

        A day that is not in the future asks for the earliest. Raises Refused
        ``switching.request.too_early`` when it is more than `ahead_days_max` days ahead.
        """
        if from_day <= requested_on:
            return None
        if from_day - requested_on > timedelta(days=self.ahead_days_max):
            raise Refused(
                "switching.request.too_early",
                f"a supply is claimed at most {self.ahead_days_max} days ahead",
                requested_on=requested_on,
                from_day=from_day,
            )
        return from_day

    def deadline(self, requested_on: date, wanted_on: date | None = None) -> date:
        """Return the last day on which the supply may become ours in time.

        A later day that was asked for is in time too. Raises Invalid when no deadline is known
        for the day of the request.
        """
        for row in self.deadlines:
            if requested_on in row.valid:
                last = requested_on + timedelta(days=row.days_max)
                return max(last, wanted_on or last)
        raise Invalid("switching.rules.gap", "no deadline for that day", requested_on=requested_on)

    def is_overdue(self, requested_on: date, wanted_on: date | None, today: date) -> bool:
        """Tell whether the registry is late on `today`, its time to report included."""
        last = self.working_days.add(
            self.deadline(requested_on, wanted_on), self.report_working_days
        )
        return today > last

    def reason(self, code: str) -> RejectionReason:
        """Return what a code means; one the table does not hold is left to a person."""
        for reason in self.reasons:
            if reason.code == code:
                return reason
        return RejectionReason(
            code, f"reason {code} of the registry", "read the registry's own text, then decide"
        )
