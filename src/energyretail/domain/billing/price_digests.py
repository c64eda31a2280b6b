"""What a bill was priced by, in one short text: it changes when the bill might."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

import attrs

from energyretail.domain.pricing import DatedPrice, Tariff
from energyretail.domain.shared import Period

__all__ = ["price_digest"]

# What is printed beside an amount and cannot change it. The names of components, taxes and
# calendars are no words: others refer to them.
_WORDS = frozenset({"label", "source", "rounding_label"})
_NAMED_IN_WORDS = (Tariff, DatedPrice)


def price_digest(tariff: Tariff, period: Period) -> str:
    """Return the SHA-256, in hexadecimal, of all in `tariff` that can price a day of `period`.

    That is every version of a price or tax that is in force in it, cut to it, with the
    components, the rounding and the apportioning. A version that begins later, or an open one
    that is ended later, leaves the digest as it is, and so do labels, sources and the names of
    the tariff and of its prices.
    """
    return _digest(tariff, period)


# Many supplies are billed for the same days by the same prices.
@lru_cache(maxsize=10_000)
def _digest(tariff: Tariff, period: Period) -> str:
    text = "".join(_text(tariff, period))
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: Any, period: Period) -> Iterator[str]:
    if attrs.has(type(value)) and not isinstance(value, Period):
        yield from _fields(value, period)
    elif isinstance(value, tuple):
        yield "("
        for each in value:
            yield from _text(each, period)
        yield ")"
    elif isinstance(value, Mapping):
        yield from _text(tuple(sorted(value.items())), period)
    elif isinstance(value, frozenset):
        yield from sorted("".join(_text(each, period)) for each in value)
    else:
        yield f"{_plain(value)};"


def _fields(value: Any, period: Period) -> Iterator[str]:
    """Write what has fields; what is in force for a time is cut to `period`, or left out."""
    given = {each.name: getattr(value, each.name) for each in attrs.fields(type(value))}
    if isinstance(valid := given.get("period"), Period):
        if (met := valid.meets(period)) is None:
            return
        given["period"] = met
    if isinstance(value, _NAMED_IN_WORDS):
        del given["name"]
    yield f"{type(value).__name__}{{"
    for name, each in given.items():
        if name not in _WORDS:
            yield f"{name}="
            yield from _text(each, period)
    yield "}"


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, enum.Enum):
        return value.name
    if value is None or isinstance(value, str | int | date | Fraction | Period):
        return str(value)
    raise TypeError(f"a tariff holds values, not {type(value).__name__}")
