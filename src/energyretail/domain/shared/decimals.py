"""Decimal numbers without a silent rounding anywhere."""

from __future__ import annotations

import decimal
import re
from collections.abc import Callable
from decimal import Decimal

from energyretail.domain.shared.errors import Invalid

__all__ = ["decimal_of", "exact_difference", "exact_product", "exact_sum", "quantized"]

# Wide enough for any product of a price, an energy and a factor; what does not fit is refused.
_EXACT = decimal.Context(
    prec=60, traps=[decimal.Inexact, decimal.InvalidOperation, decimal.Overflow]
)
_WIDE = decimal.Context(prec=60, traps=[decimal.InvalidOperation, decimal.Overflow])
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def decimal_of(value: Decimal | int | str) -> Decimal:
    """Return `value` as a finite Decimal; raise Invalid for a float, NaN or a non-number."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, str)):
        raise Invalid("number.type", "give a Decimal, an int or a decimal string", value=value)
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        finite = value.strip().lower().lstrip("+-") not in ("nan", "snan", "inf", "infinity")
        code = "number.syntax" if finite else "number.not_finite"
        raise Invalid(code, "not a decimal number", value=value)
    number = Decimal(value)
    if not number.is_finite():
        raise Invalid("number.not_finite", "not a finite number", value=value)
    return number


def exact_sum(one: Decimal, other: Decimal) -> Decimal:
    """Add exactly; raises Invalid ``number.too_precise`` beyond sixty digits."""
    return _exactly(_EXACT.add, one, other)


def exact_difference(one: Decimal, other: Decimal) -> Decimal:
    """Subtract exactly; raises Invalid ``number.too_precise`` beyond sixty digits."""
    return _exactly(_EXACT.subtract, one, other)


def exact_product(one: Decimal, other: Decimal) -> Decimal:
    """Multiply exactly; raises Invalid ``number.too_precise`` beyond sixty digits."""
    return _exactly(_EXACT.multiply, one, other)


def quantized(number: Decimal, decimals: int, rounding: str) -> Decimal:
    """Round to `decimals` places by a mode of the decimal module.

    Raises Invalid ``number.too_large`` for what would need more than sixty digits.
    """
    try:
        return number.quantize(Decimal(1).scaleb(-decimals), rounding=rounding, context=_WIDE)
    except decimal.InvalidOperation:
        raise Invalid("number.too_large", "too large to round", number=number) from None


def _exactly(
    operation: Callable[[Decimal, Decimal], Decimal], one: Decimal, other: Decimal
) -> Decimal:
    try:
        return operation(one, other)
    except (decimal.Inexact, decimal.Overflow):
        raise Invalid(
            "number.too_precise", "more than sixty digits", one=one, other=other
        ) from None
