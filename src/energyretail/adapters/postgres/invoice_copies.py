"""Documents as they are told, out of the JSON that Postgres makes of their rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from energyretail.adapters.shared.opaque_id import opaque_id
from energyretail.application.billing import InvoiceCopy, InvoiceSummary, LineCopy, TaxCopy
from energyretail.domain.billing import BillStage, Deduction, DeductionKind, InvoiceKind, TaxShare
from energyretail.domain.pricing import Prices
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    InvoiceNumber,
    Money,
    Period,
    RoundingScope,
)

__all__ = ["copy_of", "line_copy_of"]


class _Line(msgspec.Struct, frozen=True):
    component: str
    group: str
    label: str
    starts: date = msgspec.field(name="from")
    until: date
    quantity: Decimal
    unit: str
    price: Decimal
    price_unit: str
    amount_cents: int
    tax_code: str
    tax_rate: Decimal
    estimated: bool


class _Tax(msgspec.Struct, frozen=True):
    tax: str
    rate: Decimal
    base_cents: int
    amount_cents: int


class _Deduction(msgspec.Struct, frozen=True):
    kind: DeductionKind
    document: str
    net_cents: int
    gross_cents: int
    taxes: list[_Tax]


class _Invoice(msgspec.Struct, frozen=True):
    id: int
    number: str
    kind: InvoiceKind
    stage: BillStage
    contract: str
    customer: str
    cups: str
    tariff: str
    starts: date
    ends: date
    issued_on: date
    due_on: date
    net_cents: int
    tax_cents: int
    gross_cents: int
    currency: str
    original: str | None
    cancelled_by: str | None
    prices: Prices
    rounding_scope: RoundingScope
    lines: list[_Line] | None
    taxes: list[_Tax] | None
    deductions: list[_Deduction] | None


_DECODER = msgspec.json.Decoder(_Invoice)
_LINE_DECODER = msgspec.json.Decoder(_Line)


def line_copy_of(told: str, currency: str) -> LineCopy:
    """Return a line of its body as JSON."""
    return _line(_LINE_DECODER.decode(told), currency)


def copy_of(told: str) -> InvoiceCopy:
    """Return the document of a row as JSON, its lines and taxes in it, cents as integers."""
    row = _DECODER.decode(told)
    return InvoiceCopy(
        id=opaque_id("inv", row.id),
        summary=_summary(row),
        lines=tuple([_line(line, row.currency) for line in row.lines or ()]),
        taxes=tuple([_tax(tax, row.currency) for tax in row.taxes or ()]),
        prices=row.prices,
        rounding=row.rounding_scope,
        deductions=tuple([_deduction(each, row.currency) for each in row.deductions or ()]),
    )


def _summary(row: _Invoice) -> InvoiceSummary:
    return InvoiceSummary(
        number=InvoiceNumber(row.number),
        kind=row.kind,
        stage=row.stage,
        contract=ContractNumber(row.contract),
        customer=CustomerNumber(row.customer),
        cups=Cups(row.cups),
        tariff=row.tariff,
        period=Period(row.starts, row.ends),
        issued_on=row.issued_on,
        due_on=row.due_on,
        net=Money.of_cents(row.net_cents, row.currency),
        tax=Money.of_cents(row.tax_cents, row.currency),
        gross=Money.of_cents(row.gross_cents, row.currency),
        original=InvoiceNumber(row.original) if row.original else None,
        cancelled_by=InvoiceNumber(row.cancelled_by) if row.cancelled_by else None,
    )


def _line(line: _Line, currency: str) -> LineCopy:
    return LineCopy(
        component=line.component,
        group=line.group,
        label=line.label,
        period=Period(line.starts, line.until),
        quantity=line.quantity,
        unit=line.unit,
        price=line.price,
        price_unit=line.price_unit,
        amount=Money.of_cents(line.amount_cents, currency),
        tax_code=line.tax_code,
        tax_rate=line.tax_rate,
        estimated=line.estimated,
    )


def _tax(tax: _Tax, currency: str) -> TaxCopy:
    return TaxCopy(
        tax=tax.tax,
        rate=tax.rate,
        base=Money.of_cents(tax.base_cents, currency),
        amount=Money.of_cents(tax.amount_cents, currency),
    )


def _deduction(row: _Deduction, currency: str) -> Deduction:
    return Deduction(
        kind=row.kind,
        document=row.document,
        net=Money.of_cents(row.net_cents, currency),
        taxes=tuple(_share(tax, currency) for tax in row.taxes),
        gross=Money.of_cents(row.gross_cents, currency),
    )


def _share(tax: _Tax, currency: str) -> TaxShare:
    return TaxShare(
        tax.tax,
        tax.rate,
        Money.of_cents(tax.base_cents, currency),
        Money.of_cents(tax.amount_cents, currency),
    )
