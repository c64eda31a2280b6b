"""Reads the bills, advances and plans of the golden settlements from JSON documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from energyretail.domain import billing, pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    TARGET,
    ContractNumber,
    Cups,
    CustomerNumber,
    InvoiceNumber,
    Money,
    Period,
    RoundingPolicy,
    RoundingScope,
)

__all__ = ["advances_of", "ask_all", "bill_of", "invoice_of", "plan_of", "shares_of"]

Document = Mapping[str, Any]

_CONTRACT = ContractNumber("K000001")
_CUSTOMER = CustomerNumber("C000001")
_POLICY = RoundingPolicy(RoundingScope.TAX_GROUP, CENTS_HALF_UP)


def bill_of(document: Document) -> pricing.PricedBill:
    """Return a bill of one line with the totals and taxes that are written."""
    currency = document["currency"]
    net, gross = Money(document["net"], currency), Money(document["gross"], currency)
    start, end = (date.fromisoformat(document["period"][name]) for name in ("from", "to"))
    period = Period(start, end)
    line = pricing.PriceLine(
        component="energy",
        label="Energy",
        period=period,
        quantity=Decimal(1),
        unit="",
        price=net.amount,
        price_unit=currency,
        amount=net,
        tax_code=document["taxes"][0][0],
        estimated=False,
        derivation=pricing.given("printed", net.amount, currency, "the source"),
    )
    return pricing.PricedBill(
        currency=currency,
        period=period,
        lines=(line,),
        taxes=tuple(_tax_of(tax, currency) for tax in document["taxes"]),
        net=net,
        tax=gross - net,
        gross=gross,
        policy=_POLICY,
    )


def _tax_of(tax: list[str], currency: str) -> pricing.TaxLine:
    code, rate, base, amount = tax
    printed = pricing.given(code, Decimal(amount), currency, "the source")
    return pricing.TaxLine(
        code, Decimal(rate), Money(base, currency), Money(amount, currency), printed
    )


def shares_of(shares: tuple[billing.TaxShare, ...]) -> list[list[str]]:
    """Write VAT as the documents have it: tax, rate, base, amount."""
    return [
        [share.tax, str(share.rate), f"{share.base.amount:.2f}", f"{share.amount.amount:.2f}"]
        for share in shares
    ]


def advances_of(documents: list[Document]) -> tuple[billing.Advance, ...]:
    """Return so many advances of each gross amount, asked one after the other."""
    asked = [document for document in documents for _ in range(document["count"])]
    return tuple(_advance_of(document, number) for number, document in enumerate(asked, 1))


def _advance_of(document: Document, number: int) -> billing.Advance:
    day = date(2000, 1, number)
    plan, _ = billing.set_up(
        contract=_CONTRACT,
        customer=_CUSTOMER,
        tariff="any",
        tax=document["tax"],
        first_day=day,
        months=1,
        count=1,
        expected=Money(document["gross"], "EUR"),
        at_end=billing.EndOfPlan.TRUE_UP,
        calendar=TARGET,
    )
    return ask_all(plan, rate=Decimal(document["rate"]), first=number)[0]


def ask_all(
    plan: billing.InstalmentPlan, *, rate: Decimal, first: int = 1
) -> tuple[billing.Advance, ...]:
    """Ask every instalment of a plan on its due day."""
    return tuple(
        billing.ask(
            plan,
            instalment,
            number=InvoiceNumber(f"AN14-{number:06d}"),
            issued_on=instalment.due_on,
            due_on=instalment.due_on,
            rate=rate,
        )[0]
        for number, instalment in enumerate(plan.instalments, first)
    )


def plan_of(document: Document, *, tax: str) -> billing.InstalmentPlan:
    """Return the plan that is written."""
    plan, _ = billing.set_up(
        contract=_CONTRACT,
        customer=_CUSTOMER,
        tariff="any",
        tax=tax,
        first_day=date.fromisoformat(document["first_day"]),
        months=document["months"],
        count=document["count"],
        expected=Money(document["expected"], "EUR"),
        at_end=billing.EndOfPlan(document["at_end"]),
        calendar=TARGET,
    )
    return plan


def invoice_of(document: Document) -> billing.Invoice:
    """Return the invoice over a written bill."""
    bill = bill_of(document)
    return billing.Invoice(
        number=InvoiceNumber("F26-000001"),
        kind=billing.InvoiceKind.INVOICE,
        contract=_CONTRACT,
        customer=_CUSTOMER,
        cups=Cups.of_digits("0031000000000001"),
        tariff="any",
        bill=bill,
        readings=(),
        issued_on=bill.period.until,
        due_on=bill.period.until,
    )
