"""Bills with their numbers left open, as JSON: kept once for all that are filled from them.

What is open is marked by a character that JSON escapes and no text of Postgres holds as it is, so
a form is kept as JSON in text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import msgspec

from energyretail.adapters.shared.bill_json import (
    carried_json,
    carried_of,
    derivation_json,
    derivation_of,
    factor_json,
    factor_of,
)
from energyretail.domain import pricing
from energyretail.domain.shared import Period, Rounding, RoundingMode, RoundingPolicy, RoundingScope

__all__ = ["form_of", "form_text", "rounding_template_of", "template_of"]

Json = dict[str, Any]


def form_text(form: pricing.BillForm) -> str:
    """Write a form; what is needed to make its bills, and nothing else."""
    terms = form.terms
    body = {
        "currency": terms.currency,
        "prices": terms.prices.value,
        "rounding_scope": terms.rounding.scope.value,
        "rounding_mode": terms.rounding.rounding.mode.name.lower(),
        "rounding_decimals": terms.rounding.rounding.decimals,
        "rounding_price_decimals": terms.rounding.price_decimals,
        "rounding_label": terms.rounding_label,
        "taxes": dict(terms.taxes),
        **_days(form.period),
        "lines": [_line(each) for each in form.lines],
        "taken": [derivation_json(each) for each in form.taken],
        "carried_from": carried_json(form.carried_from),
    }
    return msgspec.json.encode(body).decode()


def form_of(text: str) -> pricing.BillForm:
    """Read what `form_text` wrote; it makes the same bills."""
    body = msgspec.json.decode(text)
    rounding = Rounding(RoundingMode[body["rounding_mode"].upper()], body["rounding_decimals"])
    return pricing.BillForm(
        terms=pricing.BillTerms(
            currency=body["currency"],
            prices=pricing.Prices(body["prices"]),
            rounding=RoundingPolicy(
                RoundingScope(body["rounding_scope"]), rounding, body["rounding_price_decimals"]
            ),
            rounding_label=body["rounding_label"],
            taxes=tuple(body["taxes"].items()),
        ),
        period=_period(body),
        lines=tuple(_line_of(each) for each in body["lines"]),
        taken=tuple(derivation_of(each) for each in body["taken"]),
        carried_from=carried_of(body["carried_from"]),
    )


def template_of(line: pricing.TaxedLine) -> Json:
    """Return a line as it is told, without its amount and what else is left open."""
    draft, rate = line.draft, line.rate
    known = {"quantity": draft.quantity, "price": draft.price}
    return {
        "component": draft.component,
        "label": draft.label,
        **_days(draft.period),
        "unit": draft.unit,
        "price_unit": draft.price_unit,
        "tax_code": draft.tax_code,
        "tax_rate": "0" if rate is None else f"{rate.value:f}",
        "group": draft.group,
        "estimated": draft.estimated,
        **{name: f"{value:f}" for name, value in known.items() if isinstance(value, Decimal)},
    }


def rounding_template_of(form: pricing.BillForm, rounding: pricing.KernelRounding) -> Json:
    """Return a line of rounding likewise."""
    return {
        "component": pricing.ROUNDING,
        "label": form.terms.rounding_label,
        **_days(form.period),
        "quantity": "1",
        "unit": "",
        "price_unit": form.terms.currency,
        "tax_code": rounding.tax_code,
        "tax_rate": f"{rounding.rate:f}",
        "group": pricing.ROUNDING,
        "estimated": False,
    }


def _line(line: pricing.TaxedLine) -> Json:
    draft = line.draft
    return {
        "component": draft.component,
        "label": draft.label,
        "group": draft.group,
        "tax_code": draft.tax_code,
        **_days(draft.period),
        "quantity": _number(draft.quantity),
        "unit": draft.unit,
        "price": _price(draft),
        "price_unit": draft.price_unit,
        "estimated": draft.estimated,
        "derivation": derivation_json(draft.derivation),
        "rate": None if line.rate is None else factor_json(line.rate),
    }


def _price(draft: pricing.Draft) -> Any:
    """Write a price; the average that a line comes to does not say again what the line says."""
    price = draft.price
    if isinstance(price, Decimal) or price.parts != (draft.derivation, draft.quantity):
        return _number(price)
    rest = attrs.evolve(price, parts=(), combine=pricing.Combine.SUM)
    return derivation_json(rest) | {"average": True}


def _line_of(body: Mapping[str, Any]) -> pricing.TaxedLine:
    derivation, quantity = derivation_of(body["derivation"]), _number_of(body["quantity"])
    price = _number_of(body["price"])
    if isinstance(price, pricing.Derivation) and "average" in body["price"]:
        assert isinstance(quantity, pricing.Derivation)  # as it was written
        parts = derivation, quantity
        price = attrs.evolve(price, parts=parts, combine=pricing.Combine.QUOTIENT)
    draft = pricing.Draft(
        component=body["component"],
        label=body["label"],
        group=body["group"],
        tax_code=body["tax_code"],
        period=_period(body),
        quantity=quantity,
        unit=body["unit"],
        price=price,
        price_unit=body["price_unit"],
        estimated=body["estimated"],
        derivation=derivation,
    )
    return pricing.TaxedLine(draft, None if body["rate"] is None else factor_of(body["rate"]))


def _number(number: Decimal | pricing.Derivation) -> str | Json:
    return f"{number:f}" if isinstance(number, Decimal) else derivation_json(number)


def _number_of(body: str | Mapping[str, Any]) -> Decimal | pricing.Derivation:
    return Decimal(body) if isinstance(body, str) else derivation_of(body)


def _days(period: Period) -> Json:
    return {"from": period.start.isoformat(), "until": period.until.isoformat()}


def _period(body: Mapping[str, Any]) -> Period:
    return Period(date.fromisoformat(body["from"]), date.fromisoformat(body["until"]))
