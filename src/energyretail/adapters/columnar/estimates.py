"""Services that one program prices, by which lines of their bills rest on estimated intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from energyretail.adapters.columnar.batches import Batch, Priced
from energyretail.domain import pricing
from energyretail.domain.shared import DomainError

__all__ = ["by_estimates"]

Flags = NDArray[np.bool_]


def by_estimates(
    batch: Batch, priced: Priced, estimated: Mapping[str, Flags]
) -> Iterator[tuple[pricing.RateProgram, NDArray[np.intp]]]:
    """Yield the program of some of what is `priced`, and which these are.

    `estimated` tells of each service of the batch, by channel, which days are estimates. What a
    bill comes to is the same; its lines say whether they rest on one. A line asks for days of its
    own, so those of which the same spans between the days of lines hold an estimate are alike.
    Services whose calculation is no telling apart of the program's are left out.
    """
    every = np.arange(len(priced.services))
    spans = _spans(priced.program.form)
    held = [
        np.logical_or.reduceat(days[priced.services], spans, axis=1) for days in estimated.values()
    ]
    kinds = np.concatenate(held, axis=1) if held else np.zeros((len(every), 0), np.bool_)
    if not kinds.any():
        yield priced.program, every
        return
    alike, kind_of = np.unique(kinds, axis=0, return_inverse=True)
    for at, kind in enumerate(alike):
        places = np.flatnonzero(kind_of.reshape(-1) == at)
        key = kind.tobytes()
        if not kind.any():
            yield priced.program, places
            continue
        if key not in priced.estimates:
            service = int(priced.services[places[0]])
            priced.estimates[key] = _program(batch, priced.program, service, estimated)
        program = priced.estimates[key]
        if program is not None:
            yield program, places


def _spans(form: pricing.BillForm) -> list[int]:
    """Return the days, from the first of a bill, on which one of its lines begins or ends."""
    period = form.period
    days = {day for line in form.lines for day in (line.draft.period.start, line.draft.period.end)}
    inside = {(day - period.start).days for day in days if day is not None and day in period}
    return sorted({0} | inside)


def _program(
    batch: Batch, program: pricing.RateProgram, service: int, estimated: Mapping[str, Flags]
) -> pricing.RateProgram | None:
    whole = pricing.filled_usage(batch.shape, batch.of(service))
    days = {name: flags[service].tolist() for name, flags in estimated.items()}
    usage = pricing.parted(whole, days)
    try:
        apart = pricing.compile_program(
            batch.tariff, usage, period=batch.period, circumstances=batch.circumstances
        )
    except DomainError:
        return None  # whoever bills it by itself says why
    return pricing.with_estimates(program, apart)
