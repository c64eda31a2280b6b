"""The measures of supplies alike: what was counted between two indexes, or by interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    agree = np.ones(len(supplies.places), dtype=np.bool_)
    for use in found.indexed:
        before, after = _ends(use, supplies)
        agree &= (before <= after) & (after < 10 ** (digits + 3))
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
