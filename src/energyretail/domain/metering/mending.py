"""Fresh estimates for those that what was read has shown to be wrong."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

import attrs

from energyretail.domain.metering.estimation import estimate
from energyretail.domain.metering.readings import EstimateBasis, Quality, Reading, consumption
from energyretail.domain.metering.rules import MeteredSupply, ReadingRules

__all__ = ["BETWEEN_READINGS", "mend"]

BETWEEN_READINGS = "between_readings"


def mend(
    series: Sequence[Reading], supply: MeteredSupply, rules: ReadingRules
) -> tuple[Reading, ...]:
    """Return the next version of every estimate that its neighbours contradict, in order of days.

    `series` are the current readings of one register in order of days; with the answer in
    their place the register never runs backwards. Between two actual readings an estimate
    is put on the line from the index before it, in whole kWh rounded down; after the last one
    it is estimated anew; before the first one it is the index that was read.
    """
    mended: list[Reading] = []
    settled: list[Reading] = []
    for place, reading in enumerate(series):
        if reading.quality is Quality.ESTIMATED:
            later = (each for each in series[place:] if each.quality is Quality.ACTUAL)
            right = next(later, None)
            left = settled[-1] if settled else None
            if not _in_order(left, reading, right, rules.digits):
                reading = _fresh(reading, settled, right, supply, rules)
                mended.append(reading)
        settled.append(reading)
    return tuple(mended)


def _in_order(left: Reading | None, guess: Reading, right: Reading | None, digits: int) -> bool:
    """Tell whether the guess lies between its neighbours, a rollover counted in.

    With one neighbour only, more than half a turn of the register is taken for a step back.
    """
    if left is not None and right is not None:
        whole = consumption(left.index_kwh, right.index_kwh, digits=digits)
        return consumption(left.index_kwh, guess.index_kwh, digits=digits).kwh <= whole.kwh
    half = Decimal(10) ** digits / 2
    if left is not None:
        return consumption(left.index_kwh, guess.index_kwh, digits=digits).kwh <= half
    if right is not None:
        return consumption(guess.index_kwh, right.index_kwh, digits=digits).kwh <= half
    return True


def _fresh(
    wrong: Reading,
    settled: Sequence[Reading],
    right: Reading | None,
    supply: MeteredSupply,
    rules: ReadingRules,
) -> Reading:
    if right is not None:
        made = _between(settled[-1] if settled else right, wrong, right, rules.digits)
    else:
        # There is one before it: without any neighbour nothing is out of order.
        made = estimate(settled, supply, on=wrong.taken_on, rules=rules) or wrong
    return attrs.evolve(made, version=wrong.version + 1)


def _between(left: Reading, wrong: Reading, right: Reading, digits: int) -> Reading:
    used = consumption(left.index_kwh, right.index_kwh, digits=digits).kwh
    days = (right.taken_on - left.taken_on).days
    rise = used * (wrong.taken_on - left.taken_on).days / days if days else Decimal(0)
    index_kwh = left.index_kwh + rise.quantize(Decimal(1), rounding=ROUND_DOWN)
    text = f"{used} kWh in {days} days from {left.taken_on} to {right.taken_on}"
    if not days:
        text = f"no more than the {right.index_kwh} kWh of {right.taken_on}"
    return attrs.evolve(
        wrong,
        index_kwh=index_kwh % Decimal(10) ** digits,
        source="estimate",
        basis=EstimateBasis(BETWEEN_READINGS, text),
    )
