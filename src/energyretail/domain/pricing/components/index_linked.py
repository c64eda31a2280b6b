"""A price that follows a published index from day to day: index x factor + margin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from energyretail.domain.pricing.circumstances import Circumstances, IntervalIndex
from energyretail.domain.pricing.components.component import Draft, Piece, shown
from energyretail.domain.pricing.components.over_energy import OverEnergy, energy_amount
from energyretail.domain.pricing.dated import (
    DatedPrice,
    always,
    cuts_of,
    in_force,
    price_derivation,
)
from energyretail.domain.pricing.derivation import Derivation, exact, multiply, product
from energyretail.domain.pricing.faults import both
from energyretail.domain.shared import Invalid, Period

__all__ = ["IndexLinked", "OverIndex"]

ONCE = always("factor", 1, "")
NO_MARGIN = always("margin", 0, "")


@attrs.frozen(kw_only=True)
class OverIndex(OverEnergy):
    """A price made from a published `index`: index x `factor` + `margin`, per `per`."""

    index: str
    factor: tuple[DatedPrice, ...] = (ONCE,)
    margin: tuple[DatedPrice, ...] = (NO_MARGIN,)
    group: str = "energy"

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """Its factor and margin."""
        return (*self.factor, *self.margin)

    @property
    def indices(self) -> tuple[str, ...]:
        """Its index."""
        return (self.index,)


@attrs.frozen(kw_only=True)
class IndexLinked(OverIndex):
    """Energy x (`index` of the day x `factor` + `margin`), in the index's unit per `per`."""

    def cuts(self, whole: Period, circumstances: Circumstances) -> Iterable[date]:
        """Return the changes of the index, of its factor and margin."""
        return cuts_of((*self.prices, self._index(circumstances)))

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line.

        Raises Invalid ``pricing.index_unknown``, ``price_missing``, ``usage_gap``.
        """
        unit = f"{piece.currency}/{self.per.text}"
        use, price = both(lambda: self.energy(piece), lambda: self._price(piece, unit))
        line = Draft(
            component=self.name,
            label=self.label,
            group=self.group,
            tax_code=self.tax_code,
            period=piece.period,
            quantity=shown(use.kwh),
            unit="kWh",
            price=shown(exact(price)),
            price_unit=unit,
            estimated=use.estimated,
            derivation=energy_amount(self.label, use.derivation, price, self.per),
        )
        return (line,)

    def _price(self, piece: Piece, unit: str) -> Derivation:
        day = piece.period.start
        published, _ = both(lambda: self._on(piece), lambda: in_force(self.prices, day))
        index = price_derivation((published,), day, unit)
        followed = multiply("index", index, price_derivation(self.factor, day, ""))
        margin = price_derivation(self.margin, day, unit)
        return product("price", (), (), (followed, margin)).rounded(piece.price_rounding)

    def _on(self, piece: Piece) -> DatedPrice:
        index, day = self._index(piece.circumstances), piece.period.start
        if not any(day in version.period for version in index.versions):
            raise Invalid(
                "pricing.price_missing", "no price was published", index=self.index, at=day
            )
        return index

    def _index(self, circumstances: Circumstances) -> DatedPrice:
        index = circumstances.index(self.index)
        if isinstance(index, IntervalIndex):
            raise Invalid(
                "pricing.index_step", "an index by the hour is for spot prices", index=self.index
            )
        return index
