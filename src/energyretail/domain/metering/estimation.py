"""An index for a day nobody read the meter."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from energyretail.domain.metering.readings import EstimateBasis, Quality, Reading, consumption
from energyretail.domain.metering.rules import MeteredSupply, ReadingRules

__all__ = ["RECENT_USE", "STANDARD_USE", "estimate"]

RECENT_USE = "recent_use"
STANDARD_USE = "standard_use"
_DAYS_A_YEAR = 365


def estimate(
    past: Sequence[Reading], supply: MeteredSupply, *, on: date, rules: ReadingRules
) -> Reading | None:
    """Return the index one register would show at 00:00 of `on`, in whole kWh, rounded down.

    `past` are the current readings of that register before `on`. Method ``recent_use``: the
    daily use between its first and last actual reading of the last `history_days` before
    the last one, pro rata; ``standard_use`` where it has but one. Without an index to
    start from there is nothing to estimate: None.
    """
    known = sorted((each for each in past if each.taken_on < on), key=lambda each: each.key)
    if not known:
        return None
    last = known[-1]
    daily_kwh, basis = _recent(known, rules) or _standard(last.register, supply, rules)
    days = (on - last.taken_on).days
    rise = (daily_kwh * days).quantize(Decimal(1), rounding=ROUND_DOWN)
    return Reading(
        cups=last.cups,
        register=last.register,
        taken_on=on,
        index_kwh=(last.index_kwh + rise) % Decimal(10) ** rules.digits,
        quality=Quality.ESTIMATED,
        source="estimate",
        basis=basis,
    )


def _recent(known: Sequence[Reading], rules: ReadingRules) -> tuple[Decimal, EstimateBasis] | None:
    actual = [each for each in known if each.quality is Quality.ACTUAL]
    if not actual:
        return None
    last = actual[-1]
    earliest = last.taken_on - timedelta(days=rules.history_days)
    recent = [each for each in actual if each.taken_on >= earliest]
    first, days = recent[0], (last.taken_on - recent[0].taken_on).days
    if not days:
        return None
    used = sum(
        consumption(one.index_kwh, two.index_kwh, digits=rules.digits).kwh
        for one, two in itertools.pairwise(recent)
    )
    text = f"{used} kWh in {days} days from {first.taken_on} to {last.taken_on}"
    return Decimal(used) / days, EstimateBasis(RECENT_USE, text)


def _standard(
    register: str, supply: MeteredSupply, rules: ReadingRules
) -> tuple[Decimal, EstimateBasis]:
    standard = rules.standard_use(supply.power_kw)
    annual_kwh = dict(standard.annual_kwh).get(register, Decimal(0))
    text = f"{annual_kwh.normalize():f} kWh a year up to {standard.power_kw_max} kW"
    return annual_kwh / _DAYS_A_YEAR, EstimateBasis(STANDARD_USE, f"{text}, {standard.source}")
