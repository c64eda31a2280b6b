"""Comparisons: a bill and the one before it, the difference shared out among its causes."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from energyretail.domain.billing import (
    BillFigures,
    Comparison,
    Effect,
    PartComparison,
    PartFigures,
)
from energyretail.entrypoints.api.shapes import (
    MoneyOut,
    PeriodOut,
    money_out,
    number_out,
    period_out,
)

__all__ = ["ComparisonOut", "comparison_out"]


class EffectOut(msgspec.Struct, frozen=True, kw_only=True):
    """What one cause adds to the gross amount; negative makes it cheaper."""

    kind: str
    amount: MoneyOut


class BillFiguresOut(msgspec.Struct, frozen=True, kw_only=True):
    """A bill in total; the energy is that between its readings, missing where it names none."""

    number: str
    period: PeriodOut
    days: int
    kwh: str | None
    kwh_per_day: str | None
    price_per_kwh: str | None
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut
    estimated: bool


class PartFiguresOut(msgspec.Struct, frozen=True, kw_only=True):
    """One price in one bill: how much in `unit`, at what average price, with what VAT."""

    quantity: str
    unit: str
    days: int
    price: str | None
    price_unit: str
    net: MoneyOut
    tax_rate: str
    estimated: bool


class PartComparisonOut(msgspec.Struct, frozen=True, kw_only=True):
    """One price of the two bills; `previous` or `current` is null where that bill has it not."""

    component: str
    label: str
    previous: PartFiguresOut | None
    current: PartFiguresOut | None
    effects: list[EffectOut]
    difference: MoneyOut


class ComparisonOut(msgspec.Struct, frozen=True, kw_only=True):
    """Why a bill differs: the effects sum to the difference, and the parts to each effect."""

    contract: str
    cups: str
    previous: BillFiguresOut
    current: BillFiguresOut
    difference: MoneyOut
    effects: list[EffectOut]
    parts: list[PartComparisonOut]


def comparison_out(comparison: Comparison) -> ComparisonOut:
    """Tell why a bill differs from the one before it."""
    return ComparisonOut(
        contract=comparison.contract,
        cups=comparison.cups.value,
        previous=_bill(comparison.previous),
        current=_bill(comparison.current),
        difference=money_out(comparison.difference),
        effects=_effects(comparison.effects),
        parts=[_part(part) for part in comparison.parts],
    )


def _effects(effects: Iterable[Effect]) -> list[EffectOut]:
    return [
        EffectOut(kind=effect.kind.value, amount=money_out(effect.amount)) for effect in effects
    ]


def _bill(bill: BillFigures) -> BillFiguresOut:
    return BillFiguresOut(
        number=bill.number,
        period=period_out(bill.period),
        days=bill.days,
        kwh=_number(bill.kwh),
        kwh_per_day=_number(bill.kwh_per_day),
        price_per_kwh=_number(bill.price_per_kwh),
        net=money_out(bill.net),
        tax=money_out(bill.tax),
        gross=money_out(bill.gross),
        estimated=bill.estimated,
    )


def _part(part: PartComparison) -> PartComparisonOut:
    return PartComparisonOut(
        component=part.component,
        label=part.label,
        previous=_figures(part.previous),
        current=_figures(part.current),
        effects=_effects(part.effects),
        difference=money_out(part.difference),
    )


def _figures(figures: PartFigures | None) -> PartFiguresOut | None:
    if figures is None:
        return None
    return PartFiguresOut(
        quantity=number_out(figures.quantity),
        unit=figures.unit,
        days=figures.days,
        price=_number(figures.price),
        price_unit=figures.price_unit,
        net=money_out(figures.net),
        tax_rate=number_out(figures.tax_rate),
        estimated=figures.estimated,
    )


def _number(number: Decimal | None) -> str | None:
    return None if number is None else number_out(number)
