"""The figures of a bill that a comparison rests on: days, energy, average prices, rates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.invoices import Invoice
from energyretail.domain.billing.priced_parts import Measure, PartKey, PricedPart
from energyretail.domain.shared import InvoiceNumber, Money, Period, Rounding, RoundingMode

__all__ = ["BillFigures", "PartFigures", "bill_figures", "part_figures"]

_SHOWN = Rounding(RoundingMode.HALF_UP, 6)


@attrs.frozen
class PartFigures:
    """One price in one bill, each number rounded half up to six places at most.

    `quantity` is energy, the mean power, or days, in `unit`; for a percentage the amount it is
    taken of. `price` is the average of what was charged for one `price_unit`, None where
    nothing was or no quantity tells it. `net` is the sum of the lines as shown; `tax_rate` the
    VAT on it in percent, the mean by amount.
    """

    quantity: Decimal
    unit: str
    days: int
    price: Decimal | None
    price_unit: str
    net: Money
    tax_rate: Decimal
    estimated: bool


@attrs.frozen
class BillFigures:
    """One bill in total; `kwh` is the energy it is for, None where none was measured."""

    number: InvoiceNumber
    period: Period
    kwh: Decimal | None
    net: Money
    tax: Money
    gross: Money
    estimated: bool

    @property
    def days(self) -> int:
        """How many days it bills."""
        return self.period.days

    @property
    def kwh_per_day(self) -> Decimal | None:
        """The energy of a day on average, rounded half up to six places."""
        return None if self.kwh is None else _shown(Fraction(self.kwh) / self.days)

    @property
    def price_per_kwh(self) -> Decimal | None:
        """Everything on the bill by its energy, rounded half up to six places."""
        return _shown(Fraction(self.gross.amount) / Fraction(self.kwh)) if self.kwh else None


def bill_figures(invoice: Invoice) -> BillFigures:
    """Return the figures of a bill in total."""
    return BillFigures(
        number=invoice.number,
        period=invoice.period,
        kwh=invoice.bill.energy,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
        estimated=invoice.estimated,
    )


def part_figures(parts: Mapping[PartKey, PricedPart], currency: str) -> dict[PartKey, PartFigures]:
    """Return the figures of every part of a bill, in the order given."""
    base = {
        key: sum((parts[each].net for each in part.bases), start=Fraction(0))
        for key, part in parts.items()
    }
    return {key: _figures(part, base[key], currency) for key, part in parts.items()}


def _figures(part: PricedPart, base: Fraction, currency: str) -> PartFigures:
    quantity, unit, price_unit = part.quantity, part.unit, part.lines[0].price_unit
    charged: Fraction | None = None
    if part.measure is Measure.PARTS:
        quantity, unit, price_unit, charged = base, currency, "%", base / 100
    elif part.measure is Measure.ENERGY:
        charged, price_unit = quantity, f"{currency}/{unit}"
    elif part.measure is Measure.TIME:
        charged = part.span
    elif part.measure is Measure.POWER and part.span is not None:
        charged = quantity * part.span
    net = Money.total((line.amount for line in part.lines), currency)
    return PartFigures(
        quantity=_shown(quantity),
        unit=unit,
        days=part.days,
        price=_shown(part.net / charged) if charged else None,
        price_unit=price_unit,
        net=net,
        tax_rate=_tax_rate(part),
        estimated=part.estimated,
    )


def _tax_rate(part: PricedPart) -> Decimal:
    rates = {line.tax_rate for line in part.lines}
    if len(rates) == 1:
        return rates.pop()
    amounts = [Fraction(line.amount.amount) for line in part.lines]
    total = sum(amounts)
    if not total:
        return part.lines[-1].tax_rate
    weighed = (
        amount * Fraction(line.tax_rate) for amount, line in zip(amounts, part.lines, strict=True)
    )
    return _shown(sum(weighed, start=Fraction(0)) / total)


def _shown(number: Fraction) -> Decimal:
    text = f"{pricing.round_exactly(number, _SHOWN):f}".rstrip("0").rstrip(".")
    return Decimal(text)
