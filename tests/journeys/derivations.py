"""Computes an amount again from the derivation in the state, without a line of our own code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import Any

__all__ = ["amount_cents", "energy_kwh", "value"]

COMBINED = {"sum": sum, "product": prod, "greatest": max}


def value(derivation: Mapping[str, Any]) -> Fraction:
    """Return (parts combined, or one) x factors / divisors, rounded where it says so."""
    combine = COMBINED[derivation.get("combine", "sum")]
    parts = [value(part) for part in derivation.get("parts", ())]
    exact = Fraction(combine(parts)) if parts else Fraction(1)
    for factor in derivation.get("factors", ()):
        exact *= Fraction(factor["value"])
    for divisor in derivation.get("divisors", ()):
        exact /= Fraction(divisor["value"])
    rounding = derivation.get("rounding")
    if rounding is None:
        return exact
    assert rounding == {"mode": "half_up", "decimals": 2}, json.dumps(rounding)
    units = (2 * abs(exact) * 100 + 1) // 2
    return Fraction(-units if exact < 0 else units, 100)


def amount_cents(derivation: Mapping[str, Any]) -> int:
    """Return the amount in whole cents; a derivation that leaves a part of a cent is wrong."""
    cents = value(derivation) * 100
    assert cents.denominator == 1, f"{derivation['name']} is {cents} cents"
    return cents.numerator


def energy_kwh(derivation: Mapping[str, Any]) -> list[tuple[str, Fraction, str]]:
    """Return (register, kWh, readings named) for every energy at any depth.

    Energy is a factor ``energy P1``; its share of a period that is cut is beside it, in days.
    """
    found = [each for part in derivation.get("parts", ()) for each in energy_kwh(part)]
    days = [each for each in derivation.get("divisors", ()) if each["unit"] == "days"]
    for factor in derivation.get("factors", ()):
        if factor["unit"] == "kWh":
            kwh = Fraction(factor["value"])
            for share in days:
                (part_of,) = (f for f in derivation["factors"] if f["unit"] == "days")
                kwh *= Fraction(part_of["value"]) / Fraction(share["value"])
            found.append((factor["name"].split()[1], kwh, factor["source"]))
    return found
