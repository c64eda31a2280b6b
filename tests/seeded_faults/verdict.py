"""What became of the bills of a trial, counted by kind of fault."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Final

import attrs

from seeded_faults.faults import WITHOUT_TRACE

__all__ = ["Verdict"]

_HELD_LEAST: Final = Fraction(99, 100)
_GOOD_HELD_MOST: Final = Fraction(1, 100)


@attrs.define
class Verdict:
    """Bills with a fault by its kind, those of them that were sent, and good ones that were held.

    Faults without a trace are told of, and are no part of the figures of the promise.
    A bill that nobody could make is kept back as one that is held is: `unmade` counts them.
    """

    seeded: Counter[str] = attrs.field(factory=Counter)
    sent: Counter[str] = attrs.field(factory=Counter)
    unmade: Counter[str] = attrs.field(factory=Counter)
    good: int = 0
    good_held: Counter[str] = attrs.field(factory=Counter)

    @property
    def bills(self) -> int:
        """How many bills were judged."""
        return self.good + self.seeded.total()

    @property
    def held_share(self) -> Fraction:
        """How much of what is wrong, and can be seen, was kept back."""
        return Fraction(self._held, self._faults or 1)

    @property
    def good_held_share(self) -> Fraction:
        """How much of what is right was kept back."""
        return Fraction(self.good_held.total(), self.good or 1)

    @property
    def is_kept(self) -> bool:
        """Whether the promise is."""
        return self.held_share >= _HELD_LEAST and self.good_held_share <= _GOOD_HELD_MOST

    @property
    def _faults(self) -> int:
        return sum(n for kind, n in self.seeded.items() if kind not in WITHOUT_TRACE)

    @property
    def _held(self) -> int:
        return self._faults - sum(n for kind, n in self.sent.items() if kind not in WITHOUT_TRACE)

    @property
    def _unmade(self) -> int:
        return sum(n for kind, n in self.unmade.items() if kind not in WITHOUT_TRACE)

    def by_kind(self) -> tuple[str, ...]:
        """Tell of each kind of fault, and of what good bills were held for, a line each."""
        faults = [
            f"{kind}: {seeded - self.sent[kind]} of {seeded} kept back,"
            f" {self.unmade[kind]} of them not made"
            for kind, seeded in self.seeded.items()
        ]
        good = [f"good, held for {code}: {n}" for code, n in self.good_held.most_common()]
        return (*faults, *good)

    def __str__(self) -> str:
        return (
            f"bills={self.bills} faults={self._faults} kept_back={self._held}"
            f" by_the_gate={self._held - self._unmade} not_made={self._unmade}"
            f" kept_back_percent={float(self.held_share * 100):.2f}"
            f" good_held={self.good_held.total()}"
            f" good_held_percent={float(self.good_held_share * 100):.2f}"
        )
