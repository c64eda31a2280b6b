"""A bill taken apart: for each of its prices how much, how long, at what price and tax."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from fractions import Fraction

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.invoices import Invoice

__all__ = ["Measure", "PartKey", "PricedPart", "parts_of", "unrounded", "with_unused"]

PartKey = tuple[str, str]  # component and label: one price to the customer


class Measure(enum.Enum):
    """What a price is multiplied with."""

    ENERGY = "energy"
    POWER = "power"
    TIME = "time"
    PARTS = "parts"  # a percentage of other parts of the bill
    ELSE = "else"


_UNITS = {
    "kWh": Measure.ENERGY,
    "MWh": Measure.ENERGY,
    "m3": Measure.ENERGY,
    "m³": Measure.ENERGY,
    "kvarh": Measure.ENERGY,
    "kW": Measure.POWER,
    "kVA": Measure.POWER,
    "days": Measure.TIME,
}


@attrs.frozen
class PricedPart:
    """All lines of one price in a bill, over whatever versions it had in the period.

    `net` is their exact amount before any rounding, `gross` the same with the VAT on it, and
    `tax` what the VAT multiplies with: 1.21 at 21 %, the mean by amount.
    `quantity` is energy, or power averaged over time, or days, as shown on the lines; `span` the
    time charged in the unit the price is quoted in (months, years), None where every price was
    zero; `days` how many days of the bill the lines stand for. `bases` gives the parts a
    percentage is taken of.
    """

    key: PartKey
    lines: tuple[pricing.PriceLine, ...]
    measure: Measure
    net: Fraction
    gross: Fraction
    tax: Fraction
    quantity: Fraction
    span: Fraction | None
    days: int
    bases: frozenset[PartKey] = frozenset()

    @property
    def percentage(self) -> Fraction | None:
        """The percentage named on the lines, as a share of one; None where one names none."""
        if any(line.price_unit != "%" for line in self.lines):
            return None
        return sum((Fraction(line.price) for line in self.lines), Fraction(0)) / (
            100 * len(self.lines)
        )

    @property
    def unit(self) -> str:
        """The unit of the quantity."""
        return self.lines[0].unit

    @property
    def estimated(self) -> bool:
        """Whether a line rests on an estimated reading."""
        return any(line.estimated for line in self.lines)


def parts_of(invoice: Invoice, *, without_vat: bool) -> dict[PartKey, PricedPart]:
    """Take a bill apart, in the order of its lines; lines of rounding are left out.

    `without_vat` takes the VAT out of prices that contain it; where it is False such a bill has
    no VAT of its own and `gross` is `net`.
    """
    lines = [line for line in invoice.lines if line.component != pricing.ROUNDING]
    exact = [unrounded(line.derivation) for line in lines]
    owner = {derivation: _key(line) for derivation, line in zip(exact, lines, strict=True)}
    found: dict[PartKey, list[tuple[pricing.PriceLine, pricing.Derivation]]] = {}
    for line, derivation in zip(lines, exact, strict=True):
        found.setdefault(_key(line), []).append((line, derivation))
    inclusive = invoice.bill.prices is pricing.Prices.TAX_INCLUSIVE
    vat = _Vat(inside=inclusive and without_vat, outside=not inclusive)
    return {key: _part(key, members, owner, vat) for key, members in found.items()}


def with_unused(
    parts: Mapping[PartKey, PricedPart], other: Mapping[PartKey, PricedPart]
) -> dict[PartKey, PricedPart]:
    """Return `parts` and, as used by nothing, the energy that only the `other` bill has.

    That is of components both bills have: a register, tier or hour that was not used. What is a
    percentage of it there is so here too.
    """
    components = {component for component, _ in parts}
    unused = {
        key: attrs.evolve(
            part, net=Fraction(0), gross=Fraction(0), quantity=Fraction(0), bases=frozenset()
        )
        for key, part in other.items()
        if key not in parts and key[0] in components and part.measure is Measure.ENERGY
    }
    wider = {
        key: attrs.evolve(part, bases=part.bases | (other[key].bases & unused.keys()))
        for key, part in parts.items()
        if part.bases and key in other
    }
    return {**parts, **wider, **unused}


def unrounded(derivation: pricing.Derivation) -> pricing.Derivation:
    """Return the calculation without any of its roundings."""
    if derivation.rounding is None and not derivation.parts:
        return derivation
    parts = tuple(unrounded(part) for part in derivation.parts)
    return attrs.evolve(derivation, rounding=None, parts=parts)


@attrs.frozen
class _Vat:
    """Where the VAT is: inside the amounts of the lines, outside of them, or told nowhere."""

    inside: bool
    outside: bool

    def times(self, line: pricing.PriceLine) -> Fraction:
        return 1 + Fraction(line.tax_rate) / 100 if self.inside or self.outside else Fraction(1)

    def net(self, amount: Fraction, line: pricing.PriceLine) -> Fraction:
        return amount / self.times(line) if self.inside else amount


def _key(line: pricing.PriceLine) -> PartKey:
    return line.component, line.label


def _part(
    key: PartKey,
    members: list[tuple[pricing.PriceLine, pricing.Derivation]],
    owner: Mapping[pricing.Derivation, PartKey],
    vat: _Vat,
) -> PricedPart:
    lines = tuple(line for line, _ in members)
    nets = [vat.net(pricing.exact(each), line) for line, each in members]
    times = [vat.times(line) for line in lines]
    net = sum(nets, start=Fraction(0))
    gross = sum((n * t for n, t in zip(nets, times, strict=True)), start=Fraction(0))
    bases = frozenset(base for _, each in members for base in _bases(each, owner)) - {key}
    part = PricedPart(
        key=key,
        lines=lines,
        measure=_measure(lines, bases),
        net=net,
        gross=gross,
        tax=gross / net if net else sum(times, start=Fraction(0)) / len(times),
        quantity=sum((Fraction(line.quantity) for line in lines), start=Fraction(0)),
        span=None,
        days=sum(line.period.days for line in lines),
        bases=bases,
    )
    # An amount for no energy has no price.
    if part.measure is Measure.ENERGY and net and not part.quantity:
        return attrs.evolve(part, measure=Measure.ELSE)
    return _over_time(part) if part.measure in (Measure.POWER, Measure.TIME) else part


def _measure(lines: tuple[pricing.PriceLine, ...], bases: frozenset[PartKey]) -> Measure:
    if bases:
        return Measure.PARTS
    units = {line.unit for line in lines}
    return _UNITS.get(units.pop(), Measure.ELSE) if len(units) == 1 else Measure.ELSE


def _bases(
    derivation: pricing.Derivation, owner: Mapping[pricing.Derivation, PartKey]
) -> Iterator[PartKey]:
    """Yield the other lines whose calculation is inside this one."""
    for part in derivation.parts:
        if part in owner:
            yield owner[part]
        else:
            yield from _bases(part, owner)


def _over_time(part: PricedPart) -> PricedPart:
    """Return the part with the time it charges, and its power as the mean over that time."""
    spans = [_span(line, of_power=part.measure is Measure.POWER) for line in part.lines]
    charged = sum((span for span in spans if span is not None), start=Fraction(0))
    days = sum(
        line.period.days for line, span in zip(part.lines, spans, strict=True) if span is not None
    )
    # What was free of charge counts as long, day by day, as what was not.
    span = charged * part.days / days if days else None
    if part.measure is Measure.TIME:
        return attrs.evolve(part, span=span, quantity=Fraction(part.days))
    power = sum(
        (Fraction(line.quantity) * line.period.days for line in part.lines), start=Fraction(0)
    )
    return attrs.evolve(part, span=span, quantity=power / part.days)


def _span(line: pricing.PriceLine, *, of_power: bool) -> Fraction | None:
    price = Fraction(line.price) * (Fraction(line.quantity) if of_power else 1)
    if not price:
        return None
    return pricing.exact(unrounded(line.derivation)) / price
