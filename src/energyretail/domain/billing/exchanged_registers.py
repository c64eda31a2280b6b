"""Which registers were written into each other's place, by the shares each usually has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, permutations
from typing import Final

__all__ = ["exchanged"]

# All orders of three registers are tried; of more, only two exchanged: there are too many.
_ALL_ORDERS_MAX: Final = 3


def exchanged(
    used: Mapping[str, Decimal],
    past: Mapping[str, Decimal],
    *,
    distance_min: Decimal,
    rest_max: Decimal,
) -> tuple[str, ...]:
    """Return the registers that stand in each other's place, in the order of their names.

    None where the shares are nearer to those of the past than `distance_min`, or no exchange
    brings them as near as `rest_max`: the sum of differences, 0 to 2. Of several exchanges that
    do the nearest is told, of those as near the first. The registers must be the same ones.
    """
    names = sorted(used)
    if names != sorted(past) or min(sum(used.values()), sum(past.values())) <= 0:
        return ()
    usual = _shares([past[name] for name in names])
    now = _shares([used[name] for name in names])
    if _distance(now, usual) < distance_min:
        return ()
    best = min(_orders(len(names)), key=lambda order: _distance(_in(order, now), usual), default=())
    if not best or _distance(_in(best, now), usual) > rest_max:
        return ()
    return tuple(name for at, name in enumerate(names) if best[at] != at)


def _orders(count: int) -> Iterator[tuple[int, ...]]:
    same = tuple(range(count))
    if count <= _ALL_ORDERS_MAX:
        yield from (order for order in permutations(same) if order != same)
        return
    for one, two in combinations(same, 2):
        order = list(same)
        order[one], order[two] = two, one
        yield tuple(order)


def _in(order: Sequence[int], shares: Sequence[Fraction]) -> list[Fraction]:
    return [shares[at] for at in order]


def _shares(values: Sequence[Decimal]) -> list[Fraction]:
    total = Fraction(sum(values))
    return [Fraction(value) / total for value in values]


def _distance(some: Sequence[Fraction], others: Sequence[Fraction]) -> Fraction:
    return sum((abs(one - other) for one, other in zip(some, others, strict=True)), Fraction(0))
