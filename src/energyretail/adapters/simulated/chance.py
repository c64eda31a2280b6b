"""Chance that is a pure function of (seed, natural key), never of call order."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import attrs

__all__ = ["Chance"]

T = TypeVar("T")


@attrs.frozen
class Chance:
    """Draws that depend on the seed and the key alone: ask twice, in any order, get the same."""

    seed: int

    def below(self, bound: int, *key: object) -> int:
        """Return an integer from 0 to `bound` - 1 for `key`."""
        text = "\x1f".join(str(part) for part in (self.seed, *key))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % bound

    def between(self, low: int, high: int, *key: object) -> int:
        """Return an integer from `low` to `high`, both included, for `key`."""
        return low + self.below(high - low + 1, *key)

    def happens(self, per_thousand: int, *key: object) -> bool:
        """Tell whether something that happens `per_thousand` times in 1,000 does for `key`."""
        return self.below(1000, *key) < per_thousand

    def one_of(self, choices: Sequence[T], *key: object) -> T:
        """Return one of `choices` for `key`, each equally likely."""
        return choices[self.below(len(choices), *key)]
