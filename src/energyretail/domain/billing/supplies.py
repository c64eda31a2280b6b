"""What a bill is made from: a supply, and the readings at it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.customer_faults import FaultDays
from energyretail.domain.billing.due import boundaries, held_for_plans, periods_due
from energyretail.domain.billing.measured import NOT_MEASURED, Measured
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import ContractNumber, Cups, CustomerNumber, Period, Power, Refused

__all__ = ["BillableSupply", "IndexReading"]


@attrs.frozen
class IndexReading:
    """The index of one register at 00:00 local time of `taken_on`, in the version seen.

    `version` grows when a reading is superseded; with the supply point, register and day it
    names the reading for ever.
    """

    register: str
    taken_on: date
    version: int
    index_kwh: Decimal
    quality: pricing.Quality

    @property
    def evidence(self) -> str:
        """The reading as text, as derivations cite it: ``P1 2026-03-10 1234.000 actual v1``."""
        return (
            f"{self.register} {self.taken_on} {self.index_kwh:.3f}"
            f" {self.quality.value} v{self.version}"
        )


@attrs.frozen
class BillableSupply:
    """One supply point under one contract, with its current readings from the day to bill from.

    `supplied` is the span we supply, `billed_until` the first day no live bill covers yet
    (None when nothing was billed), `kind` what the customer is: a home is protected best.
    `carried_over` is what the live bills up to that day counted, `plans` the spans of the
    contract's instalment plans that are not settled yet, `faults` what its customer did on
    which days, `measured` what was told of the supply point beside its indexes.
    """

    contract: ContractNumber
    customer: CustomerNumber
    cups: Cups
    tariff: str
    powers: tuple[tuple[str, Power], ...]
    supplied: Period
    billed_until: date | None
    readings: tuple[IndexReading, ...]
    kind: CustomerKind = CustomerKind.HOME
    carried_over: pricing.CarriedOver = pricing.NOTHING_CARRIED
    plans: tuple[Period, ...] = ()
    measured: Measured = NOT_MEASURED
    faults: tuple[FaultDays, ...] = ()

    @property
    def key(self) -> str:
        """The natural key as text: ``K000001/ES…``; sorts as (contract, supply point)."""
        return f"{self.contract}/{self.cups}"

    @property
    def bill_from(self) -> date:
        """The first day no live bill covers."""
        return self.billed_until or self.supplied.start

    def periods_due(self, *, today: date, registers: tuple[str, ...]) -> tuple[Period, ...]:
        """Return the periods to bill, in order; raises Refused when the first day is unread.

        `registers` are all those of its tariff: a register no one has read holds up the bill.
        While an instalment plan runs, no bill ends inside its span.
        """
        taken = ((reading.register, reading.taken_on) for reading in self.readings)
        periods = periods_due(
            boundaries(taken, registers=registers),
            supplied=self.supplied,
            billed_until=self.billed_until,
            today=today,
        )
        return held_for_plans(periods, plans=self.plans, ends=self.supplied.end)

    def billed(self, bill: pricing.PricedBill) -> BillableSupply:
        """Return the supply as it is once `bill`, the next of it, is in force."""
        return attrs.evolve(self, billed_until=bill.period.until, carried_over=bill.carried_over)

    def readings_over(self, register: str, period: Period) -> tuple[IndexReading, ...]:
        """Return the current readings of a register on the bounds of a period and between.

        In order of time. Raises Refused ``billing.reading_missing`` where a bound has none.
        """
        first, last = (self.reading(register, day) for day in (period.start, period.until))
        between = (
            reading
            for reading in self.readings
            if reading.register == register and period.start < reading.taken_on < period.until
        )
        return first, *sorted(between, key=lambda reading: reading.taken_on), last

    def reading(self, register: str, on: date) -> IndexReading:
        """Return the current reading of `register` on a day; raises Refused when there is none."""
        for reading in self.readings:
            if (reading.register, reading.taken_on) == (register, on):
                return reading
        raise Refused(
            "billing.reading_missing", "no reading", cups=self.cups, register=register, day=on
        )
