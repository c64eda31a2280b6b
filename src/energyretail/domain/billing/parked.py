"""What is on the work list of a supply that is not billed: its kind and its keys."""

from __future__ import annotations

from datetime import date
from typing import Final

__all__ = ["PARKED_KIND", "above_parked", "parked_key", "parked_of"]

PARKED_KIND: Final = "billing"
_SIGN: Final = "/"
_NEXT_SIGN: Final = "0"
"""The sign after it, in any order by bytes."""


def parked_key(supply: str, first_day: date) -> str:
    """Return the key of an item: the supply's, and the first day that is not billed.

    >>> parked_key("K000001/ES0021000000000001AB", date(2026, 3, 10))
    'K000001/ES0021000000000001AB/2026-03-10'
    """
    return f"{supply}{_SIGN}{first_day}"


def parked_of(key: str) -> tuple[str, date] | None:
    """Return the supply and the day that an item waits for; None where its key names none.

    >>> parked_of("K000001/ES0021000000000001AB/2026-03-10")
    ('K000001/ES0021000000000001AB', datetime.date(2026, 3, 10))
    >>> parked_of("written by hand") is None
    True
    """
    supply, _, day = key.rpartition(_SIGN)
    try:
        first_day = date.fromisoformat(day)
    except ValueError:
        return None
    return (supply, first_day) if parked_key(supply, first_day) == key else None


def above_parked(supply: str) -> str:
    """Return what is above the keys of all items of a supply, and below those of the next."""
    return supply + _NEXT_SIGN
