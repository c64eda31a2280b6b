"""Bills, lines and derivations as JSON values: decimals as text, nothing lost, nothing rounded."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing import Explanation, IndexReading, LineExplanation, TaxShare
from energyretail.domain.shared import Money, Period, Rounding, RoundingMode

__all__ = [
    "carried_json",
    "carried_of",
    "derivation_json",
    "derivation_of",
    "explanation_json",
    "factor_json",
    "factor_of",
    "line_json",
    "line_of",
    "share_json",
    "share_of",
    "standing_json",
    "standing_of",
    "tax_json",
    "tax_of",
    "told_line_json",
    "told_tax_json",
]

Json = dict[str, Any]


def line_json(line: pricing.PriceLine) -> Json:
    """Write a line; its amount is in whole cents."""
    return told_line_json(line) | {"derivation": derivation_json(line.derivation)}


def told_line_json(line: pricing.PriceLine) -> Json:
    """Write a line without how its numbers came to be."""
    return {
        "component": line.component,
        "label": line.label,
        "from": line.period.start.isoformat(),
        "until": line.period.until.isoformat(),
        "quantity": f"{line.quantity:f}",
        "unit": line.unit,
        "price": f"{line.price:f}",
        "price_unit": line.price_unit,
        "amount_cents": line.amount.cents,
        "tax_code": line.tax_code,
        "tax_rate": f"{line.tax_rate:f}",
        "group": line.group,
        "estimated": line.estimated,
    }


def line_of(body: Mapping[str, Any], currency: str) -> pricing.PriceLine:
    """Read what `line_json` wrote."""
    return pricing.PriceLine(
        component=body["component"],
        label=body["label"],
        period=Period(date.fromisoformat(body["from"]), date.fromisoformat(body["until"])),
        quantity=Decimal(body["quantity"]),
        unit=body["unit"],
        price=Decimal(body["price"]),
        price_unit=body["price_unit"],
        amount=Money.of_cents(body["amount_cents"], currency),
        tax_code=body["tax_code"],
        tax_rate=Decimal(body["tax_rate"]),
        group=body["group"],
        estimated=body["estimated"],
        derivation=derivation_of(body["derivation"]),
    )


def tax_json(tax: pricing.TaxLine) -> Json:
    """Write a tax line; both amounts are in whole cents."""
    return told_tax_json(tax) | {"derivation": derivation_json(tax.derivation)}


def told_tax_json(tax: pricing.TaxLine) -> Json:
    """Write a tax line without how its amount came to be."""
    return {
        "tax": tax.tax,
        "rate": f"{tax.rate:f}",
        "base_cents": tax.base.cents,
        "amount_cents": tax.amount.cents,
    }


def tax_of(body: Mapping[str, Any], currency: str) -> pricing.TaxLine:
    """Read what `tax_json` wrote."""
    return pricing.TaxLine(
        tax=body["tax"],
        rate=Decimal(body["rate"]),
        base=Money.of_cents(body["base_cents"], currency),
        amount=Money.of_cents(body["amount_cents"], currency),
        derivation=derivation_of(body["derivation"]),
    )


def share_json(share: TaxShare) -> Json:
    """Write the VAT of a document at one rate; both amounts are in whole cents."""
    return {
        "tax": share.tax,
        "rate": f"{share.rate:f}",
        "base_cents": share.base.cents,
        "amount_cents": share.amount.cents,
    }


def share_of(body: Mapping[str, Any], currency: str) -> TaxShare:
    """Read what `share_json` wrote."""
    return TaxShare(
        tax=body["tax"],
        rate=Decimal(body["rate"]),
        base=Money.of_cents(body["base_cents"], currency),
        amount=Money.of_cents(body["amount_cents"], currency),
    )


def standing_json(bill: pricing.PricedBill) -> Json:
    """Write the bill that a rectification leaves; what it shares with the document is left out."""
    return {
        "lines": [line_json(line) for line in bill.lines],
        "taxes": [tax_json(tax) for tax in bill.taxes],
        "net_cents": bill.net.cents,
        "tax_cents": bill.tax.cents,
        "gross_cents": bill.gross.cents,
        "energy_kwh": None if bill.energy is None else _trimmed(bill.energy),
    }


def standing_of(body: Mapping[str, Any], document: pricing.PricedBill) -> pricing.PricedBill:
    """Read what `standing_json` wrote beside the bill of its document."""
    currency = document.currency
    return attrs.evolve(
        document,
        lines=tuple(line_of(line, currency) for line in body["lines"]),
        taxes=tuple(tax_of(tax, currency) for tax in body["taxes"]),
        net=Money.of_cents(body["net_cents"], currency),
        tax=Money.of_cents(body["tax_cents"], currency),
        gross=Money.of_cents(body["gross_cents"], currency),
        energy=None if (kwh := body.get("energy_kwh")) is None else Decimal(kwh),
    )


def carried_json(carried: pricing.CarriedOver) -> dict[str, str]:
    """Write what bills count as numbers by name: ``counter/blocks/2026-01-01``, ``discount/x``."""
    counters = {f"counter/{c.component}/{c.since}": _trimmed(c.kwh) for c in carried.counters}
    return counters | {f"discount/{d.component}": _trimmed(d.amount) for d in carried.discounts}


def carried_of(body: Mapping[str, str]) -> pricing.CarriedOver:
    """Read what `carried_json` wrote, in order of name."""
    counters, discounts = [], []
    for key, value in sorted(body.items()):
        sort, _, name = key.partition("/")
        if sort == "counter":
            component, _, since = name.rpartition("/")
            counters.append(pricing.Counter(component, date.fromisoformat(since), value))
        else:
            discounts.append(pricing.DiscountGiven(name, value))
    return pricing.CarriedOver(tuple(counters), tuple(discounts))


def _trimmed(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def derivation_json(derivation: pricing.Derivation) -> Json:
    """Write a derivation; what is empty is left out."""
    body: Json = {"name": derivation.name}
    if derivation.factors:
        body["factors"] = [factor_json(factor) for factor in derivation.factors]
    if derivation.divisors:
        body["divisors"] = [factor_json(divisor) for divisor in derivation.divisors]
    if derivation.parts:
        body["parts"] = [derivation_json(part) for part in derivation.parts]
    if derivation.series:
        body["series"] = [_series_json(series) for series in derivation.series]
    if derivation.combine is not pricing.Combine.SUM:
        body["combine"] = derivation.combine.value
    if derivation.rounding is not None:
        body["rounding"] = {
            "mode": derivation.rounding.mode.name.lower(),
            "decimals": derivation.rounding.decimals,
        }
    return body


def derivation_of(body: Mapping[str, Any]) -> pricing.Derivation:
    """Read what `derivation_json` wrote."""
    rounding = body.get("rounding")
    return pricing.Derivation(
        name=body["name"],
        factors=tuple(factor_of(factor) for factor in body.get("factors", ())),
        divisors=tuple(factor_of(divisor) for divisor in body.get("divisors", ())),
        parts=tuple(derivation_of(part) for part in body.get("parts", ())),
        combine=pricing.Combine(body.get("combine", pricing.Combine.SUM.value)),
        rounding=_rounding_of(rounding) if rounding else None,
        series=tuple(_series_of(series) for series in body.get("series", ())),
    )


def explanation_json(explanation: Explanation) -> Json:
    """Write an explanation for a door: everything a reader needs to compute each line again."""
    return {
        "number": explanation.number,
        "kind": explanation.kind,
        "contract": explanation.contract,
        "cups": explanation.cups.value,
        "tariff": explanation.tariff,
        "from": explanation.period.start.isoformat(),
        "until": explanation.period.until.isoformat(),
        "original": explanation.original,
        "currency": explanation.gross.currency,
        "readings": [_reading_json(reading) for reading in explanation.readings],
        "lines": [_explained(line) for line in explanation.lines],
        "taxes": [_explained(tax) for tax in explanation.taxes],
        "net_cents": explanation.net.cents,
        "tax_cents": explanation.tax.cents,
        "gross_cents": explanation.gross.cents,
    }


def _explained(line: LineExplanation) -> Json:
    return {
        "position": line.position,
        "component": line.component,
        "label": line.label,
        "from": line.period.start.isoformat(),
        "until": line.period.until.isoformat(),
        "amount_cents": line.amount.cents,
        "readings": [_reading_json(reading) for reading in line.readings],
        "estimated": line.estimated,
        "formula": list(line.formula),
        "derivation": derivation_json(line.derivation),
    }


def _reading_json(reading: IndexReading) -> Json:
    return {
        "register": reading.register,
        "taken_on": reading.taken_on.isoformat(),
        "version": reading.version,
        "index_kwh": f"{reading.index_kwh:f}",
        "quality": reading.quality.value,
    }


def factor_json(factor: pricing.Factor) -> Json:
    """Write a factor; a source that is empty is left out."""
    body = {"name": factor.name, "value": f"{factor.value:f}", "unit": factor.unit}
    return {**body, "source": factor.source} if factor.source else body


def factor_of(body: Mapping[str, Any]) -> pricing.Factor:
    """Read what `factor_json` wrote."""
    return pricing.Factor(
        body["name"], Decimal(body["value"]), body["unit"], body.get("source", "")
    )


def _series_json(series: pricing.Series) -> Json:
    values = [f"{value:f}" for value in series.values]
    body: Json = {"name": series.name, "unit": series.unit, "values": values}
    return {**body, "source": series.source} if series.source else body


def _series_of(body: Mapping[str, Any]) -> pricing.Series:
    values = tuple(Decimal(value) for value in body["values"])
    return pricing.Series(body["name"], values, body["unit"], body.get("source", ""))


def _rounding_of(body: Mapping[str, Any]) -> Rounding:
    return Rounding(RoundingMode[body["mode"].upper()], body["decimals"])
