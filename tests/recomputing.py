"""Computes an explained amount again from its JSON alone, without a line of our own code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import prod
from typing import Any

__all__ = ["amount_cents", "factors", "value"]

Json = Mapping[str, Any]
COMBINED = {"sum": sum, "product": prod, "greatest": max, "least": min}


def amount_cents(derivation: Json) -> int:
    """Return what the calculation gives, in whole cents; a part of a cent is a mistake."""
    cents = value(derivation) * 100
    assert cents.denominator == 1, f"{derivation['name']} is {cents} cents"
    return cents.numerator


def value(derivation: Json) -> Fraction:
    """Return (parts combined, or one) x factors / divisors, rounded where it says so.

    `series` are equally long lists of numbers: the sum of their products, place by place, is
    one more part.
    """
    parts = [value(part) for part in derivation.get("parts") or ()]
    if series := derivation.get("series"):
        parts.append(dot_product([one["values"] for one in series]))
    exact = Fraction(COMBINED[derivation.get("combine", "sum")](parts)) if parts else Fraction(1)
    for factor in derivation.get("factors") or ():
        exact *= Fraction(factor["value"])
    for divisor in derivation.get("divisors") or ():
        exact /= Fraction(divisor["value"])
    rounding = derivation.get("rounding")
    return rounded(exact, rounding["mode"], rounding["decimals"]) if rounding else exact


def dot_product(lists: Iterable[Iterable[str | int]]) -> Fraction:
    """Return the sum of the products of what stands at the same place of every list."""
    return sum(
        (prod(map(Fraction, row), start=Fraction(1)) for row in zip(*lists, strict=True)),
        start=Fraction(0),
    )


def rounded(exact: Fraction, mode: str, decimals: int) -> Fraction:
    """Return the number with so many decimals, its sign left out of the rounding."""
    whole, rest = divmod(abs(exact) * 10**decimals, 1)
    up = {
        "half_up": rest >= Fraction(1, 2),
        "half_even": rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1),
        "down": False,
    }[mode]
    units = Fraction(whole + up, 10**decimals)
    return -units if exact < 0 else units


def factors(derivation: Json) -> Iterator[Json]:
    """Yield every number of a calculation at any depth, those it is divided by included."""
    yield from derivation.get("factors") or ()
    yield from derivation.get("divisors") or ()
    for part in derivation.get("parts") or ():
        yield from factors(part)
