"""Chance for the making of requests: a seeded generator, or whatever Hypothesis shrinks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

__all__ = ["Dice", "Drawn", "decimal", "odds", "pick", "some", "versions"]

T = TypeVar("T")


class Dice(Protocol):
    """What `random.Random` and `Drawn` have in common."""

    def randint(self, a: int, b: int) -> int:
        """Return a whole number from `a` to `b`, both included; `a` is the simplest."""
        ...


class Drawn:
    """Dice whose every throw Hypothesis chooses, and makes smaller when a test fails."""

    def __init__(self, draw: st.DrawFn) -> None:
        """Throw by `draw`."""
        self._draw = draw

    def randint(self, a: int, b: int) -> int:
        """Return a whole number from `a` to `b`; it shrinks towards `a`."""
        return a + self._draw(st.integers(0, b - a))


def pick(dice: Dice, choices: Sequence[T]) -> T:
    """Return one of some choices, the simplest first."""
    return choices[dice.randint(0, len(choices) - 1)]


def odds(dice: Dice, percent: int) -> bool:
    """Tell whether what happens so many times of a hundred happens now."""
    return dice.randint(0, 99) >= 100 - percent


def some(dice: Dice, choices: Sequence[T]) -> list[T]:
    """Return at least one of some choices, in their order."""
    chosen = [choice for choice in choices if odds(dice, 60)]
    return chosen or [pick(dice, choices)]


def decimal(
    dice: Dice, *, high: int = 400, places: int = 4, negative: int = 4, huge: bool = True
) -> str:
    """Return a decimal text: zero, whole, with some places, tiny, huge, at times below zero."""
    sort = dice.randint(0, 19)
    if sort == 0:
        return "0"
    units, scale = dice.randint(1, high), 0
    if sort < 16:
        scale = dice.randint(0, places)
        units = dice.randint(1, high * 10**scale)
    elif sort == 16:
        scale = 9
    elif sort == 17 and huge:
        units *= 100_000
    whole, part = divmod(units, 10**scale)
    text = f"{whole}.{part:0{scale}}" if scale else str(whole)
    return f"-{text}" if negative and odds(dice, negative) else text


def versions(dice: Dice, first: date, end: date, make: Any) -> dict[str, Any]:
    """Return a price of some versions that change in some days or beside them."""
    span = (end - first).days
    cuts = sorted({dice.randint(-1, span + 1) for _ in range(dice.randint(1, 2))})
    bounds = ["2019-01-01", *(str(first + timedelta(days=cut)) for cut in cuts), "2033-01-01"]
    told: list[dict[str, str]] = []
    for begin, close in pairwise(bounds):
        value = told[-1]["value"] if told and odds(dice, 20) else make()
        told.append({"from": begin, "to": close, "value": value})
    if odds(dice, 50):
        del told[-1]["to"]
    return {"name": "price", "versions": told}
