"""Several things that are wrong at once: whoever asked is told them all."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from energyretail.domain.shared import Invalid

__all__ = ["Several", "beside", "both", "each_fault", "noted", "refuse", "together"]

A = TypeVar("A")
B = TypeVar("B")


class Several(Invalid):
    """Two faults or more, `faults`; its own code, text and facts are those of the first."""

    def __init__(self, faults: Iterable[Invalid]) -> None:
        self.faults = tuple(each for fault in faults for each in each_fault(fault))
        first = self.faults[0]
        super().__init__(first.code, first.text, **first.facts)


def each_fault(error: Invalid) -> tuple[Invalid, ...]:
    """Return the faults that an error tells of, one unless it is Several."""
    return error.faults if isinstance(error, Several) else (error,)


def refuse(faults: Iterable[Invalid]) -> None:
    """Raise all of `faults` as one Invalid; do nothing where there is none."""
    found = tuple(faults)
    if len(found) > 1:
        raise Several(found)
    if found:
        raise found[0]


def together(make: Callable[[A], B], things: Iterable[A]) -> tuple[B, ...]:
    """Return what is made of each thing; raises Invalid with the faults of all of them."""
    made, faults = list[B](), list[Invalid]()
    for thing in things:
        try:
            made.append(make(thing))
        except Invalid as error:
            faults.append(error)
    refuse(faults)
    return tuple(made)


def both(one: Callable[[], A], other: Callable[[], B]) -> tuple[A, B]:
    """Return what the two make; raises Invalid with the faults of either."""
    return beside(one, other), other()


def beside(make: Callable[[], A], later: Callable[[], object]) -> A:
    """Return what is made; where it is refused, raise the faults of what is needed `later` too."""
    try:
        return make()
    except Invalid as error:
        faults = [error]
    with noted(faults):
        later()
    refuse(faults)
    raise AssertionError("it was refused")


@contextlib.contextmanager
def noted(faults: list[Invalid]) -> Iterator[None]:
    """Add what is refused meanwhile to `faults`, and go on."""
    try:
        yield
    except Invalid as error:
        faults.append(error)
