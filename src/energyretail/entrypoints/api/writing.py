"""Turns values of the domain into what a client is told."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from energyretail.domain import pricing
from energyretail.domain.billing import Explanation, IndexReading, Invoice, LineExplanation
from energyretail.domain.contracts import Contract, Quote
from energyretail.domain.shared import Money, Period
from energyretail.entrypoints.api.edge import (
    BillOut,
    ContractOut,
    DerivationOut,
    ExplanationOut,
    FactorOut,
    InvoiceOut,
    LineExplanationOut,
    LineOut,
    MoneyOut,
    PeriodOut,
    QuoteOut,
    ReadingOut,
    RoundingOut,
    SiteOut,
    SupplyOut,
    TaxOut,
)

__all__ = ["bill_out", "contract_out", "explanation_out", "invoice_out", "quote_out"]


def bill_out(bill: pricing.PricedBill) -> BillOut:
    """Tell a priced bill."""
    return BillOut(
        currency=bill.currency,
        period=_period(bill.period),
        lines=[_line(line) for line in bill.lines],
        taxes=[_tax(tax) for tax in bill.taxes],
        net=_money(bill.net),
        tax=_money(bill.tax),
        gross=_money(bill.gross),
        prices=bill.prices.value,
        rounding=bill.policy.scope.value,
        estimated=bill.estimated,
    )


def quote_out(quote: Quote) -> QuoteOut:
    """Tell a quote."""
    return QuoteOut(
        number=quote.number,
        reference=quote.reference,
        product=quote.product,
        state=quote.state.value,
        quoted_on=quote.quoted_on,
        valid_until=quote.valid_until,
        sites=[
            SiteOut(
                cups=price.site.cups.value, month_kwh=price.month_kwh, month=_money(price.month)
            )
            for price in quote.sites
        ],
        contract=quote.contract,
    )


def contract_out(contract: Contract) -> ContractOut:
    """Tell a contract."""
    return ContractOut(
        number=contract.number,
        quote=contract.quote,
        customer=contract.customer,
        product=contract.product,
        state=contract.state.value,
        accepted_on=contract.accepted_on,
        signed_on=contract.signature.signed_on if contract.signature else None,
        supplies=[
            SupplyOut(
                cups=supply.site.cups.value,
                tariff=supply.site.tariff,
                state=supply.state.value,
                started_on=supply.started_on,
                ended_on=supply.ended_on,
            )
            for supply in contract.supplies
        ],
    )


def invoice_out(invoice: Invoice, *, name: str) -> InvoiceOut:
    """Tell an issued document."""
    return InvoiceOut(
        id=name,
        number=invoice.number,
        kind=invoice.kind.value,
        contract=invoice.contract,
        customer=invoice.customer,
        cups=invoice.cups.value,
        tariff=invoice.tariff,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        original=invoice.original,
        bill=bill_out(invoice.bill),
    )


def explanation_out(explanation: Explanation) -> ExplanationOut:
    """Tell why a document is what it is."""
    return ExplanationOut(
        number=explanation.number,
        kind=explanation.kind,
        contract=explanation.contract,
        cups=explanation.cups.value,
        tariff=explanation.tariff,
        period=_period(explanation.period),
        original=explanation.original,
        readings=_readings(explanation.readings),
        lines=[_line_explanation(line) for line in explanation.lines],
        taxes=[_line_explanation(tax) for tax in explanation.taxes],
        net=_money(explanation.net),
        tax=_money(explanation.tax),
        gross=_money(explanation.gross),
    )


def _money(money: Money) -> MoneyOut:
    return MoneyOut(amount=f"{money.amount:.2f}", currency=money.currency)


def _number(number: Decimal) -> str:
    return f"{number:f}"


def _period(period: Period) -> PeriodOut:
    return PeriodOut(start=period.start, end=period.until)


def _line(line: pricing.PriceLine) -> LineOut:
    return LineOut(
        component=line.component,
        group=line.group,
        label=line.label,
        period=_period(line.period),
        quantity=_number(line.quantity),
        unit=line.unit,
        price=_number(line.price),
        price_unit=line.price_unit,
        amount=_money(line.amount),
        tax_code=line.tax_code,
        tax_rate=_number(line.tax_rate),
        estimated=line.estimated,
        formula=list(pricing.explain(line.derivation)),
    )


def _tax(tax: pricing.TaxLine) -> TaxOut:
    return TaxOut(
        tax=tax.tax,
        rate=_number(tax.rate),
        base=_money(tax.base),
        amount=_money(tax.amount),
        formula=list(pricing.explain(tax.derivation)),
    )


def _readings(readings: Iterable[IndexReading]) -> list[ReadingOut]:
    return [
        ReadingOut(
            register=reading.register,
            taken_on=reading.taken_on,
            version=reading.version,
            index_kwh=_number(reading.index_kwh),
            quality=reading.quality.value,
        )
        for reading in readings
    ]


def _line_explanation(line: LineExplanation) -> LineExplanationOut:
    return LineExplanationOut(
        position=line.position,
        component=line.component,
        label=line.label,
        period=_period(line.period),
        amount=_money(line.amount),
        readings=_readings(line.readings),
        formula=list(line.formula),
        derivation=_derivation(line.derivation),
    )


def _derivation(derivation: pricing.Derivation) -> DerivationOut:
    rounding = derivation.rounding
    return DerivationOut(
        name=derivation.name,
        combine=derivation.combine.value,
        factors=[_factor(factor) for factor in derivation.factors],
        divisors=[_factor(divisor) for divisor in derivation.divisors],
        parts=[_derivation(part) for part in derivation.parts],
        rounding=RoundingOut(mode=rounding.mode.name.lower(), decimals=rounding.decimals)
        if rounding
        else None,
    )


def _factor(factor: pricing.Factor) -> FactorOut:
    return FactorOut(
        name=factor.name, value=_number(factor.value), unit=factor.unit, source=factor.source
    )
