"""The whole bill: components in the order of their bases, then VAT, rounding and totals."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from oracle_bills.charged import CHARGED
from oracle_bills.derived import DERIVED
from oracle_bills.figures import rounded
from oracle_bills.work import Line, Work

__all__ = ["price"]

ZERO = Fraction(0)
KINDS = {**CHARGED, **DERIVED}
Rate = tuple[str, Fraction]


def price(request: dict[str, Any]) -> dict[str, Any]:
    """Price a request document; every figure of the result is an exact Fraction."""
    work = Work(request)
    components = work.tariff["components"]
    for component in _by_bases(components):
        work.write(component, KINDS[component["kind"]](work, component))
    lines = [line for one in components for line in work.lines[one["name"]]]
    result = _totals(work, lines)
    if work.uses.usage.get("volumes"):
        result["energy_kwh"] = work.uses.converted
    result["carried_over"] = {
        "counters": {name: (str(year), kwh) for name, (year, kwh) in work.counters.items()},
        "discounts": {
            one["name"]: work.given.get(one["name"], ZERO) for one in components if "budget" in one
        },
    }
    return result


def _by_bases(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Order components so that each comes after those it rests on, else as they stand."""
    ordered: dict[str, dict[str, Any]] = {}
    while len(ordered) < len(components):
        for component in components:
            bases = [*component.get("bases", ()), *component.get("limit_to", ())]
            if all(name in ordered for name in bases):
                ordered.setdefault(component["name"], component)
    return list(ordered.values())


def _totals(work: Work, lines: list[Line]) -> dict[str, Any]:
    mode, decimals = work.rounding["mode"], work.rounding["decimals"]
    rates: dict[Rate, list[Line]] = {}
    for line in lines:
        rates.setdefault((line.code, line.rate), []).append(line)
    bases = {rate: _base(work, of_rate) for rate, of_rate in rates.items()}
    vat = {rate: rounded(_vat(work, rate, base), mode, decimals) for rate, base in bases.items()}
    total, tax = sum(bases.values(), ZERO), sum(vat.values(), ZERO)
    if work.rounding["scope"] == "end":
        exact = sum((_vat(work, rate, base) for rate, base in bases.items()), ZERO)
        gross = rounded(total if work.inclusive else total + exact, mode, decimals)
    else:
        gross = total if work.inclusive else total + tax
    shown = [line._replace(amount=rounded(line.amount, mode, decimals)) for line in lines]
    aim = gross if work.inclusive else gross - tax
    return {
        "lines": shown,
        "taxes": {rate: (bases[rate], vat[rate]) for rate in rates if rate[0] != "none"},
        "net": gross - tax,
        "tax": tax,
        "gross": gross,
        "rounding": aim - sum((line.amount for line in shown), ZERO),
    }


def _base(work: Work, lines: list[Line]) -> Fraction:
    """Sum the lines of one VAT rate, rounded where the scope of rounding says."""
    mode, decimals = work.rounding["mode"], work.rounding["decimals"]
    total = sum((line.amount for line in lines), ZERO)
    if work.rounding["scope"] == "tax_group":
        return rounded(total, mode, decimals)
    if work.rounding["scope"] != "subtotal":
        return total
    groups: dict[str, Fraction] = {}
    for line in lines:
        groups[line.group] = groups.get(line.group, ZERO) + line.amount
    return sum((rounded(amount, mode, decimals) for amount in groups.values()), ZERO)


def _vat(work: Work, rate: Rate, base: Fraction) -> Fraction:
    return base * rate[1] / ((100 + rate[1]) if work.inclusive else 100)
