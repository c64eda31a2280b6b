"""The business days in a dictionary."""

from __future__ import annotations

from datetime import date

from energyretail.adapters.memory.store import MemoryStore

__all__ = ["MemoryBusinessDays"]


class MemoryBusinessDays:
    """The BusinessDays port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def begin(self, day: date) -> None:
        """Note a day as begun."""
        self._store.writable("business_day").setdefault(day, frozenset())

    def is_begun(self, day: date) -> bool:
        """Tell whether the day was begun."""
        return day in self._store.table("business_day")

    def steps_done(self, day: date) -> frozenset[str]:
        """Return the steps done."""
        steps: frozenset[str] = self._store.table("business_day").get(day, frozenset())
        return steps

    def mark(self, day: date, step: str) -> None:
        """Note a step as done."""
        self._store.writable("business_day")[day] = self.steps_done(day) | {step}

    def is_closed(self, day: date) -> bool:
        """Tell whether the day is closed."""
        return day in self._store.table("closed_day")

    def close(self, day: date) -> None:
        """Note the day as closed."""
        self._store.writable("closed_day")[day] = True
