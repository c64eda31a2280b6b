"""A price for every interval: that of the wholesale market, negative at times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import compress

import attrs

from energyretail.domain.pricing.circumstances import IntervalIndex
from energyretail.domain.pricing.components.component import Draft, EnergyUnit, Piece
from energyretail.domain.pricing.components.index_linked import OverIndex
from energyretail.domain.pricing.components.over_energy import banding
from energyretail.domain.pricing.dated import DatedPrice, factor_on, in_force, price_on
from energyretail.domain.pricing.derivation import Combine, Derivation, Factor, Series, product
from energyretail.domain.pricing.faults import both
from energyretail.domain.pricing.metered import bands_in, energies, intervals_of, sum_of_uses
from energyretail.domain.pricing.usage import Use
from energyretail.domain.pricing.uses import IntervalUse, Quality
from energyretail.domain.shared import Invalid, Period, exact_product, exact_sum

__all__ = ["Spot"]


@attrs.frozen(kw_only=True)
class Spot(OverIndex):
    """The sum over the intervals of energy x (`index` of the interval x `factor` + `margin`)."""

    @property
    def compiles(self) -> bool:
        """Its line is energy x price, interval by interval."""
        return True

    @property
    def by_interval(self) -> bool:
        """Every interval has its price."""
        return True

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line; its price is the average that was paid.

        Raises Invalid ``pricing.intervals_needed``, ``index_unknown``, ``price_missing`` (never
        guessed), ``index_step`` (an interval would lie in two steps of the index),
        ``interval_missing``.
        """
        registers = self.registers or piece.usage.registers_of(self.flow)
        found, _ = both(
            lambda: energies(piece.usage, registers, piece.period, partial(self._sum, piece)),
            lambda: in_force(self.prices, piece.period.start),
        )
        parts = [part for _, part in found]
        estimated = any(use.quality is Quality.ESTIMATED for use, _ in found)
        return (self._line(piece, parts, estimated),)

    def _line(self, piece: Piece, parts: list[Derivation], estimated: bool) -> Draft:
        unit = [Factor("unit", self.per.value, f"kWh/{self.per.text}")]
        if self.per is EnergyUnit.KWH:
            unit = []
        whole = product(self.label, (), unit, parts)
        energy = sum_of_uses([_energy(part) for part in parts])
        average = Derivation(
            "average price", tuple(unit), parts=(whole, energy), combine=Combine.QUOTIENT
        )
        return Draft(
            component=self.name,
            label=self.label,
            group=self.group,
            tax_code=self.tax_code,
            period=piece.period,
            quantity=energy,
            unit="kWh",
            price=average,
            price_unit=f"{piece.currency}/{self.per.text}",
            estimated=estimated,
            derivation=whole,
        )

    def _sum(self, piece: Piece, measured: Use, part: Period) -> Derivation:
        use = intervals_of(measured)
        first, last = use.places(part)
        wanted = self._wanted(piece, use, part)
        starts = [use.instant(at) for at in compress(range(first, last), wanted)]
        which = " ".join((self.calendar, *self.bands)).strip()
        energy, prices = both(
            lambda: use.chosen(part, wanted, which),
            lambda: self._series(piece, self._index(piece, use), starts),
        )
        return attrs.evolve(energy, series=(*energy.series, prices))

    def _series(self, piece: Piece, index: IntervalIndex, starts: list[datetime]) -> Series:
        return Series(
            f"price by {self.index}",
            tuple(self._prices(piece, index.at_each(starts))),
            f"{piece.currency}/{self.per.text}",
            self._source(piece, index),
        )

    def _wanted(self, piece: Piece, use: IntervalUse, part: Period) -> Sequence[bool]:
        if not self.calendar:
            first, last = use.places(part)
            return (True,) * (last - first)
        return bands_in(banding(piece, self.calendar, self.bands), part, use)

    def _prices(self, piece: Piece, published: tuple[Decimal, ...]) -> Iterator[Decimal]:
        day, rounding = piece.period.start, piece.price_rounding
        factor, margin = price_on(self.factor, day), price_on(self.margin, day)
        for price in published:
            made = exact_sum(exact_product(price, factor), margin)
            yield made if rounding is None else rounding.apply(made)

    def _source(self, piece: Piece, index: IntervalIndex) -> str:
        day = piece.period.start
        factor, margin = _with_source(self.factor, day), _with_source(self.margin, day)
        words = f"{index.source} x {factor} + {margin}".strip()
        return words if piece.price_rounding is None else f"{words}, {piece.price_rounding}"

    def _index(self, piece: Piece, use: IntervalUse) -> IntervalIndex:
        index = piece.circumstances.index(self.index)
        if isinstance(index, DatedPrice) or index.minutes % use.minutes or not index.minutes:
            raise Invalid(
                "pricing.index_step",
                "each interval must lie in one step of the index",
                index=self.index,
                minutes=use.minutes,
            )
        return index


def _with_source(prices: tuple[DatedPrice, ...], day: date) -> str:
    sources = [source for price in prices if (source := factor_on(price, day, "").source)]
    return f"{price_on(prices, day):f}" + (f" [{'; '.join(sources)}]" if sources else "")


def _energy(part: Derivation) -> Derivation:
    return attrs.evolve(part, series=part.series[:1])
