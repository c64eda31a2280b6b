"""A percentage on other components, with a minimum per unit of energy where the law has one."""

from __future__ import annotations

from decimal import Decimal

import attrs

from energyretail.domain.pricing.components.component import Draft, EnergyUnit, Piece, shown
from energyretail.domain.pricing.components.over_energy import energy_amount
from energyretail.domain.pricing.dated import DatedPrice, factor_on, price_derivation
from energyretail.domain.pricing.derivation import Combine, Derivation, Factor, exact, product
from energyretail.domain.pricing.metered import Metered, metered
from energyretail.domain.shared import Invalid

__all__ = ["PercentageTax"]


@attrs.frozen
class PercentageTax:
    """`rate` percent of the lines of `bases`, or `minimum` per unit of energy if that is more.

    The comparison is made in every piece of the period on its own, so the minimum is applied
    pro rata where a rate changes inside a bill.

    Raises Invalid ``pricing.base_missing`` (a percentage needs a base).
    """

    name: str
    label: str
    bases: tuple[str, ...] = attrs.field()
    rate: DatedPrice
    tax_code: str
    minimum: DatedPrice | None = None
    minimum_per: EnergyUnit = EnergyUnit.MWH
    group: str = "tax"

    @bases.validator
    def _some(self, _: object, bases: tuple[str, ...]) -> None:
        if not bases:
            raise Invalid("pricing.base_missing", "a percentage needs a base", name=self.name)

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """The rate and the minimum."""
        return (self.rate,) if self.minimum is None else (self.rate, self.minimum)

    def covers(self, register: str) -> bool:
        """Tell no: a tax comes on top of a price, it is none."""
        return False

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line, of the percentage or of the minimum, whichever is greater."""
        lines = tuple(draft for draft in piece.drafts if draft.component in self.bases)
        percentage = self._percentage(piece, lines)
        estimated = any(line.estimated for line in lines)
        if self.minimum is None:
            return (self._by_rate(piece, percentage, percentage, estimated),)
        use = metered(piece.usage, piece.usage.registers, piece.period)
        price = price_derivation((self.minimum,), piece.period.start, self._unit(piece))
        floor = energy_amount("minimum", use.derivation, price, self.minimum_per)
        greatest = Derivation(self.label, parts=(percentage, floor), combine=Combine.GREATEST)
        estimated = estimated or use.estimated
        if exact(percentage) >= exact(floor):
            return (self._by_rate(piece, percentage, greatest, estimated),)
        return (self._by_minimum(piece, use, greatest, estimated),)

    def _percentage(self, piece: Piece, lines: tuple[Draft, ...]) -> Derivation:
        base = product("base", (), (), (_base(line, piece) for line in lines))
        rate = factor_on(self.rate, piece.period.start, "%")
        return product(self.label, [rate], [Factor("", 100, "%")], [base])

    def _unit(self, piece: Piece) -> str:
        return f"{piece.currency}/{self.minimum_per.text}"

    def _by_rate(
        self, piece: Piece, percentage: Derivation, whole: Derivation, estimated: bool
    ) -> Draft:
        (base,) = percentage.parts
        rate = self.rate.on(piece.period.start).value
        return self._line(piece, shown(exact(base)), piece.currency, rate, "%", estimated, whole)

    def _by_minimum(self, piece: Piece, use: Metered, whole: Derivation, estimated: bool) -> Draft:
        assert self.minimum is not None
        price = self.minimum.on(piece.period.start).value
        unit = self._unit(piece)
        return self._line(piece, shown(use.kwh), "kWh", price, unit, estimated, whole)

    def _line(
        self,
        piece: Piece,
        quantity: Decimal,
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


def _base(line: Draft, piece: Piece) -> Derivation:
    # Where each line is rounded, the tax is on the amounts the customer sees.
    return line.derivation.rounded(piece.rounding)
