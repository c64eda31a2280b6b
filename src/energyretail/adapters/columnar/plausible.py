"""Bills rated alike, held against what their supplies were billed before: by columns too."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

import attrs
import numpy as np

from energyretail.adapters.columnar.layout import Whole
from energyretail.adapters.columnar.wide import BOUND, Wide
from energyretail.application.billing import PastSums, RatedAlike
from energyretail.domain.billing import (
    PastNumbers,
    PlausibilityLimits,
    UseNumbers,
    Yardstick,
    whole_weights,
)

__all__ = ["surely_plausible"]

_UNIT = "kWh"


def surely_plausible(rated: RatedAlike, *, by: Yardstick) -> RatedAlike:
    """Return those of `rated` of which no rule finds anything: see `Yardstick.surely_passes`."""
    past, kernel = rated.supplies.past, rated.kernel
    if past is None or kernel.energy is None:
        return _only(rated, np.zeros(len(rated.at), dtype=np.bool_))
    at, estimated = np.array(rated.at), rated.supplies.estimated
    sums = [past.settled, *(() if estimated else (past.open,))]
    unit, weight, weights = _weights(rated, sums, by.limits)
    before = [_numbers(each, at, own) for each, own in zip(sums, weights, strict=True)]
    passes = by.surely_passes(
        UseNumbers(
            energy=Wide(rated.numbers[kernel.energy]),
            gross=Wide(rated.numbers[kernel.gross]),
            counted=[Wide(each[at]) for each in rated.supplies.counted()],
            priced=_priced(rated, by.limits),
        ),
        before[0],
        days=rated.program.form.period.days,
        weight=weight,
        unit=unit,
        open_=None if estimated else before[1],
    )
    return _only(rated, past.comparable[at] & passes)


def _numbers(past: PastSums, at: Whole, weight: Whole) -> PastNumbers:
    days = np.array([sum(one.days for one in each) for each in past.spans], np.int64)
    return PastNumbers(
        days=Wide(days[past.which[at]]),
        weight=Wide(weight),
        energy=Wide(past.energy[at]),
        gross=Wide(past.gross[at]),
        counted=[Wide(each[at]) for each in past.counted],
    )


def _priced(rated: RatedAlike, limits: PlausibilityLimits) -> Whole:
    priced = np.zeros(len(rated.at), dtype=np.bool_)
    for line, place in zip(rated.program.form.lines, rated.kernel.lines, strict=True):
        if line.draft.unit != _UNIT or line.draft.group in limits.unpriced_groups:
            continue
        amounts = rated.numbers[place.amount] != 0
        # At prices of their own, hours that come to no energy may come to an amount.
        if place.quantity is not None:
            amounts &= rated.numbers[place.quantity] != 0
        priced |= amounts
    return priced


def _weights(
    rated: RatedAlike, past: Sequence[PastSums], limits: PlausibilityLimits
) -> tuple[int, int, list[Whole]]:
    """Return the weights of the days billed now, and of each of those before, in one unit."""
    tariff = rated.supplies.one.tariff
    spans = [days for sums in past for days in sums.spans]
    of_spans = [
        sum((limits.weight(one, tariff=tariff) for one in days), Fraction(0)) for days in spans
    ]
    now = limits.weight(rated.program.form.period, tariff=tariff)
    unit, (weight, *each) = whole_weights([now, *of_spans])
    # Of a unit that is no small one they are of any size.
    whole = np.array(each, np.int64 if max(each, default=0) < BOUND else np.object_)
    firsts = [0, *accumulate(len(sums.spans) for sums in past)]
    return (
        unit,
        weight,
        [whole[first + sums.which[rated.at]] for first, sums in zip(firsts, past, strict=False)],
    )


def _only(rated: RatedAlike, which: Whole) -> RatedAlike:
    places = np.flatnonzero(which).tolist()
    return attrs.evolve(
        rated,
        at=[rated.at[place] for place in places],
        numbers=[column[places] for column in rated.numbers],
        gross_cents=[rated.gross_cents[place] for place in places],
    )
