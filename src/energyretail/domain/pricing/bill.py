"""A priced bill: lines, taxes by rate and totals that hold together to the cent."""

from __future__ import annotations

import enum
from decimal import Decimal

import attrs

from energyretail.domain.pricing.circumstances import NOTHING_CARRIED, CarriedOver
from energyretail.domain.pricing.derivation import Derivation
from energyretail.domain.shared import Invalid, Money, Period, RoundingPolicy

__all__ = ["NO_TAX", "ROUNDING", "PriceLine", "PricedBill", "Prices", "TaxLine"]

NO_TAX = "none"  # the tax code of what lies outside VAT
ROUNDING = "rounding"  # the component of the line that makes shown lines sum


class Prices(enum.Enum):
    """Whether the tariff's prices, and so the lines of its bills, already contain VAT."""

    NET = "net"
    TAX_INCLUSIVE = "tax_inclusive"


@attrs.frozen
class PriceLine:
    """One line of a bill.

    `amount` is in whole cents as shown; `recompute(derivation)` gives it again. `quantity` is
    for showing (at most six places); the exact one is in the derivation. `period` is the part
    of the billed period the line is for, `tax_rate` the percentage valid in it, `group` the
    heading the line stands under. `estimated` tells that a reading behind it was estimated.
    """

    component: str
    label: str
    period: Period
    quantity: Decimal
    unit: str
    price: Decimal
    price_unit: str
    amount: Money
    tax_code: str
    estimated: bool
    derivation: Derivation
    group: str = ""
    tax_rate: Decimal = Decimal(0)


@attrs.frozen
class TaxLine:
    """VAT at one rate: `rate` in percent, `base` without the tax, both amounts in whole cents.

    `recompute(derivation)` gives `amount` again.
    """

    tax: str
    rate: Decimal
    base: Money
    amount: Money
    derivation: Derivation


@attrs.frozen
class PricedBill:
    """A bill in one currency, every amount in whole cents.

    Held by the constructor: net + tax = gross, tax = the sum of `taxes`, and the lines sum to
    `net` (to `gross` where prices are tax inclusive), by a line named "rounding" if need be.
    `carried_from` is what earlier bills counted, `carried_over` what the next one must know;
    `energy` the kWh taken in the period, whatever it was measured by, rounded half up to six
    places, None where nothing was measured.

    Raises Invalid ``pricing.bill_sum``.
    """

    currency: str
    period: Period
    lines: tuple[PriceLine, ...]
    taxes: tuple[TaxLine, ...]
    net: Money
    tax: Money
    gross: Money
    policy: RoundingPolicy
    prices: Prices = Prices.NET
    carried_from: CarriedOver = NOTHING_CARRIED
    carried_over: CarriedOver = NOTHING_CARRIED
    energy: Decimal | None = None

    def __attrs_post_init__(self) -> None:
        lines = Money.total((line.amount for line in self.lines), self.currency)
        taxes = Money.total((tax.amount for tax in self.taxes), self.currency)
        inclusive = self.prices is Prices.TAX_INCLUSIVE
        self._same("lines", lines, self.gross if inclusive else self.net)
        self._same("taxes", taxes, self.tax)
        self._same("net and tax", self.net + self.tax, self.gross)
        for amount in (self.net, self.tax, *(line.amount for line in self.lines)):
            _ = amount.cents  # refuses a fraction of a cent

    @property
    def counted(self) -> CarriedOver:
        """What this bill counted itself: what it carries over less what it was given."""
        return self.carried_over.less(self.carried_from)

    @property
    def estimated(self) -> bool:
        """Whether any line rests on an estimated reading."""
        return any(line.estimated for line in self.lines)

    def _same(self, what: str, found: Money, expected: Money) -> None:
        if found != expected:
            raise Invalid(
                "pricing.bill_sum", "does not add up", what=what, sum=found, total=expected
            )
