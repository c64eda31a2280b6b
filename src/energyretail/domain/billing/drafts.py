"""The one path from readings to a bill: a preview shows a draft, issuing adds number and dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

import attrs

from energyretail.domain import metering, pricing
from energyretail.domain.billing.price_digests import price_digest
from energyretail.domain.billing.stages import BillStage, stage_of
from energyretail.domain.billing.supplies import BillableSupply, IndexReading
from energyretail.domain.billing.usage_to_bill import (
    NO_BASIS,
    Basis,
    basis_of,
    circumstances_of,
    refuse_differing,
    usage_to_bill,
)
from energyretail.domain.shared import ContractNumber, Cups, CustomerNumber, Period

__all__ = [
    "Draft", "Rateable", "bill_kept", "draft", "measures_read", "over_days", "rateable",
    "rated",
]  # fmt: skip


@attrs.frozen
class Draft:
    """A bill without number and dates, with the readings, prices and facts it rests on."""

    contract: ContractNumber
    customer: CustomerNumber
    cups: Cups
    tariff: str
    bill: pricing.PricedBill
    readings: tuple[IndexReading, ...]
    price_digest: str = ""
    basis: Basis = NO_BASIS
    stage: BillStage = BillStage.PERIODIC

    @property
    def key(self) -> tuple[str, str, Period]:
        """The natural key: contract, supply point, period."""
        return self.contract, self.cups.value, self.bill.period


@attrs.frozen
class Rateable:
    """What one period of a supply is rated by, and all else that its draft tells.

    `indexed` are the index differences, which `usage` may count or not, `readings` those that
    bound them.
    """

    supply: BillableSupply
    period: Period
    tariff: pricing.Tariff
    usage: pricing.Usage
    circumstances: pricing.Circumstances
    indexed: tuple[pricing.RegisterUse, ...]
    readings: tuple[IndexReading, ...]
    basis: Basis

    def draft(self, bill: pricing.PricedBill) -> Draft:
        """Return the draft of its bill."""
        return Draft(
            contract=self.supply.contract,
            customer=self.supply.customer,
            cups=self.supply.cups,
            tariff=self.supply.tariff,
            bill=bill,
            readings=self.readings,
            price_digest=price_digest(self.tariff, self.period),
            basis=self.basis,
            stage=stage_of(self.period, supplied=self.supply.supplied),
        )


def rateable(
    supply: BillableSupply,
    period: Period,
    *,
    tariff: pricing.Tariff,
    registers: tuple[str, ...],
    meter_digits: int,
    figures: pricing.PublishedFigures = pricing.NO_FIGURES,
    invoiced_on: date | None = None,
) -> Rateable:
    """Return what one period of a supply is rated by: see `draft`, which rates it.

    Raises Refused when a reading is missing, and what `usage_to_bill` raises.
    """
    chains = [supply.readings_over(register, period) for register in registers]
    indexed = tuple(
        _use(before, after, meter_digits) for chain in chains for before, after in pairwise(chain)
    )
    return Rateable(
        supply=supply,
        period=period,
        tariff=tariff,
        usage=usage_to_bill(supply, indexed, period, tariff=tariff, figures=figures),
        circumstances=circumstances_of(
            supply, period, tariff=tariff, figures=figures, invoiced_on=invoiced_on
        ),
        indexed=indexed,
        readings=tuple(reading for chain in chains for reading in chain),
        basis=basis_of(supply, tariff=tariff, period=period, figures=figures),
    )


def draft(
    supply: BillableSupply,
    period: Period,
    *,
    tariff: pricing.Tariff,
    registers: tuple[str, ...],
    meter_digits: int,
    figures: pricing.PublishedFigures = pricing.NO_FIGURES,
    invoiced_on: date | None = None,
) -> Draft:
    """Rate one period of a supply by its current readings on the first and last day and between.

    All of `registers`, those of its tariff, are billed and no other; by intervals where the tariff
    is priced by them. A reading between divides the energy, so a change of price is met as well
    as it was read. `figures` are the published ones it may read, `invoiced_on` the day of the
    invoice, for a VAT that goes by it.
    Raises Refused when a reading is missing or lower than the one before without a rollover
    of a meter of `meter_digits`, and what `usage_to_bill`, `refuse_differing` and `pricing.rate`
    raise.
    """
    found = rateable(
        supply,
        period,
        tariff=tariff,
        registers=registers,
        meter_digits=meter_digits,
        figures=figures,
        invoiced_on=invoiced_on,
    )
    return rated(found)


def rated(found: Rateable) -> Draft:
    """Rate what is rateable; raises what `refuse_differing` and `pricing.rate` raise."""
    bill = pricing.rate(
        found.tariff, found.usage, period=found.period, circumstances=found.circumstances
    )
    refuse_differing(found.usage, found.indexed, found.period)
    return found.draft(bill)


def _use(before: IndexReading, after: IndexReading, meter_digits: int) -> pricing.RegisterUse:
    actual = before.quality is after.quality is pricing.Quality.ACTUAL
    return pricing.RegisterUse(
        register=after.register,
        period=Period(before.taken_on, after.taken_on),
        energy=metering.consumption(before.index_kwh, after.index_kwh, digits=meter_digits),
        quality=pricing.Quality.ACTUAL if actual else pricing.Quality.ESTIMATED,
        readings=(before.evidence, after.evidence),
    )


def measures_read(readings: Iterable[IndexReading]) -> tuple[pricing.Measure, ...]:
    """Return what was measured between neighbouring readings of one register, in their order.

    As `draft` has it of indexes that did not roll over; that fills what a bill of them leaves open.
    """
    return tuple(
        pricing.Measure(
            after.index_kwh - before.index_kwh,
            pricing.BOTH_ENDS.join((before.evidence, after.evidence)),
        )
        for before, after in pairwise(readings)
        if before.register == after.register
    )


def bill_kept(
    form: pricing.BillForm, readings: Iterable[IndexReading], intervals: pricing.Usage
) -> pricing.PricedBill:
    """Return the bill that a form makes of the intervals of its days, or of what was read.

    `intervals` are those that were known when the bill was made: each run of them of one quality
    is told by itself, though one form is kept for all.
    """
    if not form.by_interval:
        return form.bill(measures_read(readings))
    usage = over_days(intervals, form.period)
    return pricing.told_apart(form, usage.uses).bill(pricing.measures_of(usage))


def over_days(usage: pricing.Usage, period: Period) -> pricing.Usage:
    """Return a usage without the intervals of other days: what is billed is the same."""
    uses = (_over(use, period) for use in usage.uses)
    return attrs.evolve(usage, uses=tuple(use for use in uses if use is not None))


def _over(use: pricing.Use, period: Period) -> pricing.Use | None:
    days = use.period.meets(period)
    if days is None or not isinstance(use, pricing.IntervalUse):
        return None if days is None else use
    return use.within(days)
