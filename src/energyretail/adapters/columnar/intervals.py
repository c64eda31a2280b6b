"""The measures of supplies alike: what was counted between two indexes, or by interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from energyretail.adapters.columnar.layout import Whole
from energyretail.application.billing import NO_VALUE, AlikeSupplies, RatedAlike
from energyretail.domain import pricing
from energyretail.domain.billing import Rateable
from energyretail.domain.shared import Invalid, Refused

__all__ = ["agreeing", "complete", "lacks_of", "measured_alike"]

_WH_A_KWH: Final = 1000
_Indexed = pricing.RegisterUse | pricing.VolumeUse


def measured_alike(found: Rateable, supplies: AlikeSupplies) -> Iterator[Whole]:
    """Yield an array a use of what is rated, in Wh or litres: one number a supply, or one row.

    The intervals of a channel are one use, as `joined` makes them. Raises Refused
    ``pricing.not_compiled`` for a sort of use that has none.
    """
    for use in found.usage.uses:
        if isinstance(use, _Indexed):
            yield _counted(use, supplies)
        elif isinstance(use, pricing.IntervalUse) and supplies.told is not None:
            yield supplies.told.intervals[use.register]
        else:
            raise Refused("pricing.not_compiled", "no index of energy", register=use.register)


def agreeing(found: Rateable, supplies: AlikeSupplies, *, digits: int) -> NDArray[np.bool_]:
    """Tell of which supplies no index is lower than the one before, nor the energy another.

    That is, another than that of their intervals: see `refuse_differing` of the domain.
    """
    agree = _rising(found, supplies, digits=digits)
    taken = [
        (use, measured)
        for use, measured in zip(found.usage.uses, measured_alike(found, supplies), strict=True)
        if isinstance(use, pricing.IntervalUse) and use.flow is pricing.Flow.IMPORT
    ]
    if taken and all(use.quality is pricing.Quality.ACTUAL for use in found.indexed):
        counted = sum(_counted(use, supplies) for use in found.indexed)
        measured = sum(each.sum(axis=1, dtype=np.int64) for _, each in taken)
        registers = len({use.register for use in found.indexed})
        differs = abs(measured - counted) > registers * _WH_A_KWH
        # Where one is an estimate the intervals are believed.
        agree &= ~differs | _estimated(supplies, {use.register for use, _ in taken})
    return agree


def _rising(found: Rateable, supplies: AlikeSupplies, *, digits: int) -> NDArray[np.bool_]:
    """Tell of which supplies no index is lower than the one before, nor has it more digits."""
    rise = np.ones(len(supplies.places), dtype=np.bool_)
    for use in found.indexed:
        before, after = _ends(use, supplies)
        rise &= (before <= after) & (after < 10 ** (digits + 3))
    return rise


def complete(found: Rateable, supplies: AlikeSupplies) -> NDArray[np.bool_]:
    """Tell of which supplies no interval is without a value: of the uses that are rated."""
    whole = np.ones(len(supplies.places), dtype=np.bool_)
    for use in found.usage.uses:
        if isinstance(use, pricing.IntervalUse) and supplies.told is not None:
            whole &= ~supplies.told.lacking[use.register]
    return whole


def lacks_of(
    found: Rateable, supplies: AlikeSupplies, rated: Sequence[RatedAlike], *, digits: int
) -> Iterator[tuple[int, Invalid]]:
    """Yield the places of supplies that are surely refused for an interval, and what is told of it.

    They have one series that is priced, and in it one run without a value, within a day and
    neither at the beginning nor at the end of what is known here: beyond it may go on. A line of a
    program counts it. Which of several would be told first is left to who rates them one by one.
    """
    series = [use for use in found.usage.uses if isinstance(use, pricing.IntervalUse)]
    if len(series) != 1 or not rated or supplies.told is None:
        return
    place, use = found.usage.uses.index(series[0]), series[0]
    told, channel = supplies.told, use.register
    priced = _priced_by(rated[0].program.form, place, len(use.kwh))
    lacking = told.lacking[channel] & _rising(found, supplies, digits=digits)
    for at in np.flatnonzero(lacking).tolist():
        without = np.flatnonzero(told.intervals[channel][at] == NO_VALUE)
        first, last = int(without[0]), int(without[-1])
        is_one_run = last - first + 1 == len(without)
        is_inside = first > 0 and last + 1 < len(use.kwh) and _on_one_day(use, first, last)
        if is_one_run and is_inside and priced[without].any():
            yield at, use.lack(first, last + 1)


def _priced_by(form: pricing.BillForm, use: int, count: int) -> NDArray[np.bool_]:
    """Tell which intervals of a use the lines of a form count."""
    found = np.zeros(count, dtype=np.bool_)
    for each in pricing.priced_by(form):
        if each.use == use:
            found[list(each.places or ())] = True
    return found


def _on_one_day(use: pricing.IntervalUse, first: int, last: int) -> bool:
    days = (use.zone.day_of(use.instant(place)) for place in (first, last))
    return len({*days}) == 1


def _estimated(supplies: AlikeSupplies, channels: Iterable[str]) -> NDArray[np.bool_]:
    """Tell of which supplies an interval of some channels is an estimate."""
    found = np.zeros(len(supplies.places), dtype=np.bool_)
    if supplies.told is not None:
        for name in channels:
            found |= supplies.told.estimated[name].any(axis=1)
    return found


def _counted(use: _Indexed, supplies: AlikeSupplies) -> Whole:
    before, after = _ends(use, supplies)
    return after - before


def _ends(use: _Indexed, supplies: AlikeSupplies) -> tuple[Whole, Whole]:
    start, until = (
        supplies.indexes[use.register, day] for day in (use.period.start, use.period.until)
    )
    return start, until
