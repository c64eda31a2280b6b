"""A priced bill as a document: decimals as text, every line with its derivation."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from energyretail.adapters.shared.bill_json import derivation_json
from energyretail.domain import pricing
from energyretail.domain.shared import Money, Period

__all__ = ["bill_document"]

Json = dict[str, Any]


def bill_document(bill: pricing.PricedBill, usage: pricing.Usage) -> Json:
    """Return the result of the tariff format; `energy_kwh` where volume was converted."""
    converted = any(isinstance(use, pricing.VolumeUse) for use in usage.uses)
    return {
        "currency": bill.currency,
        "period": _period(bill.period),
        "lines": [_line(line) for line in bill.lines],
        "net": _amount(bill.net),
        "taxes": [_tax(tax) for tax in bill.taxes],
        "tax": _amount(bill.tax),
        "rounding": _rounding(bill),
        "gross": _amount(bill.gross),
        "prices": bill.prices.value,
        "estimated": bill.estimated,
        **({"energy_kwh": _plain(bill.energy)} if converted and bill.energy is not None else {}),
        "carried_over": {
            "counters": [
                {"component": c.component, "since": c.since.isoformat(), "kwh": _plain(c.kwh)}
                for c in bill.carried_over.counters
            ],
            "discounts": [
                {"component": d.component, "amount": _plain(d.amount)}
                for d in bill.carried_over.discounts
            ],
        },
    }


def _line(line: pricing.PriceLine) -> Json:
    return {
        "component": line.component,
        "group": line.group,
        "label": line.label,
        "period": _period(line.period),
        "quantity": _plain(line.quantity),
        "unit": line.unit,
        "price": _plain(line.price),
        "price_unit": line.price_unit,
        "amount": _amount(line.amount),
        "tax_code": line.tax_code,
        "tax_rate": _plain(line.tax_rate),
        "estimated": line.estimated,
        "derivation": derivation_json(line.derivation),
    }


def _tax(tax: pricing.TaxLine) -> Json:
    return {
        "tax": tax.tax,
        "rate": _plain(tax.rate),
        "base": _amount(tax.base),
        "amount": _amount(tax.amount),
        "derivation": derivation_json(tax.derivation),
    }


def _rounding(bill: pricing.PricedBill) -> Json:
    lines = (line.amount for line in bill.lines if line.component == pricing.ROUNDING)
    policy = bill.policy
    made = {} if policy.price_decimals is None else {"price_decimals": policy.price_decimals}
    return {
        "scope": policy.scope.value,
        "mode": policy.rounding.mode.name.lower(),
        "decimals": policy.rounding.decimals,
        **made,
        "amount": _amount(Money.total(lines, bill.currency)),
    }


def _period(period: Period) -> Json:
    return {"from": period.start.isoformat(), "to": period.until.isoformat()}


def _amount(money: Money) -> str:
    return f"{money.amount:.2f}"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
