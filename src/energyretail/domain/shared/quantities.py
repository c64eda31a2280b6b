"""Energy, volume and power, each in one canonical unit."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

import attrs

from energyretail.domain.shared.decimals import (
    decimal_of,
    exact_difference,
    exact_product,
    exact_sum,
)
from energyretail.domain.shared.errors import Invalid

__all__ = ["POWER_MAX", "Energy", "Power", "PowerUnit", "Volume"]

POWER_MAX: Final = Decimal(1_000_000)
"""The most power at one point, in kW or kVA: a gigawatt, more than any one consumer takes.

The largest of Spain, an aluminium smelter, takes some 400 MW; what is above is a slip of the
keyboard or watts for kilowatts.
"""


@attrs.frozen(order=True)
class Energy:
    """Kilowatt-hours, exact; negative is energy fed in."""

    kwh: Decimal = attrs.field(converter=decimal_of)

    @classmethod
    def total(cls, parts: Iterable[Energy]) -> Energy:
        """Add up `parts`; nothing adds up to zero."""
        return sum(parts, start=cls(Decimal(0)))

    def __add__(self, other: Energy) -> Energy:
        return Energy(exact_sum(self.kwh, other.kwh))

    def __sub__(self, other: Energy) -> Energy:
        return Energy(exact_difference(self.kwh, other.kwh))

    def __mul__(self, factor: Decimal | int) -> Energy:
        return Energy(exact_product(self.kwh, decimal_of(factor)))

    def __neg__(self) -> Energy:
        return Energy(-self.kwh)

    def __str__(self) -> str:
        return f"{self.kwh:f} kWh"


@attrs.frozen(order=True)
class Volume:
    """Cubic metres of gas as the meter counted them, before any correction."""

    m3: Decimal = attrs.field(converter=decimal_of)

    def __add__(self, other: Volume) -> Volume:
        return Volume(exact_sum(self.m3, other.m3))

    def __sub__(self, other: Volume) -> Volume:
        return Volume(exact_difference(self.m3, other.m3))

    def __str__(self) -> str:
        return f"{self.m3:f} m3"


class PowerUnit(enum.Enum):
    """Active or apparent power; a subscribed capacity is priced in one of them, never converted."""

    KW = "kW"
    KVA = "kVA"


@attrs.frozen
class Power:
    """Subscribed or measured power, zero to `POWER_MAX`, in kW or kVA.

    Raises Invalid ``power.negative`` (power is zero or more); ``power.too_large`` (more than
    any one point takes).
    """

    value: Decimal = attrs.field(converter=decimal_of)
    unit: PowerUnit = PowerUnit.KW

    @value.validator
    def _not_negative(self, _: object, value: Decimal) -> None:
        if value < 0:
            raise Invalid("power.negative", "power is zero or more", power=value)
        if value > POWER_MAX:
            raise Invalid("power.too_large", "more than any one point takes", power=value)

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit.value}"
