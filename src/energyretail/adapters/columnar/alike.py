"""Supplies whose bills differ in nothing but their indexes, rated by columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Final

import attrs
import numpy as np

from energyretail.adapters.columnar.batches import Batch, Compiled, LeftOut, price
from energyretail.adapters.columnar.estimates import by_estimates
from energyretail.adapters.columnar.execute import Places
from energyretail.adapters.columnar.intervals import agreeing, complete, lacks_of, measured_alike
from energyretail.adapters.columnar.layout import Whole
from energyretail.adapters.columnar.plausible import surely_plausible
from energyretail.application.billing import AlikeSupplies, RatedAlike
from energyretail.domain import pricing
from energyretail.domain.billing import Rateable, Yardstick
from energyretail.domain.shared import DomainError, Period

__all__ = ["ColumnarRating"]

_A_SHAPE: Final = 100
"""So many intervals of a shape count for one more."""
_Shape = tuple[int, Period, str, str]


class ColumnarRating:
    """Implements the BulkRating port; keeps the programs of so many `shapes` for the next page.

    One of hundreds of intervals counts for several: its programs name each.
    """

    def __init__(self, *, shapes: int = 1000):
        self._shapes = shapes
        # By tariff as the very value it is, which is kept beside, so that no other takes its place.
        self._kept: dict[_Shape, tuple[pricing.Tariff, list[Compiled]]] = {}
        self._sizes: dict[_Shape, int] = {}
        self._keeping = Lock()

    def rate(
        self, found: Rateable, supplies: AlikeSupplies, *, digits: int
    ) -> tuple[RatedAlike, ...]:
        """Return the supplies by program; what does not agree is left to others."""
        found = attrs.evolve(found, usage=pricing.joined(found.usage))
        fit = agreeing(found, supplies, digits=digits) & complete(found, supplies)
        batch = Batch(
            tariff=found.tariff,
            period=found.period,
            shape=pricing.open_usage(found.usage),
            measures=list(measured_alike(found, supplies)),
            # Whatever goes by the first day of a contract asks for it, and has no program then.
            circumstances=attrs.evolve(found.circumstances, since=None),
            services=len(supplies.places),
        )
        return tuple(_rated(supplies, np.flatnonzero(fit), batch, self._programs_of(batch)))

    def lacks(
        self,
        found: Rateable,
        supplies: AlikeSupplies,
        rated: Sequence[RatedAlike],
        *,
        digits: int,
    ) -> Mapping[int, DomainError]:
        """Return why supplies are surely refused for an interval without a value."""
        found = attrs.evolve(found, usage=pricing.joined(found.usage))
        return dict(lacks_of(found, supplies, rated, digits=digits))

    def surely_plausible(self, rated: RatedAlike, *, by: Yardstick) -> RatedAlike:
        """Return those of which no rule of plausibility finds anything."""
        return surely_plausible(rated, by=by)

    def _programs_of(self, batch: Batch) -> list[Compiled]:
        """Return the programs kept for a shape, those asked for last at the end."""
        # As it is written: 3.45 and 3.450 kW are one number, and printed as they are.
        told = repr(batch.shape), repr(batch.circumstances)
        which = id(batch.tariff), batch.period, *told
        with self._keeping:
            _, programs = self._kept.pop(which, (batch.tariff, []))
            self._kept[which] = batch.tariff, programs
            self._sizes[which] = 1 + sum(map(_intervals, batch.shape.uses)) // _A_SHAPE
            while sum(self._sizes.values()) > self._shapes and len(self._kept) > 1:
                oldest = next(iter(self._kept))
                del self._kept[oldest], self._sizes[oldest]
        return programs


def _intervals(use: pricing.Use) -> int:
    return len(use.kwh) if isinstance(use, pricing.IntervalUse) else 0


def _rated(
    supplies: AlikeSupplies, at: Places, batch: Batch, known: list[Compiled]
) -> Iterator[RatedAlike]:
    estimated = _estimated(batch, supplies)
    for priced in price(batch, at=at, known=known):
        if isinstance(priced, LeftOut):
            return
        numbers = priced.columns.numbers
        # A number of more than 64 bits is no amount that anybody is billed.
        if any(numbers[place].dtype != np.int64 for place in _told(priced.kernel)):
            continue
        for program, places in by_estimates(batch, priced, estimated):
            some = [column[places] for column in numbers]
            yield RatedAlike(
                supplies=supplies,
                at=priced.services[places].tolist(),
                program=program,
                kernel=priced.kernel,
                numbers=some,
                gross_cents=some[priced.kernel.gross].tolist(),
            )


def _estimated(batch: Batch, supplies: AlikeSupplies) -> Mapping[str, Whole]:
    """Tell which days of the intervals that are priced are estimates, by channel."""
    if supplies.told is None:
        return {}
    names = {use.register for use in batch.shape.uses if isinstance(use, pricing.IntervalUse)}
    return {name: days for name, days in supplies.told.estimated.items() if name in names}


def _told(kernel: pricing.Kernel) -> Iterator[int]:
    """Yield the places of the numbers that a bill tells; the others are steps on the way."""
    for line in kernel.lines:
        yield from (place for place in attrs.astuple(line) if place is not None)
    for tax in kernel.taxes:
        yield from (tax.base, tax.amount)
    yield from (each.amount for each in kernel.roundings)
    yield from (kernel.tax, kernel.gross)
    if kernel.energy is not None:
        yield kernel.energy
