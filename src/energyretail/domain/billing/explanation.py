"""Why every line of a document is what it is."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.invoices import Invoice
from energyretail.domain.billing.supplies import IndexReading
from energyretail.domain.shared import ContractNumber, Cups, InvoiceNumber, Money, Period

__all__ = ["Explanation", "LineExplanation", "cited", "explain"]


@attrs.frozen
class LineExplanation:
    """One line or tax: what it rests on, and the calculation that gives `amount` again.

    `readings` are those its quantities come from; `factors` every number used, each with its
    source (price version, law, or reading), in the order of the calculation; `formula` the
    same for a person; `derivation` the same for a machine, with the rounding. `estimated` where
    one of its quantities is: of a tax, where a line at its rate is.
    """

    position: int
    component: str
    label: str
    period: Period
    amount: Money
    readings: tuple[IndexReading, ...]
    factors: tuple[pricing.Factor, ...]
    formula: tuple[str, ...]
    derivation: pricing.Derivation
    estimated: bool


@attrs.frozen
class Explanation:
    """A document explained line by line, then tax by tax."""

    number: InvoiceNumber
    kind: str
    contract: ContractNumber
    cups: Cups
    tariff: str
    period: Period
    original: InvoiceNumber | None
    readings: tuple[IndexReading, ...]
    lines: tuple[LineExplanation, ...]
    taxes: tuple[LineExplanation, ...]
    net: Money
    tax: Money
    gross: Money


def explain(invoice: Invoice) -> Explanation:
    """Explain every line and tax of `invoice`; each can be computed again from its part alone."""
    return Explanation(
        number=invoice.number,
        kind=invoice.kind.value,
        contract=invoice.contract,
        cups=invoice.cups,
        tariff=invoice.tariff,
        period=invoice.period,
        original=invoice.original,
        readings=invoice.readings,
        lines=tuple(_line(n, line, invoice) for n, line in enumerate(invoice.lines, 1)),
        taxes=tuple(_tax(n, tax, invoice) for n, tax in enumerate(invoice.taxes, 1)),
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
    )


def _line(position: int, line: pricing.PriceLine, invoice: Invoice) -> LineExplanation:
    return LineExplanation(
        position=position,
        component=line.component,
        label=line.label,
        period=line.period,
        amount=line.amount,
        readings=cited(line.derivation, invoice.readings),
        factors=tuple(_factors(line.derivation)),
        formula=pricing.explain(line.derivation),
        derivation=line.derivation,
        estimated=line.estimated,
    )


def _tax(position: int, tax: pricing.TaxLine, invoice: Invoice) -> LineExplanation:
    return LineExplanation(
        position=position,
        component=tax.tax,
        label=f"{tax.tax} {tax.rate.normalize():f} %",
        period=invoice.period,
        amount=tax.amount,
        readings=cited(tax.derivation, invoice.readings),
        factors=tuple(_factors(tax.derivation)),
        formula=pricing.explain(tax.derivation),
        derivation=tax.derivation,
        estimated=any(line.estimated for line in invoice.lines if line.tax_rate == tax.rate),
    )


def _factors(derivation: pricing.Derivation) -> Iterator[pricing.Factor]:
    yield from derivation.factors
    yield from derivation.divisors
    for part in derivation.parts:
        yield from _factors(part)


def cited(
    derivation: pricing.Derivation, readings: tuple[IndexReading, ...]
) -> tuple[IndexReading, ...]:
    """Return those of `readings` that the sources of a calculation cite."""
    words = {
        word for factor in _factors(derivation) for word in factor.source.split(pricing.BOTH_ENDS)
    }
    return tuple(reading for reading in readings if reading.evidence in words)
