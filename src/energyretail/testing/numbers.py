"""Numbers that tell when series are taken in an order in which two might wait for each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from energyretail.application.shared import Numbers, Transaction, Work

__all__ = ["NumbersInOrder"]


class NumbersInOrder:
    """The Numbers port and, by `work`, the Work port over others, watching the order of series.

    Raises AssertionError where a transaction takes of a series it does not hold yet and that
    comes, by its name, before one it holds. For one thread.
    """

    def __init__(self, numbers: Numbers, work: Work):
        self._numbers = numbers
        self._work = work
        self._held: set[str] = set()
        self._order: list[str] = []
        self.orders: set[tuple[str, ...]] = set()

    def take(self, series: str, count: int) -> range:
        """Take `count` consecutive numbers."""
        if series not in self._held:
            self._follow(series)
            self._held.add(series)
        return self._numbers.take(series, count)

    def take_free(self, series: Sequence[str], count: int) -> tuple[str, range]:
        """Take `count` consecutive numbers of one of several; it counts as the first of them."""
        if not self._held.intersection(series):
            self._follow(series[0])
        name, taken = self._numbers.take_free(series, count)
        self._held.add(name)
        return name, taken

    @contextmanager
    def work(self) -> Iterator[Transaction]:
        """Open a transaction; `orders` keeps which series it took of, in order."""
        self._held, self._order = set(), []
        try:
            with self._work() as transaction:
                yield transaction
        finally:
            self.orders.add(tuple(self._order))
            self._held, self._order = set(), []

    def _follow(self, series: str) -> None:
        last = self._order[-1] if self._order else ""
        assert last < series, f"takes of {series} while it holds {last}: see the Numbers port"
        self._order.append(series)
