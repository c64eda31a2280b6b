"""A percentage on other components, with a minimum per unit of energy where the law has one."""

from __future__ import annotations

from decimal import Decimal

import attrs

from energyretail.domain.pricing.components.component import (
    Component,
    Draft,
    EnergyUnit,
    Piece,
)
from energyretail.domain.pricing.components.over_bases import lines_of, some_bases, sum_of
from energyretail.domain.pricing.components.over_energy import energy_amount, measured
from energyretail.domain.pricing.dated import (
    DatedPrice,
    a_percentage,
    factor_on,
    in_force,
    price_derivation,
)
from energyretail.domain.pricing.derivation import Combine, Derivation, Factor, product
from energyretail.domain.pricing.faults import both
from energyretail.domain.pricing.metered import Metered
from energyretail.domain.pricing.uses import Flow

__all__ = ["PercentageTax"]


@attrs.frozen(kw_only=True)
class PercentageTax(Component):
    """`rate` percent of the lines of `bases`, or `minimum` per unit of energy if that is more.

    The comparison is made in every piece of the period on its own, so the minimum is applied
    pro rata where a rate changes inside a bill.

    Raises Invalid ``pricing.base_missing`` (a percentage needs a base), ``pricing.rate_range`` (it
    is 0 to 100).
    """

    bases: tuple[str, ...] = attrs.field(validator=some_bases)
    rate: DatedPrice = attrs.field(validator=a_percentage)
    minimum: DatedPrice | None = None
    minimum_per: EnergyUnit = EnergyUnit.MWH
    group: str = "tax"

    @property
    def compiles(self) -> bool:
        """The percentage or the minimum, as `Piece.at_least` says."""
        return True

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """The rate and the minimum."""
        return (self.rate,) if self.minimum is None else (self.rate, self.minimum)

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Its bases."""
        return self.bases

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line, of the percentage or of the minimum, whichever is greater."""
        lines = lines_of(self.bases, piece.drafts)
        estimated = any(line.estimated for line in lines)
        if self.minimum is None:
            percentage = self._percentage(piece, lines)
            return (self._by_rate(piece, percentage, percentage, estimated),)
        use, _ = both(
            lambda: measured(piece, piece.usage.registers_of(Flow.IMPORT)),
            lambda: in_force(self.prices, piece.period.start),
        )
        percentage = self._percentage(piece, lines)
        price = price_derivation((self.minimum,), piece.period.start, self._unit(piece))
        floor = energy_amount("minimum", use.derivation, price, self.minimum_per)
        greatest = Derivation(self.label, parts=(percentage, floor), combine=Combine.GREATEST)
        estimated = estimated or use.estimated
        if piece.at_least(percentage, floor):
            return (self._by_rate(piece, percentage, greatest, estimated),)
        return (self._by_minimum(piece, use, greatest, estimated),)

    def _percentage(self, piece: Piece, lines: tuple[Draft, ...]) -> Derivation:
        base = sum_of("base", lines, piece)
        rate = factor_on(self.rate, piece.period.start, "%")
        return product(self.label, [rate], [Factor("", 100, "%")], [base])

    def _unit(self, piece: Piece) -> str:
        return f"{piece.currency}/{self.minimum_per.text}"

    def _by_rate(
        self, piece: Piece, percentage: Derivation, whole: Derivation, estimated: bool
    ) -> Draft:
        (base,) = percentage.parts
        rate = self.rate.on(piece.period.start).value
        return self._line(piece, base, piece.currency, rate, "%", estimated, whole)

    def _by_minimum(self, piece: Piece, use: Metered, whole: Derivation, estimated: bool) -> Draft:
        assert self.minimum is not None
        price = self.minimum.on(piece.period.start).value
        unit = self._unit(piece)
        return self._line(piece, use.derivation, "kWh", price, unit, estimated, whole)

    def _line(
        self,
        piece: Piece,
        quantity: Derivation,
        unit: str,
        price: Decimal,
        price_unit: str,
        estimated: bool,
        derivation: Derivation,
    ) -> Draft:
        return Draft(
            component=self.name,
            label=self.label,
            group=self.group,
            tax_code=self.tax_code,
            period=piece.period,
            quantity=quantity,
            unit=unit,
            price=price,
            price_unit=price_unit,
            estimated=estimated,
            derivation=derivation,
        )
