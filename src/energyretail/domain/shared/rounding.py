"""How an amount becomes payable: a named value of the market or contract."""

from __future__ import annotations

import decimal
import enum
from decimal import Decimal

import attrs

from energyretail.domain.shared.decimals import quantized
from energyretail.domain.shared.errors import Invalid

__all__ = ["CENTS_HALF_UP", "Rounding", "RoundingMode", "RoundingPolicy", "RoundingScope"]


class RoundingMode(enum.Enum):
    """The direction a half (or a rest) goes."""

    HALF_UP = decimal.ROUND_HALF_UP
    HALF_EVEN = decimal.ROUND_HALF_EVEN
    HALF_DOWN = decimal.ROUND_HALF_DOWN
    DOWN = decimal.ROUND_DOWN
    UP = decimal.ROUND_UP


class RoundingScope(enum.Enum):
    """What is rounded on its own; everything above it is a sum of rounded amounts.

    LINE rounds every price line, SUBTOTAL every component group (power, energy, tax ...),
    TAX_GROUP the base of each VAT rate, END nothing but the VAT of each rate and the total.
    """

    LINE = "line"
    SUBTOTAL = "subtotal"
    TAX_GROUP = "tax_group"
    END = "end"


@attrs.frozen
class Rounding:
    """Round to `decimals` places after the point by `mode`.

    Raises Invalid ``rounding.decimals`` (decimals must be 0 to 12).
    """

    mode: RoundingMode
    decimals: int = attrs.field()

    @decimals.validator
    def _at_most_twelve(self, _: object, value: int) -> None:
        if not 0 <= value <= 12:
            raise Invalid("rounding.decimals", "decimals must be 0 to 12", decimals=value)

    def __str__(self) -> str:
        """Return it for a person: ``rounded half up to 6 places``."""
        return f"rounded {self.mode.name.lower().replace('_', ' ')} to {self.decimals} places"

    def apply(self, amount: Decimal) -> Decimal:
        """Round `amount`; the result always shows exactly `decimals` places."""
        return quantized(amount, self.decimals, self.mode.value)


@attrs.frozen
class RoundingPolicy:
    """Where a bill rounds and how; nothing is rounded twice.

    `price_decimals` rounds a price that is made before it is used: that of one day made from a
    month or year, or one made from an index. None leaves it exact; a published price is never
    rounded. Raises Invalid ``rounding.decimals``.
    """

    scope: RoundingScope
    rounding: Rounding
    price_decimals: int | None = None

    def __attrs_post_init__(self) -> None:
        _ = self.price_rounding

    @property
    def price_rounding(self) -> Rounding | None:
        """How a made price is rounded, or None."""
        if self.price_decimals is None:
            return None
        return Rounding(self.rounding.mode, self.price_decimals)


CENTS_HALF_UP = Rounding(RoundingMode.HALF_UP, 2)
