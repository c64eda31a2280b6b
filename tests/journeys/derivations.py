"""Computes an amount again from the derivation in the state, without a line of our own code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import recomputing

__all__ = ["amount_cents", "energy_kwh", "value"]


def value(derivation: Mapping[str, Any]) -> Fraction:
    """Return what the calculation gives; it rounds to cents half up, or not at all."""
    for rounding in _roundings(derivation):
        assert rounding == {"mode": "half_up", "decimals": 2}, json.dumps(rounding)
    return recomputing.value(derivation)


def _roundings(derivation: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if "rounding" in derivation:
        yield derivation["rounding"]
    for part in derivation.get("parts", ()):
        yield from _roundings(part)


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
