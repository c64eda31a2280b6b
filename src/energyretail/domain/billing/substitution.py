"""A difference of products shared out among their factors, whichever was exchanged first."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations
from math import factorial, prod
from typing import TypeVar

import attrs

__all__ = ["Change", "in_cents", "shares"]

_Name = TypeVar("_Name", bound=Hashable)


@attrs.frozen
class Change:
    """One factor of a product, in the old figure and in the new one."""

    before: Fraction
    after: Fraction


def shares(factors: Sequence[Change]) -> tuple[Fraction, ...]:
    """Return what each factor adds to (product of the new) - (product of the old), exactly.

    A factor's share is the mean, over every order in which the factors could be exchanged one
    after the other, of what exchanging it changes: the Shapley value (L. S. Shapley, "A value for
    n-person games", 1953). So no order has to be chosen, exchanging old and new negates every
    share, and a factor that did not change has none.
    """
    moved = [place for place, factor in enumerate(factors) if factor.before != factor.after]
    still = prod(
        (factor.before for place, factor in enumerate(factors) if place not in moved),
        start=Fraction(1),
    )
    found = [Fraction(0)] * len(factors)
    for place in moved:
        others = [factors[other] for other in moved if other != place]
        step = factors[place].after - factors[place].before
        found[place] = still * step * _mean_of_the_rest(others)
    return tuple(found)


def _mean_of_the_rest(others: Sequence[Change]) -> Fraction:
    """Return the mean product of the others, each exchanged before or not, over all orders."""
    count = len(others)
    total = Fraction(0)
    for exchanged in _subsets(range(count)):
        size = len(exchanged)
        orders = factorial(size) * factorial(count - size)
        total += orders * prod(
            (o.after if i in exchanged else o.before for i, o in enumerate(others)),
            start=Fraction(1),
        )
    return total / factorial(count + 1)


def _subsets(places: Iterable[int]) -> Iterable[tuple[int, ...]]:
    some = tuple(places)
    return chain.from_iterable(combinations(some, size) for size in range(len(some) + 1))


def in_cents(
    amounts: Mapping[_Name, Fraction], total_cents: int, *, otherwise: _Name
) -> dict[_Name, int]:
    """Return `amounts` (in whole units) in cents that sum to `total_cents` exactly.

    Each is rounded half away from zero; the cents then missing go to the greatest amount,
    whatever its sign, the first of equals, or to `otherwise` where all are zero.
    """
    cents = {name: _rounded(amount) for name, amount in amounts.items()}
    missing = total_cents - sum(cents.values())
    if missing:
        greatest = max(amounts, key=lambda name: abs(amounts[name]), default=otherwise)
        takes_it = greatest if amounts.get(greatest) else otherwise
        cents[takes_it] = cents.get(takes_it, 0) + missing
    return cents


def _rounded(amount: Fraction) -> int:
    units = int(abs(amount) * 100 + Fraction(1, 2))
    return -units if amount < 0 else units
