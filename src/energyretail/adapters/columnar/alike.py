"""Supplies whose bills differ in nothing but their indexes, rated by columns."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from energyretail.adapters.columnar.batches import Batch, price
from energyretail.adapters.columnar.layout import Whole
from energyretail.application.billing import AlikeSupplies, RatedAlike
from energyretail.domain import pricing
from energyretail.domain.billing import Rateable
from energyretail.domain.shared import Refused

__all__ = ["ColumnarRating"]


class ColumnarRating:
    """Implements the BulkRating port."""

    def rate(
        self, found: Rateable, supplies: AlikeSupplies, *, digits: int
    ) -> tuple[RatedAlike, ...]:
        """Return the supplies by program; an index lower than the one before is left to others."""
        known = np.ones(len(supplies.places), dtype=np.bool_)
        measures: list[Whole] = []
        for use in found.usage.uses:
            if not isinstance(use, pricing.RegisterUse):
                raise Refused("pricing.not_compiled", "no index of energy", register=use.register)
            ends = (use.period.start, use.period.until)
            before, after = (supplies.indexes[use.register, day] for day in ends)
            known &= (before <= after) & (after < 10 ** (digits + 3))
            measures.append(after - before)
        at = np.flatnonzero(known)
        batch = Batch(
            tariff=found.tariff,
            period=found.period,
            shape=pricing.open_usage(found.usage),
            measures=[each[at] for each in measures],
            # Whatever goes by the first day of a contract asks for it, and has no program then.
            circumstances=attrs.evolve(found.circumstances, since=None),
        )
        return tuple(_rated(supplies, at, batch))


def _rated(supplies: AlikeSupplies, at: Whole, batch: Batch) -> Iterator[RatedAlike]:
    for priced in price(batch):
        numbers = priced.columns.numbers
        # A number of more than 64 bits is no amount that anybody is billed.
        if len(priced.services) and all(column.dtype == np.int64 for column in numbers):
            yield RatedAlike(
                supplies=supplies,
                at=at[priced.services].tolist(),
                program=priced.program,
                kernel=priced.kernel,
                numbers=numbers,
                gross_cents=numbers[priced.kernel.gross].tolist(),
            )
