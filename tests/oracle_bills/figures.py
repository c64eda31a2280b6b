"""Exact numbers: decimal texts, the five ways to round, and prices by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

__all__ = ["dated", "price_on", "read", "rounded"]

HALF = Fraction(1, 2)


@lru_cache(maxsize=100_000)
def read(decimal: str) -> Fraction:
    """Return what a decimal text says, exactly."""
    return Fraction(decimal)


def rounded(value: Fraction, mode: str, decimals: int) -> Fraction:
    """Round to so many decimals by `half_up`, `half_even`, `half_down`, `down` or `up`."""
    scale = 10**decimals
    units, left = divmod(abs(value) * scale, 1)
    if left and _goes_up(mode, units, left):
        units += 1
    return Fraction(units if value >= 0 else -units, scale)


def _goes_up(mode: str, units: int, left: Fraction) -> bool:
    if mode in ("up", "down"):
        return mode == "up"
    if left != HALF:
        return left > HALF
    return mode == "half_up" or (mode == "half_even" and units % 2 == 1)


def price_on(price: Any, day: date) -> Fraction:
    """Return a price, or the sum of a list of prices, on a day; a day without one is an error."""
    if isinstance(price, str):
        return read(price)
    if isinstance(price, list):
        return sum((price_on(one, day) for one in price), Fraction(0))
    iso = day.isoformat()
    for version in price["versions"]:
        if version["from"] <= iso < version.get("to", "9999-99-99"):
            return read(version["value"])
    raise LookupError(f"no price on {iso}")


def dated(value: Any) -> Iterator[str]:
    """Yield every day on which a version begins or ends anywhere in a piece of a document."""
    if isinstance(value, list):
        for one in value:
            yield from dated(one)
    elif isinstance(value, dict):
        for version in value.get("versions", ()):
            yield version["from"]
            yield version.get("to", version["from"])
        for one in value.values():
            if isinstance(one, list | dict):
                yield from dated(one)
