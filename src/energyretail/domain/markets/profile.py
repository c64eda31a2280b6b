"""A market profile: one value that assembles the rule sets of a market."""

from __future__ import annotations

from collections.abc import Collection

import attrs

from energyretail.domain.billing import (
    CorrectionRules,
    DepositRules,
    FinalBillRules,
    PlausibilityRules,
)
from energyretail.domain.markets.final_bills import EUROPEAN_FINAL_BILL
from energyretail.domain.metering import ReadingRules
from energyretail.domain.pricing import NO_FIGURES, BandCalendar, PublishedFigures, Tariff
from energyretail.domain.shared import MarketTime, NotFound, Period, WorkingDays
from energyretail.domain.switching import SwitchingRules

__all__ = ["MarketProfile"]


@attrs.frozen
class MarketProfile:
    """The facts of one national market: its clock, money, working days, rules and products.

    `working_days` are those of the market's processes (switching deadlines), not of banks.
    `final_bill` is the European least where a market has no rules of its own; without
    `deposits` none are taken.
    """

    code: str
    zone: MarketTime
    currency: str
    working_days: WorkingDays
    switching: SwitchingRules
    reading: ReadingRules
    register_calendars: tuple[BandCalendar, ...]
    tariffs: tuple[Tariff, ...]
    final_bill: FinalBillRules = EUROPEAN_FINAL_BILL
    deposits: DepositRules | None = None
    corrections: CorrectionRules = attrs.field(factory=CorrectionRules)
    plausibility: PlausibilityRules = attrs.field(factory=PlausibilityRules)

    def tariff(self, code: str) -> Tariff:
        """Return the product of a code; raises NotFound ``markets.tariff_unknown``."""
        for tariff in self.tariffs:
            if tariff.code == code:
                return tariff
        raise NotFound("markets.tariff_unknown", "no such product", market=self.code, tariff=code)

    def published(self, names: Collection[str], days: Period) -> PublishedFigures:
        """Return nothing: the products of a market itself are priced by no published index."""
        _ = names, days
        return NO_FIGURES

    def register_calendar(self, name: str) -> BandCalendar:
        """Return the calendar of an access tariff; raises NotFound ``markets.calendar_unknown``."""
        for calendar in self.register_calendars:
            if calendar.name == name:
                return calendar
        raise NotFound("markets.calendar_unknown", "no such calendar", market=self.code, name=name)
