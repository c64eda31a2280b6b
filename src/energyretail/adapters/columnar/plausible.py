"""Bills rated alike, held against what their supplies were billed before: by columns too."""

from __future__ import annotations

from fractions import Fraction

import attrs
import numpy as np

from energyretail.adapters.columnar.layout import Whole
from energyretail.application.billing import PastBills, RatedAlike
from energyretail.domain.billing import (
    PastNumbers,
    PlausibilityLimits,
    UseNumbers,
    Yardstick,
    whole_weights,
)
from energyretail.domain.shared import Period

__all__ = ["surely_plausible"]

_UNIT = "kWh"


def surely_plausible(rated: RatedAlike, *, by: Yardstick) -> RatedAlike:
    """Return those of `rated` of which no rule finds anything: see `Yardstick.surely_passes`."""
    past, kernel = rated.supplies.past, rated.kernel
    if past is None or kernel.energy is None:
        return _only(rated, np.zeros(len(rated.at), dtype=np.bool_))
    period, at = rated.program.form.period, np.array(rated.at)
    unit, weight, weights = _weights(rated, past, by.limits)
    use = UseNumbers(
        energy=_any(rated.numbers[kernel.energy]),
        gross=_any(rated.numbers[kernel.gross]),
        counted=[_any(each[at]) for each in rated.supplies.counted()],
        priced=_priced(rated, by.limits),
    )
    before = PastNumbers(
        days=np.array([sum(one.days for one in past.days[place]) for place in rated.at]),
        weight=weights,
        energy=_any(past.energy[at]),
        gross=_any(past.gross[at]),
        counted=[_any(each[at]) for each in past.counted],
    )
    passes = by.surely_passes(use, before, days=period.days, weight=weight, unit=unit)
    return _only(rated, past.comparable[at] & passes)


def _any(column: Whole) -> Whole:
    """Return numbers that hold any size: products of them may not fit into 64 bits."""
    return column.astype(np.object_)


def _priced(rated: RatedAlike, limits: PlausibilityLimits) -> Whole:
    amounts = [
        rated.numbers[place.amount] != 0
        for line, place in zip(rated.program.form.lines, rated.kernel.lines, strict=True)
        if line.draft.unit == _UNIT and line.draft.group not in limits.unpriced_groups
    ]
    return np.any(amounts, axis=0) if amounts else np.zeros(len(rated.at), dtype=np.bool_)


def _weights(
    rated: RatedAlike, past: PastBills, limits: PlausibilityLimits
) -> tuple[int, int, Whole]:
    """Return the weights of the days billed now, and of those before, in one unit."""
    tariff = rated.supplies.one.tariff
    days: dict[tuple[Period, ...], Fraction] = {
        each: sum((limits.weight(one, tariff=tariff) for one in each), Fraction(0))
        for each in {tuple(past.days[place]) for place in rated.at}
    }
    now = limits.weight(rated.program.form.period, tariff=tariff)
    unit, (weight, *each) = whole_weights([now, *days.values()])
    whole = dict(zip(days, each, strict=True))
    weights = np.array([whole[tuple(past.days[place])] for place in rated.at], np.object_)
    return unit, weight, weights


def _only(rated: RatedAlike, which: Whole) -> RatedAlike:
    places = np.flatnonzero(which).tolist()
    return attrs.evolve(
        rated,
        at=[rated.at[place] for place in places],
        numbers=[column[places] for column in rated.numbers],
        gross_cents=[rated.gross_cents[place] for place in places],
    )
