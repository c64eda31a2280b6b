"""The measures of supplies alike: what was counted between two indexes, or by interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from energyretail.adapters.columnar.layout import Whole
from energyretail.application.billing import AlikeSupplies
from energyretail.domain import pricing
from energyretail.domain.billing import Rateable
from energyretail.domain.shared import Refused

__all__ = ["agreeing", "measured_alike"]

_WH_A_KWH: Final = 1000
_Indexed = pricing.RegisterUse | pricing.VolumeUse


def measured_alike(found: Rateable, supplies: AlikeSupplies) -> Iterator[Whole]:
    """Yield an array a use of what is rated, in Wh or litres: one number a supply, or one row.

    Raises Refused ``pricing.not_compiled`` for a sort of use that has none.
    """
    places: dict[str, int] = {}
    for use in found.usage.uses:
        if isinstance(use, _Indexed):
            yield _counted(use, supplies)
        elif isinstance(use, pricing.IntervalUse) and supplies.told is not None:
            # A channel whose quality changes within the days billed has a use for each run.
            first = places.get(use.register, 0)
            places[use.register] = first + len(use.kwh)
            yield supplies.told.intervals[use.register][:, first : first + len(use.kwh)]
        else:
            raise Refused("pricing.not_compiled", "no index of energy", register=use.register)


def agreeing(found: Rateable, supplies: AlikeSupplies, *, digits: int) -> NDArray[np.bool_]:
    """Tell of which supplies no index is lower than the one before, nor the energy another.

    That is, another than that of their intervals: see `refuse_differing` of the domain.
    """
    agree = np.ones(len(supplies.places), dtype=np.bool_)
    for use in found.indexed:
        before, after = _ends(use, supplies)
        agree &= (before <= after) & (after < 10 ** (digits + 3))
    taken = [
        (use, measured)
        for use, measured in zip(found.usage.uses, measured_alike(found, supplies), strict=True)
        if isinstance(use, pricing.IntervalUse) and use.flow is pricing.Flow.IMPORT
    ]
    qualities = {*(use.quality for use in found.indexed), *(use.quality for use, _ in taken)}
    if taken and pricing.Quality.ESTIMATED not in qualities:
        counted = sum(_counted(use, supplies) for use in found.indexed)
        measured = sum(each.sum(axis=1, dtype=np.int64) for _, each in taken)
        registers = len({use.register for use in found.indexed})
        agree &= abs(measured - counted) <= registers * _WH_A_KWH
    return agree


def _counted(use: _Indexed, supplies: AlikeSupplies) -> Whole:
    before, after = _ends(use, supplies)
    return after - before


def _ends(use: _Indexed, supplies: AlikeSupplies) -> tuple[Whole, Whole]:
    start, until = (
        supplies.indexes[use.register, day] for day in (use.period.start, use.period.until)
    )
    return start, until
