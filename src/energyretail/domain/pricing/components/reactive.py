"""Reactive energy above what is free, at a price by power factor."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import attrs

from energyretail.domain.pricing.components.component import Component, Draft, Piece, shown
from energyretail.domain.pricing.components.over_energy import measured
from energyretail.domain.pricing.dated import DatedPrice, price_derivation, price_on
from energyretail.domain.pricing.derivation import Derivation, Factor, exact, multiply, product
from energyretail.domain.pricing.faults import both, refuse, together
from energyretail.domain.pricing.metered import Metered
from energyretail.domain.pricing.usage import ReactiveUse, covering, not_measured
from energyretail.domain.pricing.uses import Profile, share_of
from energyretail.domain.shared import Invalid, Period

__all__ = ["CosPhiBand", "Reactive"]


@attrs.frozen
class CosPhiBand:
    """The power factors below `cos_phi_below`, at the sum of `price` per kvarh.

    Raises Invalid ``pricing.cos_phi`` (it is more than 0 and at most 1).
    """

    cos_phi_below: Decimal = attrs.field()
    price: tuple[DatedPrice, ...]

    @cos_phi_below.validator
    def _a_cosine(self, _: object, value: Decimal) -> None:
        if not 0 < value <= 1:
            raise Invalid("pricing.cos_phi", "a power factor is 0 to 1", cos_phi=value)

    def holds(self, kwh: Fraction, kvarh: Fraction) -> bool:
        """Tell whether kWh / √(kWh² + kvarh²) is below; without a root, so exactly."""
        return kwh**2 < Fraction(self.cos_phi_below) ** 2 * (kwh**2 + kvarh**2)


@attrs.frozen(kw_only=True)
class Reactive(Component):
    """(kvarh - `free_percent` % of kWh) x the price of the lowest band that holds, by register.

    For `registers`, or all that measured reactive energy.

    Raises Invalid ``pricing.free_percent`` (it is 0 to 100).
    """

    bands: tuple[CosPhiBand, ...]
    free_percent: Decimal = attrs.field()
    registers: tuple[str, ...] = ()
    group: str = "reactive"

    @free_percent.validator
    def _a_share(self, _: object, value: Decimal) -> None:
        if not 0 <= value <= 100:
            raise Invalid("pricing.free_percent", "a share is 0 to 100 %", percent=value)

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """The prices of all bands."""
        return tuple(price for band in self.bands for price in band.price)

    def covers_reactive(self, register: str) -> bool:
        """Price the registers it is for."""
        return not self.registers or register in self.registers

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return a line a register with energy to pay; raises Invalid ``pricing.usage_gap``."""
        measured_at = dict.fromkeys(use.register for use in piece.usage.reactive)
        registers = self.registers or tuple(measured_at)
        found = together(lambda register: tuple(self._lines(piece, register)), registers)
        return tuple(line for lines in found for line in lines)

    def _lines(self, piece: Piece, register: str) -> Iterator[Draft]:
        active, kvarh = both(
            lambda: measured(piece, (register,)), lambda: _reactive(piece, register)
        )
        free = product(
            "free",
            [Factor("free share", -self.free_percent, "%")],
            [Factor("", 100, "%")],
            [active.derivation],
        )
        excess = product("excess", (), (), (kvarh, free))
        holding = [band for band in self.bands if band.holds(active.kwh, exact(kvarh))]
        if holding and exact(excess) > 0:
            band = min(holding, key=lambda each: each.cos_phi_below)
            yield self._line(piece, register, Metered(excess, active.estimated), band)

    def _line(self, piece: Piece, register: str, use: Metered, band: CosPhiBand) -> Draft:
        label = f"{self.label} {register}"
        unit = f"{piece.currency}/kvarh"
        price = price_derivation(band.price, piece.period.start, unit)
        return Draft(
            component=self.name,
            label=label,
            group=self.group,
            tax_code=self.tax_code,
            period=piece.period,
            quantity=shown(use.kwh),
            unit="kvarh",
            price=price_on(band.price, piece.period.start),
            price_unit=unit,
            estimated=use.estimated,
            derivation=multiply(label, use.derivation, price),
        )


def _reactive(piece: Piece, register: str) -> Derivation:
    uses = [use for use in piece.usage.reactive if use.register == register]
    found, gaps = covering(uses, piece.period)
    refuse(
        not_measured("reactive energy was not measured", register, gap, unit="kvarh")
        for gap in gaps
    )
    parts = [_share(use, part, piece.profile) for use, part in found]
    return parts[0] if len(parts) == 1 else product("reactive energy", (), (), parts)


def _share(use: ReactiveUse, part: Period, profile: Profile | None) -> Derivation:
    energy = Factor(f"reactive energy {use.register}", use.kvarh, "kvarh")
    share = share_of(use.period, part, profile)
    if share is None:
        return product(energy.name, [energy])
    return product(f"{energy.name} {part}", [energy, share[0]], [share[1]])
