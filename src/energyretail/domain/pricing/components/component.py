"""What a tariff component promises, and the unrounded line it drafts for a piece of a period."""

from __future__ import annotations

import enum
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

import attrs

from energyretail.domain.pricing.apportioning import Apportioning
from energyretail.domain.pricing.dated import DatedPrice
from energyretail.domain.pricing.derivation import Derivation, round_exactly
from energyretail.domain.pricing.usage import Usage
from energyretail.domain.shared import Period, Rounding, RoundingMode

__all__ = ["Component", "Draft", "EnergyUnit", "Piece", "shown"]

_QUANTITY = Rounding(RoundingMode.HALF_UP, 6)


class EnergyUnit(enum.Enum):
    """The unit an energy price is quoted in; the value is its kWh."""

    KWH = 1
    MWH = 1000

    @property
    def text(self) -> str:
        """The unit as printed on a bill."""
        return {EnergyUnit.KWH: "kWh", EnergyUnit.MWH: "MWh"}[self]


@attrs.frozen
class Draft:
    """A line before rounding: `derivation` is exact, `quantity` is for showing."""

    component: str
    label: str
    group: str
    tax_code: str
    period: Period
    quantity: Decimal
    unit: str
    price: Decimal
    price_unit: str
    estimated: bool
    derivation: Derivation


@attrs.frozen
class Piece:
    """A part of the billed period in which no version changes, and what was used in the whole.

    `rounding` is given where every line is rounded on its own: a tax on lines is then a tax on
    the amounts shown. `drafts` are the lines of the components before in this piece.
    """

    period: Period
    usage: Usage
    currency: str
    apportioning: Apportioning
    rounding: Rounding | None = None
    drafts: tuple[Draft, ...] = ()


class Component(Protocol):
    """One kind of price; a strategy the tariff is composed of.

    `group` is the heading under which SUBTOTAL rounds, `tax_code` names the VAT of the tariff
    or NO_TAX.
    """

    @property
    def name(self) -> str:
        """The stable name, unique in the tariff."""

    @property
    def group(self) -> str:
        """The heading its lines stand under."""

    @property
    def tax_code(self) -> str:
        """The VAT its lines bear."""

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """Every dated price it uses: their versions cut the billed period."""

    @property
    def bases(self) -> tuple[str, ...]:
        """The components it is computed from; they come before it."""

    def covers(self, register: str) -> bool:
        """Tell whether it puts a price on the energy of `register`."""

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return its lines for a piece, unrounded."""


def shown(quantity: Fraction) -> Decimal:
    """Return a quantity to show: at most six places, no zeros at the end."""
    text = f"{round_exactly(quantity, _QUANTITY):f}".rstrip("0").rstrip(".")
    return Decimal(text)
