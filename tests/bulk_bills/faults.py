"""A rating at fault: one step of its kernels comes to one unit more than it should."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from energyretail.adapters.columnar import ColumnarRating
from energyretail.application.billing import RatedAlike
from energyretail.domain import pricing

__all__ = ["AtFault"]


class AtFault(ColumnarRating):
    """Adds one to what comes of a step, in every kernel that has so many.

    `changed` counts the kernels of which a number that a bill tells came out otherwise.
    """

    def __init__(self, *, step: int) -> None:
        super().__init__()
        self._step = step
        self.steps = 0
        self.changed = 0

    def rate(self, *found: Any, **more: Any) -> tuple[RatedAlike, ...]:
        """Return what is rated, spoilt."""
        return tuple(map(self._spoilt, super().rate(*found, **more)))

    def _spoilt(self, rated: RatedAlike) -> RatedAlike:
        self.steps = max(self.steps, len(rated.kernel.steps))
        if self._step >= len(rated.kernel.steps):
            return rated
        steps = list(rated.kernel.steps)
        steps[self._step] = _more(steps[self._step])
        kernel = attrs.evolve(rated.kernel, steps=tuple(steps))
        # What was counted is there: it is taken for what so many registers measured.
        count = len(kernel.counted)
        uses = tuple(pricing.Counted(use) for use in range(count))
        bare = attrs.evolve(kernel, intervals=(None,) * count, counted=uses)
        counted = zip(*rated.numbers[:count], strict=True)
        rows = [bare.numbers([int(each) for each in row]) for row in counted]
        numbers = [_column(each) for each in zip(*rows, strict=True)]
        told = _told(kernel)
        self.changed += any((numbers[at] != rated.numbers[at]).any() for at in told)
        gross = numbers[kernel.gross].tolist()
        return attrs.evolve(rated, kernel=kernel, numbers=numbers, gross_cents=gross)


def _column(numbers: tuple[int, ...]) -> NDArray[Any]:
    """Return numbers of 64 bits, or of any size where one does not fit: a step on the way may."""
    return np.array(numbers, np.int64 if max(map(abs, numbers)) < 2**63 else np.object_)


def _more(step: pricing.Step) -> pricing.Step:
    match step:
        case pricing.Rounded():
            return attrs.evolve(step, sum=_one_more(step.sum))
        case pricing.Extreme():
            return attrs.evolve(step, sums=tuple(map(_one_more, step.sums)))
        case pricing.Quotient(above, below):
            terms, constant = above.terms + below.terms, above.constant + below.constant
            return attrs.evolve(step, above=attrs.evolve(above, terms=terms, constant=constant))


def _one_more(whole: pricing.WholeSum) -> pricing.WholeSum:
    return attrs.evolve(whole, constant=whole.constant + whole.divisor)


def _told(kernel: pricing.Kernel) -> set[int]:
    lines = {place for line in kernel.lines for place in attrs.astuple(line)}
    taxes = {place for tax in kernel.taxes for place in (tax.base, tax.amount)}
    rest = {each.amount for each in kernel.roundings} | {kernel.tax, kernel.gross, kernel.energy}
    return {place for place in lines | taxes | rest if place is not None}
