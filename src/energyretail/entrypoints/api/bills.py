"""Bills: what a usage costs by one of our tariffs, line by line."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Router, post
from litestar.openapi.spec import Example
from litestar.params import Body

from energyretail.application.billing import LineCopy, TaxCopy
from energyretail.domain import pricing
from energyretail.domain.shared import Energy, Period, PowerUnit
from energyretail.entrypoints.api.problems import declared
from energyretail.entrypoints.api.request_faults import parsed_by
from energyretail.entrypoints.api.requests import AnyRequest, refuse_faults
from energyretail.entrypoints.api.shapes import (
    Code,
    DecimalText,
    Meta,
    MoneyOut,
    PeriodIn,
    PeriodOut,
    PowerText,
    Register,
    Shape,
    money_out,
    number_out,
    period_of,
    period_out,
    powers_of,
)
from energyretail.entrypoints.api.use_cases import ApiUseCases

__all__ = [
    "BillIn", "BillOut", "LineOut", "TaxOut", "bill_out", "bill_routes", "line_out", "tax_out",
]  # fmt: skip

Days = Annotated[PeriodIn, parsed_by(period_of)]


class UseIn(Shape, frozen=True):
    """Energy of a register; without `period` over the whole billed period."""

    register: Register
    kwh: DecimalText
    period: Days | None = None
    estimated: bool = False


class BillIn(Shape, frozen=True):
    """What to price: `powers` are the subscribed ones by register."""

    tariff: Code
    period: Days
    powers: Annotated[dict[Register, PowerText], Meta(max_length=12)]
    uses: Annotated[list[UseIn], Meta(max_length=1000)]
    power_unit: Literal["kW", "kVA"] = "kW"


class LineOut(msgspec.Struct, frozen=True, kw_only=True):
    """A price line; its explanation tells how each number came to be."""

    component: str
    group: str
    label: str
    period: PeriodOut
    quantity: str
    unit: str
    price: str
    price_unit: str
    amount: MoneyOut
    tax_code: str
    tax_rate: str
    estimated: bool


class TaxOut(msgspec.Struct, frozen=True, kw_only=True):
    """Value added tax at one rate in percent."""

    tax: str
    rate: str
    base: MoneyOut
    amount: MoneyOut


class BillOut(msgspec.Struct, frozen=True, kw_only=True):
    """A priced bill: lines, taxes by rate, and totals that hold together to the cent."""

    currency: str
    period: PeriodOut
    lines: list[LineOut]
    taxes: list[TaxOut]
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut
    prices: str
    rounding: str
    estimated: bool


_EXAMPLE = {
    "tariff": "2.0TD-FIJO",
    "period": {"start": "2026-02-01", "end": "2026-03-03"},
    "powers": {"P1": "4.6", "P2": "4.6"},
    "uses": [{"register": "P1", "kwh": "250"}],
}
BillBody = Annotated[BillIn, Body(examples=[Example(value=_EXAMPLE)])]


def bill_routes(use_cases: ApiUseCases) -> Router:
    """Return ``/v1/bills``."""

    @post(
        "/price",
        sync_to_thread=True,
        status_code=200,
        operation_id="priceBill",
        responses=declared(400, 404, 413, 422),
    )
    def price_bill(request: AnyRequest, data: BillBody) -> BillOut:
        """Price a usage by one of our tariffs, by the rating that bills; nothing is written."""
        refuse_faults(request)
        return bill_out(use_cases.price_bill(data.tariff, _usage_of(data), period_of(data.period)))

    return Router("/bills", route_handlers=[price_bill], tags=["bills"])


def bill_out(bill: pricing.PricedBill) -> BillOut:
    """Tell a priced bill."""
    return BillOut(
        currency=bill.currency,
        period=period_out(bill.period),
        lines=[line_out(line) for line in bill.lines],
        taxes=[tax_out(tax) for tax in bill.taxes],
        net=money_out(bill.net),
        tax=money_out(bill.tax),
        gross=money_out(bill.gross),
        prices=bill.prices.value,
        rounding=bill.policy.scope.value,
        estimated=bill.estimated,
    )


def line_out(line: pricing.PriceLine | LineCopy) -> LineOut:
    """Tell a line."""
    return LineOut(
        component=line.component,
        group=line.group,
        label=line.label,
        period=period_out(line.period),
        quantity=number_out(line.quantity),
        unit=line.unit,
        price=number_out(line.price),
        price_unit=line.price_unit,
        amount=money_out(line.amount),
        tax_code=line.tax_code,
        tax_rate=number_out(line.tax_rate),
        estimated=line.estimated,
    )


def tax_out(tax: pricing.TaxLine | TaxCopy) -> TaxOut:
    """Tell the tax at one rate."""
    return TaxOut(
        tax=tax.tax,
        rate=number_out(tax.rate),
        base=money_out(tax.base),
        amount=money_out(tax.amount),
    )


def _usage_of(bill: BillIn) -> pricing.Usage:
    whole = period_of(bill.period)
    return pricing.Usage(
        uses=tuple(_use(use, whole) for use in bill.uses),
        powers=powers_of(bill.powers, PowerUnit(bill.power_unit)),
    )


def _use(use: UseIn, whole: Period) -> pricing.RegisterUse:
    return pricing.RegisterUse(
        register=use.register,
        period=period_of(use.period) if use.period else whole,
        energy=Energy(use.kwh),
        quality=pricing.Quality.ESTIMATED if use.estimated else pricing.Quality.ACTUAL,
    )
