"""A batch of services of one shape: as many programs as their amounts ask for, each in columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

import attrs
import numpy as np

from energyretail.adapters.columnar.execute import Columns, Places, run
from energyretail.adapters.columnar.layout import Whole, refuse_layout
from energyretail.domain import pricing
from energyretail.domain.shared import DomainError, Period

__all__ = ["Batch", "Compiled", "LeftOut", "Priced", "price"]

# What so many services in turn cannot be rated by is the tariff's, or that of all.
_APART_MAX: Final = 3


Estimates = dict[bytes, pricing.RateProgram | None]


@attrs.frozen(eq=False)
class Batch:
    """So many `services` of one shape, billed for one period by one tariff.

    `shape` is an opened usage (`pricing.open_usage`). `measures` has an array a use, with one
    number a service or one row of intervals a service, in units of the last of `decimals`.

    Raises Invalid ``pricing.measure_count``, ``measure_sort``, ``measure_length``,
    ``measure_whole`` for arrays that are not of the shape, or not of whole numbers.
    """

    tariff: pricing.Tariff
    period: Period
    shape: pricing.Usage
    measures: Sequence[Whole]
    circumstances: pricing.Circumstances = pricing.PLAIN
    decimals: int = 3
    services: int = attrs.field(kw_only=True)

    def __attrs_post_init__(self) -> None:
        refuse_layout(pricing.interval_counts(self.shape), self.measures, self.services)

    def of(self, service: int) -> tuple[pricing.Measure | pricing.MeasuredSeries, ...]:
        """Return what a service measured; its readings are not known here."""
        return tuple(_measure(each[service], self.decimals) for each in self.measures)


@attrs.frozen(eq=False)
class Priced:
    """The services of a batch that one program prices: their places, and the columns of them.

    `estimates` are those of its program, see `Compiled`.
    """

    program: pricing.RateProgram
    kernel: pricing.Kernel
    services: Places
    columns: Columns
    estimates: Estimates


@attrs.frozen(eq=False)
class LeftOut:
    """The services of a batch that no program prices: their places. They are to be rated singly."""

    services: Places


@attrs.frozen
class Compiled:
    """A program and the kernel it is lowered to.

    `estimates` keeps the program with lines that are estimates, by where these intervals are; None
    where there is none.
    """

    program: pricing.RateProgram
    kernel: pricing.Kernel
    estimates: Estimates = attrs.field(factory=dict, eq=False)


def price(
    batch: Batch,
    *,
    at: Places | None = None,
    programs: int = 64,
    known: list[Compiled] | None = None,
) -> Iterator[Priced | LeftOut]:
    """Yield the services of a batch by program, every one of them once; of all only those `at`.

    Those whose amounts decide otherwise than those of a service before them get a program of their
    own, at most so many `programs`; what remains is yielded last, as `LeftOut`, with up to three
    that cannot be rated: one of these keeps no other from a program. `known` are the programs made
    for batches like this before; new ones are added to it. Where no program prices any of them
    raises Refused ``pricing.not_compiled``, and what `rate` raises.
    """
    known = [] if known is None else known
    left = np.arange(batch.services) if at is None else at
    apart: list[int] = []
    place, priced = 0, False
    while len(left) and place < programs and len(apart) < _APART_MAX:
        made = known[place] if place < len(known) else _tried(batch, int(left[0]))
        if isinstance(made, DomainError):
            apart.append(int(left[0]))
            left = left[1:]
            if not priced and (len(apart) == _APART_MAX or not len(left)):
                raise made
            continue
        if place == len(known):
            known.append(made)
        place += 1
        columns = run(made.kernel, batch.measures, left)
        held = columns.fits
        if held.any():
            priced = True
            yield Priced(made.program, made.kernel, left[held], columns.only(held), made.estimates)
        left = left[~held]
    if apart or len(left):
        yield LeftOut(np.sort(np.append(left, np.array(apart, np.intp))))


def _tried(batch: Batch, service: int) -> Compiled | DomainError:
    try:
        return _compiled(batch, service)
    except DomainError as error:
        return error


def _compiled(batch: Batch, service: int) -> Compiled:
    """Return the program that prices a service, and all that decide alike."""
    usage = pricing.filled_usage(batch.shape, batch.of(service))
    program = pricing.compile_program(
        batch.tariff, usage, period=batch.period, circumstances=batch.circumstances
    )
    return Compiled(program, pricing.lower(program, decimals=batch.decimals))


def _measure(measured: Whole, decimals: int) -> pricing.Measure | pricing.MeasuredSeries:
    if measured.ndim:
        return pricing.MeasuredSeries(tuple(_decimal(each, decimals) for each in measured))
    return pricing.Measure(_decimal(measured, decimals))


def _decimal(whole: Whole, decimals: int) -> Decimal:
    return Decimal(int(whole)).scaleb(-decimals)
