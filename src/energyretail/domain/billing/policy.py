"""The retailer's choices in billing, as one value."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import attrs

from energyretail.domain import metering
from energyretail.domain.billing.corrections import CorrectionRules
from energyretail.domain.billing.due import due_on
from energyretail.domain.billing.numbers import DocumentSeries
from energyretail.domain.billing.plausibility import PlausibilityRules
from energyretail.domain.billing.surely_plausible import Yardstick
from energyretail.domain.shared import TARGET, Invalid, Refused, WorkingDays

__all__ = ["BillingPolicy"]


def _names(names: Iterable[str]) -> frozenset[str]:
    return frozenset(names)


@attrs.frozen
class BillingPolicy:
    """What must be read, how documents are numbered, when they are due, and what is no revenue.

    `reading` names the registers of each access tariff. `notice_days` is the least time between
    issue and debit, in calendar days; `lead_working_days` how long before the debit its run is
    made, in days of `target`, the calendar of the debit. `excise_components` are the components
    posted to EXCISE; `meter_digits` the whole digits of an index before it rolls over;
    `corrections` what the market asks of bills that put others right; `plausibility` what no bill
    leaves beyond unless two people let it.

    Raises Invalid ``billing.notice`` (notice is zero days or more); ``billing.lead`` (the lead is
    zero days or more).
    """

    reading: metering.ReadingRules
    excise_components: frozenset[str] = attrs.field(converter=_names)
    series: DocumentSeries = attrs.field(factory=DocumentSeries)
    notice_days: int = attrs.field(default=5)
    # As payments make their run: a document issued later is in the run of the next month end.
    lead_working_days: int = attrs.field(default=3)
    target: WorkingDays = TARGET
    meter_digits: int = 6
    corrections: CorrectionRules = attrs.field(factory=CorrectionRules)
    plausibility: PlausibilityRules = attrs.field(factory=PlausibilityRules)

    @notice_days.validator
    def _not_negative(self, _: object, value: int) -> None:
        if value < 0:
            raise Invalid("billing.notice", "notice is zero days or more", days=value)

    @lead_working_days.validator
    def _no_negative_lead(self, _: object, value: int) -> None:
        if value < 0:
            raise Invalid("billing.lead", "the lead is zero days or more", days=value)

    def due_on(self, issued_on: date) -> date:
        """Return the direct-debit day of what is issued on a day."""
        return due_on(
            issued_on,
            notice_days=self.notice_days,
            lead_working_days=self.lead_working_days,
            target=self.target,
        )

    def yardstick(self, on: date, *, power_kw: Decimal | None) -> Yardstick | None:
        """Return what bills made on a day are held against, None where nothing is judged.

        They are those of supplies with `power_kw` as their highest power.
        """
        limits = self.plausibility.on(on)
        if limits is None:
            return None
        return Yardstick(limits, power_kw, self._standard_kwh(power_kw))

    def _standard_kwh(self, power_kw: Decimal | None) -> Decimal | None:
        """Return a year's standard use for a power; the largest says nothing of what is beyond."""
        uses = self.reading.standard_uses
        if power_kw is None or not any(power_kw <= use.power_kw_max for use in uses):
            return None
        annual = self.reading.standard_use(power_kw).annual_kwh
        return sum((kwh for _, kwh in annual), Decimal(0))

    def registers_of(self, tariff: str) -> tuple[str, ...]:
        """Return all the registers to be read under a tariff of ours.

        Raises Refused ``billing.registers_unknown`` where they are not known: billing those
        that happen to be read could leave energy out.
        """
        registers = self.reading.registers_of(tariff)
        if not registers:
            raise Refused(
                "billing.registers_unknown", "the tariff's registers are unknown", tariff=tariff
            )
        return registers
